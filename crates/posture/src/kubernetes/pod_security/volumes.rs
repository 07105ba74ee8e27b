//! `hostPathVolumes` and `restrictedVolumes`: what a pod may mount.

use boltseal_evidence::Severity;

use super::control::{BASELINE_PAGE, Control, RESTRICTED_PAGE, Revision, Violations};
use super::pod::{Pod, present, short, text};
use super::policy::Level;
use crate::rule::{Check, Rule};
use crate::source::Span;
use crate::yaml::Node;

pub(super) const HOST_PATH: Control = Control {
    id: "hostPathVolumes",
    level: Level::Baseline,
    revisions: &[Revision::new(0, host_path)],
    rule: &HOST_PATH_RULE,
};

pub(super) const RESTRICTED: Control = Control {
    id: "restrictedVolumes",
    level: Level::Restricted,
    revisions: &[Revision::instead_of(&["hostPathVolumes"], 0, restricted)],
    rule: &RESTRICTED_RULE,
};

pub(super) const HOST_PATH_RULE: Rule = Rule {
    id: "BS-P004",
    title: "volume from a path of the node",
    severity: Severity::High,
    aliases: &["hostPathVolumes", "KSV-0023"],
    why: "A `hostPath` volume opens the node's files to the pod: its credentials, the runtime's socket, the data of \
          other pods. Even read-only it leaks them, and writable it is a way to root on the node.",
    advice: "Use a persistent volume claim, `emptyDir`, a config map or a CSI driver instead. Agents that read the \
             node's files belong in a namespace with the privileged level.",
    references: &[BASELINE_PAGE, "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: app, image: 'registry.example/web:1.2'}]
  volumes:
  - name: logs
    hostPath: {path: /var/log}
"],
    good: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: app, image: 'registry.example/web:1.2'}]
  volumes:
  - name: logs
    emptyDir: {}
  - name: none
    hostPath: null
    emptyDir: {}
"],
    check: Check::PodSecurity,
};

pub(super) const RESTRICTED_RULE: Rule = Rule {
    id: "BS-P104",
    title: "volume of a type that the restricted level forbids",
    severity: Severity::Medium,
    aliases: &["restrictedVolumes", "hostPathVolumes", "KSV-0028"],
    why: "Volumes that name a storage system or a path of the node inside the pod let whoever writes the pod choose \
          what is mounted and with which credentials. The restricted level leaves that to persistent volumes, which \
          the cluster's administrators define.",
    advice: "Use `configMap`, `csi`, `downwardAPI`, `emptyDir`, `ephemeral`, `image`, `persistentVolumeClaim`, \
             `projected` or `secret`. Network storage goes behind a persistent volume claim.",
    references: &[RESTRICTED_PAGE, "https://kubernetes.io/docs/concepts/storage/persistent-volumes/"],
    bad: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: app, image: 'registry.example/web:1.2'}]
  volumes:
  - name: data
    nfs: {server: files.example, path: /data}
"],
    good: &["\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: app, image: 'registry.example/web:1.2'}]
  volumes:
  - name: data
    persistentVolumeClaim: {claimName: data}
  - name: scratch
    emptyDir: {}
  - name: temporary
"],
    check: Check::PodSecurity,
};

/// Sources that the restricted level admits.
const ADMITTED: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

fn host_path(pod: &Pod<'_>, violations: &mut Violations) {
    for volume in pod.volumes() {
        if let Some(source) = present(volume.get("hostPath")) {
            let path = source.text("path").map_or_else(String::new, |path| format!(" `{}`", short(path)));
            let message =
                format!("volume `{}` opens the node's path{path} to the pod", short(text(Some(volume), "name")));
            violations.pod(span(pod, volume, "hostPath"), message);
        }
    }
}

fn restricted(pod: &Pod<'_>, violations: &mut Violations) {
    for volume in pod.volumes() {
        if ADMITTED.iter().any(|source| present(volume.get(source)).is_some()) {
            continue;
        }
        let name = short(text(Some(volume), "name"));
        let source = volume
            .entries()
            .iter()
            .filter(|(_, value)| !value.is_null())
            .filter_map(|(key, _)| key.as_str())
            .find(|key| *key != "name");
        // One without a source is an `emptyDir`.
        let Some(source) = source else { continue };
        let message =
            format!("volume `{name}` is of type `{}`, which the restricted level does not admit", short(source));
        violations.pod(span(pod, volume, source), message);
    }
}

fn span(pod: &Pod<'_>, volume: &Node, key: &str) -> Span {
    match volume.entry_span(key) {
        Some(span) => span,
        None if volume.shared || volume.span.is_empty() => pod.span_of("volumes"),
        None => volume.span,
    }
}
