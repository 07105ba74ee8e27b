//! Where copies land, and with which mode.

use std::collections::BTreeSet;

use crate::dockerfile::{Body, Copy, Dockerfile, Instruction, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::Span;
use boltseal_evidence::Severity;

// `ADD` is held to the same rules as `COPY`, unlike in hadolint: what is wrong with one is wrong with the other.
fn copies<'f>(file: &'f Dockerfile<'_>) -> impl Iterator<Item = (&'f Instruction, &'f Copy)> {
    file.all().filter_map(|each| match &each.body {
        Body::Copy(copy) | Body::Add(copy) => Some((each, copy)),
        _ => None,
    })
}

pub(super) const NO_SLASH: Rule = Rule {
    id: "BS-D066",
    title: "several sources, and a destination that does not end with `/`",
    severity: Severity::Medium,
    aliases: &["DL3021", "DS-0011"],
    why: "Several files can be copied only into a folder, and only a `/` at its end says that it is one. A builder stops there.",
    advice: "End the destination with `/`.",
    references: &["https://docs.docker.com/reference/dockerfile/#copy"],
    bad: &[
        "FROM debian:12\nCOPY package.json package-lock.json /app\n",
        "FROM debian:12\nCOPY [\"a\", \"b\", \"/app\"]\n",
    ],
    good: &[
        "FROM debian:12\nCOPY package.json package-lock.json /app/\n",
        "FROM debian:12\nWORKDIR /app\nCOPY package.json package-lock.json .\n",
        "FROM debian:12\nARG DIR=/app/\nCOPY a b $DIR\n",
    ],
    check: Check::Dockerfile(no_slash),
};

// `.` is a folder to every builder, and a variable may end with `/`; hadolint reports both.
fn no_slash(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (instruction, copy) in copies(file) {
        let to = &copy.destination;
        let variable = to.text.ends_with('}') || to.text.rsplit('/').next().is_some_and(|last| last.starts_with('$'));
        let count = copy.sources.len() + instruction.heredocs.len();
        if count < 2
            || to.text.ends_with(['/', '\\'])
            || to.text == "."
            || to.text.ends_with("/.")
            || variable
            || to.text.is_empty()
        {
            continue;
        }
        let report = found.report(to.span, format!("`{}` is to hold several files, so it must end with `/`", to.text));
        let quoted = file.source.slice(to.span).ends_with(['"', '\'']);
        let end = to.span.end.saturating_sub(usize::from(quoted));
        report.fix("end it with `/`", [(Span::empty(end), "/".to_owned())]);
    }
}

pub(super) const RELATIVE: Rule = Rule {
    id: "BS-D067",
    title: "copy to a relative path without WORKDIR",
    severity: Severity::Low,
    aliases: &["DL3045"],
    why: "Without a `WORKDIR` of its own, where the files land depends on what the base image left; its next version may put them somewhere else.",
    advice: "Set `WORKDIR` first, or copy to a whole path.",
    references: &["https://docs.docker.com/build/building/best-practices/#workdir"],
    bad: &["FROM debian:12\nCOPY app app\n", "FROM debian:12 AS a\nWORKDIR /a\nFROM debian:12\nCOPY app .\n"],
    good: &[
        "FROM debian:12\nWORKDIR /srv\nCOPY app app\n",
        "FROM debian:12 AS a\nWORKDIR /a\nFROM a\nCOPY app .\n",
        "FROM debian:12\nCOPY app $HOME/app\n",
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCOPY app C:/app\n",
    ],
    check: Check::Dockerfile(relative),
};

fn relative(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut placed: BTreeSet<usize> = BTreeSet::new();
    for instruction in &file.instructions {
        let Some(stage) = instruction.stage else { continue };
        match &instruction.body {
            Body::From(from) if from.stage.is_some_and(|base| placed.contains(&base)) => {
                placed.insert(stage);
            }
            Body::Workdir(_) => {
                placed.insert(stage);
            }
            Body::Copy(copy) | Body::Add(copy) if !placed.contains(&stage) && is_relative(&copy.destination) => {
                found.report(
                    copy.destination.span,
                    format!(
                        "where `{}` is depends on the base image: no `WORKDIR` comes before",
                        copy.destination.text
                    ),
                );
            }
            _ => {}
        }
    }
}

fn is_relative(path: &Word) -> bool {
    let drive = path.text.get(1..2) == Some(":") && path.text.starts_with(|first: char| first.is_ascii_alphabetic());
    !path.text.starts_with(['/', '$', '\\', '%']) && !drive && !path.text.is_empty()
}

pub(super) const WRITABLE: Rule = Rule {
    id: "BS-D068",
    title: "copy that everyone may write",
    severity: Severity::Medium,
    aliases: &[],
    why: "With a mode such as `777` every user of the container may change the files, so a program that is broken into can plant code that runs with more rights or after the next start.",
    advice: "Use `755` for programs and folders, `644` for files, and `--chown` where the program has to write.",
    references: &["https://docs.docker.com/reference/dockerfile/#copy---chown---chmod"],
    bad: &["FROM debian:12\nCOPY --chmod=777 app /app\n", "FROM debian:12\nADD --chmod=a+rwx app /app\n"],
    good: &[
        "FROM debian:12\nCOPY --chmod=755 app /app\n",
        "FROM debian:12\nCOPY --chmod=u+w,a+rX app /app\n",
        "FROM debian:12\nCOPY --chmod=1777 tmp /tmp\n",
    ],
    check: Check::Dockerfile(writable),
};

fn writable(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (instruction, _) in copies(file) {
        for mode in instruction.flag_values("chmod").filter(|mode| is_writable(&mode.text)) {
            found.report(mode.span, format!("with the mode `{}` everyone may write it", mode.text));
        }
    }
}

/// Others may write, and no sticky bit holds them back.
fn is_writable(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|byte| (b'0'..=b'7').contains(&byte)) {
        return u32::from_str_radix(mode, 8).is_ok_and(|mode| mode & 0o1002 == 0o0002);
    }
    mode.split(',').any(|clause| {
        clause.split_once(['+', '=']).is_some_and(|(who, what)| what.contains('w') && who.contains(['a', 'o']))
    })
}
