//! The table for terminals.

use boltseal_evidence::{Assessment, Citation, ControlResult, ControlStatus};

use super::ComplianceOptions;
use crate::page::{self, ALARM, BOLD, DIM, GOOD, PLAIN, Page, WARN, span};
use crate::table;
use crate::text::{counted, grouped};

/// Findings of a control that are shown unless all are asked for.
const SHOWN: usize = 5;
/// Controls in a row that nothing can be said of for the same reason, from which on they share a line.
const ROW: usize = 3;

/// The whole table.
pub(super) fn render(assessment: &Assessment, options: &ComplianceOptions) -> String {
    let mut page = Page::new(options.width, options.color);
    let framework = &assessment.framework;
    page.line(&[span(BOLD, format!("{} {}", framework.title, framework.version))]);
    let mut section = None;
    let mut controls = assessment.controls.as_slice();
    while let Some(control) = controls.first() {
        if section != Some(&control.section) {
            section = Some(&control.section);
            page.gap();
            page.line(&[span(BOLD, &control.section)]);
        }
        let alike = controls.iter().take_while(|other| alike(control, other)).count();
        let shared = if options.all || alike < ROW { 1 } else { alike };
        let (now, rest) = controls.split_at(shared.min(controls.len()));
        controls = rest;
        match now {
            [control] => one(&mut page, control, options),
            [first, .., last] => several(&mut page, first, last, now.len()),
            [] => break,
        }
    }
    table::not_assessed(&mut page, &assessment.not_assessed, options.all);
    table::problems(&mut page, &assessment.problems, options.all);
    summary(&mut page, assessment);
    page.finish()
}

/// Nothing can be said of either, for the same reason.
fn alike(one: &ControlResult, other: &ControlResult) -> bool {
    one.status == ControlStatus::NotAssessed
        && other.status == one.status
        && other.section == one.section
        && other.reason == one.reason
}

/// Result and number, so wide that titles stand below each other.
fn mark(status: ControlStatus, id: &str) -> page::Span {
    let (style, word) = match status {
        ControlStatus::Pass => (GOOD, "pass"),
        ControlStatus::Fail => (ALARM, "FAIL"),
        ControlStatus::NotAssessed => (WARN, "not assessed"),
    };
    span(style, format!("  {word:<13} {id:<7} "))
}

fn one(page: &mut Page, control: &ControlResult, options: &ComplianceOptions) {
    let text = format!("{}: {}", control.title, control.reason);
    page.paragraph(&mark(control.status, &control.id), PLAIN, &text);
    let shown = if options.all { control.findings.len() } else { SHOWN };
    for finding in control.findings.iter().take(shown) {
        cite(page, finding);
    }
    if control.findings.len() > shown {
        let text = format!("and {} more (shown with `--all`)", grouped(control.findings.len() - shown));
        page.paragraph(&span(PLAIN, "                        "), DIM, &text);
    }
}

fn cite(page: &mut Page, finding: &Citation) {
    let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
    let subject = if finding.subject.is_empty() { String::new() } else { format!(" ({})", finding.subject) };
    let accepted = finding.accepted.as_ref().map(|reason| format!("; accepted: {reason}")).unwrap_or_default();
    let style = if finding.accepted.is_some() { DIM } else { page::of(finding.severity) };
    let lead = span(style, format!("                        {} {}  ", finding.severity, finding.rule));
    page.paragraph(&lead, PLAIN, &format!("{}{line}: {}{subject}{accepted}", finding.path, finding.message));
}

fn several(page: &mut Page, first: &ControlResult, last: &ControlResult, count: usize) {
    let text = format!("to {}, {}: {}", last.id, counted(count, "control"), first.reason);
    page.paragraph(&mark(first.status, &first.id), DIM, &text);
}

fn summary(page: &mut Page, assessment: &Assessment) {
    page.gap();
    let files: u32 = assessment.files.values().sum();
    let kinds: Vec<String> = assessment.files.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    page.paragraph(&span(PLAIN, "looked at "), PLAIN, &format!("{}{kinds}", counted(files as usize, "file")));
    let count = |status| grouped(assessment.count(status));
    let accepted: usize =
        assessment.controls.iter().filter(|c| c.status == ControlStatus::Pass).map(ControlResult::accepted).sum();
    let mut spans = vec![
        span(BOLD, counted(assessment.controls.len(), "control")),
        span(ALARM, format!("{} fail", count(ControlStatus::Fail))),
        span(GOOD, format!("{} pass", count(ControlStatus::Pass))),
        span(WARN, format!("{} not assessed", count(ControlStatus::NotAssessed))),
    ];
    if accepted > 0 {
        spans.push(span(DIM, format!("{} accepted in what passes", counted(accepted, "finding"))));
    }
    page.flow(&spans, "  ");
}
