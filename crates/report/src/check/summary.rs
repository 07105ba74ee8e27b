//! The end of a report for people: what was looked at, what was found, and what was not looked at.

use std::collections::BTreeMap;

use boltseal_evidence::{CheckReport, Misconfiguration, Severity};

use super::CheckOptions;
use crate::page::{self, BOLD, DIM, GOOD, PLAIN, Page, WARN, span};
use crate::table;
use crate::text::{counted, grouped};

/// Writes it. `unshown` are findings that count and that are too slight to be shown.
pub(super) fn write(page: &mut Page, report: &CheckReport, unshown: &[&Misconfiguration], options: &CheckOptions<'_>) {
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
    if !unshown.is_empty() {
        let counts: Vec<String> = by_severity(unshown).map(|(severity, count)| format!("{count} {severity}")).collect();
        page.paragraph(&span(PLAIN, ""), DIM, &format!("{} not shown: `--all`", counts.join(", ")));
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
    spans
        .extend(by_severity(counting).map(|(severity, count)| span(page::of(severity), format!("{count} {severity}"))));
    page.flow(&spans, "  ");
    let fixable = counting.iter().filter(|finding| finding.fix.is_some()).count();
    if fixable > 0 {
        let text = format!("{} of them can be fixed by ", grouped(fixable));
        page.paragraph(&span(PLAIN, text), GOOD, "`--fix`");
    }
}

/// How many there are of each severity that occurs, worst first.
fn by_severity(findings: &[&Misconfiguration]) -> impl Iterator<Item = (Severity, String)> {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = Severity::WORST_FIRST.into_iter().map(move |severity| (severity, count(severity)));
    counts.filter(|(_, count)| *count > 0).map(|(severity, count)| (severity, grouped(count)))
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
