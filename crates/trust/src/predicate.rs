//! Predicates that are made here, and what their types are called.

mod kind;
mod openvex;
pub mod provenance;
mod vulnerabilities;

pub use kind::{KINDS, is_of_kind, kind};
pub use openvex::{Openvex, OpenvexError, OpenvexStatus, check_openvex};
pub use vulnerabilities::{ScanTimes, VulnerabilitiesError, vulnerabilities};

/// The predicate type of CycloneDX (<https://github.com/in-toto/attestation/blob/main/spec/predicates/cyclonedx.md>).
pub const CYCLONEDX: &str = "https://cyclonedx.org/bom";
/// The predicate type of SPDX (<https://github.com/in-toto/attestation/blob/main/spec/predicates/spdx.md>).
pub const SPDX: &str = "https://spdx.dev/Document";
/// The predicate type of a vulnerability scan, v0.2
/// (<https://github.com/in-toto/attestation/blob/main/spec/predicates/vulns_02.md>).
pub const VULNERABILITIES: &str = "https://in-toto.io/attestation/vulns/v0.2";
/// The predicate type of OpenVEX, as cosign writes it (<https://github.com/openvex/spec/blob/main/ATTESTING.md>).
pub const OPENVEX: &str = "https://openvex.dev/ns";
/// The predicate type of a [`Verdict`](boltseal_evidence::Verdict).
pub const VERDICT: &str = "https://boltseal.dev/verdict/v1";
/// The predicate type of what has none: text in an envelope of cosign's
/// (<https://github.com/sigstore/cosign/blob/main/specs/COSIGN_PREDICATE_SPEC.md>).
pub const CUSTOM: &str = "https://cosign.sigstore.dev/attestation/v1";

/// What cosign calls types of predicates, and what is meant.
const SHORT: [(&str, &str); 13] = [
    ("custom", CUSTOM),
    ("slsaprovenance", "https://slsa.dev/provenance/v0.2"),
    ("slsaprovenance02", "https://slsa.dev/provenance/v0.2"),
    ("slsaprovenance1", crate::slsa::PROVENANCE_V1),
    ("link", "https://in-toto.io/Link/v1"),
    ("spdx", SPDX),
    ("spdxjson", SPDX),
    ("cyclonedx", CYCLONEDX),
    ("vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"),
    ("vulns", VULNERABILITIES),
    ("openvex", OPENVEX),
    ("vsa", crate::slsa::SUMMARY_V1),
    ("verdict", VERDICT),
];

/// A text that names no type of predicate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no type of predicate: give a URI or one of {names}", names = names())]
pub struct UnknownPredicateType(String);

fn names() -> String {
    SHORT.map(|(name, _)| name).join(", ")
}

/// The type of predicate that a short name of cosign's or a URI means.
pub fn predicate_type(text: &str) -> Result<String, UnknownPredicateType> {
    if let Some((_, uri)) = SHORT.iter().find(|(name, _)| *name == text) {
        return Ok((*uri).to_owned());
    }
    let is_uri = text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
            && !rest.is_empty()
            && rest.bytes().all(|byte| byte.is_ascii_graphic())
    });
    if is_uri { Ok(text.to_owned()) } else { Err(UnknownPredicateType(text.escape_debug().to_string())) }
}

#[cfg(test)]
mod tests {
    use super::predicate_type;

    #[test]
    fn short_names_and_uris_are_types_and_nothing_else_is() {
        assert_eq!(predicate_type("slsaprovenance1").unwrap(), "https://slsa.dev/provenance/v1");
        assert_eq!(predicate_type("https://example.com/p/v1").unwrap(), "https://example.com/p/v1");
        for wrong in ["", "sbom", "https:", "a b:c", ":x", "1a:b", "https://a b"] {
            assert!(predicate_type(wrong).is_err(), "{wrong}");
        }
    }
}
