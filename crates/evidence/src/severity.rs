//! How bad a finding is, and who says so.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How bad a finding is, in the scale that advisories and gates share.
///
/// The order is by badness: `Unknown < Negligible < Low < Medium < High < Critical`. `Unknown` sorts lowest but
/// is never treated as harmless: it means that no source rated the vulnerability.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Severity {
    /// No source gave a rating.
    #[default]
    Unknown,
    /// Debian's `unimportant` and the like.
    Negligible,
    /// CVSS 0.1–3.9.
    Low,
    /// CVSS 4.0–6.9.
    Medium,
    /// CVSS 7.0–8.9.
    High,
    /// CVSS 9.0–10.0.
    Critical,
}

impl Severity {
    /// All severities, worst first.
    pub const WORST_FIRST: [Self; 6] =
        [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Negligible, Self::Unknown];

    /// The severity of a CVSS score, by the qualitative scale of CVSS v3.1, section 5.
    pub fn from_cvss(score: f64) -> Self {
        match score {
            s if s >= 9.0 => Self::Critical,
            s if s >= 7.0 => Self::High,
            s if s >= 4.0 => Self::Medium,
            s if s > 0.0 => Self::Low,
            _ => Self::Negligible,
        }
    }

    /// The severity's name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Negligible => "negligible",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text that names no severity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a severity: use critical, high, medium, low, negligible or unknown")]
pub struct SeverityError(String);

impl FromStr for Severity {
    type Err = SeverityError;

    /// Reads the names that vendors use, in any case: `important` is high, `moderate` is medium.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.to_ascii_lowercase().as_str() {
            "critical" => Self::Critical,
            "high" | "important" => Self::High,
            "medium" | "moderate" => Self::Medium,
            "low" => Self::Low,
            "negligible" | "unimportant" | "none" => Self::Negligible,
            "unknown" => Self::Unknown,
            _ => return Err(SeverityError(text.chars().take(40).collect())),
        })
    }
}

/// One source's rating of a vulnerability. All are kept; none is averaged away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rating {
    /// Who rated: a feed's name such as `alma`, `ghsa`, `debian`, or the advisory's id.
    pub source: String,
    /// The rating in words.
    pub severity: Severity,
    /// The CVSS base score, where the source gives a vector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The CVSS vector, as the source wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vector: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_words_map_to_the_shared_scale() {
        for (word, severity) in
            [("Important", Severity::High), ("MODERATE", Severity::Medium), ("unimportant", Severity::Negligible)]
        {
            assert_eq!(word.parse(), Ok(severity));
        }
        assert!("severe".parse::<Severity>().is_err());
    }

    #[test]
    fn scores_fall_into_the_bands_of_cvss() {
        for (score, severity) in [
            (10.0, Severity::Critical),
            (8.9, Severity::High),
            (4.0, Severity::Medium),
            (0.1, Severity::Low),
            (0.0, Severity::Negligible),
        ] {
            assert_eq!(Severity::from_cvss(score), severity);
        }
    }
}
