//! What a registry asks for in `WWW-Authenticate` (RFC 9110, section 11.6.1; the token protocol of the distribution
//! project).

use std::collections::BTreeMap;

/// A way to authenticate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    /// User name and password with every request.
    Basic,
    /// A token from `realm`.
    Bearer { realm: String, service: Option<String>, scope: Option<String> },
}

impl Challenge {
    /// Reads one header value; none for a scheme that is not known.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let mut parameters = parameters(rest);
        Some(Self::Bearer {
            realm: parameters.remove("realm")?,
            service: parameters.remove("service"),
            scope: parameters.remove("scope"),
        })
    }
}

/// `key="value",key=value`; a quoted value may hold commas and escaped quotes.
fn parameters(text: &str) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::new();
    let mut rest = text;
    while let Some((key, after)) = rest.split_once('=') {
        let key = key.trim_matches([' ', ',']).to_ascii_lowercase();
        let value = match after.strip_prefix('"') {
            None => {
                let (value, after) = after.split_once(',').unwrap_or((after, ""));
                rest = after;
                value.trim().to_owned()
            }
            Some(quoted) => {
                let (value, after) = quoted_string(quoted);
                rest = after;
                value
            }
        };
        parameters.insert(key, value);
    }
    parameters
}

/// The value before the closing quote, and what comes after it.
fn quoted_string(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, text.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => value.push(character),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(value: &str, expect: Option<Challenge>) {
        assert_eq!(Challenge::parse(value), expect, "{value}");
    }

    #[test]
    fn challenges_are_read_with_quotes_and_without() {
        check("Basic realm=\"x\"", Some(Challenge::Basic));
        check(
            r#"Bearer realm="https://auth.example/token",service="a,b",scope="repository:x/y:pull,push""#,
            Some(Challenge::Bearer {
                realm: "https://auth.example/token".into(),
                service: Some("a,b".into()),
                scope: Some("repository:x/y:pull,push".into()),
            }),
        );
        check(
            "bearer Realm=https://a/t, service=b",
            Some(Challenge::Bearer { realm: "https://a/t".into(), service: Some("b".into()), scope: None }),
        );
        check("Bearer service=b", None);
        check("Negotiate", None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in "\\PC{0,80}") {
            Challenge::parse(&format!("Bearer {text}"));
        }
    }
}
