//! The end of a report for people: what was looked at, what was found, and what was not looked at.

use std::collections::BTreeMap;

use boltseal_evidence::{CheckReport, Misconfiguration, Severity};

use super::CheckOptions;
use crate::page::{self, BOLD, DIM, GOOD, PLAIN, Page, WARN, span};
use crate::table;
use crate::text::{counted, grouped};

/// Writes it.
pub(super) fn write(page: &mut Page, report: &CheckReport, options: &CheckOptions<'_>) {
    table::not_assessed(page, &report.not_assessed, options.all);
    table::problems(page, &report.problems, options.all);
    page.gap();
    files(page, report);
    let counting: Vec<&Misconfiguration> = report.findings.iter().filter(|finding| finding.counts()).collect();
    if counting.is_empty() {
        nothing(page, report);
    } else {
        findings(page, &counting);
    }
    let suppressed = report.findings.len() - counting.len();
    if suppressed > 0 {
        let shown = if options.all { "" } else { " (shown with `--all`)" };
        let text = format!("{} suppressed with a reason{shown}", counted(suppressed, "finding"));
        page.paragraph(&span(PLAIN, ""), DIM, &text);
    }
}

fn files(page: &mut Page, report: &CheckReport) {
    if report.files.is_empty() {
        page.paragraph(&span(WARN, "looked at no file"), PLAIN, ": none is of a kind that a rule reads");
        return;
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &report.files {
        *kinds.entry(&file.kind).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{} {kind}", grouped(*count))).collect();
    let text = format!("{} ({})", counted(report.files.len(), "file"), kinds.join(", "));
    page.paragraph(&span(PLAIN, "looked at "), PLAIN, &text);
}

fn findings(page: &mut Page, counting: &[&Misconfiguration]) {
    let mut spans = vec![span(BOLD, counted(counting.len(), "finding"))];
    for severity in Severity::WORST_FIRST {
        let count = counting.iter().filter(|finding| finding.severity == severity).count();
        if count > 0 {
            spans.push(span(page::of(severity), format!("{} {severity}", grouped(count))));
        }
    }
    page.flow(&spans, "  ");
    let fixable = counting.iter().filter(|finding| finding.fix.is_some()).count();
    if fixable > 0 {
        let text = format!("{} of them can be fixed by ", grouped(fixable));
        page.paragraph(&span(PLAIN, text), GOOD, "`--fix`");
    }
}

/// No finding counts; that says something only about what was looked at.
fn nothing(page: &mut Page, report: &CheckReport) {
    if report.files.is_empty() {
        return;
    }
    let partly = !report.not_assessed.is_empty() || !report.problems.is_empty();
    let text = if partly { "in what could be looked at; the rest is listed above" } else { "" };
    page.paragraph(&span(if partly { WARN } else { GOOD }, "no finding "), PLAIN, text);
}
