//! The Pod Security Standards, exactly, for each version of Kubernetes.
//!
//! Each control of the standards is a [`Control`] in a file of its own, with the revisions that it had over time and
//! the rule (`BS-P…`) that explains it. [`evaluate`] gives what the API server's own admission controller would find
//! (`k8s.io/pod-security-admission`, whose ids the controls carry; a test compares the two), only per place instead of
//! per pod.
//!
//! What is judged is the pod as it is written. As in the API server, a field that is `null` is absent, an empty text is
//! a value, keys and values are case-sensitive, and a volume without a source is an `emptyDir`; nothing else that the
//! server fills in is. A value that it would refuse to read never helps: where a flag or a number is neither absent nor
//! of its type (`privileged: "true"`), the worst that it can mean is assumed and the message says so. A volume of a
//! type that nobody knows is one that the restricted level forbids. What is no mapping has no fields, and what is no
//! list has no items.
//!
//! <https://kubernetes.io/docs/concepts/security/pod-security-standards/>

mod app_armor;
mod capabilities;
mod control;
mod host_namespaces;
mod host_ports;
mod pod;
mod policy;
mod privilege_escalation;
mod privileged;
mod probe_hosts;
mod proc_mount;
mod run_as;
mod se_linux;
mod seccomp;
mod sysctls;
mod volumes;
mod windows;

pub use control::{Control, Revision, Violation};
pub use policy::{Level, NEWEST, Policy, PolicyError, policy_of_namespace};

use super::Workload;
use crate::finding::Found;
use crate::rule::Rule;
use control::Violations;
use pod::Pod;

/// The rules: one for each control.
pub(crate) const RULES: &[Rule] = &[
    app_armor::RULE,
    capabilities::BASELINE_RULE,
    host_namespaces::RULE,
    volumes::HOST_PATH_RULE,
    host_ports::RULE,
    probe_hosts::RULE,
    privileged::RULE,
    proc_mount::BASELINE_RULE,
    se_linux::RULE,
    seccomp::BASELINE_RULE,
    sysctls::RULE,
    windows::RULE,
    privilege_escalation::RULE,
    capabilities::RESTRICTED_RULE,
    proc_mount::RESTRICTED_RULE,
    volumes::RESTRICTED_RULE,
    run_as::NON_ROOT_RULE,
    run_as::USER_RULE,
    seccomp::RESTRICTED_RULE,
];

/// Every control, those of the baseline first.
pub const CONTROLS: &[Control] = &[
    app_armor::CONTROL,
    capabilities::BASELINE,
    host_namespaces::CONTROL,
    volumes::HOST_PATH,
    host_ports::CONTROL,
    probe_hosts::CONTROL,
    privileged::CONTROL,
    proc_mount::BASELINE,
    se_linux::CONTROL,
    seccomp::BASELINE,
    sysctls::CONTROL,
    windows::CONTROL,
    privilege_escalation::CONTROL,
    capabilities::RESTRICTED,
    proc_mount::RESTRICTED,
    volumes::RESTRICTED,
    run_as::NON_ROOT,
    run_as::USER,
    seccomp::RESTRICTED,
];

/// What a workload's pods do that the policy forbids, control by control; nothing if the policy admits them.
pub fn evaluate(policy: &Policy, workload: &Workload<'_>) -> Vec<Violation> {
    let pod = Pod::new(workload);
    let mut violations = Violations::default();
    for (control, revision) in policy.controls() {
        violations.begin(control.id);
        (revision.judge)(&pod, &mut violations);
    }
    violations.into_inner()
}

/// Reports what a workload's pods do that the policy forbids.
pub(crate) fn judge(policy: &Policy, workload: &Workload<'_>, found: &mut Found<'_>) {
    let mut control = None;
    for violation in evaluate(policy, workload) {
        if control.is_none_or(|known: &Control| known.id != violation.check) {
            control = CONTROLS.iter().find(|control| control.id == violation.check);
        }
        let Some(control) = control else { continue };
        found.begin(control.rule);
        found.report(violation.span, violation.message).within(&violation.part);
    }
}
