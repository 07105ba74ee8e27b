//! The table of a benchmark or standard: for the terminal, as JSON, and as one HTML page.
//!
//! [`render`] shows an [`Assessment`]. The HTML page stands alone: no script, no font, no request to anywhere, and a
//! content security policy that forbids them. Whatever paths and messages hold is text in it.

mod html;
mod table;

use std::fmt;
use std::str::FromStr;

use boltseal_evidence::Assessment;

use crate::Error;

/// A format of assessments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ComplianceFormat {
    /// For people, in a terminal.
    Table,
    /// The assessment itself; `docs/schema/compliance-1.json`.
    Json,
    /// One page for browsers and printers.
    Html,
}

impl ComplianceFormat {
    /// Every format, the default first.
    pub const ALL: [Self; 3] = [Self::Table, Self::Json, Self::Html];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Html => "html",
        }
    }
}

impl fmt::Display for ComplianceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format of a compliance table: use table, json or html")]
pub struct ComplianceFormatError(String);

impl FromStr for ComplianceFormat {
    type Err = ComplianceFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| ComplianceFormatError(text.chars().take(40).collect()))
    }
}

/// How to render. Only the table reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ComplianceOptions {
    /// The width of the terminal in columns; `None` cuts nothing.
    pub width: Option<usize>,
    /// ANSI colours may be used. Nothing is told by colour alone.
    pub color: bool,
    /// Every control and every finding has a line of its own.
    pub all: bool,
}

/// Renders `assessment`; the text ends with a line break.
///
/// # Errors
/// [`Error::Json`] where a value cannot be written as JSON.
pub fn render(assessment: &Assessment, format: ComplianceFormat, options: &ComplianceOptions) -> Result<String, Error> {
    match format {
        ComplianceFormat::Table => Ok(table::render(assessment, options)),
        ComplianceFormat::Json => crate::json(assessment),
        ComplianceFormat::Html => Ok(html::render(assessment)),
    }
}
