//! What a `RUN` is given while building: network, rights, mounts.

use crate::dockerfile::{Body, Command, Dockerfile, Instruction};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

fn runs<'f>(file: &'f Dockerfile<'_>) -> impl Iterator<Item = &'f Instruction> {
    file.all().filter(|each| matches!(each.body, Body::Run(_)))
}

pub(super) const NETWORK: Rule = Rule {
    id: "BS-D124",
    title: "build step in the network of the host",
    severity: Severity::Medium,
    aliases: &[],
    why: "The step can reach everything that listens on the builder's own addresses, such as metadata services and ports meant for the machine alone; so can whatever it downloads and runs.",
    advice: "Leave `--network=host` out; use `--network=none` for steps that need no network.",
    references: &["https://docs.docker.com/reference/dockerfile/#run---network"],
    bad: &["FROM debian:12\nRUN --network=host make\n"],
    good: &["FROM debian:12\nRUN --network=none make\n", "FROM debian:12\nRUN docker run --network=host a\n"],
    check: Check::Dockerfile(network),
};

fn network(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for value in runs(file).flat_map(|each| each.flag_values("network")).filter(|value| value.text == "host") {
        found.report(value.span, "this step runs in the network of the machine that builds");
    }
}

pub(super) const INSECURE: Rule = Rule {
    id: "BS-D125",
    title: "build step with all rights",
    severity: Severity::High,
    aliases: &[],
    why: "`--security=insecure` is `--privileged` for a build step: what it runs can take over the machine that builds, and with it everything else that is built there.",
    advice: "Leave it out, or do the step outside of the build on a machine of its own.",
    references: &["https://docs.docker.com/reference/dockerfile/#run---security"],
    bad: &["# syntax=docker/dockerfile:1-labs\nFROM debian:12\nRUN --security=insecure make\n"],
    good: &["FROM debian:12\nRUN --security=sandbox make\n"],
    check: Check::Dockerfile(insecure),
};

fn insecure(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for value in runs(file).flat_map(|each| each.flag_values("security")).filter(|value| value.text == "insecure") {
        found.report(value.span, "this step can take over the machine that builds");
    }
}

pub(super) const SOCKET: Rule = Rule {
    id: "BS-D126",
    title: "socket of a container runtime in a build step",
    severity: Severity::High,
    aliases: &[],
    why: "Whoever can talk to the runtime's socket is root on its machine. A build that uses one gives that to everything it downloads and runs.",
    advice: "Build images with the builder itself, in a stage of this file or by `docker buildx bake`.",
    references: &["https://docs.docker.com/engine/security/#docker-daemon-attack-surface"],
    bad: &[
        "FROM docker:29\nRUN --mount=type=bind,source=docker.sock,target=/var/run/docker.sock docker build .\n",
        "FROM debian:12\nRUN curl --unix-socket /var/run/docker.sock http://a/images/json\n",
    ],
    good: &[
        "FROM docker:29\nRUN --mount=type=cache,target=/root/.cache make\n",
        "FROM debian:12\nENV DOCKER_HOST=unix:///var/run/docker.sock\n",
    ],
    check: Check::Dockerfile(socket),
};

fn socket(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let is_socket = |text: &str| {
        ["docker.sock", "containerd.sock", "crio.sock", "podman.sock"].iter().any(|name| text.contains(name))
    };
    for instruction in runs(file) {
        for value in instruction.flag_values("mount").filter(|value| is_socket(&value.text)) {
            found.report(value.span, "the runtime's socket is given to this step");
        }
        let Body::Run(Command::Shell(script)) = &instruction.body else { continue };
        for call in script.calls(&["curl"]) {
            if call.value_of(&["--unix-socket"]).is_some_and(is_socket) {
                found.report(call.span, "this step talks to the runtime's socket");
            }
        }
    }
}

pub(super) const SSH: Rule = Rule {
    id: "BS-D127",
    title: "SSH agent given to a step that does not use it",
    severity: Severity::Low,
    aliases: &[],
    why: "Every program of the step can use the keys of the agent as long as it runs, install scripts of packages included.",
    advice: "Leave `--mount=type=ssh` to the step that fetches over SSH.",
    references: &["https://docs.docker.com/reference/dockerfile/#run---mounttypessh"],
    bad: &["FROM debian:12\nRUN --mount=type=ssh apt-get update && apt-get install -y git\n"],
    good: &[
        "FROM debian:12\nRUN --mount=type=ssh git clone git@example.org:a/b.git\nRUN make\n",
        "FROM node:24\nRUN --mount=type=ssh npm ci\nRUN --mount=type=ssh ./fetch.sh\n",
        "FROM debian:12\nRUN --mount=type=ssh apt-get install -y git && git clone git@example.org:a/b.git\n",
    ],
    check: Check::Dockerfile(ssh),
};

/// Programs that never use an agent. Any other may fetch over SSH.
const WITHOUT_SSH: &[&str] = &[
    "apt-get", "apt", "apk", "dnf", "yum", "microdnf", "zypper", "curl", "wget", "rm", "mkdir", "cp", "mv", "chmod",
    "chown", "echo", "tar", "unzip", "useradd", "adduser", "groupadd", "sed", "ln", "touch", "cd", "set",
];

fn ssh(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (instruction, script) in file.scripts() {
        let is_ssh = |text: &str| text.split(',').any(|part| part == "type=ssh");
        let Some(mount) = instruction.flag_values("mount").find(|value| is_ssh(&value.text)) else { continue };
        if !script.commands.is_empty() && script.commands.iter().all(|call| call.is(WITHOUT_SSH)) {
            found.report(mount.span, "the keys of the agent are open to this step, which does not use them");
        }
    }
}
