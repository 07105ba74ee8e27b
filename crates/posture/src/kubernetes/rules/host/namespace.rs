//! Namespaces and names shared with the node.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::pod;
use crate::kubernetes::rules::inherit::{on_windows, quoted_like};
use crate::kubernetes::rules::page;
use crate::rule::{Check, Rule};
use crate::yaml::{Node, set};

fn shared(workload: &Workload<'_>, found: &mut Found<'_>, key: &str, so: &str) {
    if let Some(value) = workload.spec.get(key)
        && value.as_bool() == Some(true)
    {
        found.report(value.span, format!("`{key}: true` {so}"));
    }
}

pub(super) const PID: Rule = Rule {
    id: "BS-K050",
    title: "pod sees the node's processes",
    severity: Severity::High,
    aliases: &["KSV-0010", "CKV_K8S_17", "C-0038", "host-pid", "hostPIDSet"],
    why: "With `hostPID` a container sees all processes of the node, can read secrets from their environment, and \
          with little more can end or enter them.",
    advice: "Remove `hostPID`. Containers of one pod see each other by `shareProcessNamespace`.",
    references: &[page::POD_SECURITY, page::HARDENING],
    bad: &[pod!(
        "  hostPID: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[pod!(
        "  hostPID: false
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(|workload, found| {
        shared(workload, found, "hostPID", "shows the pod all processes of the node")
    }),
};

pub(super) const IPC: Rule = Rule {
    id: "BS-K051",
    title: "pod shares the node's memory segments",
    severity: Severity::Medium,
    aliases: &["KSV-0008", "CKV_K8S_18", "C-0038", "host-ipc", "hostIPCSet"],
    why: "With `hostIPC` a container reads and writes the shared memory and message queues of all processes of the \
          node.",
    advice: "Remove `hostIPC`. Containers of one pod share their IPC namespace without it.",
    references: &[page::POD_SECURITY, page::HARDENING],
    bad: &[pod!(
        "  hostIPC: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[pod!(
        "  containers:
  - name: app
    image: registry.example.com/app:1.4
    args: [\"--hostIPC=true\"]
"
    )],
    check: Check::Workload(|workload, found| shared(workload, found, "hostIPC", "shares the node's memory segments")),
};

pub(super) const NETWORK: Rule = Rule {
    id: "BS-K052",
    title: "pod uses the node's network",
    severity: Severity::High,
    aliases: &["KSV-0009", "CKV_K8S_19", "C-0041", "host-network", "hostNetworkSet"],
    why: "With `hostNetwork` a container reaches services that listen on the node's loopback, may listen to the \
          node's traffic, and no NetworkPolicy applies to it.",
    advice: "Remove `hostNetwork`, and offer the program by a Service; `hostPort` is enough to be reached at the \
             node's address.",
    references: &[page::POD_SECURITY, page::HARDENING],
    bad: &[pod!(
        "  hostNetwork: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[
        pod!(
            "  hostNetwork: false
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        // HostProcess containers on Windows must have it; they have a rule of their own.
        pod!(
            "  os:
    name: windows
  hostNetwork: true
  securityContext:
    windowsOptions:
      hostProcess: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(network),
};

fn network(workload: &Workload<'_>, found: &mut Found<'_>) {
    let host_process = |node: Option<&Node>| node.and_then(Node::as_bool) == Some(true);
    let required = on_windows(workload)
        && (host_process(workload.security(&["windowsOptions", "hostProcess"]))
            || workload
                .containers
                .iter()
                .any(|container| host_process(container.security(&["windowsOptions", "hostProcess"]))));
    if !required {
        shared(workload, found, "hostNetwork", "puts the pod on the node's network");
    }
}

pub(super) const ALIASES: Rule = Rule {
    id: "BS-K054",
    title: "names pinned by `hostAliases`",
    severity: Severity::Low,
    aliases: &["KSV-0007"],
    why: "Entries in the pod's hosts file go past the cluster's name server and stay when the address has long become \
          another machine's.",
    advice: "Name the address by a Service of type ExternalName, or by one without selector and an EndpointSlice.",
    references: &["https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/"],
    bad: &[pod!(
        "  hostAliases:
  - ip: 10.1.2.3
    hostnames: [db.example.com]
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[pod!(
        "  hostAliases: []
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(aliases),
};

fn aliases(workload: &Workload<'_>, found: &mut Found<'_>) {
    for alias in workload.spec.list("hostAliases") {
        let ip = alias.get("ip").unwrap_or(alias);
        found.report(ip.span, format!("names are pinned to `{}`", ip.as_str().unwrap_or("?")));
    }
}

pub(super) const DNS: Rule = Rule {
    id: "BS-K056",
    title: "pod on the node's network without the cluster's name server",
    severity: Severity::Low,
    aliases: &[],
    why: "With `hostNetwork` the policy `ClusterFirst` silently means `Default`: the pod asks the node's name server, \
          and finds no Service by its name.",
    advice: "Set `dnsPolicy: ClusterFirstWithHostNet`, or `Default` to say that the node's name server is meant.",
    references: &["https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy"],
    bad: &[pod!(
        "  hostNetwork: true
  dnsPolicy: ClusterFirst
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[
        pod!(
            "  hostNetwork: true
  dnsPolicy: ClusterFirstWithHostNet
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        // Says nothing, so nobody expects the cluster's names.
        pod!(
            "  hostNetwork: true
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(dns),
};

fn dns(workload: &Workload<'_>, found: &mut Found<'_>) {
    if workload.spec.boolean("hostNetwork") != Some(true) || on_windows(workload) {
        return;
    }
    if let Some(policy) = workload.spec.get("dnsPolicy")
        && policy.as_str() == Some("ClusterFirst")
    {
        let source = found.source();
        let new = quoted_like(source, policy, "Default");
        let change = set(source, workload.spec, &["dnsPolicy"], &new);
        found
            .report(policy.span, "`dnsPolicy: ClusterFirst` means `Default` with `hostNetwork: true`")
            .fix("say what it means: the node's name server", change);
    }
}
