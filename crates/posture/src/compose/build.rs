//! Rules on how the image of a service is built.

use boltseal_evidence::Severity;

use super::values::resolve;
use super::{Compose, Service};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const BUILD: &str = "https://docs.docker.com/reference/compose-file/build/";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-C043",
        title: "build context fetched without encryption",
        severity: Severity::High,
        aliases: &[],
        why: "Whoever sits on the way of a plain `http` or `git` connection can put other sources into the build, and so other programs into the image.",
        advice: "Fetch the context by `https`, and name the commit after `#`.",
        references: &["https://docs.docker.com/reference/compose-file/build/#context"],
        bad: &[
            "services:\n  a:\n    build: http://example.org/a.tar.gz\n",
            "services:\n  a:\n    build:\n      context: .\n      additional_contexts: [\"lib=git://example.org/lib.git\"]\n",
        ],
        good: &[
            "services:\n  a:\n    build:\n      context: https://example.org/a.git#8f1d3c0a5b6e7d8c9b0a1f2e3d4c5b6a79808182\n",
        ],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                for (url, node) in contexts(service) {
                    if url.starts_with("http://") || url.starts_with("git://") {
                        service.report(found, node, format!("`{url}` is fetched without encryption"));
                    }
                }
            }
        }),
    },
    Rule {
        id: "BS-C044",
        title: "build context from a branch that moves",
        severity: Severity::Medium,
        aliases: &[],
        why: "A branch of a remote repository holds what was pushed last: a build of tomorrow may run code that nobody here has seen.",
        advice: "Name the full commit after `#`: `https://example.org/a.git#8f1d3c0…`.",
        references: &["https://docs.docker.com/build/concepts/context/#git-repositories"],
        bad: &[
            "services:\n  a:\n    build: https://github.com/example/a.git#main\n",
            "services:\n  a:\n    build: {context: \"https://github.com/example/a.git\"}\n",
            "services:\n  a:\n    build: \"git@github.com:example/a.git\"\n",
        ],
        good: &[
            "services:\n  a:\n    build: https://github.com/example/a.git#8f1d3c0a5b6e7d8c9b0a1f2e3d4c5b6a79808182:docker\n",
            "services:\n  a:\n    build: ./a.git\n",
        ],
        check: Check::Compose(moving_context),
    },
    Rule {
        id: "BS-C045",
        title: "build with privileges on the builder",
        severity: Severity::High,
        aliases: &[],
        why: "A privileged build runs every `RUN` line, and whatever these fetch, with the host's devices and all capabilities.",
        advice: "Remove `privileged` and the entitlement; do what needs them outside of the build.",
        references: &["https://docs.docker.com/reference/compose-file/build/#privileged", BUILD],
        bad: &[
            "services:\n  a:\n    build:\n      context: .\n      privileged: true\n",
            "services:\n  a:\n    build:\n      context: .\n      entitlements: [security.insecure]\n",
        ],
        good: &["services:\n  a:\n    build:\n      context: .\n      privileged: false\n"],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                let Some(build) = service.get("build") else { continue };
                if let Some(node) = build.get("privileged").filter(|node| node.as_bool() == Some(true)) {
                    service.report(found, node, "the build runs privileged");
                }
                for node in build.list("entitlements").iter().filter(|node| node.as_str() == Some("security.insecure"))
                {
                    service.report(found, node, "`security.insecure` lets the build run privileged");
                }
            }
        }),
    },
    Rule {
        id: "BS-C046",
        title: "build in the host's network",
        severity: Severity::Medium,
        aliases: &[],
        why: "In the host's network the lines of the Dockerfile reach what listens on the host's loopback and its cloud's metadata address, where credentials are handed out.",
        advice: "Remove `network: host`; name a network, or give what is needed by `additional_contexts` or build secrets.",
        references: &["https://docs.docker.com/reference/compose-file/build/#network", BUILD],
        bad: &[
            "services:\n  a:\n    build:\n      context: .\n      network: host\n",
            "services:\n  a:\n    build:\n      context: .\n      entitlements: [network.host]\n",
        ],
        good: &["services:\n  a:\n    build:\n      context: .\n      network: none\n"],
        check: Check::Compose(|compose, found| {
            for service in &compose.services {
                let Some(build) = service.get("build") else { continue };
                if let Some(node) = build.get("network").filter(|node| node.as_str() == Some("host")) {
                    service.report(found, node, "with `network: host` the build reaches what the host runs for itself");
                }
                for node in build.list("entitlements").iter().filter(|node| node.as_str() == Some("network.host")) {
                    service.report(found, node, "with `network.host` the build reaches what the host runs for itself");
                }
            }
        }),
    },
];

/// The build contexts of a service.
fn contexts<'a>(service: &Service<'a>) -> Vec<(String, &'a Node)> {
    let Some(build) = service.get("build") else { return Vec::new() };
    let own = if build.as_str().is_some() { Some(build) } else { build.get("context") };
    let own = own.into_iter().filter_map(|node| Some((resolve(node.as_str()?)?, node)));
    let more = service.pairs(&["build", "additional_contexts"]);
    own.chain(more.into_iter().filter_map(|each| Some((resolve(each.value?)?, each.node)))).collect()
}

fn moving_context(compose: &Compose<'_>, found: &mut Found<'_>) {
    for service in &compose.services {
        for (url, node) in contexts(service) {
            let (repository, reference) = url.split_once('#').unwrap_or((&url, ""));
            let is_remote = ["https://", "http://", "git://", "ssh://", "git@", "github.com/"]
                .iter()
                .any(|start| repository.starts_with(start));
            let is_git = repository.ends_with(".git") || repository.starts_with("git") || !reference.is_empty();
            let commit = reference.split(':').next().unwrap_or_default();
            let is_pinned = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_remote && is_git && !is_pinned {
                service.report(found, node, format!("`{url}` names no commit, so what is built can change"));
            }
        }
    }
}
