//! Rules on the namespaces that a service shares with the host.

use boltseal_evidence::Severity;

use super::Compose;
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const CIS: &str = "https://www.cisecurity.org/benchmark/docker";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-C011",
        title: "network of the host",
        severity: Severity::High,
        aliases: &["CIS-Docker-5.10"],
        why: "With the host's network a service listens on every address of the host, reaches what listens on its loopback only, and can watch its traffic; published ports and networks count for nothing.",
        advice: "Remove `network_mode: host`, connect services by a network of the file, and publish the ports that are to be reached.",
        references: &["https://docs.docker.com/engine/network/drivers/host/", CIS],
        bad: &["services:\n  web:\n    image: example.org/web:1.2\n    network_mode: host\n"],
        good: &["services:\n  web:\n    image: example.org/web:1.2\n    networks: [front]\nnetworks:\n  front: {}\n"],
        check: Check::Compose(|compose, found| {
            mode(compose, found, "network_mode", "the service uses the host's network")
        }),
    },
    Rule {
        id: "BS-C012",
        title: "processes of the host",
        severity: Severity::High,
        aliases: &["CIS-Docker-5.16"],
        why: "A service that shares the host's process namespace sees every process with its arguments and environment, and may signal or trace those of its user.",
        advice: "Remove `pid: host`; to look into one other service, share that one's with `pid: \"service:NAME\"`.",
        references: &["https://docs.docker.com/reference/compose-file/services/#pid", CIS],
        bad: &["services:\n  a:\n    image: example.org/a:1.2\n    pid: \"host\"\n"],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    pid: \"service:b\"\n  b:\n    image: example.org/b:1.2\n",
        ],
        check: Check::Compose(|compose, found| {
            mode(compose, found, "pid", "the service sees all processes of the host")
        }),
    },
    Rule {
        id: "BS-C013",
        title: "shared memory of the host",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-5.17"],
        why: "With the host's IPC namespace a service reads and writes the shared memory of the host's programs, databases among them.",
        advice: "Remove `ipc: host`. Services that need a larger `/dev/shm` set `shm_size`; those that share memory use `ipc: \"service:NAME\"`.",
        references: &["https://docs.docker.com/reference/compose-file/services/#ipc", CIS],
        bad: &["services:\n  a:\n    image: example.org/a:1.2\n    ipc: host\n"],
        good: &["services:\n  a:\n    image: example.org/a:1.2\n    ipc: shareable\n    shm_size: 1gb\n"],
        check: Check::Compose(|compose, found| {
            mode(compose, found, "ipc", "the service shares the host's memory segments")
        }),
    },
    Rule {
        id: "BS-C014",
        title: "user namespace switched off",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-5.31"],
        why: "Where the engine maps root of containers to an ordinary user of the host, `userns_mode: host` takes that protection away from this service: its root is the host's root.",
        advice: "Remove `userns_mode: host`, and give the files that the service needs to the mapped user.",
        references: &["https://docs.docker.com/engine/security/userns-remap/", CIS],
        bad: &["services:\n  a:\n    image: example.org/a:1.2\n    userns_mode: \"host\"\n"],
        good: &["services:\n  a:\n    image: example.org/a:1.2\n    userns_mode: keep-id\n"],
        check: Check::Compose(|compose, found| {
            mode(compose, found, "userns_mode", "root of the container is root of the host");
        }),
    },
    Rule {
        id: "BS-C015",
        title: "host name space of the host",
        severity: Severity::Medium,
        aliases: &["CIS-Docker-5.21"],
        why: "With the host's UTS namespace and the right capability a service can rename the host, which breaks logging, certificates and clusters that go by names.",
        advice: "Remove `uts: host`; `hostname` sets the service's own name.",
        references: &["https://docs.docker.com/reference/compose-file/services/#uts", CIS],
        bad: &["services:\n  a:\n    image: example.org/a:1.2\n    uts: host\n"],
        good: &["services:\n  a:\n    image: example.org/a:1.2\n    hostname: a\n"],
        check: Check::Compose(|compose, found| mode(compose, found, "uts", "the service shares the host's name")),
    },
    Rule {
        id: "BS-C016",
        title: "control groups of the host",
        severity: Severity::Medium,
        aliases: &[],
        why: "A service in the host's cgroup namespace sees how the host and all other containers are limited; with a writable cgroup file system it can change that.",
        advice: "Remove `cgroup: host`; `private` is the default with cgroups v2.",
        references: &["https://docs.docker.com/reference/compose-file/services/#cgroup"],
        bad: &["services:\n  a:\n    image: example.org/a:1.2\n    cgroup: host\n"],
        good: &["services:\n  a:\n    image: example.org/a:1.2\n    cgroup: private\n"],
        check: Check::Compose(|compose, found| {
            mode(compose, found, "cgroup", "the service sees the host's control groups")
        }),
    },
    Rule {
        id: "BS-C017",
        title: "control group outside the engine's",
        severity: Severity::Low,
        aliases: &["CIS-Docker-5.25"],
        why: "A service in a control group of another part of the system escapes the limits that the administrator set for containers, and can starve what shares the group.",
        advice: "Remove `cgroup_parent` and limit the service by `mem_limit`, `cpus` and `pids_limit`.",
        references: &["https://docs.docker.com/reference/compose-file/services/#cgroup_parent", CIS],
        bad: &["services:\n  a:\n    image: example.org/a:1.2\n    cgroup_parent: system.slice\n"],
        good: &["services:\n  a:\n    image: example.org/a:1.2\n    mem_limit: 200m\n"],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                if let Some(node) = service.get("cgroup_parent").filter(|node| !node.is_empty()) {
                    let parent = node.as_str().unwrap_or_default();
                    service.report(
                        found,
                        node,
                        format!("the service is limited with `{parent}`, not with the other containers"),
                    );
                }
            }
        }),
    },
    Rule {
        id: "BS-C018",
        title: "default bridge network",
        severity: Severity::Low,
        aliases: &["CIS-Docker-5.30"],
        why: "On the default bridge every container of every project reaches every other one, and services are not found by name.",
        advice: "Remove `network_mode: bridge`: each project then gets a network of its own; name networks to separate services further.",
        references: &["https://docs.docker.com/engine/network/drivers/bridge/", CIS],
        bad: &["services:\n  a:\n    image: example.org/a:1.2\n    network_mode: bridge\n"],
        good: &["services:\n  a:\n    image: example.org/a:1.2\n"],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                if let Some(node) = service.get("network_mode").filter(|node| node.as_str() == Some("bridge")) {
                    service.report(
                        found,
                        node,
                        "the service shares `bridge` with the containers of all other projects",
                    );
                }
            }
        }),
    },
    Rule {
        id: "BS-C019",
        title: "way to services of the host",
        severity: Severity::Low,
        aliases: &[],
        why: "`host-gateway` gives the service an address of the host, so that it reaches what the host runs for itself, often without a password.",
        advice: "Run what the service needs as a service of the file, or let the host's program require authentication and listen on that address only.",
        references: &["https://docs.docker.com/reference/compose-file/services/#extra_hosts"],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    extra_hosts:\n      - \"host.docker.internal:host-gateway\"\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    extra_hosts:\n      host.docker.internal: host-gateway\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    extra_hosts:\n      - \"db.example.org:10.0.0.5\"\n",
        ],
        check: Check::Compose(host_gateway),
    },
];

fn mode(compose: &Compose<'_>, found: &mut Found<'_>, key: &str, consequence: &str) {
    for service in &compose.services {
        if service.text(key).as_deref() == Some("host")
            && let Some(node) = service.get(key)
        {
            service.report(found, node, format!("with `{key}: host` {consequence}"));
        }
    }
}

fn host_gateway(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        let Some(hosts) = service.get("extra_hosts") else { continue };
        let items = hosts.items().iter().chain(hosts.entries().iter().map(|(_, value)| value));
        let leads_there = |node: &&Node| node.as_str().is_some_and(|text| text.trim().ends_with("host-gateway"));
        if let Some(node) = items.into_iter().find(leads_there) {
            service.report(found, node, "`host-gateway` lets the service reach what runs on the host");
        }
    }
}
