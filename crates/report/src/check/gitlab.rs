//! GitLab Code Quality: a list of issues, each with a fingerprint and a place.

use std::collections::HashMap;

use boltseal_evidence::{CheckReport, Misconfiguration, Severity};
use serde::Serialize;

use crate::sarif::results::fingerprint;
use crate::text::clean;

/// An issue, as GitLab's documentation of the report format names its parts.
#[derive(Debug, Serialize)]
pub(super) struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: u32,
}

/// The issues; suppressed findings are left out, what was not judged is one of its own.
pub(super) fn document(report: &CheckReport) -> Vec<Issue> {
    let mut same = HashMap::new();
    let findings = report.findings.iter().filter(|finding| finding.counts());
    let mut issues: Vec<Issue> = findings.map(|finding| issue(finding, &mut same)).collect();
    let problems = report.problems.iter();
    let problems = problems.map(|problem| ("problem", problem.path.as_deref().unwrap_or("."), clean(&problem.message)));
    let gaps = report.not_assessed.iter();
    let gaps = gaps.map(|gap| ("not-assessed", gap.what.as_str(), format!("not assessed: {}", clean(&gap.detail))));
    for (name, path, description) in problems.chain(gaps) {
        let print = only(&[name, path, &description], &mut same);
        issues.push(Issue {
            description,
            check_name: name.to_owned(),
            fingerprint: print,
            severity: "info",
            location: Location { path: path.to_owned(), lines: Lines { begin: 1 } },
        });
    }
    issues
}

fn issue(finding: &Misconfiguration, same: &mut HashMap<String, usize>) -> Issue {
    let about = if finding.subject.is_empty() { String::new() } else { format!(" ({})", clean(&finding.subject)) };
    Issue {
        description: format!("{}{about}", clean(&finding.message)),
        check_name: finding.rule.clone(),
        fingerprint: only(&[&finding.rule, &finding.path, &finding.subject, &finding.message], same),
        severity: match finding.severity {
            Severity::Critical => "critical",
            Severity::High => "major",
            Severity::Medium | Severity::Unknown => "minor",
            Severity::Low | Severity::Negligible => "info",
        },
        location: Location {
            path: finding.path.clone(),
            lines: Lines { begin: finding.region.map_or(1, |region| region.line.max(1)) },
        },
    }
}

fn only(parts: &[&str], same: &mut HashMap<String, usize>) -> String {
    fingerprint(parts, same).into_values().next().unwrap_or_default()
}
