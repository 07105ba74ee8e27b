//! `allowPrivilegeEscalation`: no process gets more privileges than its parent.

use boltseal_evidence::Severity;

use super::control::{Control, RESTRICTED_PAGE, Revision, Violations};
use super::pod::{Flag, Pod, Scope, flag, named, shown};
use super::policy::Level;
use crate::rule::{Check, Rule};

pub(super) const CONTROL: Control = Control {
    id: "allowPrivilegeEscalation",
    level: Level::Restricted,
    revisions: &[Revision::new(8, judge), Revision::new(25, judge_but_windows)],
    rule: &RULE,
};

pub(super) const RULE: Rule = Rule {
    id: "BS-P101",
    title: "privilege escalation not forbidden",
    severity: Severity::Medium,
    aliases: &["allowPrivilegeEscalation", "KSV-0001"],
    why: "Unless `allowPrivilegeEscalation` is `false`, a set-user-ID program such as `su` or `mount` in the image can \
          make root out of any user.",
    advice: "Write `allowPrivilegeEscalation: false` in the security context of every container, init and ephemeral \
             ones too. Pods with `os: {name: windows}` are exempt since 1.25.",
    references: &[RESTRICTED_PAGE, "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: app, image: 'registry.example/web:1.2'}]
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
    securityContext: {allowPrivilegeEscalation: false}
",
        "\
apiVersion: v1
kind: Pod
metadata: {name: iis}
spec:
  os: {name: windows}
  containers: [{name: app, image: 'registry.example/iis:1.2'}]
",
    ],
    check: Check::PodSecurity,
};

fn judge(pod: &Pod<'_>, violations: &mut Violations) {
    for container in pod.containers() {
        let scope = Scope::of(container);
        let value = scope.field(&["allowPrivilegeEscalation"]);
        let name = named(container);
        let message = match (flag(value), value) {
            (Flag::Is(false), _) => continue,
            (Flag::Wrong, Some(value)) => {
                format!(
                    "`allowPrivilegeEscalation` of {name} is {}, no boolean: the API server refuses it",
                    shown(value)
                )
            }
            (Flag::Is(true), _) => format!("{name} allows privilege escalation"),
            _ => format!("{name} does not set `allowPrivilegeEscalation: false`"),
        };
        violations.container(container, scope.span_of(&["allowPrivilegeEscalation"]), message);
    }
}

fn judge_but_windows(pod: &Pod<'_>, violations: &mut Violations) {
    if !pod.is_windows() {
        judge(pod, violations);
    }
}
