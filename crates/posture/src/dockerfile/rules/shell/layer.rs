//! What a `RUN` makes of its layer.

use boltseal_evidence::Severity;

use crate::dockerfile::rules::run::posix_runs;
use crate::dockerfile::{Body, Dockerfile};
use crate::finding::Found;
use crate::rule::{Check, Rule};

/// The rules.
pub(in crate::dockerfile::rules) const RULES: &[Rule] = &[Rule {
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
}];

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
