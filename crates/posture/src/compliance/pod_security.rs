//! The Pod Security Standards of Kubernetes: their controls as tables of their own.

use super::{Control, Framework, Sections};
use crate::kubernetes::pod_security::{Level, Policy};

const PAGE: &str = "https://kubernetes.io/docs/concepts/security/pod-security-standards/";

pub(super) const BASELINE: Framework = Framework {
    id: "pss-baseline",
    aliases: &["k8s-pss-baseline", "baseline"],
    title: "Kubernetes Pod Security Standards, baseline",
    version: "latest",
    reference: PAGE,
    prefix: "",
    sections: Sections::PodSecurity(Level::Baseline),
};

pub(super) const RESTRICTED: Framework = Framework {
    id: "pss-restricted",
    aliases: &["k8s-pss-restricted", "pss", "restricted"],
    title: "Kubernetes Pod Security Standards, restricted",
    version: "latest",
    reference: PAGE,
    prefix: "",
    sections: Sections::PodSecurity(Level::Restricted),
};

/// The controls that count at a level.
pub(super) fn controls(level: Level) -> Vec<Control> {
    let controls = Policy { level, minor: None }.controls();
    controls
        .into_iter()
        .map(|(control, _)| Control {
            id: control.id,
            title: title(control.id),
            section: if control.level == Level::Restricted { "Restricted" } else { "Baseline" },
            rules: vec![control.rule],
            aside: "",
            rest: "",
            // Only the level itself: the restricted one leaves out controls that it takes the place of.
            sorts: vec![format!("pod-security-{}", level.name())],
        })
        .collect()
}

fn title(id: &str) -> &'static str {
    match id {
        "appArmorProfile" => "AppArmor stays on, with the runtime's profile or a local one",
        "capabilities_baseline" => "No capability beyond the runtime's defaults",
        "hostNamespaces" => "No network, process or IPC namespace of the node",
        "hostPathVolumes" => "No volume from a path of the node",
        "hostPorts" => "No port of the node",
        "hostProbesAndHostLifecycle" => "Probes and lifecycle hooks call no other host",
        "privileged" => "No privileged container",
        "procMount" => "/proc stays masked",
        "procMount_restricted" => "/proc stays masked, in a user namespace too",
        "seLinuxOptions" => "No SELinux user or role, and no type but the container ones",
        "seccompProfile_baseline" => "Seccomp is not switched off",
        "sysctls" => "Only the safe sysctls",
        "windowsHostProcess" => "No HostProcess container on Windows",
        "allowPrivilegeEscalation" => "Privilege escalation is forbidden",
        "capabilities_restricted" => "All capabilities are dropped, only NET_BIND_SERVICE is added",
        "restrictedVolumes" => "Only volumes of the harmless types",
        "runAsNonRoot" => "Root is forbidden",
        "runAsUser" => "No user id 0",
        "seccompProfile_restricted" => "A seccomp profile is chosen",
        _ => "",
    }
}
