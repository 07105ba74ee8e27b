//! Findings as diagnostics.

use boltseal_evidence::{Misconfiguration, RuleInfo, Severity};
use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Range,
};

use crate::document::Document;

/// What is wrong in a file, and what could not be read of it.
pub(crate) fn of(document: &Document) -> Vec<Diagnostic> {
    let Some(report) = &document.report else { return Vec::new() };
    let findings = report.findings.iter().filter(|finding| finding.counts()).map(|finding| {
        let rule = report.rules.iter().find(|rule| rule.id == finding.rule);
        diagnostic(document, finding, rule)
    });
    let problems = report.problems.iter().map(|problem| Diagnostic {
        range: line_of(document, &problem.message),
        severity: Some(DiagnosticSeverity::WARNING),
        source: Some("boltseal".to_owned()),
        message: problem.message.clone(),
        ..Diagnostic::default()
    });
    findings.chain(problems).collect()
}

/// A finding as a diagnostic. Why it matters and what to do stand in the hover.
pub(crate) fn diagnostic(document: &Document, finding: &Misconfiguration, rule: Option<&RuleInfo>) -> Diagnostic {
    let notes = finding.notes.iter().map(|note| DiagnosticRelatedInformation {
        location: Location { uri: document.uri.clone(), range: document.range(&note.region) },
        message: note.message.clone(),
    });
    let notes: Vec<DiagnosticRelatedInformation> = notes.collect();
    Diagnostic {
        range: finding.region.as_ref().map(|region| document.range(region)).unwrap_or_default(),
        severity: Some(level(finding.severity)),
        code: Some(NumberOrString::String(finding.rule.clone())),
        code_description: rule
            .and_then(|rule| rule.references.first())
            .and_then(|reference| reference.parse().ok())
            .map(|href| CodeDescription { href }),
        source: Some("boltseal".to_owned()),
        message: finding.message.clone(),
        related_information: (!notes.is_empty()).then_some(notes),
        ..Diagnostic::default()
    }
}

fn level(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Critical | Severity::High => DiagnosticSeverity::ERROR,
        Severity::Medium => DiagnosticSeverity::WARNING,
        Severity::Low | Severity::Unknown => DiagnosticSeverity::INFORMATION,
        Severity::Negligible => DiagnosticSeverity::HINT,
    }
}

/// Problems name their line in words: `line 3, column 1: …`.
fn line_of(document: &Document, message: &str) -> Range {
    let digits = message.strip_prefix("line ").and_then(|rest| rest.split(|each: char| !each.is_ascii_digit()).next());
    let Some(line) = digits.and_then(|digits| digits.parse::<usize>().ok()) else { return Range::default() };
    let Some(start) = document.line_start(line.saturating_sub(1)) else { return Range::default() };
    let length = document.text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
    Range { start: document.position(start), end: document.position(start + length) }
}
