//! Instructions that do not exist, cannot be read, or stand where they may not.

use crate::dockerfile::{Body, Dockerfile, Instruction};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::Span;
use boltseal_evidence::Severity;

pub(super) const UNKNOWN: Rule = Rule {
    id: "BS-D001",
    title: "instruction that no Dockerfile has",
    severity: Severity::High,
    aliases: &[],
    why: "A builder stops at a keyword it does not know. Most often it is a typing mistake, or a line that should have been joined to the one before it with a backslash.",
    advice: "Correct the keyword, or end the line before it with the escape character if this line belongs to it.",
    references: &["https://docs.docker.com/reference/dockerfile/#format"],
    bad: &[
        "FROM debian:12\nRUM apt-get update\n",
        "FROM debian:12\nRUN apt-get update &&\n    apt-get install -y curl\n",
    ],
    good: &[
        "FROM debian:12\nRUN apt-get update && \\\n    apt-get install -y curl\n",
        "FROM debian:12\nRUN <<EOF\nfoo bar\nEOF\n",
    ],
    check: Check::Dockerfile(unknown),
};

const KEYWORDS: &[&str] = &[
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

fn unknown(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let mut before: Option<&Instruction> = None;
    for instruction in &file.instructions {
        if matches!(instruction.body, Body::Unknown) {
            let written: String = file.source.slice(instruction.keyword_span).chars().take(40).collect();
            let joined = before.is_some_and(|before| {
                let text = file.source.slice(before.span).trim_end();
                ["&&", "||", "|", ","].iter().any(|sign| text.ends_with(sign))
            });
            let hint = if joined {
                "; the line before it is not continued".to_owned()
            } else {
                nearest(&instruction.keyword).map(|near| format!("; `{near}` is one")).unwrap_or_default()
            };
            let marker = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].contains(&written.as_str());
            let hint = if marker { "; it is left from a merge".to_owned() } else { hint };
            found.report(instruction.keyword_span, format!("`{written}` is no instruction{hint}"));
        }
        before = Some(instruction);
    }
}

/// The keyword that is one typing mistake away: a sign too many, too few, another, or two exchanged.
fn nearest(keyword: &str) -> Option<&'static str> {
    if keyword.len() > 16 {
        return None;
    }
    KEYWORDS.iter().copied().find(|known| {
        let (one, other): (Vec<char>, Vec<char>) = (keyword.chars().collect(), known.chars().collect());
        let start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
        let (one, other) = (one.get(start..).unwrap_or_default(), other.get(start..).unwrap_or_default());
        match (one, other) {
            ([a, b, one @ ..], [c, d, other @ ..]) if a == d && b == c => one == other,
            ([_, one @ ..], [_, other @ ..]) if one == other => true,
            ([_, one @ ..], other) if one == other => known.len() > 2,
            (one, [_, other @ ..]) => one == other,
            _ => false,
        }
    })
}

pub(super) const UNREADABLE: Rule = Rule {
    id: "BS-D002",
    title: "arguments that cannot be read",
    severity: Severity::High,
    aliases: &[],
    why: "A builder stops at an instruction whose arguments it cannot read, and no check of this tool can look into it.",
    advice: "Write the arguments as the reference of the instruction shows.",
    references: &["https://docs.docker.com/reference/dockerfile/#overview"],
    bad: &["FROM debian:12\nCOPY app\n", "FROM\n", "FROM debian:12\nENV APP\n"],
    good: &["FROM debian:12\nCOPY app /app\n"],
    check: Check::Dockerfile(unreadable),
};

fn unreadable(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for outer in &file.instructions {
        let instruction = match &outer.body {
            // What `ONBUILD` cannot keep at all is another rule's.
            Body::Onbuild(kept) if matches!(kept.keyword.as_str(), "FROM" | "MAINTAINER" | "ONBUILD") => continue,
            Body::Onbuild(kept) => kept.as_ref(),
            _ => outer,
        };
        if let Body::Invalid(what, span) = &instruction.body {
            let span = if span.is_empty() { instruction.keyword_span } else { *span };
            found.report(span, what.clone());
        }
    }
}

pub(super) const NO_FROM: Rule = Rule {
    id: "BS-D003",
    title: "no FROM",
    severity: Severity::High,
    aliases: &["DL3061"],
    why: "Every image is built on another or on `scratch`; without a `FROM` a builder has nothing to begin with and stops.",
    advice: "Begin with `FROM` and the image to build on, or `FROM scratch` for an empty one.",
    references: &["https://docs.docker.com/reference/dockerfile/#from"],
    bad: &["RUN make\n", "ARG VERSION=12\n"],
    good: &["ARG VERSION=12\nFROM debian:${VERSION}\n", "FROM scratch\nCOPY app /app\n"],
    check: Check::Dockerfile(no_from),
};

fn no_from(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let has_from = file.instructions.iter().any(|each| each.keyword == "FROM");
    if !has_from {
        let span = file.instructions.first().map_or(Span::default(), |first| first.keyword_span);
        found.report(span, "the file has no `FROM`, so there is nothing to build on");
    }
}

pub(super) const BEFORE_FROM: Rule = Rule {
    id: "BS-D004",
    title: "instruction before the first FROM",
    severity: Severity::High,
    aliases: &["DL3061"],
    why: "Only `ARG`, comments and parser directives may stand before the first `FROM`, since there is no image yet that an instruction could change. A builder stops there.",
    advice: "Move the instruction below the `FROM` of the stage it belongs to.",
    references: &["https://docs.docker.com/reference/dockerfile/#format"],
    bad: &["LABEL team=web\nFROM debian:12\n"],
    good: &["# the base\nARG TAG=12\nFROM debian:${TAG}\nLABEL team=web\n"],
    check: Check::Dockerfile(before_from),
};

fn before_from(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let Some(first) = file.instructions.iter().position(|each| each.keyword == "FROM") else { return };
    for instruction in file.instructions.iter().take(first) {
        let allowed = matches!(instruction.body, Body::Arg(_) | Body::Unknown) || instruction.keyword == "ARG";
        if !allowed {
            found.report(
                instruction.keyword_span,
                format!("`{}` stands before the first `FROM`, where only `ARG` may", instruction.keyword),
            );
        }
    }
}

pub(super) const MAINTAINER: Rule = Rule {
    id: "BS-D005",
    title: "MAINTAINER, which is deprecated",
    severity: Severity::Negligible,
    aliases: &["DL4000", "DS-0022", "CKV_DOCKER_6"],
    why: "`MAINTAINER` has been deprecated since 2017. What it says is in no label, so tools that read labels do not find it.",
    advice: "Write `LABEL org.opencontainers.image.authors=\"…\"` instead.",
    references: &[
        "https://docs.docker.com/reference/build-checks/maintainer-deprecated/",
        "https://github.com/opencontainers/image-spec/blob/main/annotations.md",
    ],
    bad: &["FROM debian:12\nMAINTAINER Anna Arndt <anna@example.org>\n"],
    good: &["FROM debian:12\nLABEL org.opencontainers.image.authors=\"Anna Arndt <anna@example.org>\"\n"],
    check: Check::Dockerfile(maintainer),
};

fn maintainer(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in &file.instructions {
        let Body::Maintainer(name) = &instruction.body else { continue };
        let report = found.report(instruction.span, "`MAINTAINER` is deprecated: a label says it today");
        let written = file.source.slice(instruction.span);
        let plain = !name.text.contains(['"', '\\', '$', '`', '\'']) && !written.contains(['\n', '\r']);
        if plain && instruction.stage.is_some() {
            let upper = file.source.slice(instruction.keyword_span).starts_with('M');
            let keyword = if upper { "LABEL" } else { "label" };
            let text = format!("{keyword} org.opencontainers.image.authors=\"{}\"", name.text.trim());
            report.fix("write it as a label", [(instruction.span, text)]);
        }
    }
}

pub(super) const ONBUILD: Rule = Rule {
    id: "BS-D014",
    title: "ONBUILD of an instruction that cannot be kept",
    severity: Severity::High,
    aliases: &["DL3043"],
    why: "`ONBUILD` keeps an instruction for the build of a later image. `FROM`, `MAINTAINER` and `ONBUILD` itself cannot be kept, and a builder refuses them.",
    advice: "Write the instruction without `ONBUILD`, or leave it to the Dockerfiles that use this image.",
    references: &["https://docs.docker.com/reference/dockerfile/#onbuild-limitations"],
    bad: &["FROM debian:12\nONBUILD FROM alpine:3.22\n", "FROM debian:12\nONBUILD ONBUILD RUN make\n"],
    good: &["FROM debian:12\nONBUILD COPY src /src\n"],
    check: Check::Dockerfile(onbuild),
};

fn onbuild(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in &file.instructions {
        if let Body::Onbuild(kept) = &instruction.body
            && matches!(kept.keyword.as_str(), "FROM" | "MAINTAINER" | "ONBUILD")
        {
            found.report(kept.keyword_span, format!("`ONBUILD` cannot keep `{}`", kept.keyword));
        }
    }
}
