//! Copies from other stages and images.

use std::collections::BTreeSet;

use crate::dockerfile::rules::base::reference::Reference;
use crate::dockerfile::rules::run::{kept_stages, root_images};
use crate::dockerfile::{Body, Dockerfile, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::Span;
use boltseal_evidence::Severity;

pub(super) const WHOLE: Rule = Rule {
    id: "BS-D070",
    title: "whole file system copied from another stage",
    severity: Severity::Low,
    aliases: &["DL3067"],
    why: "Everything that was needed to build comes along: compilers, caches, sources, and whatever secrets lay there. The stage could as well have been the image.",
    advice: "Copy what is needed by its path, or build on the stage with `FROM`.",
    references: &["https://docs.docker.com/build/building/multi-stage/"],
    bad: &["FROM debian:12 AS build\nFROM debian:12\nCOPY --from=build / /\n"],
    good: &[
        "FROM debian:12 AS build\nFROM debian:12\nCOPY --from=build /out/ /\n",
        "FROM debian:12 AS build\nFROM debian:12\nCOPY --from=build / /sysroot/\n",
        "FROM scratch AS files\nCOPY app /usr/bin/\nFROM debian:12\nCOPY --from=files / /\n",
        "FROM tonistiigi/xx:1.6.1 AS xx\nFROM debian:12\nCOPY --from=xx / /\n",
        "FROM debian:12 AS tools\nFROM debian:12 AS build\nCOPY --from=tools / /\nFROM debian:12\nCOPY --from=build /out/ /\n",
    ],
    check: Check::Dockerfile(whole),
};

// What was built up from nothing holds only what was put there, and what a stage takes that only builds is not shipped.
fn whole(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let kept = kept_stages(file);
    let roots = root_images(file);
    let small = |stage: usize| roots.get(stage).is_some_and(|root| *root == "scratch" || is_overlay(root));
    let empty = |name: &str| name.parse().is_ok_and(small) || is_overlay(name);
    let named: BTreeSet<String> = file
        .stages
        .iter()
        .filter(|stage| small(stage.index))
        .filter_map(|stage| stage.name.as_deref().map(str::to_ascii_lowercase))
        .collect();
    for instruction in file.all().filter(|each| each.flag("from").is_some()) {
        let Body::Copy(copy) = &instruction.body else { continue };
        let all = copy.sources.iter().find(|source| matches!(source.text.as_str(), "/" | "/*" | "/."));
        let shipped = instruction.stage.is_none_or(|stage| kept.contains(&stage));
        let from_nothing = instruction
            .flag_values("from")
            .any(|from| empty(&from.text) || named.contains(&from.text.to_ascii_lowercase()));
        if let Some(source) = all.filter(|_| copy.destination.text == "/" && shipped && !from_nothing) {
            found.report(
                source.span.to(copy.destination.span),
                "everything of the other stage is copied, build tools included",
            );
        }
    }
}

/// An image of a few scripts that are meant to be laid over any other.
fn is_overlay(image: &str) -> bool {
    let image = image.strip_prefix("docker.io/").unwrap_or(image);
    ["tonistiigi/xx", "tonistiigi/binfmt"].iter().any(|name| image.split([':', '@']).next() == Some(name))
}

pub(super) const UNPINNED: Rule = Rule {
    id: "BS-D073",
    title: "files from an image that is not pinned",
    severity: Severity::Medium,
    aliases: &["DL3022"],
    why: "`--from` with an image takes files out of whatever is behind the name that day. Without a tag or with `latest`, each build may get others.",
    advice: "Write tag and digest: `--from=ghcr.io/astral-sh/uv:0.9.5@sha256:…`.",
    references: &["https://docs.docker.com/build/building/multi-stage/#use-an-external-image-as-a-stage"],
    bad: &[
        "FROM debian:12\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/uv\n",
        "FROM debian:12\nRUN --mount=from=ghcr.io/astral-sh/uv,source=/uv,target=/bin/uv uv sync\n",
    ],
    good: &[
        "FROM debian:12\nCOPY --from=ghcr.io/astral-sh/uv:0.9.5 /uv /bin/uv\n",
        "FROM debian:12 AS build\nFROM debian:12\nCOPY --from=build /a /b\nRUN --mount=from=build,target=/x make\n",
    ],
    check: Check::Dockerfile(unpinned),
};

fn unpinned(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.all() {
        let images = match &instruction.body {
            Body::Copy(_) => instruction.flag_values("from").map(|value| (value.text.as_str(), value.span)).collect(),
            Body::Run(_) => instruction.flag_values("mount").filter_map(mounted).collect(),
            _ => Vec::new(),
        };
        for (image, span) in images {
            let reference = Reference::parse(image);
            // A bare name is a stage, or a context that is given to the build.
            let named = reference.registry.is_some() || image.contains([':', '/']);
            if named
                && !image.contains('$')
                && reference.digest.is_none()
                && matches!(reference.tag, None | Some("latest"))
            {
                found.report(span, format!("`{image}` is whatever was pushed last"));
            }
        }
    }
}

/// The image or stage of `--mount=…,from=…`.
fn mounted(value: &Word) -> Option<(&str, Span)> {
    value.text.split(',').find_map(|part| part.strip_prefix("from=")).map(|image| (image, value.span))
}
