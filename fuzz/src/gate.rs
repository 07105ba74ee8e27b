//! Policies, judged by about an image of which something of every kind is known.

use std::sync::OnceLock;

use boltseal_evidence::{Decision, RuleOutcome, Tool};
use boltseal_gate::examples::Examples;
use boltseal_gate::{Evidence, NoFiles, Policy, judge};

/// How many rules the policy has.
pub(crate) fn gate_policy(data: &[u8]) -> usize {
    let policy = match Policy::parse("policy.yaml", data, &NoFiles) {
        Ok(policy) => policy,
        Err(errors) => {
            assert!(!errors.is_empty() && errors.len() <= 50, "{}", errors.len());
            assert!(errors.iter().all(|error| error.line > 0 && !error.message.is_empty()), "{errors:?}");
            return 0;
        }
    };
    let tool = Tool { name: "boltseal".to_owned(), version: "0".to_owned() };
    for evidence in subjects() {
        let verdict = judge(&policy, evidence, &tool);
        assert_eq!(verdict.rules.len(), policy.rules.len());
        for rule in &verdict.rules {
            let is_silent = rule.reasons.is_empty();
            assert_eq!(is_silent, rule.outcome == RuleOutcome::NotApplicable, "{rule:?}");
        }
        assert!(!policy.rules.is_empty() || verdict.decision != Decision::Allowed || policy.profile.is_some());
    }
    policy.rules.len()
}

/// How many examples the table holds.
pub(crate) fn gate_examples(data: &[u8]) -> usize {
    Examples::parse("examples.yaml", data, &NoFiles).map_or(0, |examples| examples.cases().len())
}

/// One image that everything is known of, and one that nothing is.
fn subjects() -> &'static [Evidence] {
    static SUBJECTS: OnceLock<Vec<Evidence>> = OnceLock::new();
    SUBJECTS.get_or_init(|| {
        let table = super::seeds::of("gate_examples").unwrap_or_default();
        let examples = Examples::parse("examples.yaml", &table, &NoFiles);
        examples.map_or_else(|_| Vec::new(), |read| read.cases().iter().map(|case| case.evidence.clone()).collect())
    })
}
