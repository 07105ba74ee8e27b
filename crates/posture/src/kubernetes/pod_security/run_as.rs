//! `runAsNonRoot` and `runAsUser`: nobody is root.

use boltseal_evidence::Severity;

use super::control::{Control, RESTRICTED_PAGE, Revision, Violations};
use super::pod::{Flag, Pod, Scope, flag, named, shown};
use super::policy::Level;
use crate::rule::{Check, Rule};

pub(super) const NON_ROOT: Control = Control {
    id: "runAsNonRoot",
    level: Level::Restricted,
    revisions: &[Revision::new(0, non_root), Revision::new(35, non_root_but_user_namespaces)],
    rule: &NON_ROOT_RULE,
};

pub(super) const USER: Control = Control {
    id: "runAsUser",
    level: Level::Restricted,
    revisions: &[Revision::new(23, user), Revision::new(35, user_but_user_namespaces)],
    rule: &USER_RULE,
};

pub(super) const NON_ROOT_RULE: Rule = Rule {
    id: "BS-P105",
    title: "root not forbidden",
    severity: Severity::Medium,
    aliases: &["runAsNonRoot", "KSV-0012"],
    why: "Root in a container is root on the node's kernel, held back by namespaces alone: a hole in the runtime, a \
          socket or a file of the node in a mount, and the node is taken.",
    advice: "Write `runAsNonRoot: true` in the pod's security context, or in that of every container, and let the \
             image name a numeric user. Pods with `hostUsers: false` are exempt since 1.35.",
    references: &[RESTRICTED_PAGE, "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
    bad: &[
        "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: app, image: 'registry.example/web:1.2'}]
",
        "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext: {runAsNonRoot: true}
  containers:
  - name: app
    image: registry.example/web:1.2
    securityContext: {runAsNonRoot: false}
",
    ],
    good: &[
        "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext: {runAsNonRoot: true}
  containers: [{name: app, image: 'registry.example/web:1.2'}]
",
        "\
apiVersion: v1
kind: Pod
metadata: {name: builder}
spec:
  hostUsers: false
  containers: [{name: app, image: 'registry.example/builder:1.2'}]
",
    ],
    check: Check::PodSecurity,
};

pub(super) const USER_RULE: Rule = Rule {
    id: "BS-P106",
    title: "runs as user 0",
    severity: Severity::Medium,
    aliases: &["runAsUser", "KSV-0105"],
    why: "`runAsUser: 0` makes the process root, whatever user the image names. Together with `runAsNonRoot: true` the \
          container does not even start.",
    advice: "Give another number, or leave `runAsUser` out and name the user in the image. Pods with \
             `hostUsers: false` are exempt since 1.35.",
    references: &[RESTRICTED_PAGE, "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext: {runAsUser: 0}
  containers: [{name: app, image: 'registry.example/web:1.2'}]
"],
    good: &[
        "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext: {runAsUser: 1000}
  containers: [{name: app, image: 'registry.example/web:1.2'}]
",
        "\
apiVersion: v1
kind: Pod
metadata: {name: builder}
spec:
  hostUsers: false
  securityContext: {runAsUser: 0}
  containers: [{name: app, image: 'registry.example/builder:1.2'}]
",
    ],
    check: Check::PodSecurity,
};

const NON_ROOT_KEY: &[&str] = &["runAsNonRoot"];

fn non_root(pod: &Pod<'_>, violations: &mut Violations) {
    let whole = flag(pod.scope().field(NON_ROOT_KEY)) == Flag::Is(true);
    for scope in pod.scopes() {
        let Some(value) = scope.field(NON_ROOT_KEY) else { continue };
        let message = match flag(Some(value)) {
            Flag::Is(true) | Flag::Absent => continue,
            Flag::Is(false) => format!("{} sets `runAsNonRoot: false`", scope.name()),
            Flag::Wrong => {
                format!("`runAsNonRoot` of {} is {}, no boolean: the API server refuses it", scope.name(), shown(value))
            }
        };
        violations.scope(&scope, scope.span_of(NON_ROOT_KEY), message);
    }
    for container in pod.containers() {
        let scope = Scope::of(container);
        if scope.field(NON_ROOT_KEY).is_none() && !whole {
            let message = format!("neither {} nor the pod sets `runAsNonRoot: true`", named(container));
            violations.container(container, scope.heading(), message);
        }
    }
}

fn non_root_but_user_namespaces(pod: &Pod<'_>, violations: &mut Violations) {
    if !pod.has_user_namespace() {
        non_root(pod, violations);
    }
}

fn user(pod: &Pod<'_>, violations: &mut Violations) {
    for scope in pod.scopes() {
        let Some(value) = scope.field(&["runAsUser"]) else { continue };
        let message = match value.as_int() {
            Some(0) => format!("`runAsUser: 0` makes {} root", scope.name()),
            Some(_) => continue,
            None => {
                format!("`runAsUser` of {} is {}, no number: the API server refuses it", scope.name(), shown(value))
            }
        };
        violations.scope(&scope, scope.span_of(&["runAsUser"]), message);
    }
}

fn user_but_user_namespaces(pod: &Pod<'_>, violations: &mut Violations) {
    if !pod.has_user_namespace() {
        user(pod, violations);
    }
}
