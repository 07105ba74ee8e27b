//! Rules on limits, restarts and health.

use boltseal_evidence::Severity;

use super::{Compose, Service};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const CIS: &str = "https://www.cisecurity.org/benchmark/docker";
const LIMITS: &str = "https://docs.docker.com/reference/compose-file/deploy/#resources";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-C035",
        title: "no memory limit",
        severity: Severity::Low,
        aliases: &["CIS-Docker-5.11"],
        why: "A service without a memory limit can take all of the host's memory, by a leak or by requests made for it, and the kernel then ends other services.",
        advice: "Set `mem_limit`, or `deploy.resources.limits.memory`, to what the service needs at its peak and some more.",
        references: &[LIMITS, CIS],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    deploy: {resources: {reservations: {memory: 1g}}}\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    mem_limit: 256m\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    deploy:\n      resources:\n        limits: {memory: \"${MEMORY:-1g}\"}\n",
        ],
        check: Check::Compose(|compose, found| {
            limit(
                compose,
                found,
                &["mem_limit"],
                "memory",
                "the service may take all of the host's memory: no `mem_limit`",
            );
        }),
    },
    Rule {
        id: "BS-C036",
        title: "no CPU limit",
        severity: Severity::Negligible,
        aliases: &["CIS-Docker-5.12"],
        why: "A service without a CPU limit can keep every core busy, so that the others on the host answer late or not at all.",
        advice: "Set `cpus`, or `deploy.resources.limits.cpus`; `cpu_shares` gives the service a smaller share where others want the CPU too.",
        references: &[LIMITS, CIS],
        bad: &["services:\n  a:\n    image: example.org/a:1.2\n"],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    cpus: 0.5\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    cpu_shares: 512\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    deploy: {resources: {limits: {cpus: \"1\"}}}\n",
        ],
        check: Check::Compose(|compose, found| {
            let keys = ["cpus", "cpu_shares", "cpu_quota", "cpu_count", "cpu_percent", "cpuset"];
            limit(compose, found, &keys, "cpus", "the service may take every core of the host: no `cpus`");
        }),
    },
    Rule {
        id: "BS-C037",
        title: "no limit on processes",
        severity: Severity::Low,
        aliases: &["CIS-Docker-5.29"],
        why: "Without a limit one service can start processes until the host has no number left for another, and then nobody can log in to end it.",
        advice: "Set `pids_limit: 200`, or `deploy.resources.limits.pids`, well above what the service runs.",
        references: &["https://docs.docker.com/reference/compose-file/services/#pids_limit", CIS],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    pids_limit: -1\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    pids_limit: 200\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    deploy: {resources: {limits: {pids: 100}}}\n",
        ],
        check: Check::Compose(|compose, found| {
            let message = "the service may start processes without end: no `pids_limit`";
            limit(compose, found, &["pids_limit"], "pids", message);
            for service in &compose.services {
                if let Some(node) = service.get("pids_limit").filter(|node| node.as_int().is_some_and(|pids| pids <= 0))
                {
                    let value = node.as_str().unwrap_or_default();
                    service.report(found, node, format!("`pids_limit: {value}` is no limit"));
                }
            }
        }),
    },
    Rule {
        id: "BS-C038",
        title: "protected from the kernel's out-of-memory handling",
        severity: Severity::Medium,
        aliases: &[],
        why: "A service that the kernel must not end when memory runs out makes it end something else, the engine or the SSH server for instance, or hangs the host.",
        advice: "Remove `oom_kill_disable` and very low `oom_score_adj`; give the service enough memory with `mem_limit` instead.",
        references: &["https://docs.docker.com/engine/containers/resource_constraints/"],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    oom_kill_disable: true\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    oom_score_adj: -1000\n",
        ],
        good: &["services:\n  a:\n    image: example.org/a:1.2\n    oom_score_adj: 500\n"],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                if let Some(node) = service.get("oom_kill_disable").filter(|node| node.as_bool() == Some(true)) {
                    service.report(found, node, "`oom_kill_disable: true` makes the kernel end something else instead");
                }
                if let Some(node) =
                    service.get("oom_score_adj").filter(|node| node.as_int().is_some_and(|it| it <= -900))
                {
                    let value = node.as_str().unwrap_or_default();
                    let message = format!("`oom_score_adj: {value}` makes the kernel end something else instead");
                    service.report(found, node, message);
                }
            }
        }),
    },
    Rule {
        id: "BS-C039",
        title: "server that stays down after a crash",
        severity: Severity::Low,
        aliases: &["CIS-Docker-5.15"],
        why: "Without a restart policy a service that an attacker or an error made crash is gone until somebody notices, also after the host restarts.",
        advice: "Set `restart: on-failure:5` or `unless-stopped`; write `restart: \"no\"` where it is meant.",
        references: &["https://docs.docker.com/reference/compose-file/services/#restart", CIS],
        bad: &["services:\n  web:\n    image: example.org/web:1.2\n    ports: [\"443:8443\"]\n"],
        good: &[
            "services:\n  web:\n    image: example.org/web:1.2\n    ports: [\"443:8443\"]\n    restart: unless-stopped\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    ports: [\"443:8443\"]\n    deploy: {restart_policy: {condition: on-failure}}\n",
            "services:\n  migrate:\n    image: example.org/web:1.2\n",
            "services:\n  web:\n    image: example.org/web:1.2\n    ports: [\"443:8443\"]\n    profiles: [debug]\n",
        ],
        check: Check::Compose(|compose, found| {
            for service in compose.services.iter().filter(|service| !service.is_partial) {
                let says = service.get("restart").is_some() || service.get("deploy").is_some();
                if !says && service.get("profiles").is_none() && !service.items("ports").is_empty() {
                    service.report_missing(found, "the service stays down after a crash: no `restart`");
                }
            }
        }),
    },
    Rule {
        id: "BS-C040",
        title: "health check switched off",
        severity: Severity::Low,
        aliases: &["CIS-Docker-5.27"],
        why: "The image brings a health check; with it off, a service that hangs counts as running, and services that wait for it start too early.",
        advice: "Remove `disable`, or give a `test` that fits this service.",
        references: &["https://docs.docker.com/reference/compose-file/services/#healthcheck", CIS],
        bad: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    healthcheck:\n      disable: true\n",
            "services:\n  a:\n    image: example.org/a:1.2\n    healthcheck: {test: [\"NONE\"]}\n",
        ],
        good: &[
            "services:\n  a:\n    image: example.org/a:1.2\n    healthcheck: {test: [\"CMD\", \"/health\"], interval: 1m}\n",
        ],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                let Some(check) = service.get("healthcheck") else { continue };
                let is_none = check.get("test").is_some_and(|test| {
                    test.as_str() == Some("NONE") || test.items().first().and_then(Node::as_str) == Some("NONE")
                });
                if is_none || check.boolean("disable") == Some(true) {
                    service.report(found, check, "the health check that the image brings is switched off");
                }
            }
        }),
    },
];

fn limit(compose: &Compose<'_>, found: &mut Found<'_>, keys: &[&str], resource: &str, message: &str) {
    let is_limited = |service: &Service<'_>| {
        keys.iter().any(|key| service.get(key).is_some())
            || service.at(&["deploy", "resources", "limits", resource]).is_some()
    };
    for service in compose.services.iter().filter(|service| !service.is_partial) {
        if !is_limited(service) {
            service.report_missing(found, message);
        }
    }
}
