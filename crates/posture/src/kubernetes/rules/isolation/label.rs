//! AppArmor and SELinux.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::{container, pod};
use crate::kubernetes::rules::inherit::{effective, linux, on_windows};
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

/// AppArmor's annotations: key, the container's name, value.
fn annotations<'a>(workload: &Workload<'a>) -> impl Iterator<Item = (&'a Node, &'a str, &'a Node)> {
    let entries = workload.metadata.and_then(|metadata| metadata.get("annotations")).map_or(&[][..], Node::entries);
    entries.iter().filter_map(|(key, value)| Some((key, key.as_str()?.strip_prefix(ANNOTATION)?, value)))
}

pub(super) const APPARMOR_OFF: Rule = Rule {
    id: "BS-K034",
    title: "AppArmor switched off",
    severity: Severity::Medium,
    aliases: &["KSV-0002", "C-0055", "linuxHardening"],
    why: "Without AppArmor's profile a container that runs as root may write to files below `/proc` and `/sys` that \
          configure the node, and mount file systems if it has the capability.",
    advice: "Remove the setting, so that the runtime's profile is used, or name a `Localhost` profile that allows \
             what is needed.",
    references: &[page::APPARMOR, page::POD_SECURITY],
    bad: &[
        container!(
            "    securityContext:
      appArmorProfile:
        type: Unconfined
"
        ),
        "apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    container.apparmor.security.beta.kubernetes.io/app: unconfined
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
",
    ],
    good: &[
        pod!(
            "  securityContext:
    appArmorProfile:
      type: RuntimeDefault
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        // The field counts more than the annotation.
        "apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    container.apparmor.security.beta.kubernetes.io/app: runtime/default
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
",
    ],
    check: Check::Workload(apparmor_off),
};

fn apparmor_off(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in linux(workload) {
        let kind = effective(workload, container, &["appArmorProfile"]).and_then(|profile| profile.get("type"));
        if let Some(kind) = kind.filter(|kind| kind.as_str() == Some("Unconfined")) {
            found
                .report(kind.span, format!("container `{}` runs without AppArmor", container.name()))
                .within(&container.title());
        }
    }
    if on_windows(workload) {
        return;
    }
    for (_, name, value) in annotations(workload).filter(|(_, _, value)| value.as_str() == Some("unconfined")) {
        found.report(value.span, format!("the annotation lets container `{name}` run without AppArmor"));
    }
}

pub(super) const APPARMOR_ANNOTATION: Rule = Rule {
    id: "BS-K035",
    title: "AppArmor profile by a deprecated annotation",
    severity: Severity::Low,
    aliases: &[],
    why: "Since Kubernetes 1.30 AppArmor is a field of the security context; the annotation is deprecated and will \
          one day be ignored without a word.",
    advice: "Move the profile to `securityContext.appArmorProfile` of the container, and keep the annotation only \
             while clusters before 1.30 are served.",
    references: &[page::APPARMOR],
    bad: &["apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    container.apparmor.security.beta.kubernetes.io/app: localhost/app-profile
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
"],
    good: &["apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    container.apparmor.security.beta.kubernetes.io/app: localhost/app-profile
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      appArmorProfile:
        type: Localhost
        localhostProfile: app-profile
"],
    check: Check::Workload(apparmor_annotation),
};

fn apparmor_annotation(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (key, name, _) in annotations(workload) {
        let container = workload.containers.iter().find(|container| container.name() == name);
        if let Some(container) = container
            && effective(workload, container, &["appArmorProfile"]).is_none()
        {
            found
                .report(key.span, format!("container `{name}` has its AppArmor profile by a deprecated annotation"))
                .within(&container.title());
        }
    }
}

pub(super) const APPARMOR_NOBODY: Rule = Rule {
    id: "BS-K036",
    title: "AppArmor annotation for a container that is not there",
    severity: Severity::Medium,
    aliases: &[],
    why: "The annotation names its container: after a container was renamed, or where the name is mistyped, its \
          profile is for nobody.",
    advice: "Write the container's name after the slash, or use `securityContext.appArmorProfile`.",
    references: &[page::APPARMOR],
    bad: &["apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: runtime/default
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
"],
    good: &["apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    container.apparmor.security.beta.kubernetes.io/setup: runtime/default
spec:
  initContainers:
  - name: setup
    image: registry.example.com/setup:1.4
  containers:
  - name: app
    image: registry.example.com/app:1.4
"],
    check: Check::Workload(apparmor_nobody),
};

fn apparmor_nobody(workload: &Workload<'_>, found: &mut Found<'_>) {
    if !crate::kubernetes::rules::inherit::is_written_out(workload) {
        return;
    }
    for (key, name, _) in annotations(workload) {
        if !workload.containers.iter().any(|container| container.name() == name) {
            found.report(key.span, format!("there is no container `{name}`"));
        }
    }
}

pub(super) const SELINUX_USER: Rule = Rule {
    id: "BS-K037",
    title: "SELinux user or role of its own",
    severity: Severity::Medium,
    aliases: &["KSV-0025"],
    why: "SELinux keeps containers apart by the label that the runtime gives them; a user or role of one's own can \
          lead to a label that is kept apart from nothing.",
    advice: "Remove `user` and `role`, and choose by `type` and `level` alone.",
    references: &[page::POD_SECURITY, page::SECURITY_CONTEXT],
    bad: &[pod!(
        "  securityContext:
    seLinuxOptions:
      user: system_u
      role: sysadm_r
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[container!(
        "    securityContext:
      seLinuxOptions:
        user: \"\"
        level: s0:c123,c456
"
    )],
    check: Check::Workload(selinux_user),
};

fn selinux_user(workload: &Workload<'_>, found: &mut Found<'_>) {
    each_selinux(workload, |options, part| {
        for field in ["user", "role"] {
            if let Some(value) = options.get(field).filter(|value| !value.is_empty()) {
                let message = format!("SELinux {field} `{}` is chosen here", value.as_str().unwrap_or("?"));
                found.report(value.span, message).within(part);
            }
        }
    });
}

pub(super) const SELINUX_TYPE: Rule = Rule {
    id: "BS-K038",
    title: "SELinux type that does not confine",
    severity: Severity::Medium,
    aliases: &["KSV-0025"],
    why: "Only the types for containers keep a process within its container; `spc_t` and the types of services of \
          the node let it out.",
    advice: "Remove `type`, or use one of `container_t`, `container_init_t`, `container_kvm_t` and \
             `container_engine_t`.",
    references: &[page::POD_SECURITY, page::SECURITY_CONTEXT],
    bad: &[container!(
        "    securityContext:
      seLinuxOptions:
        type: spc_t
"
    )],
    good: &[container!(
        "    securityContext:
      seLinuxOptions:
        type: container_init_t
        level: s0:c1,c2
"
    )],
    check: Check::Workload(selinux_type),
};

fn selinux_type(workload: &Workload<'_>, found: &mut Found<'_>) {
    each_selinux(workload, |options, part| {
        let Some(value) = options.get("type").filter(|value| !value.is_empty()) else { return };
        let name = value.as_str().unwrap_or("?");
        if matches!(name, "container_t" | "container_init_t" | "container_kvm_t" | "container_engine_t") {
            return;
        }
        let report =
            found.report(value.span, format!("SELinux type `{name}` is none of those for containers")).within(part);
        if name == "spc_t" {
            report.severity(Severity::High);
        }
    });
}

fn each_selinux(workload: &Workload<'_>, mut judge: impl FnMut(&Node, &str)) {
    if on_windows(workload) {
        return;
    }
    if let Some(options) = workload.security(&["seLinuxOptions"]) {
        judge(options, "");
    }
    for container in &workload.containers {
        if let Some(options) = container.security(&["seLinuxOptions"]) {
            judge(options, &container.title());
        }
    }
}
