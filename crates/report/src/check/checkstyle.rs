//! Checkstyle XML, which review bots and Jenkins read.

use std::collections::BTreeMap;

use boltseal_evidence::{CheckReport, Severity};

use super::xml::Xml;
use crate::text::clean;

/// One `error` element.
struct Entry {
    place: Option<(u32, u32)>,
    severity: &'static str,
    message: String,
    source: String,
}

/// The document; suppressed findings are left out, what was not judged is a warning.
pub(super) fn render(report: &CheckReport) -> String {
    let mut files: BTreeMap<&str, Vec<Entry>> =
        report.files.iter().map(|file| (file.path.as_str(), Vec::new())).collect();
    for finding in report.findings.iter().filter(|finding| finding.counts()) {
        let about = if finding.subject.is_empty() { String::new() } else { format!(" ({})", clean(&finding.subject)) };
        files.entry(&finding.path).or_default().push(Entry {
            place: finding.region.map(|region| (region.line, region.column)),
            severity: severity(finding.severity),
            message: format!("{}: {}{about}", finding.severity, clean(&finding.message)),
            source: format!("boltseal.{}", clean(&finding.rule)),
        });
    }
    let unjudged =
        |message: String, source: &str| Entry { place: None, severity: "warning", message, source: source.to_owned() };
    for problem in &report.problems {
        let entry = unjudged(clean(&problem.message), "boltseal.problem");
        files.entry(problem.path.as_deref().unwrap_or(".")).or_default().push(entry);
    }
    for gap in &report.not_assessed {
        let entry = unjudged(format!("not assessed: {}", clean(&gap.detail)), "boltseal.not-assessed");
        files.entry(&gap.what).or_default().push(entry);
    }
    let mut xml = Xml::new();
    xml.open("checkstyle", &[("version", "10.0")]);
    for (path, entries) in files {
        xml.open("file", &[("name", &clean(path))]);
        for entry in entries {
            let place = entry.place.map(|(line, column)| (line.to_string(), column.to_string()));
            let mut attributes = Vec::new();
            if let Some((line, column)) = &place {
                attributes.extend([("line", line.as_str()), ("column", column.as_str())]);
            }
            attributes.extend([
                ("severity", entry.severity),
                ("message", entry.message.as_str()),
                ("source", entry.source.as_str()),
            ]);
            xml.empty("error", &attributes);
        }
        xml.close("file");
    }
    xml.close("checkstyle");
    xml.finish()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium | Severity::Unknown => "warning",
        Severity::Low | Severity::Negligible => "info",
    }
}
