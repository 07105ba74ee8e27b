//! SARIF 2.1.0 (OASIS) of a check, with what GitHub code scanning reads.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use boltseal_evidence::{CheckReport, Edit, Fix, Misconfiguration, Region, RuleInfo, Severity};

use crate::sarif::model::{
    ArtifactChange, BaseLocation, CheckProperties, Columns, Configuration, Fix as SarifFix, Invocation, Location, Log,
    LogicalLocation, Message, PhysicalLocation, Region as SarifRegion, Replacement, ResultProperties, Rule,
    RuleProperties, Run, SarifResult, Suppression, Text, Tool,
};
use crate::sarif::results::fingerprint;
use crate::sarif::rules::{escaped, level};
use crate::sarif::{ROOT, artifact, driver, notifications, place};
use crate::text::{clean, cut};
use crate::{link, name};

/// GitHub shows at most 20 tags.
const TAGS: usize = 20;

/// The document of a check.
pub(super) fn document(report: &CheckReport) -> Log {
    let rules = rules(report);
    let indices: HashMap<String, usize> =
        rules.iter().enumerate().map(|(index, rule)| (rule.id.clone(), index)).collect();
    // Section 3.27.23: either every result of a run states its suppressions or none does.
    let any_suppressed = report.findings.iter().any(|finding| !finding.counts());
    let mut same = HashMap::new();
    let results = report.findings.iter().map(|finding| SarifResult {
        rule_id: finding.rule.clone(),
        rule_index: indices.get(&finding.rule).copied().unwrap_or_default(),
        level: level(finding.severity),
        message: Message::new(message(finding)),
        locations: vec![location(finding)],
        related_locations: related(finding),
        partial_fingerprints: fingerprints(finding, &mut same),
        suppressions: any_suppressed.then(|| suppressions(finding)),
        fixes: finding.fix.iter().filter_map(|fix| sarif_fix(&finding.path, fix)).collect(),
        properties: ResultProperties::Check(CheckProperties {
            severity: finding.severity.name(),
            subject: finding.subject.clone(),
        }),
    });
    let results = results.collect();
    let root = Text::new("The folder that the check began in.");
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: vec![Run {
            tool: Tool { driver: driver(&report.tool.version, rules) },
            invocations: vec![Invocation {
                execution_successful: true,
                tool_execution_notifications: notifications(&report.not_assessed, &report.problems),
            }],
            original_uri_base_ids: [(ROOT, BaseLocation { description: root })].into(),
            column_kind: "unicodeCodePoints",
            properties: None,
            results,
        }],
    }
}

/// The rules by id; one that findings name and the report does not explain has a bare entry.
fn rules(report: &CheckReport) -> Vec<Rule> {
    let known: BTreeMap<&str, &RuleInfo> = report.rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let named: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    let ids: BTreeSet<&str> = known.keys().copied().chain(named).collect();
    let bare = |id: &str| RuleInfo {
        id: id.to_owned(),
        title: id.to_owned(),
        severity: Severity::Unknown,
        aliases: Vec::new(),
        why: String::new(),
        advice: String::new(),
        references: Vec::new(),
    };
    ids.into_iter().map(|id| known.get(id).map_or_else(|| rule(&bare(id)), |info| rule(info))).collect()
}

fn rule(info: &RuleInfo) -> Rule {
    let title = cut(&clean(&info.title), 200);
    let page = info.references.iter().find_map(|reference| link::web(reference));
    let why = if info.why.is_empty() { title.clone() } else { cut(&clean(&info.why), 1_000) };
    let mut tags: Vec<String> = ["security", "misconfiguration", info.severity.name()].map(str::to_owned).into();
    tags.extend(info.aliases.iter().map(|alias| cut(&clean(alias), 60)));
    tags.truncate(TAGS);
    Rule {
        id: info.id.clone(),
        name: "Misconfiguration",
        short_description: Text::new(title.clone()),
        full_description: Text::new(why),
        help: help(info, &title),
        help_uri: page.unwrap_or(name::TOOL_URL).to_owned(),
        default_configuration: Configuration { level: level(info.severity) },
        properties: RuleProperties { precision: "high", security_severity: score(info.severity), tags },
    }
}

/// The middle of the band that GitHub reads as this severity.
fn score(severity: Severity) -> Option<String> {
    let score = match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Negligible => "0.1",
        Severity::Unknown => return None,
    };
    Some(score.to_owned())
}

fn help(info: &RuleInfo, title: &str) -> Text {
    let links = || info.references.iter().filter_map(|reference| link::web(reference));
    let mut text = format!("{title}\n\n{}\n\n{}", clean(&info.why), clean(&info.advice));
    let mut markdown = format!(
        "**{}** {}\n\n{}\n\n**How to fix it:** {}\n",
        escaped(&info.id),
        escaped(title),
        escaped(&info.why),
        escaped(&info.advice)
    );
    if !info.aliases.is_empty() {
        let aliases = info.aliases.join(", ");
        text.push_str(&format!("\n\nIn other tools: {}", clean(&aliases)));
        markdown.push_str(&format!("\nIn other tools: {}\n", escaped(&aliases)));
    }
    for link in links() {
        text.push_str(&format!("\n{link}"));
        markdown.push_str(&format!("\n- <{link}>"));
    }
    Text { text, markdown: Some(markdown) }
}

fn message(finding: &Misconfiguration) -> String {
    let message = clean(&finding.message);
    if finding.subject.is_empty() { message } else { format!("{message} ({})", clean(&finding.subject)) }
}

/// GitHub shows no result without a line: a finding on a whole file stands on the first.
fn location(finding: &Misconfiguration) -> Location {
    let logical = LogicalLocation {
        name: finding.subject.clone(),
        fully_qualified_name: format!("{}: {}", finding.path, finding.subject),
        kind: "object",
    };
    let physical = match finding.region.as_ref().and_then(sarif_region) {
        Some(region) => PhysicalLocation { artifact_location: artifact(&finding.path), region: Some(region) },
        None => place(&finding.path, Some(1)).physical_location,
    };
    Location {
        id: None,
        physical_location: physical,
        logical_locations: if finding.subject.is_empty() { Vec::new() } else { vec![logical] },
        message: None,
    }
}

fn related(finding: &Misconfiguration) -> Vec<Location> {
    let notes = finding.notes.iter().filter_map(|note| Some((sarif_region(&note.region)?, &note.message)));
    notes
        .enumerate()
        .map(|(id, (region, message))| Location {
            id: Some(id),
            physical_location: PhysicalLocation { artifact_location: artifact(&finding.path), region: Some(region) },
            logical_locations: Vec::new(),
            message: Some(Message::new(clean(message))),
        })
        .collect()
}

/// A region whose numbers make one.
fn sarif_region(region: &Region) -> Option<SarifRegion> {
    let begin = (region.line, region.column);
    let end = (region.end_line, region.end_column);
    (begin >= (1, 1) && region.column > 0 && region.end_column > 0 && end >= begin).then_some(SarifRegion {
        start_line: region.line,
        columns: Some(Columns {
            start_column: region.column,
            end_line: region.end_line,
            end_column: region.end_column,
        }),
    })
}

/// All edits or none: half a fix is no fix.
fn sarif_fix(path: &str, fix: &Fix) -> Option<SarifFix> {
    let replacement = |edit: &Edit| {
        Some(Replacement {
            deleted_region: sarif_region(&edit.region)?,
            inserted_content: (!edit.text.is_empty()).then(|| Message::new(edit.text.clone())),
        })
    };
    let replacements: Vec<Replacement> = fix.edits.iter().map(replacement).collect::<Option<_>>()?;
    (!replacements.is_empty()).then(|| SarifFix {
        description: Message::new(clean(&fix.title)),
        artifact_changes: vec![ArtifactChange { artifact_location: artifact(path), replacements }],
    })
}

/// Fingerprints that a moved line leaves alone.
pub(super) fn fingerprints(
    finding: &Misconfiguration,
    same: &mut HashMap<String, usize>,
) -> BTreeMap<&'static str, String> {
    fingerprint(&[&finding.rule, &finding.path, &finding.subject, &finding.message], same)
}

fn suppressions(finding: &Misconfiguration) -> Vec<Suppression> {
    let suppression = finding.suppression.iter().map(|suppression| Suppression {
        kind: if suppression.source.starts_with(&finding.path) { "inSource" } else { "external" },
        status: "accepted",
        justification: format!("{} ({})", suppression.reason, suppression.source),
    });
    suppression.collect()
}
