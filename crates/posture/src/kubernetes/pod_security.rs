//! The Pod Security Standards, exactly, for each version of Kubernetes.
//!
//! <https://kubernetes.io/docs/concepts/security/pod-security-standards/>

use crate::rule::Rule;

/// The rules: one for each check of the standards.
pub(crate) const RULES: &[Rule] = &[];

/// How strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Anything goes.
    Privileged,
    /// No known way to more privileges.
    Baseline,
    /// Today's practice of hardening pods.
    Restricted,
}

/// What pods are held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How strict.
    pub level: Level,
    /// The minor version of Kubernetes 1 whose rules count; `None` for the latest known.
    pub minor: Option<u32>,
}

/// Reports what a workload's pods do that the policy forbids.
pub(crate) fn judge(_policy: &Policy, _workload: &super::Workload<'_>, _found: &mut crate::Found<'_>) {}
