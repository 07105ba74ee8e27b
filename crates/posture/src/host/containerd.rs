//! Rules on containerd, in the layouts of versions 2 and 3 of its file.

use boltseal_evidence::Severity;

use super::ask::is_local;
use super::{Component, Host};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::Span;
use crate::yaml::Node;

const CRI: &str = "https://github.com/containerd/containerd/blob/main/docs/cri/config.md";
const REGISTRY: &str = "https://github.com/containerd/containerd/blob/main/docs/cri/registry.md";
const OPS: &str = "https://github.com/containerd/containerd/blob/main/docs/ops.md";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-H023",
        title: "images through a mirror without TLS",
        severity: Severity::High,
        aliases: &[],
        why: "Over plain HTTP anyone on the way decides what runs on this node.",
        advice: "Write the endpoint with `https://`, and give the certificate of your authority under `config_path`.",
        references: &[REGISTRY],
        bad: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\n  endpoint = [\"http://mirror.example.org\"]\n",
            "=== certs.d/docker.io/hosts.toml\nserver = \"https://docker.io\"\n[host.\"http://mirror.example.org\"]\n  capabilities = [\"pull\", \"resolve\"]\n",
        ],
        good: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\n  endpoint = [\"https://mirror.example.org\", \"http://127.0.0.1:5000\"]\n",
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"/etc/containerd/certs.d\"\n",
            "=== certs.d/docker.io/hosts.toml\nserver = \"https://docker.io\"\n[host.\"https://mirror.example.org\"]\n",
        ],
        check: Check::Host(mirrors),
    },
    Rule {
        id: "BS-H024",
        title: "certificates of a registry are not verified",
        severity: Severity::High,
        aliases: &[],
        why: "With `insecure_skip_verify`, or `skip_verify` in `hosts.toml`, containerd believes whoever answers for the registry: anyone on the way decides what runs on this node and reads the password.",
        advice: "Remove it and name the authority's certificate with `ca`.",
        references: &[REGISTRY],
        bad: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r.example.org\".tls]\n  insecure_skip_verify = true\n",
            "=== certs.d/r.example.org/hosts.toml\n[host.\"https://r.example.org\"]\n  skip_verify = true\n",
        ],
        good: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r.example.org\".tls]\n  ca_file = \"/etc/ca.pem\"\n",
        ],
        check: Check::Host(|host, found| {
            on(host, found, "insecure_skip_verify", "believes whoever answers for the registry");
            on(host, found, "skip_verify", "believes whoever answers for the registry");
        }),
    },
    Rule {
        id: "BS-H025",
        title: "password of a registry in the file",
        severity: Severity::High,
        aliases: &[],
        why: "The file is readable for many tools and ends up in backups and repositories; whoever reads it pulls and maybe pushes images as this node.",
        advice: "Change the password, and use the kubelet's credential provider or `imagePullSecrets`.",
        references: &[REGISTRY, "https://kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider/"],
        bad: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r.example.org\".auth]\n  username = \"node\"\n  password = \"hunter22\"\n",
        ],
        good: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r.example.org\".auth]\n  username = \"node\"\n  password = \"\"\n",
        ],
        check: Check::Host(passwords),
    },
    Rule {
        id: "BS-H026",
        title: "AppArmor switched off",
        severity: Severity::Medium,
        aliases: &[],
        why: "Containers then run without the AppArmor profile that keeps them from the host's files even when something else was left open.",
        advice: "Remove `disable_apparmor`.",
        references: &[CRI],
        bad: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  disable_apparmor = true\n",
            "=== config.toml\nversion = 3\n\n[plugins.'io.containerd.cri.v1.runtime']\n  disable_apparmor = true\n",
        ],
        good: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  disable_apparmor = false\n",
        ],
        check: Check::Host(|host, found| {
            on(host, found, "disable_apparmor", "starts containers without AppArmor profile")
        }),
    },
    Rule {
        id: "BS-H027",
        title: "every container may open ports below 1024 or send pings",
        severity: Severity::Negligible,
        aliases: &[],
        why: "The settings give all containers of the node what else takes a capability, also those that should not have it.",
        advice: "Remove them where programs listen on ports from 1024 on; with dropped capabilities they are the lesser evil against running as root.",
        references: &[CRI],
        bad: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  enable_unprivileged_ports = true\n",
        ],
        good: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  enable_unprivileged_ports = false\n",
        ],
        check: Check::Host(|host, found| {
            on(host, found, "enable_unprivileged_ports", "lets every container open ports below 1024");
            on(host, found, "enable_unprivileged_icmp", "lets every container send pings");
        }),
    },
    Rule {
        id: "BS-H028",
        title: "privileged containers get every device",
        severity: Severity::Medium,
        aliases: &[],
        why: "With this setting privileged containers may use all devices although none is passed in, so a runtime that was to keep them from the host's disks does not.",
        advice: "Remove `privileged_without_host_devices_all_devices_allowed`.",
        references: &[CRI],
        bad: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.kata]\n  privileged_without_host_devices = true\n  privileged_without_host_devices_all_devices_allowed = true\n",
        ],
        good: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.kata]\n  privileged_without_host_devices = true\n",
        ],
        check: Check::Host(|host, found| {
            on(
                host,
                found,
                "privileged_without_host_devices_all_devices_allowed",
                "lets privileged containers use every device",
            )
        }),
    },
    Rule {
        id: "BS-H029",
        title: "daemon takes orders over the network",
        severity: Severity::Critical,
        aliases: &[],
        why: "Whoever may order containerd is root on the node. Over TCP without client certificates that is everyone who reaches the port.",
        advice: "Remove `tcp_address`, or set `tcp_tls_ca`, `tcp_tls_cert` and `tcp_tls_key`.",
        references: &[OPS],
        bad: &[
            "=== config.toml\nversion = 2\n[grpc]\n  tcp_address = \"0.0.0.0:7777\"\n[plugins.\"io.containerd.grpc.v1.cri\"]\n",
        ],
        good: &[
            "=== config.toml\nversion = 2\n[grpc]\n  address = \"/run/containerd/containerd.sock\"\n[plugins.\"io.containerd.grpc.v1.cri\"]\n",
            "=== config.toml\nversion = 2\n[grpc]\n  tcp_address = \"0.0.0.0:7777\"\n  tcp_tls_ca = \"/ca\"\n  tcp_tls_cert = \"/c\"\n  tcp_tls_key = \"/k\"\n[plugins.\"io.containerd.grpc.v1.cri\"]\n",
        ],
        check: Check::Host(tcp),
    },
    Rule {
        id: "BS-H030",
        title: "socket of the daemon belongs to ordinary users",
        severity: Severity::Medium,
        aliases: &[],
        why: "Whoever may write to the socket is root on the node, so the group that it belongs to has that right too.",
        advice: "Leave `uid` and `gid` under `grpc` at 0.",
        references: &[OPS],
        bad: &["=== config.toml\nversion = 2\n[grpc]\n  gid = 1000\n[plugins.\"io.containerd.grpc.v1.cri\"]\n"],
        good: &[
            "=== config.toml\nversion = 2\n[grpc]\n  uid = 0\n  gid = 0\n[plugins.\"io.containerd.grpc.v1.cri\"]\n",
        ],
        check: Check::Host(owner),
    },
    Rule {
        id: "BS-H031",
        title: "measurements or debugging open to the network",
        severity: Severity::Medium,
        aliases: &[],
        why: "The measurements and the debugger tell whoever reaches them what runs on the node; the debugger also shows memory.",
        advice: "Keep `metrics.address` on 127.0.0.1 and `debug.address` on a socket.",
        references: &[OPS],
        bad: &[
            "=== config.toml\nversion = 2\n[metrics]\n  address = \"0.0.0.0:1338\"\n[plugins.\"io.containerd.grpc.v1.cri\"]\n",
            "=== config.toml\nversion = 2\n[debug]\n  address = \"0.0.0.0:1339\"\n[plugins.\"io.containerd.grpc.v1.cri\"]\n",
        ],
        good: &[
            "=== config.toml\nversion = 2\n[metrics]\n  address = \"127.0.0.1:1338\"\n[debug]\n  address = \"/run/containerd/debug.sock\"\n[plugins.\"io.containerd.grpc.v1.cri\"]\n",
        ],
        check: Check::Host(side_doors),
    },
    Rule {
        id: "BS-H032",
        title: "log level of the daemon hides or floods",
        severity: Severity::Low,
        aliases: &[],
        why: "At `debug` and `trace` the log holds so much, also contents of requests, that nobody reads it; from `fatal` on it does not tell what happened.",
        advice: r#"Set `level = "info"` under `debug`."#,
        references: &[OPS],
        bad: &["=== config.toml\nversion = 2\n[debug]\n  level = \"trace\"\n[plugins.\"io.containerd.grpc.v1.cri\"]\n"],
        good: &[
            "=== config.toml\nversion = 2\n[debug]\n  level = \"info\"\n[plugins.\"io.containerd.grpc.v1.cri\"]\n",
            "=== config.toml\nversion = 2\n[debug]\n  level = \"\"\n[plugins.\"io.containerd.grpc.v1.cri\"]\n",
        ],
        check: Check::Host(level),
    },
    Rule {
        id: "BS-H033",
        title: "terminals and port forwards without TLS on every interface",
        severity: Severity::Medium,
        aliases: &[],
        why: "The streaming server carries `kubectl exec` and `port-forward`: on every interface and without TLS anyone on the way reads and takes over the sessions.",
        advice: "Leave `stream_server_address` at 127.0.0.1, or set `enable_tls_streaming`.",
        references: &[CRI],
        bad: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  stream_server_address = \"0.0.0.0\"\n",
        ],
        good: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  stream_server_address = \"127.0.0.1\"\n",
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  stream_server_address = \"0.0.0.0\"\n  enable_tls_streaming = true\n",
        ],
        check: Check::Host(streaming),
    },
    Rule {
        id: "BS-H034",
        title: "root file system of containers without pivot",
        severity: Severity::Medium,
        aliases: &[],
        why: "With `no_pivot_root` a container changes into its root by moving the mount, which leaves ways back to the host's file system.",
        advice: "Remove it; only a system that runs from the initial RAM disk needs it.",
        references: &["https://github.com/opencontainers/runc/blob/main/man/runc-run.8.md", CRI],
        bad: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\".containerd]\n  no_pivot = true\n",
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]\n  NoPivotRoot = true\n",
        ],
        good: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]\n  NoPivotRoot = false\n  SystemdCgroup = true\n",
        ],
        check: Check::Host(|host, found| {
            on(host, found, "no_pivot", "leaves containers a way back to the host");
            on(host, found, "NoPivotRoot", "leaves containers a way back to the host");
        }),
    },
    Rule {
        id: "BS-H035",
        title: "containers without seccomp profile stay without",
        severity: Severity::Low,
        aliases: &[],
        why: "Pods that ask for no profile then run without any filter of system calls.",
        advice: "Leave `unset_seccomp_profile` out and set the kubelet's `seccompDefault`, or name a profile file.",
        references: &[CRI, "https://kubernetes.io/docs/tutorials/security/seccomp/"],
        bad: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  unset_seccomp_profile = \"unconfined\"\n",
        ],
        good: &[
            "=== config.toml\nversion = 2\n\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  unset_seccomp_profile = \"/etc/seccomp.json\"\n",
        ],
        check: Check::Host(seccomp),
    },
];

/// Every setting with this name, wherever in the file.
fn named<'n>(node: &'n Node, name: &str, found: &mut Vec<(&'n Node, &'n Node)>) {
    for (key, value) in node.entries() {
        if key.as_str() == Some(name) {
            found.push((key, value));
        }
        named(value, name, found);
    }
}

fn settings<'n>(host: &'n Host<'_>, name: &str) -> Vec<(&'n Node, &'n Node)> {
    let mut settings = Vec::new();
    if host.component == Component::Containerd {
        named(host.root, name, &mut settings);
    }
    settings
}

/// Reports every switch with this name that is on.
fn on(host: &Host<'_>, found: &mut Found<'_>, name: &str, consequence: &str) {
    for (key, value) in settings(host, name) {
        if value.as_bool() == Some(true) {
            host.report(found, key.span.to(value.span), format!("`{name} = true` {consequence}"));
        }
    }
}

fn mirrors(host: &Host<'_>, found: &mut Found<'_>) {
    hosts(host, found);
    for (_, mirrors) in settings(host, "mirrors") {
        for endpoint in mirrors.entries().iter().flat_map(|(_, mirror)| mirror.list("endpoint")) {
            let address = endpoint.as_str().unwrap_or_default();
            if address.starts_with("http://") && !is_local(address) {
                host.report(found, endpoint.span, format!("images come through `{address}` without TLS"));
            }
        }
    }
}

/// `hosts.toml` of a registry: where images come from if not from the registry itself.
fn hosts(host: &Host<'_>, found: &mut Found<'_>) {
    let server = own_root(host).and_then(|root| root.get("server"));
    let keys = own_root(host).and_then(|root| root.get("host")).map_or(&[][..], Node::entries);
    for node in server.into_iter().chain(keys.iter().map(|(key, _)| key)) {
        let address = node.as_str().unwrap_or_default();
        if address.starts_with("http://") && !is_local(address) {
            host.report(found, node.span, format!("images come through `{address}` without TLS"));
        }
    }
}

fn own_root<'n>(host: &'n Host<'_>) -> Option<&'n Node> {
    (host.component == Component::Containerd).then_some(host.root)
}

fn passwords(host: &Host<'_>, found: &mut Found<'_>) {
    for (_, auth) in settings(host, "auth") {
        for name in ["password", "auth", "identitytoken"] {
            if let Some(node) = auth.get(name).filter(|node| !node.is_empty()) {
                host.report(found, node.span, format!("`{name}` of a registry stands in the file"));
            }
        }
    }
}

/// A setting of one of the daemon's own tables.
fn own<'n>(host: &'n Host<'_>, table: &str, name: &str) -> Option<&'n Node> {
    own_root(host)?.at(&[table, name]).filter(|node| !node.is_empty())
}

fn tcp(host: &Host<'_>, found: &mut Found<'_>) {
    let Some(node) = own(host, "grpc", "tcp_address") else { return };
    let address = node.as_str().unwrap_or_default();
    if own(host, "grpc", "tcp_tls_ca").is_none() && !is_local(address) {
        host.report(found, node.span, format!("the daemon listens on `{address}` and asks nobody who they are"));
    }
}

fn owner(host: &Host<'_>, found: &mut Found<'_>) {
    for name in ["uid", "gid"] {
        if let Some(node) = own(host, "grpc", name)
            && node.as_int().is_some_and(|number| number != 0)
        {
            let number = node.as_str().unwrap_or_default();
            host.report(found, node.span, format!("`{name} = {number}` may order the daemon, which is to be root"));
        }
    }
}

fn side_doors(host: &Host<'_>, found: &mut Found<'_>) {
    for table in ["metrics", "debug"] {
        if let Some(node) = own(host, table, "address")
            && let Some(address) = node.as_str().filter(|address| !is_local(address))
        {
            host.report(found, node.span, format!("`{table}` is open to the network on `{address}`"));
        }
    }
}

fn level(host: &Host<'_>, found: &mut Found<'_>) {
    if let Some(node) = own(host, "debug", "level")
        && let Some(level) = node.as_str().filter(|level| matches!(*level, "debug" | "trace" | "fatal" | "panic"))
    {
        host.report(found, node.span, format!("`{level}` is not the level that an incident can be followed by"));
    }
}

fn streaming(host: &Host<'_>, found: &mut Found<'_>) {
    let encrypted = settings(host, "enable_tls_streaming").iter().any(|(_, value)| value.as_bool() == Some(true));
    for (_, value) in settings(host, "stream_server_address") {
        if let Some(address) = value.as_str().filter(|address| !address.is_empty() && !is_local(address))
            && !encrypted
        {
            host.report(found, value.span, format!("sessions are carried over `{address}` without TLS"));
        }
    }
}

fn seccomp(host: &Host<'_>, found: &mut Found<'_>) {
    for (key, value) in settings(host, "unset_seccomp_profile") {
        if value.as_str() == Some("unconfined") {
            let span: Span = key.span.to(value.span);
            host.report(found, span, "pods that ask for no seccomp profile get none");
        }
    }
}
