//! Kinds of attestations that somebody asks for: short names, and the predicate types that they stand for.

/// Short names, and what they stand for; a type that ends in `/` stands for each version below it.
pub const KINDS: [(&str, &[&str]); 9] = [
    ("cyclonedx", &["https://cyclonedx.org/bom", "https://cyclonedx.org/bom/"]),
    ("spdx", &["https://spdx.dev/Document", "https://spdx.dev/Document/"]),
    (
        "sbom",
        &[
            "https://cyclonedx.org/bom",
            "https://cyclonedx.org/bom/",
            "https://spdx.dev/Document",
            "https://spdx.dev/Document/",
        ],
    ),
    ("vulnerabilities", &["https://in-toto.io/attestation/vulns/", "https://cosign.sigstore.dev/attestation/vuln/v1"]),
    ("vex", &["https://openvex.dev/ns", "https://openvex.dev/ns/"]),
    ("provenance", &[crate::slsa::PROVENANCE_V1, "https://slsa.dev/provenance/v0.2"]),
    ("verification-summary", &[crate::slsa::SUMMARY_V1]),
    ("verdict", &[super::VERDICT]),
    ("test-result", &["https://in-toto.io/attestation/test-result/"]),
];

/// The predicate types that a short name stands for.
pub fn kind(name: &str) -> Option<&'static [&'static str]> {
    KINDS.iter().find(|(known, _)| *known == name).map(|(_, types)| *types)
}

/// A predicate type is of the kind that is asked for: a short name, or a predicate type.
pub fn is_of_kind(predicate_type: &str, asked: &str) -> bool {
    match kind(asked) {
        Some(types) => types.iter().any(|one| match one.ends_with('/') {
            true => predicate_type.strip_prefix(one).is_some_and(|version| !version.is_empty()),
            false => predicate_type == *one,
        }),
        None => predicate_type == asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_stands_for_versions_and_never_for_another_word() {
        for (asked, is, is_not) in [
            ("cyclonedx", "https://cyclonedx.org/bom/v1.6", "https://cyclonedx.org/bombast"),
            ("provenance", "https://slsa.dev/provenance/v1", "https://slsa.dev/provenance/v9"),
            ("verdict", super::super::VERDICT, "https://boltseal.dev/verdict/v1/evil"),
            ("https://example.com/p", "https://example.com/p", "https://example.com/p/"),
        ] {
            assert!(is_of_kind(is, asked), "{asked}");
            assert!(!is_of_kind(is_not, asked), "{asked}");
        }
    }
}
