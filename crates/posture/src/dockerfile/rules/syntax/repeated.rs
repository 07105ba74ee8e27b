//! What stands twice where only one counts.

use std::collections::BTreeMap;

use crate::dockerfile::{Body, Dockerfile, Instruction};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::{Source, Span};
use boltseal_evidence::Severity;

const OF_CMD: &[&str] = &["https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/"];

pub(super) const CMD: Rule = Rule {
    id: "BS-D006",
    title: "several CMD in one stage",
    severity: Severity::Low,
    aliases: &["DL4003", "DS-0016"],
    why: "Only the last `CMD` of a stage counts. An earlier one is a left-over, or someone believes that both are run.",
    advice: "Keep the last one. To run several programs, write a script that starts them, or one container for each.",
    references: OF_CMD,
    bad: &["FROM debian:12\nCMD [\"first\"]\nCMD [\"second\"]\n"],
    good: &["FROM debian:12 AS test\nCMD [\"test\"]\nFROM debian:12\nCMD [\"second\"]\n"],
    check: Check::Dockerfile(cmd),
};

pub(super) const ENTRYPOINT: Rule = Rule {
    id: "BS-D007",
    title: "several ENTRYPOINT in one stage",
    severity: Severity::Medium,
    aliases: &["DL4004", "DS-0007"],
    why: "Only the last `ENTRYPOINT` of a stage counts. Whatever an earlier one was to set up, such as dropping privileges, is not done.",
    advice: "Keep the last one, and let it start the others if they are needed.",
    references: OF_CMD,
    bad: &["FROM debian:12\nENTRYPOINT [\"setup\"]\nENTRYPOINT [\"app\"]\n"],
    good: &["FROM debian:12\nENTRYPOINT [\"setup\"]\nCMD [\"app\"]\n"],
    check: Check::Dockerfile(entrypoint),
};

pub(super) const HEALTHCHECK: Rule = Rule {
    id: "BS-D008",
    title: "several HEALTHCHECK in one stage",
    severity: Severity::Low,
    aliases: &["DL3012", "DS-0023"],
    why: "Only the last `HEALTHCHECK` of a stage counts, so what an earlier one looks at is never looked at.",
    advice: "Keep one that looks at everything.",
    references: &["https://docs.docker.com/reference/dockerfile/#healthcheck"],
    bad: &["FROM debian:12\nHEALTHCHECK CMD [\"one\"]\nHEALTHCHECK CMD [\"other\"]\n"],
    good: &["FROM debian:12\nHEALTHCHECK --interval=1m CMD [\"both\"]\n"],
    check: Check::Dockerfile(healthcheck),
};

fn cmd(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    repeated(file, found, |body| matches!(body, Body::Cmd(_)));
}

fn entrypoint(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    repeated(file, found, |body| matches!(body, Body::Entrypoint(_)));
}

fn healthcheck(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    repeated(file, found, |body| matches!(body, Body::Healthcheck(_)));
}

fn repeated(file: &Dockerfile<'_>, found: &mut Found<'_>, is_one: fn(&Body) -> bool) {
    for stage in &file.stages {
        let all: Vec<&Instruction> = file.of(stage).iter().filter(|each| is_one(&each.body)).collect();
        for (before, this) in all.iter().zip(all.iter().skip(1)) {
            let report = found
                .report(this.keyword_span, format!("a second `{}`: the one before it does not count", this.keyword))
                .note(before.keyword_span, "does not count");
            if let Some(lines) = whole_lines(file.source, before.span) {
                report.fix(format!("leave out the `{}` that does not count", this.keyword), [(lines, String::new())]);
            }
        }
    }
}

/// The lines of an instruction with the last line break, unless something else stands on them.
fn whole_lines(source: &Source<'_>, span: Span) -> Option<Span> {
    let start = source.line(source.line_of(span.start)).start;
    let end = source.text.get(span.end..)?.find('\n').map_or(source.text.len(), |at| span.end + at + 1);
    let before = source.slice(Span::new(start, span.start));
    let after = source.slice(Span::new(span.end, end));
    (before.trim().is_empty() && after.trim().is_empty()).then_some(Span::new(start, end))
}

pub(super) const STAGE: Rule = Rule {
    id: "BS-D009",
    title: "two stages of one name",
    severity: Severity::Medium,
    aliases: &["DL3024", "DS-0012", "CKV_DOCKER_11"],
    why: "`COPY --from`, `FROM` and `--target` find a stage by its name, whatever its case. With two of one name, which one is meant depends on the builder and on the place.",
    advice: "Give each stage a name of its own.",
    references: &["https://docs.docker.com/reference/build-checks/duplicate-stage-name/"],
    bad: &[
        "FROM golang:1.26 AS build\nFROM debian:12 AS build\n",
        "FROM golang:1.26 AS build\nFROM debian:12 AS Build\n",
    ],
    good: &["FROM golang:1.26 AS build\nFROM debian:12 AS runtime\n"],
    check: Check::Dockerfile(stage),
};

// hadolint compares case; builders do not.
fn stage(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for stage in &file.stages {
        let Some(name) = file.base(stage).and_then(|from| from.name.as_ref()) else { continue };
        match seen.get(&name.text.to_ascii_lowercase()) {
            Some(first) => {
                found
                    .report(name.span, format!("an earlier stage is called `{}` already", name.text))
                    .note(*first, "the earlier one");
            }
            None => {
                seen.insert(name.text.to_ascii_lowercase(), name.span);
            }
        }
    }
}
