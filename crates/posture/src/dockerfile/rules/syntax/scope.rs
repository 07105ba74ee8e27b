//! Variables where they have no value: `ARG`s of another scope, `ENV` of the same statement.

use std::collections::{BTreeMap, BTreeSet};

use super::super::variable::{PLATFORM, variables};
use crate::dockerfile::{Body, Command, Dockerfile, Instruction, Pair};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::Span;
use boltseal_evidence::Severity;

pub(super) const NOT_IN_STAGE: Rule = Rule {
    id: "BS-D017",
    title: "ARG from before FROM used in a stage that does not declare it",
    severity: Severity::Medium,
    aliases: &[],
    why: "An `ARG` before the first `FROM` is known to `FROM` lines only. In a stage it is empty, silently: a version that was to be pinned becomes whatever is newest, a path becomes `/`.",
    advice: "Repeat `ARG NAME` (without a value) in the stage, before it is used.",
    references: &[
        "https://docs.docker.com/build/building/variables/#scoping",
        "https://docs.docker.com/reference/build-checks/undefined-var/",
    ],
    bad: &[
        "ARG APP_VERSION=1.2\nFROM debian:12\nCOPY app-${APP_VERSION}.tar /opt/\n",
        "ARG APP_VERSION=1.2\nFROM debian:12\nRUN apt-get install -y app=$APP_VERSION\n",
    ],
    good: &[
        "ARG APP_VERSION=1.2\nFROM debian:12\nARG APP_VERSION\nCOPY app-${APP_VERSION}.tar /opt/\n",
        "ARG APP_VERSION=1.2\nFROM debian:12 AS base\nARG APP_VERSION\nFROM base\nRUN echo $APP_VERSION\n",
        "ARG NODE_VERSION=24\nFROM node:${NODE_VERSION}\nRUN echo $NODE_VERSION\n",
        "ARG V=1\nFROM debian:12\nRUN V=$(cat v) && echo $V\nCOPY ${V:-a} /b\n",
    ],
    check: Check::Dockerfile(not_in_stage),
};

/// Variables that official images set themselves and Dockerfiles like to call their `ARG`s.
fn set_by_images(name: &str) -> bool {
    matches!(
        name,
        "PATH"
            | "HOME"
            | "LANG"
            | "GOPATH"
            | "JAVA_HOME"
            | "GOTOOLCHAIN"
            | "CARGO_HOME"
            | "RUSTUP_HOME"
            | "PHP_INI_DIR"
    ) || name.ends_with("_VERSION")
        && [
            "NODE", "PYTHON", "GOLANG", "GO", "RUBY", "PHP", "NGINX", "JAVA", "YARN", "RUST", "PERL", "DOTNET",
            "POSTGRES", "PG", "REDIS", "MARIADB", "MYSQL", "MONGO", "HTTPD", "TOMCAT", "MAVEN", "GRADLE", "COMPOSER",
            "ASPNET", "NJS", "PKG", "ERLANG", "ELIXIR", "OTP", "JULIA", "DENO", "BUN", "ALPINE", "DEBIAN", "UBUNTU",
        ]
        .iter()
        .any(|image| name.strip_prefix(image).is_some_and(|rest| rest == "_VERSION"))
}

fn not_in_stage(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    // Names add up along a line of stages; nobody writes more than a few.
    if file.stages.len() > 200 {
        return;
    }
    let mut global: BTreeMap<&str, Span> = BTreeMap::new();
    // What is known in each stage, its base stage's included.
    let mut known: Vec<BTreeSet<&str>> = Vec::new();
    for instruction in &file.instructions {
        let Some(index) = instruction.stage else {
            declared(instruction).for_each(|pair| {
                global.insert(&pair.key.text, pair.key.span);
            });
            continue;
        };
        if global.is_empty() {
            return;
        }
        if let Body::From(from) = &instruction.body {
            let mut inherited = from.stage.and_then(|base| known.get(base)).cloned().unwrap_or_default();
            // Only what can be missed is worth keeping.
            inherited.retain(|name| global.contains_key(name));
            known.resize_with(index + 1, BTreeSet::new);
            known.get_mut(index).into_iter().for_each(|names| *names = std::mem::take(&mut inherited));
            continue;
        }
        let Some(names) = known.get_mut(index) else { continue };
        let mut reported = BTreeSet::new();
        for (name, span) in used(file, instruction) {
            let Some((name, at)) = global.get_key_value(name.as_str()) else { continue };
            if !names.contains(name) && !set_by_images(name) && !PLATFORM.contains(name) && reported.insert(*name) {
                found
                    .report(span, format!("`{name}` is empty here: the stage does not declare it"))
                    .note(*at, "declared for `FROM` lines only");
            }
        }
        declared(instruction).filter(|pair| global.contains_key(pair.key.text.as_str())).for_each(|pair| {
            names.insert(&pair.key.text);
        });
    }
}

/// What an instruction declares for those after it.
fn declared(instruction: &Instruction) -> impl Iterator<Item = &Pair> {
    match &instruction.body {
        Body::Arg(pairs) | Body::Env(pairs) => pairs.as_slice(),
        _ => &[],
    }
    .iter()
}

/// The variables that an instruction reads from outside, with their places.
fn used(file: &Dockerfile<'_>, instruction: &Instruction) -> Vec<(String, Span)> {
    let spans: Vec<Span> = match &instruction.body {
        Body::Copy(copy) | Body::Add(copy) => {
            copy.sources.iter().chain([&copy.destination]).map(|word| word.span).collect()
        }
        Body::Env(pairs) | Body::Label(pairs) | Body::Arg(pairs) => {
            pairs.iter().filter_map(|pair| pair.value.as_ref()).map(|word| word.span).collect()
        }
        Body::User(word) | Body::Workdir(word) | Body::Stopsignal(word) => vec![word.span],
        Body::Expose(words) | Body::Volume(words) => words.iter().map(|word| word.span).collect(),
        Body::Run(Command::Shell(_)) => vec![instruction.span],
        _ => Vec::new(),
    };
    let is_run = matches!(instruction.body, Body::Run(_));
    let mut all = Vec::new();
    for span in spans {
        let text = file.source.slice(span);
        let assigned = if is_run { assigned(text) } else { BTreeSet::new() };
        for variable in variables(text) {
            let single = !is_run && text.starts_with('\'');
            if !variable.has_default && !single && !assigned.contains(variable.name) {
                let at = Span::new(span.start + variable.range.start, span.start + variable.range.end);
                all.push((variable.name.to_owned(), at));
            }
        }
    }
    all
}

/// Names that a script may set itself: `X=…`, `for X in`, `read X`, `local X`.
fn assigned(text: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices('=') {
        let before = text.get(..at).unwrap_or_default();
        let start = before.bytes().rev().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        names.insert(before.get(before.len() - start..).unwrap_or_default());
    }
    let mut words = text
        .split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_')
        .filter(|word| !word.is_empty())
        .peekable();
    while let Some(word) = words.next() {
        if matches!(
            word,
            "for" | "read" | "local" | "declare" | "typeset" | "getopts" | "mapfile" | "readarray" | "r" | "export"
        ) && let Some(next) = words.peek()
        {
            names.insert(next);
        }
    }
    names
}

pub(super) const SAME_STATEMENT: Rule = Rule {
    id: "BS-D018",
    title: "ENV that refers to a variable of the same statement",
    severity: Severity::Medium,
    aliases: &["DL3044"],
    why: "All values of one `ENV` are computed before any of them is set. A reference to a variable of the same statement gets its old value, which is none if it had none.",
    advice: "Put the second variable into an `ENV` of its own, below the first.",
    references: &["https://docs.docker.com/reference/dockerfile/#environment-replacement"],
    bad: &["FROM debian:12\nENV APP_HOME=/srv/app APP_BIN=$APP_HOME/bin\n"],
    good: &[
        "FROM debian:12\nENV APP_HOME=/srv/app\nENV APP_BIN=$APP_HOME/bin\n",
        "FROM debian:12\nENV PATH=/srv/bin:$PATH\n",
        "FROM debian:12\nARG A\nENV A=$A B=$A\n",
        "FROM debian:12\nENV A=1 B='$A'\n",
    ],
    check: Check::Dockerfile(same_statement),
};

// As in hadolint, a variable that had a value before is not reported: the old value may well be meant.
fn same_statement(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    // With the stage that began the line in which it is known.
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut line = 0;
    for instruction in &file.instructions {
        // What a stage sets is kept as known when it is the base of a later one.
        if let (Body::From(from), Some(stage)) = (&instruction.body, instruction.stage)
            && from.stage.is_none()
        {
            line = stage + 1;
        }
        if let Body::Env(pairs) = &instruction.body {
            let own: BTreeSet<&str> = pairs.iter().map(|pair| pair.key.text.as_str()).collect();
            for pair in pairs {
                let Some(value) = &pair.value else { continue };
                let text = file.source.slice(value.span);
                let reference = variables(text).into_iter().find(|variable| {
                    own.contains(variable.name)
                        && variable.name != pair.key.text
                        && !variable.has_default
                        && !known.get(variable.name).is_some_and(|since| *since == 0 || *since == line)
                        && !matches!(variable.name, "PATH" | "HOME")
                });
                if let Some(variable) = reference.filter(|_| !text.starts_with('\'')) {
                    let at = Span::new(value.span.start + variable.range.start, value.span.start + variable.range.end);
                    found.report(at, format!("`{}` has no value yet: it is set by the same `ENV`", variable.name));
                }
            }
        }
        for pair in declared(instruction) {
            known.insert(&pair.key.text, line);
        }
    }
}

pub(super) const NOT_IN_FROM: Rule = Rule {
    id: "BS-D027",
    title: "FROM with a variable that is not declared before the first FROM",
    severity: Severity::High,
    aliases: &[],
    why: "`FROM` sees only `ARG`s that stand before the first `FROM`, and the platform arguments. Any other variable is empty there, so the build fails or takes another image than it looks.",
    advice: "Declare it with `ARG` above the first `FROM`.",
    references: &["https://docs.docker.com/reference/build-checks/undefined-arg-in-from/"],
    bad: &["FROM debian:${TAG}\n", "FROM debian:12 AS base\nARG TAG=12\nFROM debian:${TAG}\n"],
    good: &[
        "ARG TAG=12\nFROM debian:${TAG}\n",
        "FROM --platform=$BUILDPLATFORM debian:12\n",
        "FROM debian:${TAG:-12}\n",
    ],
    check: Check::Dockerfile(not_in_from),
};

fn not_in_from(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut global: BTreeSet<&str> = BTreeSet::new();
    let mut elsewhere: BTreeMap<&str, Span> = BTreeMap::new();
    for instruction in &file.instructions {
        for pair in declared(instruction) {
            if instruction.stage.is_none() {
                global.insert(&pair.key.text);
            } else {
                elsewhere.entry(&pair.key.text).or_insert(pair.key.span);
            }
        }
        let Body::From(from) = &instruction.body else { continue };
        let platform = instruction.flag_values("platform");
        for word in platform.chain([&from.image]) {
            for variable in variables(&word.text) {
                if variable.has_default || global.contains(variable.name) || PLATFORM.contains(&variable.name) {
                    continue;
                }
                let report = found
                    .report(word.span, format!("`{}` is declared by no `ARG` before the first `FROM`", variable.name));
                if let Some(at) = elsewhere.get(variable.name) {
                    report.note(*at, "this one is known within its stage only");
                }
            }
        }
    }
}
