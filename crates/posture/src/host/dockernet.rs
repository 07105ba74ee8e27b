//! Rules on dockerd: who reaches it, and whom it believes.

use boltseal_evidence::Severity;

use super::ask::{ASK, Ask, Missing, Must, ask, is_local};
use super::{Component, Host};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const CIS: &str = "https://www.cisecurity.org/benchmark/docker";
const DOCKERD: &str = "https://docs.docker.com/reference/cli/dockerd/";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-H017",
        title: "registries without TLS",
        severity: Severity::High,
        aliases: &["CIS-Docker-2.5"],
        why: "An image from a registry without verified TLS can be swapped by anyone on the way, and the password for the registry read.",
        advice: "Give the registry a certificate, put that of your authority under `/etc/docker/certs.d/`, and remove the entry.",
        references: &["https://docs.docker.com/engine/security/certificates/", CIS],
        bad: &[
            r#"{"insecure-registries": ["registry.example.org:5000"]}"#,
            "=== docker.service\n[Service]\nExecStart=/usr/bin/dockerd -H fd:// \\\n  --insecure-registry 10.0.0.0/8\n",
        ],
        good: &[
            r#"{"insecure-registries": []}"#,
            r#"{"insecure-registries": ["127.0.0.1:5000", "localhost:5000", "::1/128"]}"#,
        ],
        check: Check::Host(registries),
    },
    Rule {
        id: "BS-H018",
        title: "images through a mirror without TLS",
        severity: Severity::High,
        aliases: &["CIS-Docker-2.5"],
        why: "Every image that is pulled by tag comes through the mirror: over plain HTTP anyone on the way decides what runs on this host.",
        advice: "Write the mirror's address with `https://`.",
        references: &["https://docs.docker.com/docker-hub/image-library/mirror/", CIS],
        bad: &[r#"{"registry-mirrors": ["http://mirror.example.org"]}"#],
        good: &[r#"{"registry-mirrors": ["https://mirror.example.org", "http://127.0.0.1:5000"]}"#],
        check: Check::Host(mirrors),
    },
    Rule {
        id: "BS-H019",
        title: "daemon takes orders over the network",
        severity: Severity::Critical,
        aliases: &["CIS-Docker-2.7"],
        why: "Whoever may order the daemon is root on the host. Over TCP without `tlsverify` that is everyone who reaches the port.",
        advice: "Remove the address and use SSH (`docker -H ssh://…`), or set `tlsverify` with `tlscacert`, `tlscert` and `tlskey`.",
        references: &["https://docs.docker.com/engine/security/protect-access/", CIS],
        bad: &[
            r#"{"hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2375"]}"#,
            r#"{"hosts": ["tcp://0.0.0.0:2376"], "tls": true}"#,
            "=== docker.service\n[Service]\nExecStart=/usr/bin/dockerd -H fd:// \\\n  -H tcp://0.0.0.0:2375\n",
        ],
        good: &[
            r#"{"hosts": ["tcp://0.0.0.0:2376"], "tlsverify": true, "tlscacert": "/ca.pem"}"#,
            r#"{"hosts": ["fd://", "unix:///var/run/docker.sock"]}"#,
            "=== docker.service\n[Service]\nExecStart=/usr/bin/dockerd -H fd:// \\\n  --tlsverify -H tcp://0.0.0.0:2376\n",
        ],
        check: Check::Host(hosts),
    },
    Rule {
        id: "BS-H020",
        title: "ports are passed on by a program",
        severity: Severity::Negligible,
        aliases: &["CIS-Docker-2.16"],
        why: "The userland proxy passes connections to published ports on as a program of root of its own, for each port, though the kernel can do it, and hides the sender's address from the container.",
        advice: r#"Set `"userland-proxy": false` where the kernel supports hairpin NAT, as current ones do."#,
        references: &["https://docs.docker.com/engine/network/port-publishing/", CIS],
        bad: &[r#"{"icc": false}"#, r#"{"userland-proxy": true}"#],
        good: &[r#"{"userland-proxy": false}"#],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["userland-proxy"],
                    flag: "userland-proxy",
                    must: Must::Be(&["false"]),
                    wrong: "runs a program for every published port",
                    missing: Missing::Bad("a program of root passes published ports on"),
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H021",
        title: "containers are reachable past their published ports",
        severity: Severity::Medium,
        aliases: &[],
        why: "With direct routing, hosts of the network reach every port of a container by its own address, whether published or not.",
        advice: "Remove `allow-direct-routing`, and publish the ports that are to be reached.",
        references: &["https://docs.docker.com/engine/network/port-publishing/", DOCKERD],
        bad: &[r#"{"allow-direct-routing": true}"#],
        good: &[r#"{"allow-direct-routing": false}"#, "{}"],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["allow-direct-routing"],
                    flag: "allow-direct-routing",
                    must: Must::Be(&["false"]),
                    wrong: "opens ports that are not published",
                    ..ASK
                },
            );
        }),
    },
    Rule {
        id: "BS-H022",
        title: "measurements of the daemon open to the network",
        severity: Severity::Low,
        aliases: &[],
        why: "The measurements tell everyone who reaches the port which version runs and how the host is used; they have no access control.",
        advice: "Set `metrics-addr` to `127.0.0.1:9323`.",
        references: &["https://docs.docker.com/engine/daemon/prometheus/"],
        bad: &[r#"{"metrics-addr": "0.0.0.0:9323"}"#],
        good: &[r#"{"metrics-addr": "127.0.0.1:9323"}"#, "{}"],
        check: Check::Host(|host, found| {
            ask(
                host,
                found,
                &Ask {
                    of: &[Component::Docker],
                    path: &["metrics-addr"],
                    flag: "metrics-addr",
                    must: Must::BeLocal,
                    wrong: "shows how the host is used to whoever reaches it",
                    ..ASK
                },
            );
        }),
    },
];

/// The values of a setting that can be given several times, as list or as flags, with where they stand.
fn several<'h>(host: &'h Host<'_>, key: &str, flags: &[&str]) -> Vec<(&'h str, crate::source::Span)> {
    let items = host.root.list(key).iter().filter_map(|node| Some((node.as_str()?, node.span)));
    let given = host.flags.iter().filter(|flag| flags.contains(&flag.name.as_str()));
    items.chain(given.map(|flag| (flag.value.as_str(), flag.span))).collect()
}

fn registries(host: &Host<'_>, found: &mut Found<'_>) {
    if host.component != Component::Docker {
        return;
    }
    for (registry, span) in several(host, "insecure-registries", &["insecure-registry"]) {
        if !is_local(registry) {
            host.report(found, span, format!("images come from `{registry}` without verified TLS"));
        }
    }
}

fn mirrors(host: &Host<'_>, found: &mut Found<'_>) {
    if host.component != Component::Docker {
        return;
    }
    for (mirror, span) in several(host, "registry-mirrors", &["registry-mirror"]) {
        if mirror.starts_with("http://") && !is_local(mirror) {
            host.report(found, span, format!("images come through `{mirror}` without TLS"));
        }
    }
}

fn hosts(host: &Host<'_>, found: &mut Found<'_>) {
    if host.component != Component::Docker {
        return;
    }
    let is_on = |name: &str| host.setting(&[name], name).is_some_and(|setting| setting.value == "true");
    if is_on("tlsverify") {
        return;
    }
    for (address, span) in several(host, "hosts", &["host", "H"]) {
        if !address.starts_with("tcp://") || is_local(address) {
            continue;
        }
        let why = if is_on("tls") { "checks no certificate of who orders" } else { "asks nobody who they are" };
        host.report(found, span, format!("the daemon listens on `{address}` and {why}"));
    }
}
