//! Case of keywords and names, and empty lines within an instruction.

use crate::dockerfile::{Body, Dockerfile, Instruction};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::{Source, Span};
use boltseal_evidence::Severity;

pub(super) const CASE: Rule = Rule {
    id: "BS-D019",
    title: "keywords in different cases",
    severity: Severity::Negligible,
    aliases: &[],
    why: "Keywords may be written in any case, but people look for instructions in the case of the rest of the file and overlook others.",
    advice: "Write all keywords in upper case.",
    references: &["https://docs.docker.com/reference/build-checks/consistent-instruction-casing/"],
    bad: &["FROM debian:12\nRun make\n", "from debian:12\nrun make\nCMD [\"app\"]\n"],
    good: &["FROM debian:12\nRUN make\n", "from debian:12\nrun make\n"],
    check: Check::Dockerfile(case),
};

fn case(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let known = || file.instructions.iter().filter(|each| !matches!(each.body, Body::Unknown));
    let count = |of: fn(&str) -> bool| known().filter(|each| of(file.source.slice(each.keyword_span))).count();
    let upper = count(is_upper) >= count(is_lower);
    for instruction in known() {
        let written = file.source.slice(instruction.keyword_span);
        if if upper { is_upper(written) } else { is_lower(written) } {
            continue;
        }
        let cased = |text: &str| if upper { text.to_ascii_uppercase() } else { text.to_ascii_lowercase() };
        let mut edits = vec![(instruction.keyword_span, cased(written))];
        edits.extend(as_span(file, instruction).map(|span| (span, cased("as"))));
        let rest = if upper { "upper case" } else { "lower case" };
        found
            .report(instruction.keyword_span, format!("`{written}` stands among keywords in {rest}"))
            .fix(format!("write it in {rest}"), edits);
    }
}

pub(super) const AS: Rule = Rule {
    id: "BS-D020",
    title: "`as` in another case than FROM",
    severity: Severity::Negligible,
    aliases: &[],
    why: "`as` is a keyword too; in another case than its `FROM` it reads like a part of the image's name.",
    advice: "Write `FROM image AS name`.",
    references: &["https://docs.docker.com/reference/build-checks/from-as-casing/"],
    bad: &["FROM debian:12 as base\n"],
    good: &["FROM debian:12 AS base\n", "from debian:12 as base\n"],
    check: Check::Dockerfile(as_case),
};

fn as_case(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in &file.instructions {
        let Some(span) = as_span(file, instruction) else { continue };
        let (from, written) = (file.source.slice(instruction.keyword_span), file.source.slice(span));
        let wanted = if is_upper(from) {
            "AS"
        } else if is_lower(from) {
            "as"
        } else {
            continue;
        };
        if written != wanted {
            found
                .report(span, format!("`{written}` stands beside `{from}`: write `{wanted}`"))
                .fix(format!("write `{wanted}`"), [(span, wanted.to_owned())]);
        }
    }
}

/// Where the `as` of a `FROM` is written.
fn as_span(file: &Dockerfile<'_>, instruction: &Instruction) -> Option<Span> {
    let Body::From(from) = &instruction.body else { return None };
    let between = Span::new(from.image.span.end, from.name.as_ref()?.span.start);
    let text = file.source.slice(between);
    let at = text.to_ascii_lowercase().find("as")?;
    text.get(at + 2..)?.starts_with(char::is_whitespace).then(|| Span::new(between.start + at, between.start + at + 2))
}

fn is_upper(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_lower(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase())
}

pub(super) const EMPTY_LINE: Rule = Rule {
    id: "BS-D023",
    title: "empty line within a continued instruction",
    severity: Severity::Low,
    aliases: &[],
    why: "Builders still read on over an empty line after a continuation, but have announced that it becomes an error: it looks as if the instruction ended there.",
    advice: "Remove the empty line, or put a `#` comment there.",
    references: &["https://docs.docker.com/reference/build-checks/no-empty-continuation/"],
    bad: &["FROM debian:12\nRUN make && \\\n\n    make install\n"],
    good: &[
        "FROM debian:12\nRUN make && \\\n    # then\n    make install\n",
        "FROM debian:12\nRUN <<EOF\nmake\n\nmake install\nEOF\n",
    ],
    check: Check::Dockerfile(empty_line),
};

fn empty_line(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in &file.instructions {
        let end = instruction.heredocs.iter().map(|heredoc| heredoc.body.start).min().unwrap_or(instruction.span.end);
        let lines = empty_lines(file.source, Span::new(instruction.span.start, end));
        if let Some(first) = lines.first() {
            found
                .report(
                    file.source.line(file.source.line_of(first.start)),
                    format!("an empty line within `{}`", instruction.keyword),
                )
                .note(instruction.keyword_span, "the instruction begins here")
                .fix("remove it", lines.iter().map(|line| (*line, String::new())));
        }
    }
}

/// Empty lines, each with its line break, that more of the instruction comes after.
fn empty_lines(source: &Source<'_>, span: Span) -> Vec<Span> {
    let (first, last) = (source.line_of(span.start), source.line_of(span.end));
    let is_empty = |line: usize| source.slice(source.line(line)).trim().is_empty();
    (first + 1..last)
        .filter(|line| is_empty(*line))
        .map(|line| Span::new(source.line(line).start, source.line(line + 1).start))
        .collect()
}

pub(super) const RESERVED: Rule = Rule {
    id: "BS-D026",
    title: "stage with a reserved name",
    severity: Severity::Medium,
    aliases: &["DL3063"],
    why: "`scratch` and `context` have a meaning of their own: the empty image and the build context. A stage of that name cannot be told from them.",
    advice: "Give the stage another name.",
    references: &["https://docs.docker.com/reference/build-checks/reserved-stage-name/"],
    bad: &["FROM debian:12 AS scratch\n"],
    good: &["FROM scratch AS empty\n"],
    check: Check::Dockerfile(reserved),
};

fn reserved(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for name in file.stages.iter().filter_map(|stage| file.base(stage)?.name.as_ref()) {
        if matches!(name.text.to_ascii_lowercase().as_str(), "scratch" | "context") {
            found.report(name.span, format!("`{}` is a reserved name", name.text));
        }
    }
}

pub(super) const STAGE_CASE: Rule = Rule {
    id: "BS-D028",
    title: "stage name with upper-case letters",
    severity: Severity::Negligible,
    aliases: &[],
    why: "Builders compare stage names without regard to case, people and scripts do not; some builders other than BuildKit do not either.",
    advice: "Write stage names in lower case.",
    references: &["https://docs.docker.com/reference/build-checks/stage-name-casing/"],
    bad: &["FROM debian:12 AS BuildBase\n"],
    good: &["FROM debian:12 AS build-base\n"],
    check: Check::Dockerfile(stage_case),
};

fn stage_case(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for name in file.stages.iter().filter_map(|stage| file.base(stage)?.name.as_ref()) {
        if name.text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            found.report(name.span, format!("the stage name `{}` has upper-case letters", name.text));
        }
    }
}
