//! Seccomp profiles.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::{container, pod};
use crate::kubernetes::rules::inherit::{effective, is_privileged, linux, on_windows, whole_linux};
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::yaml::{Node, set};

const POD_ANNOTATION: &str = "seccomp.security.alpha.kubernetes.io/pod";
const CONTAINER_ANNOTATION: &str = "container.seccomp.security.alpha.kubernetes.io/";

fn annotations<'a>(workload: &Workload<'a>) -> &'a [(Node, Node)] {
    workload.metadata.and_then(|metadata| metadata.get("annotations")).map_or(&[][..], Node::entries)
}

fn is_seccomp(key: &Node) -> bool {
    key.as_str().is_some_and(|key| key == POD_ANNOTATION || key.starts_with(CONTAINER_ANNOTATION))
}

pub(super) const SECCOMP_UNSET: Rule = Rule {
    id: "BS-K030",
    title: "no seccomp profile",
    severity: Severity::Low,
    aliases: &["KSV-0030", "KSV-0104", "CKV_K8S_31", "C-0055", "container-seccomp-profile", "linuxHardening"],
    why: "Without a seccomp profile a container may make every system call, also the rare ones in which the kernel's \
          holes are found, unless the node's kubelet has `seccompDefault` on.",
    advice: "Set `seccompProfile: {type: RuntimeDefault}` in the pod's `securityContext`; it forbids some fifty calls \
             that ordinary programs never make.",
    references: &[page::SECCOMP, page::POD_SECURITY, page::HARDENING],
    bad: &[
        container!(
            "    securityContext:
      runAsNonRoot: true
"
        ),
        // One container has a profile, the other has none.
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      seccompProfile:
        type: RuntimeDefault
  - name: proxy
    image: registry.example.com/proxy:2.1
"
        ),
    ],
    good: &[
        pod!(
            "  securityContext:
    seccompProfile:
      type: RuntimeDefault
  initContainers:
  - name: setup
    image: registry.example.com/setup:1.4
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        container!(
            "    securityContext:
      seccompProfile:
        type: Localhost
        localhostProfile: profiles/app.json
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
    ],
    check: Check::Workload(seccomp_unset),
};

fn seccomp_unset(workload: &Workload<'_>, found: &mut Found<'_>) {
    // BS-K032 speaks of these.
    if annotations(workload).iter().any(|(key, _)| is_seccomp(key)) {
        return;
    }
    for container in whole_linux(workload) {
        if effective(workload, container, &["seccompProfile"]).is_some_and(|profile| !profile.is_empty()) {
            continue;
        }
        // A privileged container has no profile whatever the file says.
        let source = found.source();
        let path = ["securityContext", "seccompProfile", "type"];
        let change = (!is_privileged(container)).then(|| set(source, workload.spec, &path, "RuntimeDefault")).flatten();
        found
            .report(container.heading(), format!("container `{}` has no seccomp profile", container.name()))
            .within(&container.title())
            .fix("use the runtime's seccomp profile for the pod", change);
    }
}

pub(super) const SECCOMP_OFF: Rule = Rule {
    id: "BS-K031",
    title: "seccomp switched off",
    severity: Severity::Medium,
    aliases: &["KSV-0104", "CKV_K8S_31", "C-0055", "container-seccomp-profile", "linuxHardening"],
    why: "`Unconfined` gives a container every system call of the kernel, even where the node would have held it \
          back.",
    advice: "Use `RuntimeDefault`, or a `Localhost` profile that allows what the program needs beyond it.",
    references: &[page::SECCOMP, page::POD_SECURITY],
    bad: &[
        pod!(
            "  securityContext:
    seccompProfile:
      type: Unconfined
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        container!(
            "    securityContext:
      seccompProfile: {type: Unconfined}
"
        ),
        "apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    seccomp.security.alpha.kubernetes.io/pod: unconfined
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
",
    ],
    good: &[pod!(
        "  securityContext:
    seccompProfile:
      type: Unconfined
  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      seccompProfile:
        type: RuntimeDefault
"
    )],
    check: Check::Workload(seccomp_off),
};

fn seccomp_off(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in linux(workload) {
        let kind = effective(workload, container, &["seccompProfile"]).and_then(|profile| profile.get("type"));
        if let Some(kind) = kind.filter(|kind| kind.as_str() == Some("Unconfined")) {
            found
                .report(kind.span, format!("container `{}` runs without seccomp", container.name()))
                .within(&container.title());
        }
    }
    if on_windows(workload) {
        return;
    }
    for (key, value) in annotations(workload) {
        if is_seccomp(key) && value.as_str() == Some("unconfined") {
            found.report(value.span, "the annotation switches seccomp off");
        }
    }
}

pub(super) const SECCOMP_ANNOTATION: Rule = Rule {
    id: "BS-K032",
    title: "seccomp profile by an annotation that counts no more",
    severity: Severity::Medium,
    aliases: &[],
    why: "Kubernetes 1.27 and later ignore the seccomp annotations: a pod that relies on them runs without its \
          profile and nobody is told.",
    advice: "Move the profile into the field `securityContext.seccompProfile`, and remove the annotation.",
    references: &[page::SECCOMP, "https://kubernetes.io/docs/reference/labels-annotations-taints/"],
    bad: &["apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    seccomp.security.alpha.kubernetes.io/pod: runtime/default
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
    seccomp.security.alpha.kubernetes.io/pod: runtime/default
spec:
  securityContext:
    seccompProfile:
      type: RuntimeDefault
  containers:
  - name: app
    image: registry.example.com/app:1.4
"],
    check: Check::Workload(seccomp_annotation),
};

fn seccomp_annotation(workload: &Workload<'_>, found: &mut Found<'_>) {
    let fields = workload.security(&["seccompProfile"]).is_some()
        || (!workload.containers.is_empty()
            && workload.containers.iter().all(|container| container.security(&["seccompProfile"]).is_some()));
    if fields || on_windows(workload) {
        return;
    }
    for (key, _) in annotations(workload).iter().filter(|(key, _)| is_seccomp(key)) {
        let name = key.as_str().unwrap_or_default();
        found.report(key.span, format!("annotation `{name}` is ignored since Kubernetes 1.27"));
    }
}

pub(super) const LOCALHOST: Rule = Rule {
    id: "BS-K033",
    title: "profile of the node without its name, or named past its folder",
    severity: Severity::Low,
    aliases: &[],
    why: "A `Localhost` profile needs a `localhostProfile`, and only such a one may have it; seccomp looks it up \
          below the kubelet's folder. The API server refuses anything else, so the pod never runs.",
    advice: "Give the path below `/var/lib/kubelet/seccomp` (or the name of the loaded AppArmor profile), or use \
             `RuntimeDefault`.",
    references: &[page::SECCOMP, page::APPARMOR],
    bad: &[
        container!(
            "    securityContext:
      seccompProfile:
        type: Localhost
"
        ),
        container!(
            "    securityContext:
      seccompProfile:
        type: RuntimeDefault
        localhostProfile: app.json
"
        ),
        pod!(
            "  securityContext:
    appArmorProfile:
      type: Localhost
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        container!(
            "    securityContext:
      seccompProfile:
        type: Localhost
        localhostProfile: /etc/app.json
"
        ),
    ],
    good: &[container!(
        "    securityContext:
      seccompProfile:
        type: Localhost
        localhostProfile: team/app.json
      appArmorProfile:
        type: Localhost
        localhostProfile: app-profile
"
    )],
    check: Check::Workload(localhost),
};

fn localhost(workload: &Workload<'_>, found: &mut Found<'_>) {
    if on_windows(workload) {
        return;
    }
    for field in ["seccompProfile", "appArmorProfile"] {
        if let Some(profile) = workload.security(&[field]) {
            localhost_of(profile, field, "", found);
        }
        for container in &workload.containers {
            if let Some(profile) = container.security(&[field]) {
                localhost_of(profile, field, &container.title(), found);
            }
        }
    }
}

fn localhost_of(profile: &Node, field: &str, part: &str, found: &mut Found<'_>) {
    let Some(kind) = profile.get("type") else { return };
    let path = profile.get("localhostProfile").filter(|path| !path.is_empty());
    let (span, message) = match (kind.as_str(), path) {
        (Some("Localhost"), None) => (kind.span, format!("`{field}` of type `Localhost` without `localhostProfile`")),
        (Some("RuntimeDefault" | "Unconfined"), Some(path)) => (
            path.span,
            format!("`localhostProfile` only goes with type `Localhost`, not `{}`", kind.as_str().unwrap_or_default()),
        ),
        (Some("Localhost"), Some(path))
            if field == "seccompProfile"
                && path
                    .as_str()
                    .is_some_and(|text| text.starts_with('/') || text.split('/').any(|part| part == "..")) =>
        {
            (path.span, format!("`{}` is no path below the kubelet's folder", path.as_str().unwrap_or_default()))
        }
        _ => return,
    };
    found.report(span, message).within(part);
}
