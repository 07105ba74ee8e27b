//! Reports: table, JSON, SARIF, CycloneDX and SPDX, and the ignore files and thresholds that decide what counts.
//!
//! [`render`] turns a [`Report`] into one of the [`Format`]s, [`sbom`] an [`Inventory`] alone. The same value and
//! options give the same bytes: no clock, no random number, no I/O. Identifiers that a format wants unique (CycloneDX's
//! serial number, SPDX's namespace) are computed from the content.
//!
//! | format | specification |
//! |---|---|
//! | table | for people; width-aware |
//! | JSON | `docs/schema/report-1.json` |
//! | SARIF | OASIS SARIF 2.1.0, with what GitHub code scanning reads |
//! | CycloneDX | ECMA-424 (CycloneDX 1.6), JSON |
//! | SPDX | SPDX 2.3, JSON |
//!
//! [`check`] renders what is wrong in configuration, [`compliance`] the tables of benchmarks, [`verdict`] what a policy says.
//!
//! An [`IgnoreFile`] marks findings that people decided not to act on, and [`fails`] says which of the rest fail a
//! threshold:
//!
//! ```
//! use boltseal_report::IgnoreFile;
//!
//! let text = "[[ignore]]\nid = \"CVE-2005-2541\"\nreason = \"intended behaviour of tar\"\n";
//! let ignore = IgnoreFile::parse(".boltseal-ignore.toml", text).expect("valid");
//! let problems = ignore.apply(&mut [], "2026-11-23");
//! assert_eq!(problems[0].message, "line 1: the exception for `CVE-2005-2541` matches no finding: remove or correct it");
//!
//! let errors = IgnoreFile::parse(".boltseal-ignore.toml", "[[ignore]]\nid = \"CVE-2005-2541\"\n").unwrap_err();
//! assert!(errors[0].to_string().contains("the entry has no `reason`"));
//! ```

pub mod check;
pub mod compliance;
mod component;
mod cyclonedx;
pub mod explain;
mod format;
mod ignore;
mod license;
mod link;
mod name;
mod order;
mod page;
pub mod rules;
mod sarif;
pub mod signature;
mod spdx_json;
mod table;
mod text;
mod threshold;
pub mod verdict;

use boltseal_evidence::{Inventory, Report};

pub use format::{Format, FormatError};
pub use ignore::{Excerpt, IgnoreError, IgnoreFile};
pub use order::Compare;
pub use text::{clean, harmless};
pub use threshold::fails;

/// How to render.
#[derive(Debug, Clone, Default)]
pub struct RenderOptions {
    /// The width of the terminal in columns; `None` (a pipe, a file) cuts nothing. Only the table reads it; it uses at
    /// least 40.
    pub width: Option<usize>,
    /// The table may use ANSI colours. Nothing is told by colour alone.
    pub color: bool,
    /// The table shows suppressed and vendor-answered findings, every reason and every problem.
    pub all: bool,
    /// The table shows of each package only the worst finding, unless `all` is set.
    pub brief: bool,
    /// The day to judge end of life and age by, `YYYY-MM-DD`.
    pub today: String,
    /// What the user typed, for the table's heading and the commands it proposes.
    pub target: String,
    /// The order of versions of one package type, to name the one version that fixes all of a package's findings. It
    /// answers `None` where either is no version of that type. Without it, every fixed version is listed.
    pub compare: Option<Compare>,
}

/// Why nothing could be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The format cannot hold an inventory without findings.
    #[error("`{0}` is a format for findings, not for a bill of materials: use cyclonedx, spdx, json or table")]
    NotAnSbom(Format),
    /// The value could not be written as JSON.
    #[error("the report cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// Renders `report`; the text ends with a line break.
///
/// # Errors
/// [`Error::Json`] where a value cannot be written as JSON.
pub fn render(report: &Report, format: Format, options: &RenderOptions) -> Result<String, Error> {
    match format {
        Format::Table => Ok(table::render(report, options)),
        Format::Json => json(report),
        Format::Sarif => json(&sarif::document(report)),
        Format::CycloneDx => json(&cyclonedx::with_findings(report)?),
        Format::Spdx => json(&spdx_json::with_findings(report)),
    }
}

/// Renders `inventory` as a bill of materials without findings: CycloneDX, SPDX, or (for programs and people of our
/// own) JSON and a list of packages.
///
/// # Errors
/// [`Error::NotAnSbom`] for SARIF; [`Error::Json`] where a value cannot be written as JSON.
pub fn sbom(inventory: &Inventory, format: Format, options: &RenderOptions) -> Result<String, Error> {
    match format {
        Format::Table => Ok(table::packages(inventory, options)),
        Format::Json => json(inventory),
        Format::CycloneDx => json(&cyclonedx::inventory_alone(inventory)?),
        Format::Spdx => json(&spdx_json::inventory_alone(inventory)),
        Format::Sarif => Err(Error::NotAnSbom(format)),
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}
