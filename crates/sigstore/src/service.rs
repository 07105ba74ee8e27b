//! What a service refused, said so that a user can do something about it.

use std::fmt;

use reqwest::{StatusCode, Url};

/// Characters of a server's own words that are repeated.
const MAX_WORDS: usize = 300;

/// A kind of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// The certificate authority.
    Fulcio,
    /// A transparency log.
    Rekor,
    /// A timestamp authority (RFC 3161).
    Timestamp,
    /// The repository of the trusted root.
    Tuf,
    /// What gives out OIDC tokens in a CI job.
    Tokens,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fulcio => "Fulcio",
            Self::Rekor => "Rekor",
            Self::Timestamp => "the timestamp authority",
            Self::Tuf => "the TUF repository",
            Self::Tokens => "the CI's token service",
        })
    }
}

/// A service could not be used, or its answer is not one that may be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{service} at `{url}` {reason}")]
pub struct ServiceError {
    /// Which service.
    pub service: Service,
    /// Its address, without a password or query.
    pub url: String,
    /// The status that it answered, where it answered.
    pub status: Option<u16>,
    /// What went wrong, as the end of a sentence, and the way out.
    pub reason: String,
}

impl ServiceError {
    pub(crate) fn new(service: Service, url: &Url, reason: impl Into<String>) -> Self {
        Self { service, url: shown(url), status: None, reason: reason.into() }
    }

    /// The answer was a refusal; `body` is what it said, `secrets` what must not be repeated.
    pub(crate) fn refused(service: Service, url: &Url, status: StatusCode, body: &[u8], secrets: &[&str]) -> Self {
        let words = words(body, secrets).map(|words| format!(" ({words})")).unwrap_or_default();
        let way_out = way_out(service, status);
        Self {
            status: Some(status.as_u16()),
            ..Self::new(service, url, format!("answers {}{words}: {way_out}", told(status)))
        }
    }
}

fn told(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

fn way_out(service: Service, status: StatusCode) -> &'static str {
    match (service, status.as_u16()) {
        (Service::Fulcio, 400 | 401 | 403) => {
            "it does not accept the token: get a fresh one whose audience is `sigstore`, from an issuer that this Fulcio trusts"
        }
        (Service::Tokens, 401 | 403) => "the job may not ask for tokens: give it the permission `id-token: write`",
        (_, 401 | 403) => "this address wants credentials: check that it is the right one",
        (_, 404 | 405) => "there is no such service at this address: check the address and the version of the API",
        (_, 408 | 429) => "it is busy: try again later",
        (Service::Rekor, 400 | 422) => {
            "the log does not take this entry: check that it supports this kind of key and entry"
        }
        (_, 400..=499) => "it does not accept the request",
        (_, 300..=399) => "redirects to another host are not followed: give the address it leads to",
        _ => "the fault is the service's: try again later",
    }
}

/// A server's own words: the message of a JSON document or plain text, in one line, bounded, without secrets.
fn words(body: &[u8], secrets: &[&str]) -> Option<String> {
    let document: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let message = document.as_ref().and_then(|document| {
        ["message", "error_description", "error", "detail"]
            .iter()
            .find_map(|key| document.get(key)?.as_str().filter(|text| !text.is_empty()))
    });
    let text = match (message, &document) {
        (Some(message), _) => message.to_owned(),
        // A page for a browser tells nothing.
        (None, None) if !body.trim_ascii_start().starts_with(b"<") => String::from_utf8_lossy(body).into_owned(),
        _ => return None,
    };
    let text = clean(&text, secrets);
    (!text.is_empty()).then_some(text)
}

/// One line without control characters and secrets, of bounded length.
pub(crate) fn clean(text: &str, secrets: &[&str]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        // A token may be repeated in part: each of its parts is as secret as the whole.
        for part in std::iter::once(*secret).chain(secret.split('.')).filter(|part| part.len() >= 8) {
            text = text.replace(part, "[token]");
        }
    }
    // Nor any other token, such as one that the service made of ours.
    let words = text.split(' ').map(|word| match word.find("eyJ") {
        Some(at) if word.len() - at > 32 => word.get(..at).map(|before| format!("{before}[token]")).unwrap_or_default(),
        _ => word.to_owned(),
    });
    let text = words.collect::<Vec<_>>().join(" ");
    let one_line: String = text
        .chars()
        .map(|character| if character.is_whitespace() { ' ' } else { character })
        .filter(|character| !character.is_control() && !is_invisible(*character))
        .collect();
    let mut bounded: String = one_line.trim().chars().take(MAX_WORDS).collect();
    if one_line.trim().chars().nth(MAX_WORDS).is_some() {
        bounded.push('…');
    }
    bounded
}

/// Marks that change the direction of text: what follows would read as something else.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// An address without a user, password, query or fragment.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> Url {
        "https://user:word@fulcio.example/api/v2/signingCert?x=secret".parse().unwrap()
    }

    #[test]
    fn a_refusal_names_service_address_status_reason_and_way_out() {
        let body =
            br#"{"code":16,"message":"There was an error\nprocessing \u001b[31mthe identity token","details":[]}"#;
        let error = ServiceError::refused(Service::Fulcio, &url(), StatusCode::UNAUTHORIZED, body, &[]);
        assert_eq!(error.status, Some(401));
        assert_eq!(
            error.to_string(),
            "Fulcio at `https://fulcio.example/api/v2/signingCert` answers 401 Unauthorized (There was an error \
             processing [31mthe identity token): it does not accept the token: get a fresh one whose audience is \
             `sigstore`, from an issuer that this Fulcio trusts"
        );
    }

    #[test]
    fn a_token_that_a_server_repeats_is_not_repeated_further() {
        let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl";
        for body in [format!("bad token {token}"), "bad part eyJzdWIiOiJtZSJ9 of it".to_owned()] {
            let error =
                ServiceError::refused(Service::Fulcio, &url(), StatusCode::BAD_REQUEST, body.as_bytes(), &[token]);
            assert!(!error.to_string().contains("eyJ"), "{error}");
            assert!(error.to_string().contains("[token]"), "{error}");
        }
    }

    #[test]
    fn a_long_answer_is_cut_and_a_page_left_out() {
        let long = ServiceError::refused(Service::Rekor, &url(), StatusCode::BAD_GATEWAY, &vec![b'x'; 9000], &[]);
        assert!(long.to_string().len() < 600, "{long}");
        let page = ServiceError::refused(Service::Rekor, &url(), StatusCode::BAD_GATEWAY, b"\n<html>no</html>", &[]);
        assert!(!page.to_string().contains("html"), "{page}");
    }
}
