//! The formats of a check and their names on the command line.

use std::fmt;
use std::str::FromStr;

/// A format of check reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckFormat {
    /// Excerpts with underlines, for people.
    Text,
    /// One line a finding.
    Compact,
    /// The report itself; `docs/schema/check-1.json`.
    Json,
    /// OASIS SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// GitLab Code Quality.
    GitLab,
    /// Checkstyle XML.
    Checkstyle,
}

impl CheckFormat {
    /// Every format, the default first.
    pub const ALL: [Self; 7] =
        [Self::Text, Self::Compact, Self::Json, Self::Sarif, Self::Junit, Self::GitLab, Self::Checkstyle];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Compact => "compact",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::GitLab => "gitlab",
            Self::Checkstyle => "checkstyle",
        }
    }
}

impl fmt::Display for CheckFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format of a check: use text, compact, json, sarif, junit, gitlab or checkstyle")]
pub struct CheckFormatError(String);

impl FromStr for CheckFormat {
    type Err = CheckFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| CheckFormatError(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_and_the_error_lists_them_all() {
        let error = "yaml".parse::<CheckFormat>().unwrap_err().to_string();
        for format in CheckFormat::ALL {
            assert_eq!(format.name().to_uppercase().parse(), Ok(format));
            assert!(error.contains(format.name()), "{error}");
        }
    }
}
