//! Sysctls, user namespaces, and what of `/proc` is hidden.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::{container, pod};
use crate::kubernetes::rules::inherit::{effective, has_own_users, linux, on_windows, whole_linux};
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// What Kubernetes lets every pod set. The last two came with 1.32.
const SAFE: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
];

/// `net/ipv4/tcp_rmem` is `net.ipv4.tcp_rmem`.
fn is_called(name: &str, wanted: &str) -> bool {
    name.len() == wanted.len()
        && name.bytes().zip(wanted.bytes()).all(|(one, other)| one == other || (one == b'/' && other == b'.'))
}

fn sysctls<'a>(workload: &Workload<'a>) -> impl Iterator<Item = (&'a Node, &'a str)> {
    let list = if on_windows(workload) { None } else { workload.security(&["sysctls"]) };
    list.map_or(&[][..], Node::items).iter().filter_map(|item| {
        let name = item.get("name")?;
        Some((name, name.as_str()?))
    })
}

pub(super) const SYSCTL: Rule = Rule {
    id: "BS-K039",
    title: "unsafe sysctl",
    severity: Severity::Medium,
    aliases: &["KSV-0026", "unsafe-sysctls"],
    why: "Sysctls outside Kubernetes' list of safe ones may touch other pods or the whole node, and only nodes that \
          were told to allow them start the pod.",
    advice: "Remove it, or let the administrator set it on the nodes.",
    references: &["https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/", page::POD_SECURITY],
    bad: &[pod!(
        "  securityContext:
    sysctls:
    - name: kernel.msgmax
      value: \"65536\"
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[pod!(
        "  securityContext:
    sysctls:
    - name: net.ipv4.ip_unprivileged_port_start
      value: \"0\"
    - name: net/ipv4/tcp_syncookies
      value: \"1\"
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(sysctl),
};

fn sysctl(workload: &Workload<'_>, found: &mut Found<'_>) {
    for (node, name) in sysctls(workload) {
        if !SAFE.iter().any(|safe| is_called(name, safe)) {
            found.report(node.span, format!("sysctl `{name}` is none of the safe ones"));
        }
    }
}

pub(super) const SYSCTL_OF_HOST: Rule = Rule {
    id: "BS-K042",
    title: "sysctl of a namespace that is the node's",
    severity: Severity::Medium,
    aliases: &[],
    why: "With `hostNetwork` or `hostIPC` the pod has no network or IPC namespace of its own to set sysctls in; the \
          kubelet refuses to start it.",
    advice: "Remove the sysctl, or the sharing of the node's namespace.",
    references: &["https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/"],
    bad: &[pod!(
        "  hostNetwork: true
  securityContext:
    sysctls:
    - name: net.ipv4.tcp_syncookies
      value: \"1\"
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[pod!(
        "  hostNetwork: true
  securityContext:
    sysctls:
    - name: kernel.shm_rmid_forced
      value: \"1\"
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(sysctl_of_host),
};

fn sysctl_of_host(workload: &Workload<'_>, found: &mut Found<'_>) {
    let network = workload.spec.boolean("hostNetwork") == Some(true);
    let ipc = workload.spec.boolean("hostIPC") == Some(true);
    if !network && !ipc {
        return;
    }
    for (node, name) in sysctls(workload) {
        let of_network = name.starts_with("net.") || name.starts_with("net/");
        let of_ipc = ["kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.", "kernel/shm", "kernel/msg", "kernel/sem"]
            .iter()
            .any(|start| name.starts_with(start));
        if network && of_network {
            found.report(node.span, format!("sysctl `{name}` with `hostNetwork: true`: the pod never starts"));
        } else if ipc && of_ipc {
            found.report(node.span, format!("sysctl `{name}` with `hostIPC: true`: the pod never starts"));
        }
    }
}

pub(super) const SHARED_USERS: Rule = Rule {
    id: "BS-K040",
    title: "root of the pod is root of the node",
    severity: Severity::Low,
    aliases: &[],
    why: "A pod that may run as root shares the node's users unless it sets `hostUsers: false`: root that gets out of \
          the container is root of the node. With users of its own it is nobody.",
    advice: "Set `hostUsers: false` (Kubernetes 1.33 and later, on nodes with Linux 6.3 and containerd 2 or CRI-O), or \
             run all containers as another user than root.",
    references: &[page::USER_NAMESPACES],
    bad: &[container!(
        "    securityContext:
      runAsUser: 0
"
    )],
    good: &[
        pod!(
            "  hostUsers: false
  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      runAsUser: 0
"
        ),
        container!(
            "    securityContext:
      runAsNonRoot: true
"
        ),
        // A pod cannot have users of its own beside the node's network.
        pod!(
            "  hostNetwork: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(shared_users),
};

fn shared_users(workload: &Workload<'_>, found: &mut Found<'_>) {
    let cannot = ["hostNetwork", "hostPID", "hostIPC"].iter().any(|key| workload.spec.boolean(key) == Some(true))
        || workload.containers.iter().any(|container| !container.node.list("volumeDevices").is_empty())
        || workload.spec.get("hostUsers").is_some_and(|said| said.as_bool() != Some(true));
    if cannot {
        return;
    }
    let root = whole_linux(workload).find(|container| {
        match effective(workload, container, &["runAsUser"]) {
            Some(user) => user.as_int() == Some(0),
            // What says nothing may be root; a placeholder may be anything.
            None => effective(workload, container, &["runAsNonRoot"]).is_none_or(|said| said.as_bool() == Some(false)),
        }
    });
    if let Some(container) = root {
        let span = workload.spec.get("hostUsers").map_or_else(|| container.heading(), |said| said.span);
        found.report(span, format!("container `{}` may be root, and root of the node", container.name()));
    }
}

pub(super) const PROC: Rule = Rule {
    id: "BS-K041",
    title: "all of `/proc` shown",
    severity: Severity::Medium,
    aliases: &["KSV-0027", "unsafe-proc-mount", "procMount"],
    why: "Runtimes hide and protect the parts of `/proc` that show or change the node's kernel. `Unmasked` shows them \
          to the container.",
    advice: "Remove `procMount`; for containers within the container set `hostUsers: false` beside it.",
    references: &[page::POD_SECURITY, page::SECURITY_CONTEXT],
    bad: &[container!(
        "    securityContext:
      procMount: Unmasked
"
    )],
    good: &[
        container!(
            "    securityContext:
      procMount: Default
"
        ),
        // What it is for: nested containers in a user namespace of their own.
        pod!(
            "  hostUsers: false
  containers:
  - name: app
    image: registry.example.com/app:1.4
    securityContext:
      procMount: Unmasked
"
        ),
    ],
    check: Check::Workload(proc),
};

fn proc(workload: &Workload<'_>, found: &mut Found<'_>) {
    if has_own_users(workload) {
        return;
    }
    for container in linux(workload) {
        if let Some(value) = container.security(&["procMount"])
            && value.as_str() == Some("Unmasked")
        {
            found
                .report(
                    value.span,
                    format!("`procMount: Unmasked` shows container `{}` the node's kernel", container.name()),
                )
                .within(&container.title());
        }
    }
}
