//! Privileged containers, privilege escalation, and the root file system.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::{container, deployment, pod};
use crate::kubernetes::rules::inherit::{capabilities, is_privileged, linux, whole_linux};
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::yaml::{Node, set};

pub(super) const PRIVILEGED: Rule = Rule {
    id: "BS-K001",
    title: "privileged container",
    severity: Severity::Critical,
    aliases: &["KSV-0017", "CKV_K8S_16", "C-0057", "privileged-container", "runAsPrivileged"],
    why: "A privileged container has every capability, all devices of the node and no seccomp or AppArmor profile: \
          whoever gets into it owns the node and every pod on it.",
    advice: "Remove `privileged: true`, and add only the single capabilities, devices or mounts that the program \
             needs.",
    references: &[page::SECURITY_CONTEXT, page::POD_SECURITY, page::HARDENING],
    bad: &[
        container!(
            "    securityContext:
      privileged: true
"
        ),
        pod!(
            "  initContainers:
  - name: sysctl
    image: registry.example.com/tool:2.0
    securityContext: {privileged: true}
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
  ephemeralContainers:
  - name: debug
    image: registry.example.com/tool:2.0
    targetContainerName: app
    securityContext:
      privileged: yes
"
        ),
    ],
    good: &[
        container!(
            "    securityContext:
      privileged: false
"
        ),
        "apiVersion: v1
kind: ConfigMap
metadata:
  name: notes
data:
  privileged: \"true\"
",
    ],
    check: Check::Workload(privileged),
};

fn privileged(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in linux(workload) {
        if let Some(value) = container.security(&["privileged"])
            && value.as_bool() == Some(true)
        {
            found
                .report(value.span, format!("`privileged: true` gives container `{}` the node", container.name()))
                .within(&container.title());
        }
    }
}

pub(super) const ESCALATION: Rule = Rule {
    id: "BS-K002",
    title: "privilege escalation is not switched off",
    severity: Severity::Medium,
    aliases: &["KSV-0001", "CKV_K8S_20", "C-0016", "privilege-escalation-container", "privilegeEscalationAllowed"],
    why: "Unless `allowPrivilegeEscalation` is false, a process can gain more rights than it was started with, for \
          example by a set-user-id program that someone left in the image.",
    advice: "Set `allowPrivilegeEscalation: false` in the container's `securityContext`. Only programs such as `sudo` \
             or `ping` with file capabilities need more.",
    references: &[page::SECURITY_CONTEXT, page::POD_SECURITY, page::HARDENING],
    bad: &[
        container!(
            "    securityContext:
      allowPrivilegeEscalation: true
"
        ),
        // The pod's security context has no such field.
        deployment!(
            "  template:
    spec:
      securityContext:
        allowPrivilegeEscalation: false
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
        ),
    ],
    good: &[
        container!(
            "    securityContext:
      allowPrivilegeEscalation: false
"
        ),
        pod!(
            "  os:
    name: windows
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        // A patch of Kustomize: what it does not say stands elsewhere.
        deployment!(
            "  template:
    spec:
      containers:
      - name: app
        env:
        - name: MODE
          value: fast
"
        ),
    ],
    check: Check::Workload(escalation),
};

fn escalation(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in whole_linux(workload) {
        let value = container.security(&["allowPrivilegeEscalation"]).filter(|value| !value.is_null());
        let (span, message) = match value {
            Some(value) if value.as_bool() == Some(true) => {
                (value.span, format!("`allowPrivilegeEscalation: true` in container `{}`", container.name()))
            }
            Some(_) => continue,
            None => (
                container.heading(),
                format!("container `{}` does not set `allowPrivilegeEscalation: false`", container.name()),
            ),
        };
        // The API server refuses false beside these two.
        let cannot = is_privileged(container)
            || capabilities(container, "add")
                .any(|(_, name)| name.eq_ignore_ascii_case("SYS_ADMIN") || name.eq_ignore_ascii_case("ALL"));
        let source = found.source();
        let change = (!cannot)
            .then(|| set(source, container.node, &["securityContext", "allowPrivilegeEscalation"], "false"))
            .flatten();
        found.report(span, message).within(&container.title()).fix("switch privilege escalation off", change);
    }
}

pub(super) const WRITABLE_ROOT: Rule = Rule {
    id: "BS-K024",
    title: "root file system can be written",
    severity: Severity::Low,
    aliases: &["KSV-0014", "CKV_K8S_22", "C-0017", "no-read-only-root-fs", "notReadOnlyRootFilesystem"],
    why: "With a writable root file system an attacker can change programs and drop tools that stay until the \
          container is replaced.",
    advice: "Set `readOnlyRootFilesystem: true`, and mount an `emptyDir` where the program writes, for example at \
             `/tmp`.",
    references: &[page::SECURITY_CONTEXT, page::HARDENING],
    bad: &[
        container!(
            "    securityContext:
      readOnlyRootFilesystem: false
"
        ),
        container!(
            "    ports:
    - containerPort: 8080
"
        ),
    ],
    good: &[
        container!(
            "    securityContext:
      readOnlyRootFilesystem: true
"
        ),
        pod!(
            "  nodeSelector:
    kubernetes.io/os: windows
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(writable_root),
};

fn writable_root(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in whole_linux(workload) {
        let value = container.security(&["readOnlyRootFilesystem"]).filter(|value| !value.is_null());
        let (span, message) = match value.map(|value| (value, Node::as_bool(value))) {
            Some((value, Some(false))) => {
                (value.span, format!("`readOnlyRootFilesystem: false` in container `{}`", container.name()))
            }
            Some(_) => continue,
            None => (
                container.heading(),
                format!("container `{}` does not set `readOnlyRootFilesystem: true`", container.name()),
            ),
        };
        found.report(span, message).within(&container.title());
    }
}
