//! A subject that is judged, with what is computed once for all rules.

use std::cell::OnceCell;

use boltseal_evidence::{Finding, Report};

use super::expression::Variables;
use super::vulnerabilities::Brief;
use crate::{Evidence, KnownBase};

/// A subject that is judged.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    pub(crate) evidence: &'a Evidence,
    /// The day of judgement, `YYYY-MM-DD`.
    pub(crate) day: &'a str,
    /// Seconds since 1970 of the moment of judgement.
    pub(crate) now: i64,
    /// Images that the policy itself knows as bases.
    pub(crate) policy_bases: &'a [KnownBase],
    briefs: OnceCell<Vec<Brief>>,
    variables: OnceCell<Variables<'a>>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(evidence: &'a Evidence, day: &'a str, now: i64, policy_bases: &'a [KnownBase]) -> Self {
        Self { evidence, day, now, policy_bases, briefs: OnceCell::new(), variables: OnceCell::new() }
    }

    /// The report, where it is one of this subject.
    pub(crate) fn report(&self) -> Result<&'a Report, String> {
        self.evidence.own_report()
    }

    /// What expressions may name.
    pub(super) fn variables(&self) -> &Variables<'a> {
        self.variables.get_or_init(|| Variables::new(self.evidence, self.report(), self.now))
    }

    /// What rules ask of each finding, in a form that is quick to go through. As many as `findings`.
    pub(super) fn briefs(&self, findings: &[Finding]) -> &[Brief] {
        self.briefs.get_or_init(|| findings.iter().map(Brief::of).collect())
    }
}
