//! Whom somebody wants as a signer.

use boltseal_evidence::{Digest, Signer};

/// A text that is wanted: exactly, or by a regular expression over the whole of it.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// This text.
    Exact(String),
    /// Texts that match as a whole.
    Regex(regex::Regex),
}

/// A regular expression that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is not a regular expression: {reason}")]
pub struct PatternError {
    /// The text.
    pub pattern: String,
    /// Why.
    pub reason: String,
}

impl Pattern {
    /// A regular expression, anchored at both ends whether it says so or not.
    pub fn regex(pattern: &str) -> Result<Self, PatternError> {
        let error = |error: regex::Error| PatternError { pattern: pattern.to_owned(), reason: error.to_string() };
        // It has to be one by itself, too: `a)|(b` would escape its anchors.
        regex::Regex::new(pattern).map_err(error)?;
        regex::Regex::new(&format!("^(?:{pattern})$")).map(Self::Regex).map_err(error)
    }

    /// The text is wanted.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == text,
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

/// A signer that is wanted. What is `None` is not asked.
#[derive(Debug, Clone)]
pub enum SignerPattern {
    /// Who holds this key.
    Key {
        /// The SHA-256 of its DER.
        fingerprint: Digest,
        /// What the user calls it.
        name: String,
    },
    /// Whom an issuer vouched for.
    Keyless {
        /// The subject alternative name.
        identity: Option<Pattern>,
        /// The OIDC issuer.
        issuer: Option<Pattern>,
        /// The repository that was built: `https://github.com/example/app`.
        repository: Option<Pattern>,
        /// Its branch or tag: `refs/heads/main`.
        reference: Option<Pattern>,
        /// The workflow that signed, with its reference.
        workflow: Option<Pattern>,
        /// `github-hosted`.
        runner: Option<Pattern>,
        /// The event: `push`.
        trigger: Option<Pattern>,
    },
    /// Whom a certificate authority vouched for (Notary Project).
    Certificate {
        /// The distinguished name.
        subject: Option<Pattern>,
        /// The trust store, `ca:example`.
        trust_store: Option<Pattern>,
    },
}

impl SignerPattern {
    /// The first thing about a signer that is not as wanted, in words; `None` where all is.
    pub fn mismatch(&self, signer: &Signer) -> Option<String> {
        match (self, signer) {
            (Self::Key { fingerprint, name }, Signer::Key { fingerprint: actual, .. }) => {
                (fingerprint != actual).then(|| format!("it is signed with key {actual}, not with `{name}`"))
            }
            (
                Self::Keyless { identity, issuer, repository, reference, workflow, runner, trigger },
                Signer::Keyless { identity: actual, issuer: by, claims },
            ) => {
                let claim = |claim: &Option<String>| claim.clone();
                let asked = [
                    ("identity", identity, Some(actual.clone())),
                    ("issuer", issuer, Some(by.clone())),
                    ("repository", repository, claim(&claims.source_repository_uri)),
                    ("ref", reference, claim(&claims.source_repository_ref)),
                    ("workflow", workflow, claim(&claims.build_signer_uri)),
                    ("runner", runner, claim(&claims.runner_environment)),
                    ("trigger", trigger, claim(&claims.build_trigger)),
                ];
                asked.into_iter().find_map(|(what, wanted, actual)| {
                    let wanted = wanted.as_ref()?;
                    match actual {
                        None => Some(format!("the certificate states no {what}, wanted is `{wanted}`")),
                        Some(actual) if !wanted.matches(&actual) => {
                            Some(format!("the {what} is `{actual}`, wanted is `{wanted}`"))
                        }
                        Some(_) => None,
                    }
                })
            }
            (
                Self::Certificate { subject, trust_store },
                Signer::Certificate { subject: actual, trust_store: by, .. },
            ) => [("subject", subject, actual), ("trust store", trust_store, by)].into_iter().find_map(
                |(what, wanted, actual)| {
                    let wanted = wanted.as_ref()?;
                    (!wanted.matches(actual)).then(|| format!("the {what} is `{actual}`, wanted is `{wanted}`"))
                },
            ),
            (wanted, actual) => Some(format!("it is signed {}, wanted is {}", told(actual), wanted.told())),
        }
    }

    fn told(&self) -> &'static str {
        match self {
            Self::Key { .. } => "a key",
            Self::Keyless { .. } => "an identity",
            Self::Certificate { .. } => "a certificate of a trust store",
        }
    }
}

fn told(signer: &Signer) -> &'static str {
    match signer {
        Signer::Key { .. } => "with a key",
        Signer::Keyless { .. } => "by an identity",
        Signer::Certificate { .. } => "with a certificate of a trust store",
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exact(exact) => f.write_str(exact),
            Self::Regex(regex) => {
                let text = regex.as_str();
                let inner = text.strip_prefix("^(?:").and_then(|text| text.strip_suffix(")$"));
                write!(f, "/{}/", inner.unwrap_or(text))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regular_expression_does_not_escape_its_anchors() {
        for pattern in ["a)|(b", "a)|(?:b", "a)$|^(?:.*", ")|(", "(?x)a #"] {
            assert!(Pattern::regex(pattern).is_err(), "{pattern}");
        }
        for pattern in ["a|b", "(?m)a|b", "^a$|^b$", "(?:a)|(?:b)"] {
            let pattern = Pattern::regex(pattern).unwrap();
            assert!(pattern.matches("a") && pattern.matches("b"), "{pattern}");
            for text in ["ab", "xb", "ax", "a\nevil", "evil\nb", "b\n", ""] {
                assert!(!pattern.matches(text), "{pattern}: {text:?}");
            }
        }
    }

    #[test]
    fn an_expression_that_would_take_much_memory_is_refused() {
        assert!(Pattern::regex("((a{1000}){1000}){1000}").is_err());
        assert!(Pattern::regex(&"(".repeat(100_000)).is_err());
        // Nested quantifiers cost no more than the text is long.
        let nested = Pattern::regex("(a*)*(a+)+b").unwrap();
        assert!(!nested.matches(&"a".repeat(100_000)));
    }
}
