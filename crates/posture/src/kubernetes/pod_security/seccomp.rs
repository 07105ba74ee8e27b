//! `seccompProfile_baseline` and `seccompProfile_restricted`: system calls are filtered.

use boltseal_evidence::Severity;

use super::control::{BASELINE_PAGE, Control, RESTRICTED_PAGE, Revision, Violations};
use super::pod::{Pod, Scope, named, short, shown_type, text};
use super::policy::Level;
use crate::rule::{Check, Rule};
use crate::source::Span;
use crate::yaml::Node;

pub(super) const BASELINE: Control = Control {
    id: "seccompProfile_baseline",
    level: Level::Baseline,
    revisions: &[Revision::new(0, annotations), Revision::new(19, fields)],
    rule: &BASELINE_RULE,
};

pub(super) const RESTRICTED: Control = Control {
    id: "seccompProfile_restricted",
    level: Level::Restricted,
    revisions: &[
        Revision::instead_of(&["seccompProfile_baseline"], 19, required),
        Revision::instead_of(&["seccompProfile_baseline"], 25, required_but_windows),
    ],
    rule: &RESTRICTED_RULE,
};

pub(super) const BASELINE_RULE: Rule = Rule {
    id: "BS-P010",
    title: "seccomp switched off",
    severity: Severity::Medium,
    aliases: &["seccompProfile_baseline", "KSV-0104"],
    why: "A seccomp profile bars the system calls that programs hardly use and exploits of the kernel often need. \
          `Unconfined` opens all of them.",
    advice: "Set `seccompProfile.type` to `RuntimeDefault`, or to `Localhost` with a profile of the node; before 1.19 \
             the annotations `seccomp.security.alpha.kubernetes.io/pod` and \
             `container.seccomp.security.alpha.kubernetes.io/NAME` say `runtime/default` or `localhost/…`.",
    references: &[BASELINE_PAGE, "https://kubernetes.io/docs/tutorials/security/seccomp/"],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext:
    seccompProfile: {type: Unconfined}
  containers: [{name: app, image: 'registry.example/web:1.2'}]
"],
    good: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    securityContext:
      seccompProfile: {type: Localhost, localhostProfile: web.json}
"],
    check: Check::PodSecurity,
};

pub(super) const RESTRICTED_RULE: Rule = Rule {
    id: "BS-P107",
    title: "no seccomp profile chosen",
    severity: Severity::Medium,
    aliases: &["seccompProfile_restricted", "seccompProfile_baseline", "KSV-0030"],
    why: "Unless the kubelet is told otherwise, a pod without a seccomp profile may use every system call of the \
          kernel, also those that programs hardly use and exploits often need.",
    advice: "Write `seccompProfile: {type: RuntimeDefault}` in the pod's security context: it counts for all \
             containers that name none themselves. Pods with `os: {name: windows}` are exempt since 1.25.",
    references: &[RESTRICTED_PAGE, "https://kubernetes.io/docs/tutorials/security/seccomp/"],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    securityContext:
      seccompProfile: {type: RuntimeDefault}
  - name: proxy
    image: registry.example/proxy:1.2
"],
    good: &[
        "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext:
    seccompProfile: {type: RuntimeDefault}
  containers: [{name: app, image: 'registry.example/web:1.2'}]
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

const PROFILE: &[&str] = &["seccompProfile"];

/// Before 1.19 annotations said it.
fn annotations(pod: &Pod<'_>, violations: &mut Violations) {
    let confined =
        |value: &str| matches!(value, "runtime/default" | "docker/default") || value.starts_with("localhost/");
    let message = |value: &str, whom: &str| {
        format!("seccomp profile `{}` of {whom}, by annotation, is neither the runtime's nor a local one", short(value))
    };
    if let Some((span, value)) = pod.annotations().get("seccomp.security.alpha.kubernetes.io/pod")
        && !confined(value)
    {
        violations.pod(*span, message(value, "the pod"));
    }
    for container in pod.containers() {
        let name = format!("container.seccomp.security.alpha.kubernetes.io/{}", text(Some(container.node), "name"));
        if let Some((span, value)) = pod.annotations().get(name.as_str())
            && !confined(value)
        {
            let span: Span = *span;
            violations.container(container, span, message(value, &named(container)));
        }
    }
}

/// Since 1.19 fields say it.
fn fields(pod: &Pod<'_>, violations: &mut Violations) {
    for scope in pod.scopes() {
        if let Some(profile) = scope.field(PROFILE)
            && !is_confined(profile)
        {
            let message = format!(
                "seccomp profile {} of {} is neither `RuntimeDefault` nor `Localhost`",
                shown_type(text(Some(profile), "type")),
                scope.name()
            );
            violations.scope(&scope, scope.span_of(&["seccompProfile", "type"]), message);
        }
    }
}

fn required(pod: &Pod<'_>, violations: &mut Violations) {
    fields(pod, violations);
    if pod.scope().field(PROFILE).is_some_and(is_confined) {
        return;
    }
    for container in pod.containers() {
        let scope = Scope::of(container);
        if scope.field(PROFILE).is_none() {
            let message =
                format!("neither {} nor the pod has a seccomp profile such as `RuntimeDefault`", named(container));
            violations.container(container, scope.heading(), message);
        }
    }
}

fn required_but_windows(pod: &Pod<'_>, violations: &mut Violations) {
    if !pod.is_windows() {
        required(pod, violations);
    }
}

fn is_confined(profile: &Node) -> bool {
    matches!(text(Some(profile), "type"), "RuntimeDefault" | "Localhost")
}
