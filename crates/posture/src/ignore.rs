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
            let lines = if meant.whole_file { (1, usize::MAX) } else { reach(source, *comment, comments, extents) };
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
        for finding in findings {
            let line = finding.region.map_or(1, |region| usize::try_from(region.line).unwrap_or(usize::MAX));
            let rule = find(&finding.rule);
            let decision = self.decisions.iter().find(|decision| {
                let (first, last) = decision.lines;
                (first..=last).contains(&line)
                    && (decision.rules.is_empty()
                        || decision.rules.iter().any(|name| {
                            finding.rule.eq_ignore_ascii_case(name) || rule.is_some_and(|rule| rule.is_called(name))
                        }))
            });
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

/// The lines that a comment speaks of: its own if something stands before it, else those of what follows it.
fn reach(source: &Source<'_>, comment: Span, comments: &[Span], extents: &[Extent]) -> (usize, usize) {
    let line = source.line_of(comment.start);
    let before = source.slice(Span::new(source.line(line).start, comment.start));
    let mut first = line;
    if before.trim().is_empty() {
        first += 1;
        while first <= source.line_count()
            && (source.slice(source.line(first)).trim().is_empty()
                || comments.iter().any(|other| {
                    source.line_of(other.start) == first
                        && source.slice(Span::new(source.line(first).start, other.start)).trim().is_empty()
                }))
        {
            first += 1;
        }
    }
    let last = extents
        .iter()
        .filter(|extent| source.line_of(extent.start) == first)
        .map(|extent| source.line_of(extent.end))
        .max()
        .unwrap_or(first);
    (line.min(first), last)
}
