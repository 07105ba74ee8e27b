//! Findings as CycloneDX vulnerabilities: one per id and analysis, affecting all its components.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use boltseal_evidence::{Finding, FixState, Severity, Status, Suppression};

use super::model::{Advisory, Affected, Analysis, Property, Rating, RatingSource, Reference, Source, Vulnerability};
use crate::link;

/// The vulnerabilities of `findings`; only components in `known` can be referred to.
pub(super) fn all(findings: &[&Finding], known: &HashSet<String>) -> Vec<Vulnerability> {
    let counting: HashSet<(&str, &str)> = findings
        .iter()
        .filter(|finding| finding.status.counts())
        .map(|finding| (finding.id.as_str(), finding.package.purl.as_str()))
        .collect();
    let mut groups: BTreeMap<(&str, Option<Analysis>), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        groups.entry((&finding.id, analysis(finding, &counting))).or_default().push(finding);
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    groups
        .into_iter()
        .map(|((id, analysis), group)| {
            let count = seen.entry(id).or_default();
            *count += 1;
            let bom_ref =
                if *count == 1 { format!("vulnerability:{id}") } else { format!("vulnerability:{id}#{count}") };
            vulnerability(id, bom_ref, analysis, &group, known)
        })
        .collect()
}

fn vulnerability(
    id: &str,
    bom_ref: String,
    analysis: Option<Analysis>,
    group: &[&Finding],
    known: &HashSet<String>,
) -> Vulnerability {
    let first_of = |text: fn(&Finding) -> Option<&str>| group.iter().find_map(|finding| text(finding));
    let aliases: BTreeSet<&String> = group.iter().flat_map(|finding| &finding.aliases).collect();
    let mut links: Vec<&str> = Vec::new();
    for url in group.iter().flat_map(|finding| &finding.references).filter_map(|url| link::web(url)).take(200) {
        if !links.contains(&url) {
            links.push(url);
        }
    }
    let purls: BTreeSet<&String> = group.iter().map(|finding| &finding.package.purl).collect();
    Vulnerability {
        bom_ref,
        id: id.to_owned(),
        source: source(id),
        references: aliases.into_iter().map(|id| Reference { id: id.clone(), source: source(id) }).collect(),
        ratings: ratings(group),
        description: first_of(|finding| Some(finding.title.as_str()).filter(|title| !title.is_empty()))
            .unwrap_or_default()
            .to_owned(),
        recommendation: recommendation(group),
        advisories: links.into_iter().map(|url| Advisory { url: url.to_owned() }).collect(),
        published: first_of(|finding| finding.published.as_deref()).and_then(link::moment),
        analysis,
        affects: purls
            .into_iter()
            .filter(|purl| known.contains(*purl))
            .map(|purl| Affected { reference: purl.clone() })
            .collect(),
        properties: properties(group),
    }
}

fn source(id: &str) -> Source {
    Source { name: link::authority(id).to_owned(), url: Some(link::of_id(id)) }
}

/// A person's decision is no statement that the component is not affected; a vendor's answer is, unless the owning OS
/// package itself has the finding.
fn analysis(finding: &Finding, counting: &HashSet<(&str, &str)>) -> Option<Analysis> {
    match &finding.status {
        Status::Affected => None,
        Status::VendorAnswers { owner, detail } => {
            let owner_affected = counting.contains(&(finding.id.as_str(), owner.as_str()));
            let state = if owner_affected { "exploitable" } else { "not_affected" };
            Some(Analysis { state: Some(state), response: Vec::new(), detail: format!("{owner} answers: {detail}") })
        }
        Status::Suppressed(suppression) => {
            Some(Analysis { state: None, response: vec!["will_not_fix"], detail: decision(suppression) })
        }
    }
}

fn decision(suppression: &Suppression) -> String {
    let owner = suppression.owner.as_deref().map(|owner| format!(" by {owner}")).unwrap_or_default();
    let until = suppression.until.as_deref().map(|until| format!(" until {until}")).unwrap_or_default();
    format!("suppressed{owner}{until} in {}: {}", suppression.source, suppression.reason)
}

fn ratings(group: &[&Finding]) -> Vec<Rating> {
    let mut ratings: Vec<Rating> = Vec::new();
    for rating in group.iter().flat_map(|finding| &finding.ratings).take(200) {
        let rating = Rating {
            source: RatingSource { name: rating.source.clone() },
            score: rating.score.filter(|score| score.is_finite()),
            severity: severity(rating.severity),
            method: rating.vector.as_deref().map(method),
            vector: rating.vector.clone(),
        };
        if !ratings.contains(&rating) {
            ratings.push(rating);
        }
    }
    if ratings.is_empty()
        && let Some(worst) = group.iter().map(|finding| finding.severity).max()
    {
        let source = RatingSource { name: "boltseal".to_owned() };
        ratings.push(Rating { source, score: None, severity: severity(worst), method: None, vector: None });
    }
    ratings
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Negligible => "info",
        other => other.name(),
    }
}

/// The scoring method, by how the vector begins; a vector of CVSS 2 has no prefix.
fn method(vector: &str) -> &'static str {
    match vector.split('/').next() {
        Some("CVSS:4.0") => "CVSSv4",
        Some("CVSS:3.1") => "CVSSv31",
        Some("CVSS:3.0") => "CVSSv3",
        Some(first) if first.trim_start_matches('(').starts_with("AV:") => "CVSSv2",
        _ => "other",
    }
}

fn recommendation(group: &[&Finding]) -> String {
    let mut upgrades = BTreeSet::new();
    for finding in group {
        if let FixState::Fixed { versions } = &finding.fix
            && let Some(version) = versions.first()
        {
            upgrades.insert(format!("upgrade {} to {version}", finding.package.name));
        }
    }
    upgrades.into_iter().collect::<Vec<_>>().join("; ")
}

fn properties(group: &[&Finding]) -> Vec<Property> {
    let mut properties = Vec::new();
    if let Some(exploited) = group.iter().find_map(|finding| finding.known_exploited.as_ref()) {
        properties.push(Property::new("boltseal:known-exploited-since", &exploited.date_added));
        properties.push(Property::new("boltseal:known-ransomware-use", exploited.ransomware));
    }
    if let Some(epss) = group.iter().find_map(|finding| finding.epss.as_ref()) {
        properties.push(Property::new("boltseal:epss-probability", epss.probability));
        properties.push(Property::new("boltseal:epss-percentile", epss.percentile));
    }
    let reasons: BTreeSet<String> = group
        .iter()
        .flat_map(|finding| &finding.why)
        .map(|why| {
            let (name, version) = (&why.matched_name, &why.matched_version);
            format!("{} ({}): {name} {version} is in {}", why.advisory, why.feed, why.range)
        })
        .collect();
    properties.extend(reasons.into_iter().map(|reason| Property::new("boltseal:why", reason)));
    properties
}
