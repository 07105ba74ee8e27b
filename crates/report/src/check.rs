//! Reports of misconfiguration: excerpts for people, and the documents that pipelines read.
//!
//! [`render`] turns a [`CheckReport`] into one of the [`CheckFormat`]s. The same value, options and file contents give
//! the same bytes. Paths, messages and file contents are foreign text in every format: none of it steers a terminal,
//! breaks out of an attribute or is taken for markup.
//!
//! | format | specification |
//! |---|---|
//! | text | for people; excerpts as a compiler shows them |
//! | compact | one line a finding: `path:line:column: severity [id] message` |
//! | JSON | `docs/schema/check-1.json` |
//! | SARIF | OASIS SARIF 2.1.0, with what GitHub code scanning reads |
//! | JUnit | the XML that Jenkins, GitLab and Azure read |
//! | GitLab | GitLab Code Quality |
//! | Checkstyle | Checkstyle XML |

mod checkstyle;
mod compact;
mod excerpt;
mod format;
mod gitlab;
mod junit;
mod sarif;
mod summary;
mod text;
mod xml;

use std::fmt;

use boltseal_evidence::{CheckReport, Misconfiguration, Severity};

use crate::Error;
pub use format::{CheckFormat, CheckFormatError};

/// How to render.
#[derive(Clone, Copy)]
pub struct CheckOptions<'a> {
    /// The width of the terminal in columns; `None` (a pipe, a file) breaks no line. Only text reads it.
    pub width: Option<usize>,
    /// Text may use ANSI colours. Nothing is told by colour alone.
    pub color: bool,
    /// Text and compact show suppressed findings too, text every repetition, not assessed item and problem.
    pub all: bool,
    /// The least severity that text shows; lesser findings are only counted, unless `all` is set. One that nobody
    /// rated is shown down from [`Severity::Medium`].
    pub from: Severity,
    /// Text shows what is wrong and where, but neither why nor how to fix it.
    pub quiet: bool,
    /// The content of the file with this path, as it was when it was judged; text shows no excerpt without it.
    pub source: &'a dyn Fn(&str) -> Option<String>,
}

impl Default for CheckOptions<'_> {
    fn default() -> Self {
        Self { width: None, color: false, all: false, from: Severity::Low, quiet: false, source: &|_| None }
    }
}

impl fmt::Debug for CheckOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckOptions")
            .field("width", &self.width)
            .field("color", &self.color)
            .field("all", &self.all)
            .field("from", &self.from)
            .field("quiet", &self.quiet)
            .finish_non_exhaustive()
    }
}

/// Renders `report`; the text ends with a line break.
///
/// # Errors
/// [`Error::Json`] where a value cannot be written as JSON.
pub fn render(report: &CheckReport, format: CheckFormat, options: &CheckOptions<'_>) -> Result<String, Error> {
    match format {
        CheckFormat::Text => Ok(text::render(report, options)),
        CheckFormat::Compact => Ok(compact::render(report, options)),
        CheckFormat::Json => crate::json(report),
        CheckFormat::Sarif => crate::json(&sarif::document(report)),
        CheckFormat::Junit => Ok(junit::render(report)),
        CheckFormat::GitLab => crate::json(&gitlab::document(report)),
        CheckFormat::Checkstyle => Ok(checkstyle::render(report)),
    }
}

/// The findings that fail the threshold `fail_on`: at least that severe and not suppressed by a person. One that
/// nobody rated weighs as [`Severity::Medium`], as in [`crate::fails`].
pub fn fails(report: &CheckReport, fail_on: Severity) -> Vec<&Misconfiguration> {
    report.findings.iter().filter(|finding| finding.counts()).filter(|finding| weight(finding) >= fail_on).collect()
}

/// How a finding is weighed against a threshold.
fn weight(finding: &Misconfiguration) -> Severity {
    if finding.severity == Severity::Unknown { Severity::Medium } else { finding.severity }
}
