//! `seLinuxOptions`: containers stay in SELinux types made for containers.

use boltseal_evidence::Severity;

use super::control::{BASELINE_PAGE, Control, Revision, Violations};
use super::pod::{Pod, Scope, short};
use super::policy::Level;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

pub(super) const CONTROL: Control = Control {
    id: "seLinuxOptions",
    level: Level::Baseline,
    revisions: &[
        Revision::new(0, |pod, violations| judge(pod, violations, &TYPES[..3])),
        Revision::new(31, |pod, violations| judge(pod, violations, &TYPES)),
    ],
    rule: &RULE,
};

pub(super) const RULE: Rule = Rule {
    id: "BS-P009",
    title: "SELinux type, user or role of the pod's own choice",
    severity: Severity::Medium,
    aliases: &["seLinuxOptions", "KSV-0025"],
    why: "SELinux keeps containers off the node's files by the type that they run as. Another type than those made for \
          containers (`spc_t`, say), or a user or role, takes that wall down.",
    advice: "Leave `user` and `role` out, and `type` too unless it is `container_t`, `container_init_t`, \
             `container_kvm_t` or, since 1.31, `container_engine_t`; `level` is free.",
    references: &[BASELINE_PAGE, "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext:
    seLinuxOptions: {type: spc_t}
  containers: [{name: app, image: 'registry.example/web:1.2'}]
"],
    good: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext:
    seLinuxOptions: {type: container_t, level: 's0:c123,c456', user: ''}
  containers: [{name: app, image: 'registry.example/web:1.2'}]
"],
    check: Check::PodSecurity,
};

/// The types that may be named; the last one came in 1.31.
const TYPES: [&str; 4] = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

fn judge(pod: &Pod<'_>, violations: &mut Violations, types: &[&str]) {
    for scope in pod.scopes() {
        if let Some(options) = scope.field(&["seLinuxOptions"]) {
            for key in ["type", "user", "role"] {
                option(&scope, options, key, types, violations);
            }
        }
    }
}

fn option(scope: &Scope<'_>, options: &Node, key: &str, types: &[&str], violations: &mut Violations) {
    let Some(value) = options.get(key).filter(|value| !value.is_empty()) else { return };
    let text = value.as_str().unwrap_or_default();
    let message = match key {
        "type" if types.contains(&text) => return,
        "type" => format!("SELinux type `{}` of {} is none that is made for containers", short(text), scope.name()),
        _ => format!("{} chooses its SELinux {key}, `{}`", scope.name(), short(text)),
    };
    violations.scope(scope, scope.span_of(&["seLinuxOptions", key]), message);
}
