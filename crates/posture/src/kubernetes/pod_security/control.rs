//! What a control of the standards is, and what its violation says.

use super::pod::{Pod, Scope};
use super::policy::Level;
use crate::kubernetes::Container;
use crate::rule::Rule;
use crate::source::Span;

/// A control of the standards.
#[derive(Debug)]
pub struct Control {
    /// What the admission controller calls it: `hostNamespaces`.
    pub id: &'static str,
    /// The level that it belongs to: baseline or restricted.
    pub level: Level,
    /// What it asked for over time, oldest first.
    pub revisions: &'static [Revision],
    /// The rule that explains it. Its first alias is the id; those of controls that it takes the place of are among the
    /// others, since a pod that breaks them breaks it too.
    pub rule: &'static Rule,
}

/// What a control asks for from some version of Kubernetes on.
pub struct Revision {
    /// The first minor version of Kubernetes 1 that it counts for.
    pub since: u32,
    /// The controls of the baseline that it takes the place of at the restricted level.
    pub overrides: &'static [&'static str],
    pub(super) judge: fn(&Pod<'_>, &mut Violations),
}

impl std::fmt::Debug for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revision")
            .field("since", &self.since)
            .field("overrides", &self.overrides)
            .finish_non_exhaustive()
    }
}

impl Revision {
    /// One that takes no other's place.
    pub(super) const fn new(since: u32, judge: fn(&Pod<'_>, &mut Violations)) -> Self {
        Self { since, overrides: &[], judge }
    }

    /// One that takes the place of controls of the baseline.
    pub(super) const fn instead_of(
        overrides: &'static [&'static str],
        since: u32,
        judge: fn(&Pod<'_>, &mut Violations),
    ) -> Self {
        Self { since, overrides, judge }
    }
}

impl Control {
    /// What it asks for in a minor version of Kubernetes 1; `None` before it came.
    pub fn revision(&self, minor: u32) -> Option<&'static Revision> {
        self.revisions.iter().rev().find(|revision| revision.since <= minor)
    }
}

/// A place where a pod does what a control forbids, or lacks what it requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The control's id, as the admission controller calls it: `hostNamespaces`.
    pub check: &'static str,
    /// The field; where one is missing, the name of the container or the `kind` of the object.
    pub span: Span,
    /// What is wrong there: a sentence without a period.
    pub message: String,
    /// The container it is about: `init container setup`; empty for the pod as a whole.
    pub part: String,
}

/// Where controls put what they find.
#[derive(Debug, Default)]
pub(super) struct Violations {
    check: &'static str,
    violations: Vec<Violation>,
}

impl Violations {
    pub(super) fn begin(&mut self, check: &'static str) {
        self.check = check;
    }

    pub(super) fn into_inner(self) -> Vec<Violation> {
        self.violations
    }

    /// About the pod as a whole.
    pub(super) fn pod(&mut self, span: Span, message: String) {
        self.violations.push(Violation { check: self.check, span, message, part: String::new() });
    }

    /// About a container.
    pub(super) fn container(&mut self, container: &Container<'_>, span: Span, message: String) {
        self.violations.push(Violation { check: self.check, span, message, part: container.title() });
    }

    /// About either.
    pub(super) fn scope(&mut self, scope: &Scope<'_>, span: Span, message: String) {
        match &scope.container {
            Some(container) => self.container(container, span, message),
            None => self.pod(span, message),
        }
    }
}

/// Where the standards describe the baseline.
pub(super) const BASELINE_PAGE: &str = "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline";

/// Where the standards describe the restricted level.
pub(super) const RESTRICTED_PAGE: &str =
    "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted";
