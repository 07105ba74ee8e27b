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
    /// Asks for a report without gaps, no likely way in and no bad configuration too.
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

    /// A policy to begin with, with comments: what `boltseal gate init` writes.
    pub fn starter(self) -> String {
        let (about, changed) = match self {
            Self::Observe => (
                "Says what it sees and stops nothing: go on to `baseline` when what it says is what you want.",
                "  # - {id: no-critical, mode: enforce}\n",
            ),
            Self::Baseline => (
                "Stops what is exploited, malicious, or critical with a fix, and secrets; tells more.",
                "  - {id: not-root, mode: warn}   # `enforce`, when your images are ready for it\n",
            ),
            Self::Strict => (
                "Asks for an image without gaps, known ways in, and bad configuration.",
                "  - {id: no-bad-configuration, mode: warn}   # `enforce`, when your images are ready for it\n",
            ),
        };
        include_str!("../../data/starter.yaml")
            .replace("@PROFILE@", self.name())
            .replace("@ABOUT@", about)
            .replace("@CHANGED@\n", changed)
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
