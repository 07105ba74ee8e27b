//! One line a finding, as compilers and editors agree on it: `path:line:column: severity [id] message`.

use std::fmt::Write as _;

use boltseal_evidence::{CheckReport, Misconfiguration};

use super::{CheckOptions, summary};
use crate::page::Page;
use crate::text::clean;

/// The lines, and what was not looked at.
pub(super) fn render(report: &CheckReport, options: &CheckOptions<'_>) -> String {
    let mut text = String::new();
    for finding in report.findings.iter().filter(|finding| options.all || finding.counts()) {
        line(&mut text, finding);
    }
    let mut page = Page::new(None, options.color);
    summary::write(&mut page, report, &[], options);
    text + &page.finish()
}

fn line(text: &mut String, finding: &Misconfiguration) {
    text.push_str(&clean(&finding.path));
    if let Some(region) = &finding.region {
        let _ = write!(text, ":{}:{}", region.line, region.column);
    }
    let _ = write!(text, ": {} [{}] {}", finding.severity, clean(&finding.rule), clean(&finding.message));
    if !finding.subject.is_empty() {
        let _ = write!(text, " ({})", clean(&finding.subject));
    }
    if let Some(suppression) = &finding.suppression {
        let _ = write!(text, " (suppressed: {})", clean(&suppression.reason));
    }
    text.push('\n');
}
