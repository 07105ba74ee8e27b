//! `procMount` and `procMount_restricted`: /proc stays masked.

use boltseal_evidence::Severity;

use super::control::{BASELINE_PAGE, Control, RESTRICTED_PAGE, Revision, Violations};
use super::pod::{Pod, Scope, named, shown};
use super::policy::Level;
use crate::rule::{Check, Rule};

pub(super) const BASELINE: Control = Control {
    id: "procMount",
    level: Level::Baseline,
    revisions: &[Revision::new(0, judge), Revision::new(35, judge_but_user_namespaces)],
    rule: &BASELINE_RULE,
};

pub(super) const RESTRICTED: Control = Control {
    id: "procMount_restricted",
    level: Level::Restricted,
    revisions: &[Revision::instead_of(&["procMount"], 35, judge)],
    rule: &RESTRICTED_RULE,
};

pub(super) const BASELINE_RULE: Rule = Rule {
    id: "BS-P008",
    title: "unmasked /proc in the node's user namespace",
    severity: Severity::Medium,
    aliases: &["procMount", "KSV-0027"],
    why: "Runtimes hide and write-protect the parts of /proc that speak of the whole node. `procMount: Unmasked` opens \
          them, and root in the container can then change the node's kernel settings.",
    advice: "Leave `procMount` out. Containers in containers, which need it, run with `hostUsers: false`, which the \
             baseline admits since 1.35.",
    references: &[BASELINE_PAGE, "https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/"],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    securityContext: {procMount: Unmasked}
"],
    good: &[
        "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    securityContext: {procMount: Default}
",
        "\
apiVersion: v1
kind: Pod
metadata: {name: builder}
spec:
  hostUsers: false
  containers:
  - name: app
    image: registry.example/builder:1.2
    securityContext: {procMount: Unmasked}
",
    ],
    check: Check::PodSecurity,
};

pub(super) const RESTRICTED_RULE: Rule = Rule {
    id: "BS-P103",
    title: "unmasked /proc",
    severity: Severity::Medium,
    aliases: &["procMount_restricted", "procMount", "KSV-0027"],
    why: "Runtimes hide and write-protect the parts of /proc that speak of the whole node. The restricted level keeps \
          that so even for pods in a user namespace, which the baseline lets open it since 1.35.",
    advice: "Leave `procMount` out, or hold the pod to the baseline and set `hostUsers: false`.",
    references: &[RESTRICTED_PAGE, "https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/"],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: builder}
spec:
  hostUsers: false
  containers:
  - name: app
    image: registry.example/builder:1.2
    securityContext: {procMount: Unmasked}
"],
    good: &["\
apiVersion: v1
kind: Pod
metadata: {name: builder}
spec:
  hostUsers: false
  containers:
  - name: app
    image: registry.example/builder:1.2
    securityContext: {procMount: Default}
"],
    check: Check::PodSecurity,
};

fn judge(pod: &Pod<'_>, violations: &mut Violations) {
    for container in pod.containers() {
        let scope = Scope::of(container);
        let Some(value) = scope.field(&["procMount"]) else { continue };
        if value.as_str() != Some("Default") {
            let message = format!("`procMount` of {} is {}, not `Default`", named(container), shown(value));
            violations.container(container, scope.span_of(&["procMount"]), message);
        }
    }
}

fn judge_but_user_namespaces(pod: &Pod<'_>, violations: &mut Violations) {
    if !pod.has_user_namespace() {
        judge(pod, violations);
    }
}
