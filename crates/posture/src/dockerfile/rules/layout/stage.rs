//! Stages that nothing uses, and what the last one still carries.

use std::collections::BTreeSet;

use crate::dockerfile::rules::lineage;
use crate::dockerfile::shell::{Call, Script};
use crate::dockerfile::{Body, Command, Dockerfile};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const UNUSED: Rule = Rule {
    id: "BS-D121",
    title: "stage without a name that nothing uses",
    severity: Severity::Low,
    aliases: &[],
    why: "Nothing is copied from the stage, nothing is built on it, and without a name it cannot be asked for: it is skipped. What was meant to be checked or made there is not.",
    advice: "Remove it, name it for `--target`, or copy from it what was meant.",
    references: &["https://docs.docker.com/build/building/multi-stage/"],
    bad: &["FROM golang:1.26\nRUN go test ./...\nFROM debian:12\nCMD [\"app\"]\n"],
    good: &[
        "FROM golang:1.26\nRUN go build -o /app\nFROM debian:12\nCOPY --from=0 /app /app\n",
        "FROM golang:1.26 AS test\nRUN go test ./...\nFROM debian:12\n",
    ],
    check: Check::Dockerfile(unused),
};

fn unused(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for instruction in file.all() {
        used.extend(instruction.flag_values("from").map(|value| value.text.clone()));
        used.extend(
            instruction
                .flag_values("mount")
                .flat_map(|value| value.text.split(','))
                .filter_map(|part| part.strip_prefix("from="))
                .map(str::to_owned),
        );
    }
    let last = file.stages.len().saturating_sub(1);
    for stage in file.stages.iter().take(last) {
        let Some(from) = file.base(stage) else { continue };
        if from.name.is_none()
            && !used.contains(&stage.index.to_string())
            && !used.iter().any(|name| name.contains('$'))
        {
            found.report(
                from.image.span,
                format!("stage `{}` has no name and nothing uses it, so it is not built", stage.index),
            );
        }
    }
}

pub(super) const COMPILER: Rule = Rule {
    id: "BS-D122",
    title: "compiler left in the image",
    severity: Severity::Low,
    aliases: &[],
    why: "A compiler is not needed to run what it made. It makes the image larger, brings findings of its own, and helps an intruder to build tools on the spot.",
    advice: "Compile in a first stage and `COPY --from` the result, or remove the compiler in the `RUN` that installs it.",
    references: &[
        "https://docs.docker.com/build/building/multi-stage/",
        "https://docs.docker.com/build/building/best-practices/#dont-install-unnecessary-packages",
    ],
    bad: &[
        "FROM debian:12\nRUN apt-get update && apt-get install -y build-essential\nCMD [\"app\"]\n",
        "FROM alpine:3.22\nRUN apk add --no-cache gcc musl-dev\nCMD [\"app\"]\n",
    ],
    good: &[
        "FROM debian:12 AS build\nRUN apt-get install -y build-essential\nFROM debian:12\nCMD [\"app\"]\n",
        "FROM alpine:3.22\nRUN apk add --no-cache --virtual .deps gcc musl-dev && make && apk del .deps\nCMD [\"app\"]\n",
        "FROM debian:12\nRUN apt-get install -y gcc && make && apt-get purge -y gcc\nCMD [\"app\"]\n",
        "FROM debian:12\nRUN apt-get install -y build-essential\n",
    ],
    check: Check::Dockerfile(compiler),
};

const COMPILERS: &[&str] = &[
    "build-essential",
    "gcc",
    "g++",
    "clang",
    "build-base",
    "gcc-c++",
    "alpine-sdk",
    "golang",
    "golang-go",
    "cargo",
    "rustc",
    "make",
    "cmake",
];

fn compiler(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let line = lineage::of_image(file);
    // Without something to run it is an image to build in.
    if !line.iter().any(|each| matches!(each.body, Body::Cmd(_) | Body::Entrypoint(_))) {
        return;
    }
    for instruction in line {
        let Body::Run(Command::Shell(script)) = &instruction.body else { continue };
        if script.commands.iter().any(removes) {
            continue;
        }
        if let Some((call, package)) =
            installed(script, |name| COMPILERS.contains(&name) && !matches!(name, "make" | "cmake"))
        {
            found.report(call.span, format!("`{package}` stays in the image"));
        }
    }
}

fn removes(call: &Call) -> bool {
    let removes = ["purge", "remove", "autoremove", "del", "erase"];
    is_manager(call) && call.arguments().iter().any(|word| removes.contains(&word.text.as_str()))
}

fn is_manager(call: &Call) -> bool {
    call.is(&["apt-get", "apt", "aptitude", "apk", "dnf", "yum", "microdnf", "tdnf", "zypper"])
}

/// The first package of this sort that a package manager installs, its version left out.
fn installed<'s>(script: &'s Script, wanted: impl Fn(&str) -> bool) -> Option<(&'s Call, &'s str)> {
    script.commands.iter().filter(|call| is_manager(call)).find_map(|call| {
        let mut words = call.arguments().iter().map(|word| word.text.as_str());
        words.find(|word| matches!(*word, "install" | "add" | "in"))?;
        let name = |word: &'s str| word.split(['=', '~', ':', '<', '>', '@']).next().unwrap_or(word);
        words.map(name).find(|word| wanted(word)).map(|package| (call, package))
    })
}

pub(super) const SSH_SERVER: Rule = Rule {
    id: "BS-D128",
    title: "SSH server installed in the image",
    severity: Severity::Medium,
    aliases: &[],
    why: "A container is entered by the runtime. An SSH server in the image is one more way in that has to be kept current, and tempts to start it.",
    advice: "Leave it out; use `docker exec` or `kubectl exec`.",
    references: &["https://www.cisecurity.org/benchmark/docker"],
    bad: &["FROM debian:12\nRUN apt-get update && apt-get install -y openssh-server\n"],
    good: &["FROM debian:12\nRUN apt-get update && apt-get install -y openssh-client\n"],
    check: Check::Dockerfile(ssh_server),
};

fn ssh_server(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in lineage::of_image(file) {
        let Body::Run(Command::Shell(script)) = &instruction.body else { continue };
        if let Some((call, package)) =
            installed(script, |name| matches!(name, "openssh-server" | "dropbear" | "dropbear-bin" | "ssh" | "openssh"))
        {
            let severity = if package == "openssh" || package == "ssh" { Severity::Low } else { Severity::Medium };
            found.report(call.span, format!("`{package}` brings an SSH server")).severity(severity);
        }
    }
}
