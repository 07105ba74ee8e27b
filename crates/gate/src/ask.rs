//! What a rule can ask. Each kind reads its own part of the policy file and judges its own part of the evidence.
//!
//! A kind is a file below `ask/`: a struct that is read from YAML (`deny_unknown_fields`), and an implementation of
//! [`Judge`].

mod age;
mod provenance;
mod signature;
mod source;

use boltseal_evidence::RuleOutcome;

use crate::{Answer, Evidence};

/// What a rule asks.
#[derive(Debug)]
#[non_exhaustive]
pub enum Ask {}

/// One kind of question.
pub(crate) trait Judge {
    /// What is asked, in a sentence, for people.
    fn asks(&self) -> String;

    /// Answers it. Every path through it says at least one thing.
    fn judge(&self, case: &Case<'_>, answer: &mut Answer);
}

/// A subject that is judged, with what is computed once for all rules.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    pub(crate) evidence: &'a Evidence,
    /// The day of judgement, `YYYY-MM-DD`.
    pub(crate) day: &'a str,
    /// Seconds since 1970 of the moment of judgement.
    pub(crate) now: i64,
}

impl Ask {
    pub(crate) fn judge(&self) -> &dyn Judge {
        match *self {}
    }
}

/// What reasons alone say, before `unknown` of the rule is applied.
pub(crate) fn outcome(answer: &Answer) -> RuleOutcome {
    if answer.failed.iter().any(|reason| reason.exception.is_none()) {
        RuleOutcome::Failed
    } else if !answer.unknown.is_empty() {
        RuleOutcome::Unknown
    } else if answer.failed.is_empty() {
        RuleOutcome::Passed
    } else {
        RuleOutcome::Excepted
    }
}
