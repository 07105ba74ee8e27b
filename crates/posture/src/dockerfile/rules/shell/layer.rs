//! What a `RUN` makes of its layer.

use boltseal_evidence::Severity;

use crate::dockerfile::rules::run::{Run, posix_runs, runs};
use crate::dockerfile::{Body, Dockerfile};
use crate::finding::Found;
use crate::rule::{Check, Rule};

const BEST_PRACTICES: &str = "https://docs.docker.com/build/building/best-practices/";

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[
    Rule {
        id: "BS-D154",
        title: "short RUNs that could be one",
        severity: Severity::Negligible,
        aliases: &["DL3059"],
        why: "Every `RUN` makes a layer, and what one leaves behind another cannot take away any more.",
        advice: "Join those that belong together with `&&` or a here-document, where that does not spoil the cache.",
        references: &[BEST_PRACTICES],
        bad: &["FROM debian:12\nRUN mkdir /a\nRUN mkdir /b\n"],
        good: &[
            "FROM debian:12\nRUN mkdir /a && mkdir /b\nCOPY c /c\nRUN mkdir /d\n",
            "FROM debian:12\nRUN a && b\nRUN d\nRUN --network=none e\n",
        ],
        check: Check::Dockerfile(consecutive),
    },
    Rule {
        id: "BS-D155",
        title: "copied files changed in a layer of their own",
        severity: Severity::Low,
        aliases: &[],
        why: "A layer holds whole files: a recursive `chown` or `chmod` of what a `COPY` brought stores all of it a second time.",
        advice: "Write `COPY --chown=user:group` (`--chmod=`) instead, which stores the files once.",
        references: &["https://docs.docker.com/reference/dockerfile/#copy---chown---chmod"],
        bad: &[
            "FROM debian:12\nCOPY . /app\nRUN chown -R app:app /app\n",
            "FROM debian:12\nWORKDIR /app\nCOPY . .\nRUN useradd app && chown -R app /app\n",
        ],
        good: &[
            "FROM debian:12\nCOPY --chown=app:app . /app\n",
            "FROM debian:12\nCOPY . /app\nRUN mkdir /data && chown -R app /data\n",
            "FROM debian:12 AS build\nCOPY . /app\nRUN chown -R app /app\nFROM scratch\nCOPY --from=build /app /app\n",
        ],
        check: Check::Dockerfile(copied_again),
    },
];

/// The same as hadolint: a `RUN` counts as short if it has one command, and flags have to be equal.
fn consecutive(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut previous: Option<(String, usize)> = None;
    let mut all = runs(file).into_iter().peekable();
    for instruction in &file.instructions {
        let run = match &instruction.body {
            Body::Run(_) => loop {
                match all.next() {
                    Some(run) if std::ptr::eq(run.instruction, instruction) => break Some(run),
                    Some(_) => {}
                    None => break None,
                }
            },
            _ => None,
        };
        let Some(run) = run else {
            previous = None;
            continue;
        };
        let mut flags: Vec<&str> = instruction.flags.iter().map(|flag| file.source.slice(flag.span)).collect();
        flags.sort_unstable();
        let flags = flags.join(" ");
        let count = commands(&run);
        match &previous {
            Some((before, 0 | 1)) if *before == flags && count <= 1 => {
                found.report(instruction.keyword_span, "this `RUN` and the one before it could be one");
            }
            _ => previous = Some((flags, count)),
        }
    }
}

/// How many commands a `RUN` has; what a shell is given by `-c` belongs to that shell.
fn commands(run: &Run<'_>) -> usize {
    let mut inner = 0;
    let mut count = 0;
    for call in run.calls.iter().filter(|call| !call.words.is_empty()) {
        if call.substituted || call.span.start >= inner {
            count += 1;
        }
        if call.is(&["sh", "bash", "ash", "dash", "zsh", "ksh", "su"]) {
            inner = inner.max(call.span.end);
        }
    }
    count
}

fn copied_again(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut kept = posix_runs(file).filter(|run| run.kept).peekable();
    let mut workdir = String::from("/");
    let mut copies: Vec<(String, crate::source::Span)> = Vec::new();
    for instruction in file.all() {
        match &instruction.body {
            Body::From(_) => {
                workdir = "/".to_owned();
                copies.clear();
            }
            Body::Workdir(path) => workdir = join(&workdir, &path.text),
            Body::Copy(copy) | Body::Add(copy) if copies.len() < 64 => {
                copies.push((join(&workdir, &copy.destination.text), instruction.span));
            }
            Body::Run(_) => {
                while kept.peek().is_some_and(|run| run.instruction.span.start < instruction.span.start) {
                    kept.next();
                }
                let Some(run) = kept.next_if(|run| std::ptr::eq(run.instruction, instruction)) else { continue };
                for call in
                    run.calls.iter().filter(|call| call.is(&["chown", "chmod"]) && call.has(&["-R", "--recursive"]))
                {
                    let target = call.operands(&[]).into_iter().skip(1).find_map(|word| {
                        let path = join(&workdir, &word.text);
                        let copy =
                            copies.iter().find(|(copied, _)| *copied == path || path != "/" && is_below(copied, &path));
                        copy.map(|(_, span)| (word, *span))
                    });
                    if let Some((word, span)) = target {
                        found
                            .report(call.span, format!("all below `{}` is stored a second time", word.text))
                            .note(span, "copied here");
                    }
                }
            }
            _ => {}
        }
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// An absolute path without `.` and a slash at the end.
fn join(folder: &str, path: &str) -> String {
    let path = path.trim_end_matches('/');
    let path = path.strip_prefix("./").unwrap_or(path);
    if path.starts_with('/') {
        return path.to_owned();
    }
    if path.is_empty() || path == "." {
        return folder.to_owned();
    }
    format!("{}/{path}", folder.trim_end_matches('/'))
}
