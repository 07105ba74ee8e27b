//! One result per finding.

use std::collections::{BTreeMap, HashMap};

use boltseal_evidence::{Digest, Finding, Report, Status};

use super::model::{
    Location, LogicalLocation, Message, PackageProperties, ResultProperties, Rule, SarifResult, Suppression,
};
use super::{place, rules};
use crate::{link, name};

/// The results, in the report's order.
pub(super) fn all(report: &Report, rules: &[Rule]) -> Vec<SarifResult> {
    let indices: HashMap<&str, usize> =
        rules.iter().enumerate().map(|(index, rule)| (rule.id.as_str(), index)).collect();
    // Section 3.27.23: either every result of a run states its suppressions or none does.
    let any_suppressed = report.findings.iter().any(|finding| !finding.status.counts());
    let mut same: HashMap<String, usize> = HashMap::new();
    report
        .findings
        .iter()
        .map(|finding| SarifResult {
            rule_id: finding.id.clone(),
            rule_index: indices.get(finding.id.as_str()).copied().unwrap_or_default(),
            level: rules::level(finding.severity),
            message: Message::new(message(finding)),
            locations: vec![location(report, finding)],
            related_locations: Vec::new(),
            partial_fingerprints: fingerprints(finding, &mut same),
            suppressions: any_suppressed.then(|| suppressions(&finding.status)),
            fixes: Vec::new(),
            properties: ResultProperties::Package(properties(finding)),
        })
        .collect()
}

fn message(finding: &Finding) -> String {
    let package = &finding.package;
    let why = finding
        .why
        .first()
        .map(|why| format!("; {} ({}) says {} {} is affected", why.advisory, why.feed, why.matched_name, why.range));
    let exploited = if finding.known_exploited.is_some() { "; known to be exploited" } else { "" };
    let title = if finding.title.is_empty() { String::new() } else { format!(": {}", finding.title) };
    format!(
        "{} in {} {}{title} (fix: {}{exploited}{})",
        finding.id,
        package.name,
        package.version,
        rules::fix(&finding.fix),
        why.unwrap_or_default()
    )
}

/// The file that lists the package. GitHub shows no result without a place: one without stands on the subject.
fn location(report: &Report, finding: &Finding) -> Location {
    let package = &finding.package;
    let place_of = package.location.as_ref();
    let path = place_of.map_or_else(|| name::kind(&report.inventory), |location| location.path.as_str());
    let layer = place_of.and_then(|location| location.layer).or(package.layer);
    let instruction = layer.and_then(|index| report.inventory.layers.get(index).filter(|layer| layer.index == index));
    Location {
        logical_locations: vec![LogicalLocation {
            name: package.name.clone(),
            fully_qualified_name: package.purl.clone(),
            kind: "package",
        }],
        message: layer.map(|index| {
            let by = instruction.and_then(|layer| layer.created_by.as_deref());
            Message::new(by.map_or_else(|| format!("layer {index}"), |by| format!("layer {index}: {by}")))
        }),
        ..place(path, place_of.and_then(|location| location.line).or(Some(1)))
    }
}

/// Fingerprints that an upgrade or a moved line leaves alone: id, package and file, and a number where these repeat.
fn fingerprints(finding: &Finding, same: &mut HashMap<String, usize>) -> BTreeMap<&'static str, String> {
    let package = &finding.package;
    let path = package.location.as_ref().map_or("", |location| location.path.as_str());
    fingerprint(&[&finding.id, package.kind.name(), &package.name, path], same)
}

/// A fingerprint of `parts` that is the only one of its kind in a run. `primaryLocationLineHash` is the one that GitHub
/// compares.
pub(crate) fn fingerprint(parts: &[&str], same: &mut HashMap<String, usize>) -> BTreeMap<&'static str, String> {
    let hash: String = Digest::sha256_of(parts.join("\0").as_bytes()).hex().chars().take(32).collect();
    let count = same.entry(hash.clone()).or_default();
    *count += 1;
    let value = format!("{hash}:{count}");
    [("boltsealFinding/v1", value.clone()), ("primaryLocationLineHash", value)].into()
}

fn suppressions(status: &Status) -> Vec<Suppression> {
    let justification = match status {
        Status::Affected => return Vec::new(),
        Status::VendorAnswers { owner, detail } => format!("{owner} answers: {detail}"),
        Status::Suppressed(suppression) => format!("{} ({})", suppression.reason, suppression.source),
    };
    vec![Suppression { kind: "external", status: "accepted", justification }]
}

fn properties(finding: &Finding) -> PackageProperties {
    PackageProperties {
        purl: finding.package.purl.clone(),
        installed_version: finding.package.version.clone(),
        severity: finding.severity.name(),
        fixed_versions: match &finding.fix {
            boltseal_evidence::FixState::Fixed { versions } => versions.clone(),
            _ => Vec::new(),
        },
        layer: finding.package.layer,
        known_exploited_since: finding
            .known_exploited
            .as_ref()
            .and_then(|exploited| link::day(&exploited.date_added).map(|_| exploited.date_added.clone())),
        epss_probability: finding.epss.map(|epss| epss.probability).filter(|probability| probability.is_finite()),
    }
}
