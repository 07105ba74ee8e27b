//! Every kind of rule has examples, both ways: what passes, fails, is not known, is excepted, and is not meant.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[path = "sample/table.rs"]
mod table;

use std::collections::BTreeSet;

use boltseal_evidence::RuleOutcome;
use boltseal_gate::kinds;
use table::{policy, table, tool};

#[test]
fn every_kind_of_rule_says_what_its_examples_expect() {
    let mut wrong = Vec::new();
    for kind in kinds() {
        let policy = policy(kind);
        let mut seen = BTreeSet::new();
        for result in table(kind).run(&policy, &tool()) {
            for mismatch in &result.mismatches {
                wrong.push(format!("{}: {}: {mismatch}", result.source, result.name));
            }
            for rule in &result.verdict.rules {
                let is_silent = rule.reasons.is_empty() != (rule.outcome == RuleOutcome::NotApplicable);
                if is_silent || rule.reasons.iter().any(|reason| reason.message.is_empty()) {
                    wrong.push(format!("{}: {}: rule `{}` gives no reason", result.source, result.name, rule.rule));
                }
            }
        }
        for example in table(kind).cases() {
            seen.extend(example.rules.iter().filter(|(id, _)| asks(&policy, id, kind)).map(|(_, outcome)| *outcome));
        }
        for outcome in [
            RuleOutcome::Passed,
            RuleOutcome::Failed,
            RuleOutcome::Unknown,
            RuleOutcome::Excepted,
            RuleOutcome::NotApplicable,
        ] {
            if !seen.contains(&outcome) {
                wrong.push(format!("no example shows that a rule of `{kind}` is {outcome:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn asks(policy: &boltseal_gate::Policy, id: &str, kind: &str) -> bool {
    policy.rules.iter().any(|rule| rule.id == id && rule.ask.kind() == kind)
}

#[test]
fn verdicts_are_the_same_bytes_every_time() {
    for kind in kinds() {
        for example in table(kind).cases() {
            let bytes =
                || serde_json::to_string(&boltseal_gate::judge(&policy(kind), &example.evidence, &tool())).unwrap();
            assert_eq!(bytes(), bytes());
        }
    }
}
