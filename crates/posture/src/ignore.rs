//! Comments and annotations by which people decide not to act on a finding: ours, and those of the field's tools.
//!
//! | comment | reach | reason |
//! |---|---|---|
//! | `# boltseal:ignore BS-D001 because …` | the next line that is no comment, or its own line | required |
//! | `# boltseal:ignore-file BS-D001 because …` | the file | required |
//! | `# trivy:ignore:DS-0001` (also `AVD-…`, `tfsec:`) | as ours | – |
//! | `# hadolint ignore=DL3006,DL3008` | the next instruction | – |
//! | `# hadolint global ignore=DL3006` | the file | – |
//! | `# checkov:skip=CKV_DOCKER_2:reason` | the file | after the colon |
//! | `# kics-scan ignore-line`, `# kics-scan ignore` | the next line, the file | – |
//! | annotation `checkov.io/skip1: CKV_K8S_20=reason` | the object | after `=` |
//! | annotation `ignore-check.kube-linter.io/NAME: reason` | the object | the value |

use std::collections::{BTreeMap, BTreeSet};

use boltseal_evidence::{Misconfiguration, Problem, Suppression};

use crate::rule::Rule;
use crate::source::{Source, Span};

/// Which findings of a file a comment speaks of.
#[derive(Debug, Clone)]
struct Decision {
    /// Names of rules; empty for all.
    rules: Vec<String>,
    /// Lines (from 1) from the first to the last one.
    lines: (usize, usize),
    reason: String,
    source: String,
}

/// All decisions written in one file.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    decisions: Vec<Decision>,
}

/// A piece of a file that belongs together: an instruction, an object. A comment above it, or on its first line,
/// speaks of all of it.
pub(crate) type Extent = Span;

impl Decisions {
    /// Reads the comments of a file; `extents` are its instructions. What is wrong with a comment of ours is a problem.
    pub(crate) fn read(
        source: &Source<'_>,
        comments: &[Span],
        extents: &[Extent],
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut decisions = Vec::new();
        let places = Places::new(source, comments, extents);
        for comment in comments {
            let text = source.slice(*comment).trim_start_matches('#').trim();
            let line = source.line_of(comment.start);
            let place = format!("{}:{line}", source.path);
            let Some(meant) = Meant::parse(text) else { continue };
            if meant.ours && meant.reason.is_empty() {
                problems.push(Problem::at(
                    source.path,
                    format!(
                        "line {line}: `boltseal:ignore` counts only with a reason: write `because …` after the rules"
                    ),
                ));
                continue;
            }
            if meant.ours && meant.rules.is_empty() {
                problems.push(Problem::at(
                    source.path,
                    format!("line {line}: `boltseal:ignore` names no rule: write the ids before `because`"),
                ));
                continue;
            }
            let lines = if meant.whole_file { (1, usize::MAX) } else { places.reach(source, *comment) };
            let reason =
                if meant.reason.is_empty() { format!("`{text}` gives no reason") } else { meant.reason.to_owned() };
            decisions.push(Decision { rules: meant.rules, lines, reason, source: place });
        }
        Self { decisions }
    }

    /// Adds the decision of an annotation for the lines of its object.
    pub(crate) fn add_annotation(&mut self, source: &Source<'_>, object: Span, key: &str, value: &str, at: Span) {
        let (rule, reason) = if key.starts_with("checkov.io/skip") {
            value.split_once('=').unwrap_or((value, ""))
        } else if let Some(name) = key.strip_prefix("ignore-check.kube-linter.io/") {
            (name, value)
        } else {
            return;
        };
        let reason = reason.trim();
        let reason = if reason.is_empty() { format!("annotation `{key}` gives no reason") } else { reason.to_owned() };
        self.decisions.push(Decision {
            rules: vec![rule.trim().to_owned()],
            lines: (source.line_of(object.start), source.line_of(object.end)),
            reason,
            source: format!("{}:{}", source.path, source.line_of(at.start)),
        });
    }

    /// Marks the findings that a decision speaks of.
    pub fn apply(&self, findings: &mut [Misconfiguration], find: impl Fn(&str) -> Option<&'static Rule>) {
        if self.decisions.is_empty() {
            return;
        }
        // Which decisions speak of a rule is asked once for each rule, not for each finding.
        let mut of_rules: BTreeMap<String, Vec<&Decision>> = BTreeMap::new();
        for finding in findings {
            let line = finding.region.map_or(1, |region| usize::try_from(region.line).unwrap_or(usize::MAX));
            if !of_rules.contains_key(&finding.rule) {
                of_rules.insert(finding.rule.clone(), self.speaking_of(&finding.rule, find(&finding.rule)));
            }
            let known = of_rules.get(&finding.rule).map(Vec::as_slice).unwrap_or_default();
            let begun = known.partition_point(|decision| decision.lines.0 <= line);
            let decision = known.get(..begun).and_then(<[_]>::last).filter(|last| line <= last.lines.1);
            if let Some(decision) = decision {
                finding.suppression = Some(Suppression {
                    reason: decision.reason.clone(),
                    owner: None,
                    until: None,
                    source: decision.source.clone(),
                });
            }
        }
    }
}

impl Decisions {
    /// The decisions on a rule by their first line, those left out that end before an earlier one does: they say nothing
    /// more, and so the last one that has begun tells whether any holds.
    fn speaking_of(&self, id: &str, rule: Option<&'static Rule>) -> Vec<&Decision> {
        let means = |name: &String| id.eq_ignore_ascii_case(name) || rule.is_some_and(|rule| rule.is_called(name));
        let mut known: Vec<&Decision> =
            self.decisions.iter().filter(|each| each.rules.is_empty() || each.rules.iter().any(means)).collect();
        known.sort_by_key(|decision| decision.lines.0);
        let mut end = 0;
        known.retain(|decision| {
            let more = decision.lines.1 > end;
            end = end.max(decision.lines.1);
            more
        });
        known
    }
}

/// What a comment says.
struct Meant<'a> {
    rules: Vec<String>,
    reason: &'a str,
    whole_file: bool,
    ours: bool,
}

impl<'a> Meant<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("boltseal:ignore") {
            let (whole_file, rest) = rest.strip_prefix("-file").map_or((false, rest), |rest| (true, rest));
            let (rules, reason) = rest.split_once("because").unwrap_or((rest, ""));
            let reason = reason.trim().trim_start_matches(':').trim();
            return Some(Self { rules: names(rules), reason, whole_file, ours: true });
        }
        for tool in ["trivy:ignore:", "tfsec:ignore:"] {
            if let Some(rest) = text.strip_prefix(tool) {
                let word = rest.split_whitespace().next().unwrap_or_default();
                // `trivy:ignore:ID:exp:2026-01-01` holds until a day; without a clock here it cannot be judged.
                let id = word.split(':').next().unwrap_or_default();
                return Some(Self { rules: names(id), reason: "", whole_file: false, ours: false });
            }
        }
        if let Some(rest) = text.strip_prefix("hadolint") {
            let rest = rest.trim_start();
            let (whole_file, rest) =
                rest.strip_prefix("global").map_or((false, rest), |rest| (true, rest.trim_start()));
            let rest = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?;
            let (rules, reason) = rest.split_once('#').unwrap_or((rest, ""));
            return Some(Self { rules: names(rules), reason: reason.trim(), whole_file, ours: false });
        }
        if let Some(at) = text.find("checkov:skip=") {
            let rest = text.get(at + "checkov:skip=".len()..)?;
            let (rule, reason) = rest.split_once(':').unwrap_or((rest, ""));
            return Some(Self { rules: names(rule), reason: reason.trim(), whole_file: true, ours: false });
        }
        let rest = text.strip_prefix("kics-scan")?.trim();
        match rest {
            "ignore-line" | "ignore-block" => {
                Some(Self { rules: Vec::new(), reason: "", whole_file: false, ours: false })
            }
            "ignore" => Some(Self { rules: Vec::new(), reason: "", whole_file: true, ours: false }),
            _ => None,
        }
    }
}

fn names(list: &str) -> Vec<String> {
    list.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Where the comments and extents of a file are, by line.
struct Places {
    /// Lines with nothing but a comment.
    comments: BTreeSet<usize>,
    /// Other lines that are not blank.
    said: Vec<usize>,
    /// The last line of the longest extent that begins in a line.
    extents: BTreeMap<usize, usize>,
}

impl Places {
    fn new(source: &Source<'_>, comments: &[Span], extents: &[Extent]) -> Self {
        let alone = |comment: &&Span| {
            let start = source.line(source.line_of(comment.start)).start;
            source.slice(Span::new(start, comment.start)).trim().is_empty()
        };
        let comments: BTreeSet<usize> =
            comments.iter().filter(alone).map(|comment| source.line_of(comment.start)).collect();
        let is_said = |line: &usize| !comments.contains(line) && !source.slice(source.line(*line)).trim().is_empty();
        let said = (1..=source.line_count()).filter(is_said).collect();
        let mut by_line = BTreeMap::new();
        for extent in extents {
            let end = by_line.entry(source.line_of(extent.start)).or_insert(0);
            *end = source.line_of(extent.end).max(*end);
        }
        Self { comments, said, extents: by_line }
    }

    /// The lines that a comment speaks of: its own if something stands before it, else those of what follows it.
    fn reach(&self, source: &Source<'_>, comment: Span) -> (usize, usize) {
        let line = source.line_of(comment.start);
        let first = if self.comments.contains(&line) {
            let next = self.said.partition_point(|said| *said <= line);
            self.said.get(next).copied().unwrap_or(source.line_count() + 1)
        } else {
            line
        };
        (line.min(first), self.extents.get(&first).copied().unwrap_or(first))
    }
}
