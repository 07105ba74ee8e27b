//! How much of the build context is copied, and from where.

use std::collections::BTreeSet;

use crate::dockerfile::{Body, Copy, Dockerfile, Instruction};
use crate::finding::{Found, SetFound};
use crate::rule::{Check, Rule};
use crate::set::Set;
use boltseal_evidence::Severity;

/// Copies from the build context.
fn copies<'f>(file: &'f Dockerfile<'_>) -> impl Iterator<Item = (&'f Instruction, &'f Copy)> {
    file.all().filter(|each| each.flag("from").is_none()).filter_map(|each| match &each.body {
        Body::Copy(copy) | Body::Add(copy) => Some((each, copy)),
        _ => None,
    })
}

pub(super) const INTO_ROOT: Rule = Rule {
    id: "BS-D063",
    title: "whole build context copied over the root folder",
    severity: Severity::Medium,
    aliases: &[],
    why: "Everything in the project lands beside the system's own folders: a project folder called `lib` or `etc` overwrites parts of the system, and nobody can tell the two apart.",
    advice: "Set `WORKDIR /app` and copy there, best only the folders that are needed.",
    references: &["https://docs.docker.com/build/building/best-practices/#add-or-copy"],
    bad: &["FROM debian:12\nCOPY . /\n"],
    good: &["FROM debian:12\nCOPY . /app\n", "FROM scratch\nCOPY . /\n", "FROM debian:12\nCOPY rootfs/ /\n"],
    check: Check::Dockerfile(into_root),
};

fn into_root(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let empty: BTreeSet<usize> = file
        .stages
        .iter()
        .filter(|stage| file.base(stage).is_some_and(|from| from.image.text == "scratch"))
        .map(|stage| stage.index)
        .collect();
    for (instruction, copy) in copies(file) {
        let whole = copy.sources.iter().find(|source| matches!(source.text.as_str(), "." | "./" | "*" | "./*"));
        let on_system = instruction.stage.is_some_and(|stage| !empty.contains(&stage));
        if let Some(source) = whole.filter(|_| on_system && copy.destination.text == "/") {
            found.report(
                source.span.to(copy.destination.span),
                "everything in the project lands among the system's folders",
            );
        }
    }
}

pub(super) const NO_IGNORE: Rule = Rule {
    id: "BS-D064",
    title: "whole build context copied, and no .dockerignore",
    severity: Severity::Medium,
    aliases: &[],
    why: "`COPY .` takes everything that lies in the folder: `.git` with its history, `.env` files, keys, results of local builds. Only a `.dockerignore` keeps any of it out.",
    advice: "Put a `.dockerignore` into the folder that is built, which leaves out `.git`, `.env*`, keys and build results; or copy only the folders that are needed.",
    references: &["https://docs.docker.com/build/concepts/context/#dockerignore-files"],
    bad: &["=== app/Dockerfile\nFROM debian:12\nCOPY . /app\n"],
    good: &[
        "=== app/Dockerfile\nFROM debian:12\nCOPY . /app\n=== app/.dockerignore\n.git\n",
        "=== build/app/Dockerfile\nFROM debian:12\nCOPY . /app\n=== .dockerignore\n.git\n",
        "=== app/web.Dockerfile\nFROM debian:12\nCOPY . /app\n=== app/web.Dockerfile.dockerignore\n.git\n",
        "=== app/Dockerfile\nFROM debian:12\nCOPY src /app\n",
    ],
    check: Check::Set(no_ignore),
};

fn no_ignore(set: &Set<'_>, found: &mut SetFound<'_>) {
    for facts in set.facts.iter().filter(|facts| facts.is_dockerfile) {
        let Some(first) = facts.context_copies.first() else { continue };
        if !has_ignore_file(&facts.path, set.paths) {
            found.report(
                &facts.path,
                Some(*first),
                "",
                "the whole folder is copied, and no `.dockerignore` leaves anything out",
            );
        }
    }
}

/// Beside the Dockerfile, for it alone, or in any folder above, which may be the one that is built.
fn has_ignore_file(path: &str, paths: &BTreeSet<String>) -> bool {
    if paths.contains(&format!("{path}.dockerignore")) {
        return true;
    }
    let mut folder = path;
    loop {
        let (above, prefix) = match folder.rfind(['/', '\\']) {
            Some(at) => (folder.get(..at).unwrap_or_default(), folder.get(..=at).unwrap_or_default()),
            None => ("", ""),
        };
        if [".dockerignore", ".containerignore"].iter().any(|name| paths.contains(&format!("{prefix}{name}"))) {
            return true;
        }
        if prefix.is_empty() {
            return false;
        }
        folder = above;
    }
}

pub(super) const OUTSIDE: Rule = Rule {
    id: "BS-D071",
    title: "source outside of the build context",
    severity: Severity::Medium,
    aliases: &[],
    why: "Nothing above the folder that is built can be copied: `..` is cut off, so that the line fails or takes another file of the same name.",
    advice: "Build from the folder above (`docker build -f app/Dockerfile .`), or name the other folder with `--build-context`.",
    references: &["https://docs.docker.com/reference/dockerfile/#copy"],
    bad: &["FROM debian:12\nCOPY ../shared /app/shared\n"],
    good: &["FROM debian:12\nCOPY shared/../shared /app/shared\nCOPY --from=shared ../a /b\n"],
    check: Check::Dockerfile(outside),
};

fn outside(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (_, copy) in copies(file) {
        for source in copy.sources.iter().filter(|source| !source.text.contains("://") && is_outside(&source.text)) {
            found.report(source.span, format!("`{}` lies outside of the folder that is built", source.text));
        }
    }
}

fn is_outside(path: &str) -> bool {
    let mut depth = 0_i32;
    path.split(['/', '\\']).any(|part| {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        depth < 0
    })
}
