//! How many layers there are, and in which order.

use crate::dockerfile::rules::lineage;
use crate::dockerfile::{Body, Command, Dockerfile, Instruction};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const CONSECUTIVE: Rule = Rule {
    id: "BS-D120",
    title: "RUN after RUN",
    severity: Severity::Negligible,
    aliases: &["DL3059"],
    why: "Each `RUN` is a layer of its own: what one leaves and the next deletes stays in the image.",
    advice: "Join steps that belong together with `&&` or in a here-document; keep apart what should be cached on its own.",
    references: &["https://docs.docker.com/build/building/best-practices/#run"],
    bad: &["FROM debian:12\nRUN make\nRUN make install\n"],
    good: &[
        "FROM debian:12\nRUN make && make install\n",
        "FROM debian:12\nRUN --mount=type=cache,target=/x make\nRUN make install\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y make\nRUN make && make install\n",
    ],
    check: Check::Dockerfile(consecutive),
};

// As in hadolint: two in a row of the same flags, none of which is a list of commands already.
fn consecutive(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut before: Option<&Instruction> = None;
    for instruction in &file.instructions {
        let simple = is_simple(file, instruction);
        if simple && before.is_some_and(|before| flags(file, before) == flags(file, instruction)) {
            found.report(instruction.keyword_span, "another `RUN` stands right above: each is a layer of its own");
        }
        before = simple.then_some(instruction);
    }
}

/// A `RUN` of one command; tests and assignments do not count.
fn is_simple(file: &Dockerfile<'_>, instruction: &Instruction) -> bool {
    if !instruction.heredocs.is_empty() {
        return false;
    }
    match &instruction.body {
        Body::Run(Command::Exec(words)) => !words.iter().any(|word| word.text.contains(['|', ';', '&'])),
        Body::Run(Command::Shell(script)) if is_posix(&script.shell) => {
            let mut count = 0;
            let mut nested = 0;
            for call in &script.commands {
                let real = !call.words.is_empty() && !call.is(&["[", "[[", "test"]);
                if real && call.span.start >= nested {
                    count += 1;
                    // What `sh -c` runs lies within its span.
                    nested = if is_posix(call.program()) { call.span.end } else { nested };
                }
            }
            count <= 1
        }
        Body::Run(Command::Shell(script)) => !file.source.slice(script.span).contains(['|', ';', '&']),
        _ => false,
    }
}

fn is_posix(shell: &str) -> bool {
    matches!(shell, "sh" | "bash" | "dash" | "ash" | "ksh" | "zsh")
}

fn flags<'f>(file: &'f Dockerfile<'_>, instruction: &Instruction) -> Vec<&'f str> {
    instruction.flags.iter().map(|flag| file.source.slice(flag.span)).collect()
}

pub(super) const TOO_MANY: Rule = Rule {
    id: "BS-D129",
    title: "more layers than an image may have",
    severity: Severity::Medium,
    aliases: &[],
    why: "Runtimes stack at most some 127 layers, those of the base image included. Beyond that the image cannot be built or run.",
    advice: "Join steps, or copy results from another stage.",
    references: &["https://docs.docker.com/engine/storage/drivers/overlayfs-driver/"],
    bad: &[concat!(
        "FROM debian:12\n",
        "RUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\n",
        "RUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\n",
        "RUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\n",
        "RUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\n",
        "RUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\nRUN a\nCOPY a /\n",
    )],
    good: &["FROM debian:12\nRUN a\nCOPY a /\n"],
    check: Check::Dockerfile(too_many),
};

/// Layers that leave room for those of the base image.
const MOST: usize = 99;

fn too_many(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let layers: Vec<_> = lineage::of_image(file)
        .into_iter()
        .filter(|each| matches!(each.body, Body::Run(_) | Body::Copy(_) | Body::Add(_) | Body::Workdir(_)))
        .collect();
    if let Some(beyond) = layers.get(MOST) {
        found.report(
            beyond.keyword_span,
            format!("the image gets {} layers from here, besides those of its base", layers.len()),
        );
    }
}

pub(super) const CACHE: Rule = Rule {
    id: "BS-D123",
    title: "dependencies installed after all sources are copied",
    severity: Severity::Negligible,
    aliases: &[],
    why: "Any change of any file makes the builder install all dependencies again, which is slow and each time takes whatever versions are newest.",
    advice: "Copy the files that list the dependencies first, install, then copy the rest.",
    references: &["https://docs.docker.com/build/cache/optimize/#order-your-layers"],
    bad: &[
        "FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
        "FROM python:3.14\nWORKDIR /app\nCOPY . /app\nRUN pip install -r requirements.txt\n",
    ],
    good: &[
        "FROM node:24\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n",
        "FROM python:3.14\nWORKDIR /app\nCOPY . /app\nRUN pip install .\n",
    ],
    check: Check::Dockerfile(cache),
};

fn cache(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for stage in &file.stages {
        let mut whole = None;
        // Whatever is copied before by name may be just the list.
        let mut named = false;
        for instruction in file.of(stage) {
            match &instruction.body {
                Body::Copy(copy) if instruction.flag("from").is_none() => {
                    match copy.sources.iter().find(|source| matches!(source.text.as_str(), "." | "./")) {
                        Some(source) => whole = whole.or(Some(source.span)),
                        None => named |= whole.is_none(),
                    }
                }
                Body::Run(Command::Shell(script)) if !named => {
                    let Some(copied) = whole else { continue };
                    if let Some(call) = script.commands.iter().find(|call| installs(call)) {
                        found
                            .report(call.span, format!("`{}` installs again whenever any file changes", call.program()))
                            .note(copied, "everything is copied here");
                        break;
                    }
                }
                _ => {}
            }
        }
    }
}

/// It installs what a file in the project lists.
fn installs(call: &crate::dockerfile::shell::Call) -> bool {
    let operands = call.operands(&["-r", "--requirement", "--prefix", "-C", "--cwd"]);
    let verb = operands.first().map_or("", |word| word.text.as_str());
    match call.program() {
        "npm" => matches!(verb, "ci" | "install" | "i") && operands.len() == 1,
        "pnpm" => matches!(verb, "install" | "i") && operands.len() == 1,
        "yarn" => matches!(verb, "" | "install") && operands.len() <= 1,
        "pip" | "pip3" => verb == "install" && call.has(&["-r", "--requirement"]) && operands.len() == 1,
        "bundle" | "composer" => verb == "install",
        "go" => verb == "mod" && operands.get(1).is_some_and(|word| word.text == "download"),
        _ => false,
    }
}
