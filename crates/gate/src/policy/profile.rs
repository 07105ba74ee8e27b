//! The profiles that are built in.

use serde::{Deserialize, Serialize};

/// A set of rules to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Profile {
    /// Says what it sees and lets everything pass: to learn what a stricter profile would stop.
    Observe,
    /// Stops what nobody should run: what is exploited, malicious, or critical with a fix; secrets.
    Baseline,
    /// Asks for signatures, provenance and a report without gaps too.
    Strict,
}

impl Profile {
    /// Every profile, the mildest first.
    pub const ALL: [Self; 3] = [Self::Observe, Self::Baseline, Self::Strict];

    /// The name that a policy writes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Baseline => "baseline",
            Self::Strict => "strict",
        }
    }

    /// Its rules: a policy of its own.
    pub fn text(self) -> &'static str {
        match self {
            Self::Observe => include_str!("../../data/observe.yaml"),
            Self::Baseline => include_str!("../../data/baseline.yaml"),
            Self::Strict => include_str!("../../data/strict.yaml"),
        }
    }
}
