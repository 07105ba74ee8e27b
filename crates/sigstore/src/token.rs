//! Identity tokens (OpenID Connect): what they say, and where a job finds one. The token itself is never shown.

use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;
use serde::Deserialize;

use crate::folder::{FolderError, read};
use crate::http::{Call, Http};
use crate::service::{Service, ServiceError, clean};

/// Whom a token has to be for.
pub const AUDIENCE: &str = "sigstore";

/// A token is a few kilobytes.
const MAX_TOKEN: usize = 64 << 10;
/// Clocks differ by this many seconds.
const LEEWAY: i64 = 5;
/// Where tokens are looked for, in this order.
const VARIABLES: &[&str] = &["BOLTSEAL_ID_TOKEN", "SIGSTORE_ID_TOKEN"];

/// An identity token that is in force. Its text is in no output, error or `Debug`.
#[derive(Clone)]
pub struct Token {
    text: String,
    claims: Claims,
}

#[derive(Clone, Deserialize)]
struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    email: Option<String>,
    email_verified: Option<Flag>,
    aud: Option<Audience>,
    exp: Option<f64>,
    nbf: Option<f64>,
}

/// Some issuers write a truth as text.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Flag {
    Bool(bool),
    Text(String),
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// There is no token that would do.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The text is no token.
    #[error("{whence} holds no identity token: {reason}")]
    Malformed {
        /// Where it was found.
        whence: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// It is not in force.
    #[error("the identity token of {whence} {what}: get a fresh one; they are good for minutes")]
    NotInForce {
        /// Where it was found.
        whence: String,
        /// Since when, or from when.
        what: String,
    },
    /// It is for somebody else.
    #[error(
        "the identity token of {whence} is for {found}, not for `{wanted}`: ask for one with the audience `{wanted}`"
    )]
    Audience {
        /// Where it was found.
        whence: String,
        /// Whom it is for.
        found: String,
        /// Whom it has to be for.
        wanted: String,
    },
    /// It does not say who holds it.
    #[error("the identity token of {whence} {reason}")]
    Nobody {
        /// Where it was found.
        whence: String,
        /// What is missing.
        reason: &'static str,
    },
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FolderError),
    /// There is no such file.
    #[error("there is no file `{}` with an identity token", .0.display())]
    Missing(PathBuf),
    /// The CI gave none.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The job may not ask for one.
    #[error("this job may not ask GitHub for an identity token: add `permissions: id-token: write` to it")]
    NotPermitted,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("issuer", &self.issuer()).finish_non_exhaustive()
    }
}

impl Token {
    /// Reads a token and what it claims; its signature is Fulcio's to check. `whence` says where it was found, `now` is
    /// in seconds since 1970.
    ///
    /// # Errors
    /// It is no token, not in force, for somebody else, or about nobody.
    pub fn parse(text: &str, whence: &str, audience: &str, now: i64) -> Result<Self, TokenError> {
        let malformed = |reason| TokenError::Malformed { whence: whence.to_owned(), reason };
        let text = text.trim();
        if text.len() > MAX_TOKEN {
            return Err(malformed("it is too long"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(malformed("it has characters that no token has"));
        }
        let mut parts = text.split('.');
        let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(malformed("a token has three parts with dots between them"));
        };
        let payload = URL_SAFE_NO_PAD
            .decode(payload.trim_end_matches('='))
            .map_err(|_| malformed("its middle part is not base64"))?;
        // What the parser would say may repeat the payload.
        let claims: Claims = serde_json::from_slice(&payload).map_err(|_| malformed("it makes no claims"))?;
        let token = Self { text: text.to_owned(), claims };
        token.check(whence, audience, now)?;
        Ok(token)
    }

    /// Reads a token from a file.
    ///
    /// # Errors
    /// As [`Token::parse`], or the file cannot be read.
    pub fn read(path: &Path, audience: &str, now: i64) -> Result<Self, TokenError> {
        let bytes = read(path)?.ok_or_else(|| TokenError::Missing(path.to_owned()))?;
        Self::parse(&String::from_utf8_lossy(&bytes), &format!("`{}`", path.display()), audience, now)
    }

    /// The token of this job: `BOLTSEAL_ID_TOKEN`, `SIGSTORE_ID_TOKEN` (also what GitLab calls it), or what GitHub
    /// Actions gives to a job that may ask. `None` where there is none. `variable` looks up an environment variable.
    ///
    /// # Errors
    /// There is one, and it does not do; or the CI refuses.
    pub fn ambient(
        http: &Http,
        variable: &dyn Fn(&str) -> Option<String>,
        audience: &str,
        now: i64,
    ) -> Result<Option<Self>, TokenError> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        for name in VARIABLES {
            if let Some(text) = set(name) {
                return Self::parse(&text, &format!("`{name}`"), audience, now).map(Some);
            }
        }
        match (set("ACTIONS_ID_TOKEN_REQUEST_URL"), set("ACTIONS_ID_TOKEN_REQUEST_TOKEN")) {
            (Some(url), Some(secret)) => github(http, &url, &secret, audience, now).map(Some),
            _ if set("GITHUB_ACTIONS").as_deref() == Some("true") => Err(TokenError::NotPermitted),
            _ => Ok(None),
        }
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        self.claims.iss.as_deref().unwrap_or_default()
    }

    /// Whom the issuer vouches for: the e-mail address where the token has one, else the subject. Fulcio wants the
    /// proof of possession over this text.
    pub fn identity(&self) -> &str {
        self.claims.email.as_deref().or(self.claims.sub.as_deref()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn check(&self, whence: &str, audience: &str, now: i64) -> Result<(), TokenError> {
        let whence = whence.to_owned();
        let claims = &self.claims;
        let Some(end) = claims.exp else {
            return Err(TokenError::Nobody { whence, reason: "does not say when it ends" });
        };
        if now as f64 >= end + LEEWAY as f64 {
            return Err(TokenError::NotInForce { whence, what: format!("ended {}", moment(end)) });
        }
        if let Some(begin) = claims.nbf.filter(|begin| (now as f64) < begin - LEEWAY as f64) {
            return Err(TokenError::NotInForce { whence, what: format!("begins {}", moment(begin)) });
        }
        let audiences = match &claims.aud {
            Some(Audience::One(one)) => std::slice::from_ref(one),
            Some(Audience::Several(several)) => several.as_slice(),
            None => &[],
        };
        if !audiences.iter().any(|found| found == audience) {
            let found = match audiences {
                [] => "nobody in particular".to_owned(),
                several => format!("`{}`", clean(&several.join("`, `"), &[&self.text])),
            };
            return Err(TokenError::Audience { whence, found, wanted: audience.to_owned() });
        }
        if claims.iss.as_deref().unwrap_or_default().is_empty() {
            return Err(TokenError::Nobody { whence, reason: "does not name its issuer" });
        }
        if self.identity().is_empty() {
            return Err(TokenError::Nobody { whence, reason: "names neither a subject nor an e-mail address" });
        }
        let unverified = match &claims.email_verified {
            Some(Flag::Bool(verified)) => !verified,
            Some(Flag::Text(verified)) => verified == "false",
            None => false,
        };
        if claims.email.is_some() && unverified {
            let reason = "names an e-mail address that its issuer has not verified: verify it there";
            return Err(TokenError::Nobody { whence, reason });
        }
        Ok(())
    }
}

fn moment(seconds: f64) -> String {
    let time = jiff::Timestamp::from_second(seconds as i64).map(|time| time.to_string());
    time.map(|time| format!("at {time}")).unwrap_or_else(|_| "at no time there is".to_owned())
}

/// GitHub Actions (<https://docs.github.com/en/actions/reference/security/oidc>).
fn github(http: &Http, url: &str, secret: &str, audience: &str, now: i64) -> Result<Token, TokenError> {
    #[derive(Deserialize)]
    struct Given {
        value: String,
    }
    let whence = "GitHub Actions";
    let malformed = |reason| TokenError::Malformed { whence: whence.to_owned(), reason };
    let mut url: Url = url.parse().map_err(|_| malformed("`ACTIONS_ID_TOKEN_REQUEST_URL` is no address"))?;
    url.query_pairs_mut().append_pair("audience", audience);
    let call = Call {
        bearer: Some(secret),
        secrets: vec![secret],
        accept: Some("application/json"),
        ..Call::get(Service::Tokens, &url, MAX_TOKEN as u64)
    };
    let answer = http.send(&call)?;
    let given: Given = serde_json::from_slice(&answer.body).map_err(|_| malformed("its answer has no `value`"))?;
    Token::parse(&given.value, whence, audience, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;

    fn token(claims: serde_json::Value) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{}", part(r#"{"alg":"none"}"#), part(&claims.to_string()), part("signature"))
    }

    fn parse(claims: serde_json::Value) -> Result<Token, String> {
        Token::parse(&token(claims), "`SIGSTORE_ID_TOKEN`", AUDIENCE, NOW).map_err(|error| error.to_string())
    }

    #[test]
    fn the_mail_address_is_whom_a_token_is_about_and_else_the_subject() {
        let base = json!({"iss": "https://issuer.example", "sub": "abc", "aud": "sigstore", "exp": NOW + 60});
        assert_eq!(parse(base.clone()).unwrap().identity(), "abc");
        let mut with = base;
        with["email"] = json!("me@mail.example");
        with["email_verified"] = json!("true");
        with["aud"] = json!(["other", "sigstore"]);
        let token = parse(with).unwrap();
        assert_eq!((token.identity(), token.issuer()), ("me@mail.example", "https://issuer.example"));
    }

    #[test]
    fn what_is_wrong_with_a_token_is_told_without_the_token() {
        let good = json!({"iss": "https://issuer.example", "sub": "abc", "aud": "sigstore", "exp": NOW + 60});
        let with = |key: &str, value: serde_json::Value| {
            let mut claims = good.clone();
            claims[key] = value;
            claims
        };
        for (claims, expected) in [
            (with("exp", json!(NOW - 60)), "ended at 2027-01-15T07:59:00Z: get a fresh one"),
            (with("exp", json!(null)), "does not say when it ends"),
            (with("nbf", json!(NOW + 600)), "begins at 2027-01-15T08:10:00Z"),
            (with("aud", json!("https://other.example")), "is for `https://other.example`, not for `sigstore`"),
            (with("aud", json!([])), "is for nobody in particular"),
            (with("iss", json!("")), "does not name its issuer"),
            (with("sub", json!(null)), "names neither a subject"),
            (with("sub", json!({"a": 1})), "it makes no claims"),
        ] {
            let told = parse(claims.clone()).unwrap_err();
            assert!(told.contains(expected), "{claims}: {told}");
            assert!(told.contains("SIGSTORE_ID_TOKEN") && !told.contains("eyJ"), "{told}");
        }
        let mut unverified = with("email", json!("me@mail.example"));
        unverified["email_verified"] = json!(false);
        assert!(parse(unverified).unwrap_err().contains("has not verified"));
    }

    #[test]
    fn what_is_no_token_is_told_without_repeating_it() {
        for text in ["", "eyJ", "a.b", "a.b.c.d", "eyJhIjoxfQ.%%%.c", "eyJhIjoxfQ.bm90anNvbg.c", "a.b\u{1b}.c"] {
            let told = Token::parse(text, "`-`", AUDIENCE, NOW).unwrap_err().to_string();
            assert!(told.starts_with("`-` holds no identity token: "), "{told}");
            assert!(text.is_empty() || !told.contains(text), "{told}");
        }
        let long = format!("a.{}.c", "A".repeat(MAX_TOKEN));
        assert!(Token::parse(&long, "`-`", AUDIENCE, NOW).unwrap_err().to_string().contains("too long"));
    }

    #[test]
    fn a_token_is_not_in_its_debug_output() {
        let claims = json!({"iss": "https://issuer.example", "sub": "abc", "aud": "sigstore", "exp": NOW + 60});
        let token = parse(claims).unwrap();
        let shown = format!("{token:?}");
        assert!(!shown.contains("eyJ") && shown.contains("issuer.example"), "{shown}");
    }
}
