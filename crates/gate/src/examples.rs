//! Examples of what a policy should say: a table that is run before the policy is changed.
//!
//! ```yaml
//! version: 1
//! cases:
//!   - name: what is exploited is denied
//!     findings: [{id: CVE-2026-1, severity: high, kev: true, fixed: "2.0"}]
//!     expect: denied
//!     rules: {no-exploited: failed}
//!   - name: the image of last month would go on
//!     subject: recorded/app.json          # as `boltseal gate --record` wrote it
//!     now: 2026-11-24T00:00:00Z           # judged then; else when it was recorded
//!     with: {subject: {repository: ghcr.io/example/app}}
//!     expect: allowed
//! ```
//!
//! Without `subject`, a case is about an image of which nothing is known but what the case says: `findings` and
//! `packages` make a report, `misconfigurations` a check, `signatures` signatures and attestations, each short for what
//! is recorded in full. `with` is a JSON merge patch (RFC 7396) on the recorded form, for all else.

mod short;
mod signed;

use std::collections::BTreeMap;

use boltseal_evidence::{Decision, RuleOutcome, Tool, Verdict};
use boltseal_posture::yaml::{Limits, parse};
use boltseal_posture::{Source, Span};
use serde_json::Value as Json;

use self::short::Short;
use crate::policy::{listed, nearest, read};
use crate::{Evidence, Policy, PolicyError, PolicyFiles, judge};

/// Bytes of a table.
const LARGEST: usize = 16 << 20;

/// A table of examples, read.
#[derive(Debug)]
pub struct Examples {
    cases: Vec<Example>,
}

/// One example.
#[derive(Debug)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// File and line.
    pub source: String,
    /// What is judged.
    pub evidence: Evidence,
    /// What the policy should say.
    pub expect: Option<Decision>,
    /// What its rules should say, by id.
    pub rules: BTreeMap<String, RuleOutcome>,
}

/// What came of an example.
#[derive(Debug)]
pub struct ExampleResult {
    /// What it shows.
    pub name: String,
    /// File and line.
    pub source: String,
    /// What differs from what was expected, in sentences; empty where nothing does.
    pub mismatches: Vec<String>,
    /// What the policy says.
    pub verdict: Verdict,
}

impl ExampleResult {
    /// The policy says what was expected.
    pub fn is_as_expected(&self) -> bool {
        self.mismatches.is_empty()
    }
}

impl Examples {
    /// Reads the table at `path` (for messages only); `files` reads the recorded subjects that it names.
    ///
    /// # Errors
    /// Every case that cannot be read, with its place.
    pub fn parse(path: &str, bytes: &[u8], files: &dyn PolicyFiles) -> Result<Self, Vec<PolicyError>> {
        let general = |message: String| vec![PolicyError::general(path, message)];
        if bytes.len() > LARGEST {
            return Err(general(format!("the table is larger than {LARGEST} bytes: split it")));
        }
        let source = Source::new(path, bytes).map_err(general)?;
        let parsed = parse(&source, Limits { depth: 64, nodes: 500_000 });
        let mut errors = Vec::new();
        let mut error = |span: Span, message: String| errors.push(PolicyError::new(&source, span, message));
        if let Some((span, message)) = parsed.error {
            error(span, message);
        }
        for span in parsed.duplicates {
            error(span, format!("`{}` stands twice here: remove one", source.slice(span)));
        }
        let mut cases = Vec::new();
        match parsed.documents.first() {
            None => error(Span::empty(0), "the table is empty: write `version: 1` and `cases`".to_owned()),
            Some(root) => {
                if root.integer("version") != Some(1) {
                    error(root.span, "a table of examples begins with `version: 1`".to_owned());
                }
                for (key, _) in root.entries() {
                    if !matches!(key.as_str(), Some("version" | "cases")) {
                        error(
                            key.span,
                            "this is not a key of a table of examples: write `version` or `cases`".to_owned(),
                        );
                    }
                }
                if root.list("cases").is_empty() {
                    error(root.span, "the table has no `cases`".to_owned());
                }
                for item in root.list("cases") {
                    let place = format!("{path}:{}", source.line_of(item.span.start));
                    match read::<Short>(item) {
                        Err(wrong) => error(wrong.span.unwrap_or(item.span), wrong.message),
                        Ok(case) => match example(case, place, files) {
                            Ok(example) => cases.push(example),
                            Err(message) => {
                                error(item.entries().first().map_or(item.span, |(key, _)| key.span), message)
                            }
                        },
                    }
                }
            }
        }
        if errors.is_empty() { Ok(Self { cases }) } else { Err(errors) }
    }

    /// The examples, in their order.
    pub fn cases(&self) -> &[Example] {
        &self.cases
    }

    /// Asks the policy about each.
    pub fn run(&self, policy: &Policy, tool: &Tool) -> Vec<ExampleResult> {
        self.cases.iter().map(|example| example.run(policy, tool)).collect()
    }
}

fn example(short: Short, source: String, files: &dyn PolicyFiles) -> Result<Example, String> {
    let mut recorded = match &short.subject {
        None => serde_json::to_value(short::blank()).map_err(|error| error.to_string())?,
        Some(path) => {
            let bytes = files.read(path).map_err(|why| format!("`{path}` cannot be read: {why}"))?;
            serde_json::from_slice(&bytes).map_err(|error| format!("`{path}` is not JSON: {error}"))?
        }
    };
    if let Some(patch) = &short.with {
        replace_missing(&mut recorded, patch);
        merge(&mut recorded, patch);
    }
    let whose = short.subject.as_deref().unwrap_or("with");
    let evidence: Evidence = serde_json::from_value(recorded)
        .map_err(|error| format!("`{whose}` does not make a recorded subject: {error}"))?;
    if short.expect.is_none() && short.rules.is_empty() {
        return Err("the case expects nothing: add `expect` or `rules`".to_owned());
    }
    let (name, expect, rules) = (short.name.clone(), short.expect, short.rules.clone());
    Ok(Example { name, source, evidence: short.apply(evidence)?, expect, rules })
}

impl Example {
    /// Asks the policy.
    pub fn run(&self, policy: &Policy, tool: &Tool) -> ExampleResult {
        let verdict = judge(policy, &self.evidence, tool);
        let mut mismatches = Vec::new();
        for (id, expected) in &self.rules {
            match verdict.rules.iter().find(|rule| rule.rule == *id) {
                None => {
                    let ids: Vec<&str> = policy.rules.iter().map(|rule| rule.id.as_str()).collect();
                    let way_out = nearest(id, &ids).map_or_else(
                        || format!("there are {}", listed(&ids)),
                        |near| format!("did you mean `{near}`?"),
                    );
                    mismatches.push(format!("the policy has no rule `{id}`: {way_out}"));
                }
                Some(rule) if rule.outcome != *expected => {
                    let first = rule.reasons.first().map_or("", |reason| reason.message.as_str());
                    mismatches.push(format!(
                        "rule `{id}` is {}, expected is {}: {first}",
                        outcome_name(rule.outcome),
                        outcome_name(*expected)
                    ));
                }
                Some(_) => {}
            }
        }
        if let Some(expected) = self.expect.filter(|expected| *expected != verdict.decision) {
            let why = verdict.rules.iter().filter(|rule| {
                rule.mode == boltseal_evidence::Mode::Enforce
                    && matches!(rule.outcome, RuleOutcome::Failed | RuleOutcome::Unknown)
            });
            let why: Vec<&str> = why.map(|rule| rule.rule.as_str()).collect();
            let because = if why.is_empty() { String::new() } else { format!(" by {}", listed(&why)) };
            mismatches.push(format!(
                "the subject is {}{because}, expected is {}",
                decision_name(verdict.decision),
                decision_name(expected)
            ));
        }
        ExampleResult { name: self.name.clone(), source: self.source.clone(), mismatches, verdict }
    }
}

fn outcome_name(outcome: RuleOutcome) -> &'static str {
    match outcome {
        RuleOutcome::Passed => "passed",
        RuleOutcome::NotApplicable => "not-applicable",
        RuleOutcome::Excepted => "excepted",
        RuleOutcome::Unknown => "unknown",
        RuleOutcome::Failed => "failed",
    }
}

fn decision_name(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::Undecided => "undecided",
        Decision::Denied => "denied",
    }
}

/// Evidence is either found or missing: what a patch finds is missing no longer, and the other way round.
fn replace_missing(recorded: &mut Json, patch: &Json) {
    for (key, value) in patch.as_object().into_iter().flatten() {
        let Some(sought) = recorded.get_mut(key).and_then(Json::as_object_mut) else { continue };
        for (found, missing) in [("found", "missing"), ("missing", "found")] {
            if value.get(found).is_some() {
                sought.remove(missing);
            }
        }
    }
}

/// A JSON merge patch (RFC 7396, section 2). Its depth is bounded by that of the table.
fn merge(target: &mut Json, patch: &Json) {
    let Json::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Json::Object(serde_json::Map::new());
    }
    let Json::Object(target) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Json::Null), value);
        }
    }
}
