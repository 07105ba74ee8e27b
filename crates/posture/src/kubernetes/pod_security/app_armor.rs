//! `appArmorProfile`: nobody takes the runtime's AppArmor profile off.

use boltseal_evidence::Severity;

use super::control::{BASELINE_PAGE, Control, Revision, Violations};
use super::pod::{Pod, short, shown_type, text};
use super::policy::Level;
use crate::rule::{Check, Rule};

pub(super) const CONTROL: Control =
    Control { id: "appArmorProfile", level: Level::Baseline, revisions: &[Revision::new(0, judge)], rule: &RULE };

pub(super) const RULE: Rule = Rule {
    id: "BS-P001",
    title: "AppArmor profile other than the runtime's or a local one",
    severity: Severity::Medium,
    aliases: &["appArmorProfile", "KSV-0002"],
    why: "The container runtime's AppArmor profile keeps a container from mounting file systems and from writing to \
          most of /proc and /sys. Pods of the baseline may choose another profile of the node, but not go without one.",
    advice: "Leave `appArmorProfile` out, or set its `type` to `RuntimeDefault`, or to `Localhost` with a profile that \
             is loaded on the nodes. The same goes for annotations that begin with \
             `container.apparmor.security.beta.kubernetes.io/`.",
    references: &[BASELINE_PAGE, "https://kubernetes.io/docs/tutorials/security/apparmor/"],
    bad: &[
        "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app
    image: registry.example/web:1.2
    securityContext:
      appArmorProfile: {type: Unconfined}
",
        "\
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    container.apparmor.security.beta.kubernetes.io/app: unconfined
spec:
  containers: [{name: app, image: 'registry.example/web:1.2'}]
",
    ],
    good: &["\
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    container.apparmor.security.beta.kubernetes.io/app: localhost/web
spec:
  securityContext:
    appArmorProfile: {type: RuntimeDefault}
  containers: [{name: app, image: 'registry.example/web:1.2'}]
"],
    check: Check::PodSecurity,
};

fn judge(pod: &Pod<'_>, violations: &mut Violations) {
    for scope in pod.scopes() {
        let Some(profile) = scope.field(&["appArmorProfile"]) else { continue };
        let kind = text(Some(profile), "type");
        if !matches!(kind, "RuntimeDefault" | "Localhost") {
            let message = format!(
                "AppArmor profile {} of {} is neither `RuntimeDefault` nor `Localhost`",
                shown_type(kind),
                scope.name()
            );
            violations.scope(&scope, scope.span_of(&["appArmorProfile", "type"]), message);
        }
    }
    for (name, (span, value)) in pod.annotations() {
        let Some(container) = name.strip_prefix("container.apparmor.security.beta.kubernetes.io/") else { continue };
        if !(value.is_empty() || *value == "runtime/default" || value.starts_with("localhost/")) {
            let message = format!(
                "AppArmor profile `{}` of container `{}`, by annotation, is neither the runtime's nor a local one",
                short(value),
                short(container)
            );
            violations.pod(*span, message);
        }
    }
}
