//! Kinds of attestations: short names for predicate types.

use boltseal_trust::predicate::{KINDS, is_of_kind, kind as short};
use serde::{Deserialize, Deserializer};

use crate::ask::signature::COSIGN_SIGNATURE;
use crate::ask::source::shown;

/// Where predicates say when they were made: CycloneDX, SPDX, both forms of scans, OpenVEX, both of provenance, and
/// verification summaries.
pub(super) const TIMES: [&str; 9] = [
    "/metadata/timestamp",
    "/creationInfo/created",
    "/metadata/scanFinishedOn",
    "/metadata/scanStartedOn",
    "/timestamp",
    "/runDetails/metadata/finishedOn",
    "/metadata/buildFinishedOn",
    "/timeVerified",
    "/Timestamp",
];

/// A kind of attestation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kind(String);

impl Kind {
    /// A predicate type is of this kind.
    pub(super) fn is(&self, predicate_type: &str) -> bool {
        is_of_kind(predicate_type, &self.0)
    }

    /// It is a list of components.
    pub(super) fn is_sbom(&self) -> bool {
        matches!(self.0.as_str(), "cyclonedx" | "spdx" | "sbom")
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kind = Self(String::deserialize(deserializer)?);
        if kind.0 == COSIGN_SIGNATURE {
            return Err(serde::de::Error::custom("this is how cosign signs: ask for it by `signature`"));
        }
        if short(&kind.0).is_none() && !kind.0.contains("://") {
            let names: Vec<String> = KINDS.iter().map(|(name, _)| format!("`{name}`")).collect();
            return Err(serde::de::Error::custom(format!(
                "`{}` is no kind of attestation: write {}, or a predicate type",
                shown(&kind.0),
                names.join(", ")
            )));
        }
        Ok(kind)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Kind {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AttestationKind".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        schemars::json_schema!({
            "description": "A short name, or a predicate type.",
            "anyOf": [{"enum": names}, {"type": "string", "pattern": "://"}]
        })
    }
}
