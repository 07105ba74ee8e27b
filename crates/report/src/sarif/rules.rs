//! One rule per vulnerability id.

use std::collections::BTreeMap;

use boltseal_evidence::{Finding, FixState, Severity};

use super::model::{Configuration, Rule, RuleProperties, Text};
use crate::link;
use crate::text::{clean, cut};

/// The rules, sorted by id.
pub(super) fn all(findings: &[Finding]) -> Vec<Rule> {
    let mut groups: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        groups.entry(&finding.id).or_default().push(finding);
    }
    groups.into_iter().map(|(id, group)| rule(id, &group)).collect()
}

/// SARIF's level of a severity. What nobody rated is a warning: it is not known to be harmless.
pub(crate) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium | Severity::Unknown => "warning",
        Severity::Low | Severity::Negligible => "note",
    }
}

fn rule(id: &str, group: &[&Finding]) -> Rule {
    let counting = group.iter().filter(|finding| finding.status.counts()).map(|finding| finding.severity).max();
    let severity = counting.or_else(|| group.iter().map(|finding| finding.severity).max()).unwrap_or_default();
    let title = group.iter().map(|finding| clean(&finding.title)).find(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| "Vulnerable package".to_owned());
    let link = group.iter().flat_map(|finding| &finding.references).find_map(|url| link::web(url));
    let help_uri = link.map_or_else(|| link::of_id(id), str::to_owned);
    Rule {
        id: id.to_owned(),
        name: "VulnerablePackage",
        short_description: Text::new(cut(&format!("{}: {title}", clean(id)), 200)),
        full_description: Text::new(cut(&title, 1_000)),
        help: help(id, &title, severity, group, &help_uri),
        help_uri,
        default_configuration: Configuration { level: level(severity) },
        properties: RuleProperties {
            precision: "very-high",
            security_severity: security_severity(severity, group),
            tags: tags(severity, group),
        },
    }
}

/// A score that GitHub's bands read as `severity`: the highest CVSS score that lies in the severity's band (a vendor
/// may rate differently from CVSS, and the vendor's word counts), else the middle of the band.
fn security_severity(severity: Severity, group: &[&Finding]) -> Option<String> {
    let middle = match severity {
        Severity::Critical => 9.5,
        Severity::High => 8.0,
        Severity::Medium => 5.5,
        Severity::Low => 2.0,
        Severity::Negligible => 0.1,
        Severity::Unknown => return None,
    };
    let scores = group.iter().flat_map(|finding| &finding.ratings).filter_map(|rating| rating.score);
    let best = scores
        .filter(|score| (0.1..=10.0).contains(score) && Severity::from_cvss(*score) == severity)
        .fold(None, |best: Option<f64>, score| Some(best.map_or(score, |best| best.max(score))));
    Some(format!("{:.1}", best.unwrap_or(middle)))
}

/// GitHub shows at most 20 tags.
fn tags(severity: Severity, group: &[&Finding]) -> Vec<String> {
    let mut tags = vec!["security".to_owned(), "vulnerability".to_owned(), severity.name().to_owned()];
    if group.iter().any(|finding| finding.known_exploited.is_some()) {
        tags.push("known-exploited".to_owned());
    }
    let kinds: std::collections::BTreeSet<_> = group.iter().map(|finding| finding.package.kind).collect();
    tags.extend(kinds.into_iter().take(10).map(|kind| kind.name().to_owned()));
    tags
}

fn help(id: &str, title: &str, severity: Severity, group: &[&Finding], link: &str) -> Text {
    const SHOWN: usize = 20;
    let mut text = format!("{title}\nSeverity: {severity}\n");
    let mut markdown = format!(
        "**[{}]({link})** – {}\n\nSeverity: **{severity}**\n\n| package | installed | fixed in |\n|---|---|---|\n",
        escaped(id),
        escaped(title)
    );
    for finding in group.iter().take(SHOWN) {
        let package = &finding.package;
        let fix = fix(&finding.fix);
        text.push_str(&format!("{} {}: {fix}\n", clean(&package.name), clean(&package.version)));
        let row = [&package.name, &package.version, &fix].map(|cell| escaped(cell));
        markdown.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    if group.len() > SHOWN {
        text.push_str(&format!("and {} more\n", group.len() - SHOWN));
    }
    text.push_str(&format!("More: {link}"));
    Text { text, markdown: Some(markdown) }
}

/// The fix in words.
pub(super) fn fix(fix: &FixState) -> String {
    match fix {
        FixState::Fixed { versions } if !versions.is_empty() => versions.join(", "),
        FixState::WontFix => "will not be fixed".to_owned(),
        FixState::Fixed { .. } | FixState::NotFixed => "no fix known".to_owned(),
    }
}

/// Text that Markdown shows as it is.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in clean(text).chars() {
        if "\\`*_[]<>|#~!&".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
