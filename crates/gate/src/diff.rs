//! What another policy would say of subjects that were recorded.

use boltseal_evidence::{Decision, JudgedSubject, Mode, Reason, RuleOutcome, RuleResult, Tool};
use serde::Serialize;

use crate::{Evidence, Policy, judge};

/// What two policies say of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubjectDiff {
    /// The subject.
    pub subject: JudgedSubject,
    /// What the old policy says.
    pub before: Decision,
    /// What the new one says.
    pub after: Decision,
    /// The rules that say something else, are new, are gone, or count otherwise: those of the old policy first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleDiff>,
}

impl SubjectDiff {
    /// The decision is another.
    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }
}

/// What has become of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleDiff {
    /// Its id.
    pub rule: String,
    /// What it said; absent where it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<RuleSide>,
    /// What it says; absent where it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<RuleSide>,
    /// Why, from the new policy where it has the rule: what the old one did not say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// What a rule says in one policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleSide {
    /// Whether it counts.
    pub mode: Mode,
    /// What it says.
    pub outcome: RuleOutcome,
    /// Where it is written.
    pub source: String,
}

/// Asks both policies about each subject, in the order of the subjects. Each is judged as of the moment it was recorded.
pub fn diff(old: &Policy, new: &Policy, subjects: &[Evidence], tool: &Tool) -> Vec<SubjectDiff> {
    subjects.iter().map(|evidence| of(old, new, evidence, tool)).collect()
}

fn of(old: &Policy, new: &Policy, evidence: &Evidence, tool: &Tool) -> SubjectDiff {
    let (before, after) = (judge(old, evidence, tool), judge(new, evidence, tool));
    let find = |rules: &'_ [RuleResult], id: &str| rules.iter().position(|rule| rule.rule == id);
    let mut rules = Vec::new();
    for rule in &before.rules {
        let now = find(&after.rules, &rule.rule).and_then(|place| after.rules.get(place));
        if now.is_none_or(|now| (now.mode, now.outcome) != (rule.mode, rule.outcome)) {
            rules.push(changed(Some(rule), now));
        }
    }
    for rule in after.rules.iter().filter(|rule| find(&before.rules, &rule.rule).is_none()) {
        rules.push(changed(None, Some(rule)));
    }
    SubjectDiff { subject: evidence.subject.clone(), before: before.decision, after: after.decision, rules }
}

fn changed(before: Option<&RuleResult>, after: Option<&RuleResult>) -> RuleDiff {
    let side = |rule: &RuleResult| RuleSide { mode: rule.mode, outcome: rule.outcome, source: rule.source.clone() };
    let told = before.map_or(&[][..], |rule| &rule.reasons);
    let reasons: Vec<Reason> = match after {
        Some(after) => after.reasons.iter().filter(|reason| !told.contains(reason)).cloned().collect(),
        None => Vec::new(),
    };
    RuleDiff {
        rule: before.or(after).map(|rule| rule.rule.clone()).unwrap_or_default(),
        before: before.map(side),
        after: after.map(side),
        reasons,
    }
}
