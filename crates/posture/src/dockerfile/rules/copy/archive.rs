//! Archives that are copied and then unpacked.

use std::collections::{BTreeMap, BTreeSet};

use crate::dockerfile::rules::run::posix_runs;
use crate::dockerfile::shell::Call;
use crate::dockerfile::{Body, Dockerfile, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const COPIED: Rule = Rule {
    id: "BS-D075",
    title: "archive copied and then unpacked",
    severity: Severity::Negligible,
    aliases: &["DL3010"],
    why: "The archive stays in its layer, beside all that comes out of it: the image is larger by it, even if a later `RUN` removes the file.",
    advice: "Let `ADD` unpack it on the way (`ADD app.tar.gz /opt/`), or mount it for the step: `RUN --mount=type=bind,source=app.tar.gz,target=/tmp/app.tar.gz tar -xzf /tmp/app.tar.gz -C /opt`.",
    references: &["https://docs.docker.com/build/building/best-practices/#add-or-copy"],
    bad: &[
        "FROM debian:12\nCOPY app.tar.gz /tmp/\nRUN tar -xzf /tmp/app.tar.gz -C /opt\n",
        "FROM debian:12\nWORKDIR /opt\nCOPY dist/app.tgz .\nRUN tar xf app.tgz --strip-components=1 && rm app.tgz\n",
        "FROM debian:12\nCOPY app-1.2.tar.xz /tmp/app.tar.xz\nRUN tar --extract --file=/tmp/app.tar.xz\n",
    ],
    good: &[
        "FROM debian:12\nADD app.tar.gz /opt/\n",
        "FROM debian:12\nCOPY app.tar.gz /srv/\nRUN tar -tzf /srv/app.tar.gz && tar -czf /srv/all.tgz /etc\n",
        "FROM debian:12 AS unpack\nCOPY app.tar.gz /tmp/\nRUN tar -xzf /tmp/app.tar.gz -C /opt\nFROM debian:12\nCOPY --from=unpack /opt /opt\n",
        "FROM debian:12\nRUN --mount=type=bind,source=app.tar.gz,target=/tmp/app.tar.gz tar -xzf /tmp/app.tar.gz -C /opt\n",
    ],
    check: Check::Dockerfile(copied),
};

// Unlike hadolint, a stage that is not shipped may unpack as it likes.
fn copied(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut runs = posix_runs(file).filter(|run| run.kept).peekable();
    let mut stage = None;
    let mut archives: BTreeMap<&str, &Word> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for instruction in file.all() {
        if instruction.stage != stage {
            stage = instruction.stage;
            archives.clear();
        }
        if let Body::Copy(copy) = &instruction.body
            && instruction.flag("from").is_none()
        {
            for source in copy.sources.iter().filter(|source| is_archive(&source.text)) {
                archives.insert(base_name(&source.text), source);
                if is_archive(&copy.destination.text) {
                    archives.insert(base_name(&copy.destination.text), source);
                }
            }
        }
        if let Some(run) = runs.next_if(|run| std::ptr::eq(run.instruction, instruction)) {
            for call in run.calls.iter().filter(|call| extracts(call)) {
                let names = call.arguments().iter().map(|word| word.text.rsplit('=').next().unwrap_or_default());
                let Some(source) = names.into_iter().find_map(|name| archives.remove(base_name(name))) else {
                    continue;
                };
                if !told.insert(source.span.start) {
                    continue;
                }
                found
                    .report(
                        source.span,
                        format!("`{}` stays in the image beside what is unpacked from it", source.text),
                    )
                    .note(call.span, "unpacked here");
            }
        }
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// An archive of one of the kinds that `ADD` unpacks.
fn is_archive(path: &str) -> bool {
    let ends = [".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst"];
    ends.iter().any(|end| path.ends_with(end)) && !path.contains(['*', '?', '$'])
}

fn extracts(call: &Call) -> bool {
    let asks = |(at, word): (usize, &Word)| match word.text.strip_prefix('-') {
        Some(long) if long.starts_with('-') => matches!(long, "-extract" | "-get"),
        Some(short) => short.contains('x'),
        // The old style has no dash: `tar xzf`.
        None => at == 0 && word.text.contains('x') && word.text.bytes().all(|byte| byte.is_ascii_lowercase()),
    };
    call.is(&["tar", "bsdtar"]) && call.arguments().iter().enumerate().any(asks)
}
