//! `privileged`: no container has all of the host.

use boltseal_evidence::Severity;

use super::control::{BASELINE_PAGE, Control, Revision, Violations};
use super::pod::{Flag, Pod, Scope, flag, named, shown};
use super::policy::Level;
use crate::rule::{Check, Rule};

pub(super) const CONTROL: Control =
    Control { id: "privileged", level: Level::Baseline, revisions: &[Revision::new(0, judge)], rule: &RULE };

pub(super) const RULE: Rule = Rule {
    id: "BS-P007",
    title: "privileged container",
    severity: Severity::High,
    aliases: &["privileged", "KSV-0017"],
    why: "A privileged container has every capability and every device of the node, and neither seccomp nor AppArmor: \
          whoever gets in owns the node.",
    advice: "Remove `privileged: true`; add the one capability or device that is needed, and keep what really needs \
             all of it in a namespace of its own.",
    references: &[BASELINE_PAGE],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    securityContext: {privileged: true}
"],
    good: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    securityContext: {privileged: false}
"],
    check: Check::PodSecurity,
};

fn judge(pod: &Pod<'_>, violations: &mut Violations) {
    for container in pod.containers() {
        let scope = Scope::of(container);
        let Some(value) = scope.field(&["privileged"]) else { continue };
        let message = match flag(Some(value)) {
            Flag::Is(true) => format!("{} is privileged", named(container)),
            Flag::Wrong => format!(
                "`privileged` of {} is {}, no boolean: the API server refuses it",
                named(container),
                shown(value)
            ),
            Flag::Is(false) | Flag::Absent => continue,
        };
        violations.container(container, scope.span_of(&["privileged"]), message);
    }
}
