//! JUnit XML, as Jenkins, GitLab and Azure read it: a suite a file, a case a finding.
//!
//! A file without findings has one case that passes; what was not judged is a case in error, so that no pipeline takes
//! it for a pass.

use std::collections::BTreeMap;

use boltseal_evidence::{CheckReport, Misconfiguration, RuleInfo};

use super::xml::Xml;
use crate::text::clean;

/// What is said of one file.
#[derive(Debug, Default)]
struct Suite<'a> {
    findings: Vec<&'a Misconfiguration>,
    errors: Vec<String>,
}

impl Suite<'_> {
    /// Cases, failures, errors and skipped ones.
    fn counts(&self) -> [usize; 4] {
        let failures = self.findings.iter().filter(|finding| finding.counts()).count();
        let cases = self.findings.len() + self.errors.len();
        [cases.max(1), failures, self.errors.len(), self.findings.len() - failures]
    }
}

/// The document.
pub(super) fn render(report: &CheckReport) -> String {
    let mut suites: BTreeMap<&str, Suite<'_>> =
        report.files.iter().map(|file| (file.path.as_str(), Suite::default())).collect();
    for finding in &report.findings {
        suites.entry(&finding.path).or_default().findings.push(finding);
    }
    for problem in &report.problems {
        let path = problem.path.as_deref().unwrap_or(".");
        suites.entry(path).or_default().errors.push(clean(&problem.message));
    }
    for gap in &report.not_assessed {
        suites.entry(&gap.what).or_default().errors.push(format!("not assessed: {}", clean(&gap.detail)));
    }
    let rules: BTreeMap<&str, &RuleInfo> = report.rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let mut total = [0; 4];
    for suite in suites.values() {
        for (sum, count) in total.iter_mut().zip(suite.counts()) {
            *sum += count;
        }
    }
    let mut xml = Xml::new();
    open(&mut xml, "testsuites", "boltseal check", total);
    for (path, suite) in &suites {
        let path = clean(path);
        open(&mut xml, "testsuite", &path, suite.counts());
        for message in &suite.errors {
            case(&mut xml, &path, "readable", None, |xml| {
                xml.text("error", &[("message", message), ("type", "not-assessed")], message);
            });
        }
        for finding in &suite.findings {
            write(&mut xml, &path, finding, rules.get(finding.rule.as_str()).copied());
        }
        if suite.findings.is_empty() && suite.errors.is_empty() {
            xml.empty("testcase", &[("classname", &path), ("name", "no finding"), ("file", &path)]);
        }
        xml.close("testsuite");
    }
    xml.close("testsuites");
    xml.finish()
}

fn open(xml: &mut Xml, element: &str, name: &str, counts: [usize; 4]) {
    let [tests, failures, errors, skipped] = counts.map(|count| count.to_string());
    let counts = [("tests", &tests), ("failures", &failures), ("errors", &errors), ("skipped", &skipped)];
    let mut attributes = vec![("name", name)];
    attributes.extend(counts.map(|(key, count)| (key, count.as_str())));
    xml.open(element, &attributes);
}

fn case(xml: &mut Xml, path: &str, name: &str, line: Option<u32>, content: impl FnOnce(&mut Xml)) {
    let line = line.map(|line| line.to_string());
    let mut attributes = vec![("classname", path), ("name", name), ("file", path)];
    attributes.extend(line.as_deref().map(|line| ("line", line)));
    xml.open("testcase", &attributes);
    content(xml);
    xml.close("testcase");
}

fn write(xml: &mut Xml, path: &str, finding: &Misconfiguration, rule: Option<&RuleInfo>) {
    let message = clean(&finding.message);
    let about = if finding.subject.is_empty() { String::new() } else { format!(" ({})", clean(&finding.subject)) };
    let line = finding.region.map(|region| region.line);
    let at = finding.region.map(|region| format!(" at {}:{}", region.line, region.column)).unwrap_or_default();
    // Two cases of one name would be one to a reader.
    let name = format!("[{}] {message}{about}{at}", clean(&finding.rule));
    case(xml, path, &name, line, |xml| match &finding.suppression {
        Some(suppression) => {
            let reason = format!("suppressed: {} ({})", clean(&suppression.reason), clean(&suppression.source));
            xml.empty("skipped", &[("message", &reason)]);
        }
        None => {
            let place = finding.region.map(|region| format!(":{}:{}", region.line, region.column));
            let mut text = format!("{path}{}: {} {message}{about}", place.unwrap_or_default(), finding.severity);
            for part in
                rule.iter().flat_map(|rule| [&rule.why, &rule.advice]).chain(rule.and_then(|r| r.references.first()))
            {
                text.push('\n');
                text.push_str(&clean(part));
            }
            xml.text("failure", &[("message", &message), ("type", finding.severity.name())], &text);
        }
    });
}
