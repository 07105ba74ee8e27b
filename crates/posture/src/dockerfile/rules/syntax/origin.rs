//! `COPY --from`: what it names.

use crate::dockerfile::{Body, Dockerfile, Instruction, Stage, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const UNDEFINED: Rule = Rule {
    id: "BS-D021",
    title: "COPY --from of a stage that is not there",
    severity: Severity::Medium,
    aliases: &["DL3022"],
    why: "A name that no earlier stage has is taken as an image of a registry. A typing mistake or a stage further down then copies from whatever somebody published under that name.",
    advice: "Name an earlier stage; for an image, write it with registry, tag and digest, or give it a stage of its own.",
    references: &["https://docs.docker.com/build/building/multi-stage/#use-an-external-image-as-a-stage"],
    bad: &[
        "FROM golang:1.26 AS build\nFROM debian:12\nCOPY --from=biuld /app /app\n",
        "FROM debian:12\nCOPY --from=1 /app /app\nFROM golang:1.26\n",
    ],
    good: &[
        "FROM golang:1.26 AS build\nFROM debian:12\nCOPY --from=Build /app /app\n",
        "FROM golang:1.26\nFROM debian:12\nCOPY --from=0 /app /app\n",
        "FROM debian:12\nCOPY --from=nginx:1.29 /etc/nginx /etc/nginx\n",
    ],
    check: Check::Dockerfile(undefined),
};

// An image with a registry or tag is named on purpose; whether it is pinned is another rule (BS-D073, which has this
// alias too).
fn undefined(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let names = names(file);
    for (instruction, from) in copies_from(file) {
        let Some(stage) = instruction.stage else { continue };
        let text = from.text.as_str();
        let message = if text.contains('$') {
            format!("`{text}` is taken as it stands: variables are not replaced in `--from`")
        } else if let Ok(index) = text.parse::<usize>() {
            if index <= stage {
                continue;
            }
            format!(
                "stage `{text}` is not there yet: stages are counted from 0, and only earlier ones can be copied from"
            )
        } else {
            match names.get(&text.to_ascii_lowercase()) {
                Some(first) if *first <= stage => continue,
                Some(_) => format!("the stage `{text}` comes later, so an image of this name is copied from"),
                None if text.contains(['/', ':', '@', '.']) => continue,
                None => format!("no stage is called `{text}`, so an image of this name is copied from"),
            }
        };
        found.report(from.span, message);
    }
}

pub(super) const ITSELF: Rule = Rule {
    id: "BS-D022",
    title: "COPY --from of the stage itself",
    severity: Severity::High,
    aliases: &["DL3023", "DS-0006"],
    why: "A stage cannot copy from itself: it is not finished yet. A builder stops there.",
    advice: "Name the earlier stage that has the files, or use `RUN cp`.",
    references: &["https://docs.docker.com/reference/dockerfile/#copy---from"],
    bad: &["FROM debian:12 AS app\nCOPY --from=app /a /b\n", "FROM debian:12\nCOPY --from=0 /a /b\n"],
    good: &["FROM debian:12 AS build\nFROM debian:12 AS app\nCOPY --from=build /a /b\n"],
    check: Check::Dockerfile(itself),
};

fn itself(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (instruction, from) in copies_from(file) {
        let Some(stage) = instruction.stage.and_then(|index| file.stages.get(index)) else { continue };
        let name = file.base(stage).and_then(|base| base.name.as_ref());
        if from.text == stage.index.to_string() || name.is_some_and(|name| name.text.eq_ignore_ascii_case(&from.text)) {
            found.report(from.span, format!("`--from={}` is the stage that is being built", from.text));
        }
    }
}

/// The names of stages with the first that has each.
fn names(file: &Dockerfile<'_>) -> std::collections::BTreeMap<String, usize> {
    let named = |stage: &Stage| Some((file.base(stage)?.name.as_ref()?.text.to_ascii_lowercase(), stage.index));
    file.stages.iter().rev().filter_map(named).collect()
}

fn copies_from<'f>(file: &'f Dockerfile<'_>) -> impl Iterator<Item = (&'f Instruction, &'f Word)> {
    let copies = file.instructions.iter().filter(|each| matches!(each.body, Body::Copy(_)));
    copies.filter_map(|each| Some((each, each.flag("from")?.value.as_ref()?)))
}
