//! A verification summary attestation: what a verifier says that it found.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{PredicateError, SUMMARY_V1};

/// What a verifier says that it found (<https://slsa.dev/spec/v1.1/verification_summary>).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    verifier: Verifier,
    /// When it verified, RFC 3339, as it says.
    #[serde(default)]
    pub time_verified: Option<String>,
    /// What it verified: the name under which the image is asked for.
    pub resource_uri: String,
    /// By which policy.
    #[serde(default)]
    pub policy: SummaryPolicy,
    /// `PASSED` or `FAILED`.
    verification_result: String,
    /// The levels that it found, `SLSA_BUILD_LEVEL_3`.
    pub verified_levels: Vec<String>,
    /// Levels of dependencies, how many have each.
    #[serde(default)]
    pub dependency_levels: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Verifier {
    id: String,
}

/// The policy of a verifier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SummaryPolicy {
    /// Its name.
    pub uri: Option<String>,
    /// Its digests by algorithm.
    pub digest: BTreeMap<String, String>,
}

impl Summary {
    /// Reads a predicate.
    ///
    /// # Errors
    /// It is of another type, or lacks a part that the specification requires.
    pub fn read(predicate_type: &str, predicate: &Value) -> Result<Self, PredicateError> {
        let refused = |reason: String| PredicateError { predicate_type: predicate_type.to_owned(), reason };
        if predicate_type != SUMMARY_V1 {
            return Err(refused("it is of another type".to_owned()));
        }
        super::objects(predicate, &["", "/verifier", "/policy"]).map_err(&refused)?;
        Self::deserialize(predicate).map_err(|error| refused(error.to_string()))
    }

    /// Who verified.
    pub fn verifier(&self) -> &str {
        &self.verifier.id
    }

    /// The verifier says that it passed. Anything but `PASSED` is not.
    pub fn passed(&self) -> bool {
        self.verification_result == "PASSED"
    }

    /// The highest level of SLSA's build track that it found; 0 is a level, too.
    pub fn build_level(&self) -> Option<u8> {
        let level = |text: &String| match text.strip_prefix("SLSA_BUILD_LEVEL_")? {
            "UNEVALUATED" => None,
            number if number.len() == 1 => number.parse().ok(),
            _ => None,
        };
        self.verified_levels.iter().filter_map(level).max()
    }
}
