//! The formats and their names on the command line.

use std::fmt;
use std::str::FromStr;

/// A format of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people.
    Table,
    /// The report itself; `docs/schema/report-1.json`.
    Json,
    /// OASIS SARIF 2.1.0.
    Sarif,
    /// CycloneDX 1.6 JSON.
    CycloneDx,
    /// SPDX 2.3 JSON.
    Spdx,
}

impl Format {
    /// Every format, the default first.
    pub const ALL: [Self; 5] = [Self::Table, Self::Json, Self::Sarif, Self::CycloneDx, Self::Spdx];

    /// The formats of a bill of materials without findings, the default first.
    pub const SBOM: [Self; 4] = [Self::CycloneDx, Self::Spdx, Self::Json, Self::Table];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::CycloneDx => "cyclonedx",
            Self::Spdx => "spdx",
        }
    }

    /// Other names in use for the same format.
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Table | Self::Json | Self::Sarif => &[],
            Self::CycloneDx => &["cyclonedx-json"],
            Self::Spdx => &["spdx-json"],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format: use table, json, sarif, cyclonedx or spdx")]
pub struct FormatError(String);

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|format| format.name() == name || format.aliases().contains(&name.as_str()))
            .ok_or_else(|| FormatError(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_aliases_are_read_in_any_case() {
        for format in Format::ALL {
            assert_eq!(format.name().to_uppercase().parse(), Ok(format));
        }
        assert_eq!("spdx-json".parse(), Ok(Format::Spdx));
        assert_eq!("xml".parse::<Format>().unwrap_err().to_string().matches("`xml`").count(), 1);
    }
}
