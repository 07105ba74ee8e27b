//! How exactly a base image is named: tag, digest, variable.

use super::reference::Reference;
use crate::dockerfile::rules::variable::{PLATFORM, variables};
use crate::dockerfile::{Body, Dockerfile, From};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::Span;
use boltseal_evidence::Severity;

/// The images from outside that a file builds on, with what is known of each name. `scratch` and stages are none.
pub(super) fn images<'f>(file: &'f Dockerfile<'_>) -> impl Iterator<Item = (&'f From, &'f str)> {
    file.instructions.iter().filter_map(|instruction| match &instruction.body {
        Body::From(from) if from.stage.is_none() && from.image.text != "scratch" => {
            Some((from, from.resolved.as_deref().unwrap_or(&from.image.text)))
        }
        _ => None,
    })
}

/// What is left of a name to judge where a variable has no value: `None` if that is its tag or may bring one.
fn judged<'a>(from: &From, image: &'a str) -> Option<Reference<'a>> {
    let last = image.rsplit('/').next().unwrap_or(image);
    let known = from.resolved.is_some() || !last.contains('$');
    (known && !image.is_empty()).then(|| Reference::parse(image))
}

fn place(from: &From) -> Span {
    from.image.span
}

pub(super) const NONE: Rule = Rule {
    id: "BS-D030",
    title: "base image without a tag",
    severity: Severity::Medium,
    aliases: &["DL3006", "DS-0001", "CKV_DOCKER_7"],
    why: "Without a tag `latest` is meant: each build may get another version, with other faults, and nobody can tell afterwards which it was.",
    advice: "Write the version's tag, best with its digest: `debian:12.11@sha256:…`.",
    references: &["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
    bad: &["FROM debian\n", "ARG BASE=debian\nFROM ${BASE}\n", "FROM localhost:5000/team/app\n"],
    good: &[
        "FROM debian:12\n",
        "FROM debian:12 AS base\nFROM base\n",
        "FROM scratch\n",
        "ARG BASE\nFROM ${BASE}\n",
        "FROM debian@sha256:2424c1850714a4d94666ec928e24d86de958646737b1d113f5b2207be44d37d8\n",
    ],
    check: Check::Dockerfile(none),
};

// The default of an `ARG` is looked at; hadolint stops at the variable, or takes `debian$TAG` for an image without tag.
fn none(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (from, image) in images(file) {
        if let Some(Reference { tag: None, digest: None, .. }) = judged(from, image) {
            found.report(place(from), format!("`{image}` has no tag, so each build may get another version"));
        }
    }
}

pub(super) const LATEST: Rule = Rule {
    id: "BS-D031",
    title: "base image by `latest`",
    severity: Severity::Medium,
    aliases: &["DL3007", "DS-0001", "CKV_DOCKER_7"],
    why: "`latest` is whatever was pushed last under it. Each build may get another major version, and nobody can tell afterwards which it was.",
    advice: "Write the version's tag, best with its digest.",
    references: &["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
    bad: &["FROM debian:latest\n", "ARG TAG=latest\nFROM debian:${TAG}\n"],
    good: &[
        "FROM debian:12\n",
        "FROM debian:latest@sha256:2424c1850714a4d94666ec928e24d86de958646737b1d113f5b2207be44d37d8\n",
    ],
    check: Check::Dockerfile(latest),
};

fn latest(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (from, image) in images(file) {
        if let Some(Reference { tag: Some("latest"), digest: None, .. }) = judged(from, image) {
            found.report(place(from), format!("`{image}` is whatever was pushed last"));
        }
    }
}

pub(super) const NO_DIGEST: Rule = Rule {
    id: "BS-D032",
    title: "base image without a digest",
    severity: Severity::Negligible,
    aliases: &[],
    why: "A tag can be pushed again: the same file then builds on other bytes, by mistake or because an account was taken over. Only a digest names the same bytes for ever.",
    advice: "Add the digest behind the tag (`debian:12@sha256:…`) and let a bot such as Renovate or Dependabot keep it current.",
    references: &[
        "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
        "https://github.com/ossf/scorecard/blob/main/docs/checks.md#pinned-dependencies",
    ],
    bad: &["FROM debian:12\n"],
    good: &[
        "FROM debian:12@sha256:2424c1850714a4d94666ec928e24d86de958646737b1d113f5b2207be44d37d8\n",
        "FROM scratch\n",
    ],
    check: Check::Dockerfile(no_digest),
};

fn no_digest(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (from, image) in images(file) {
        if let Some(Reference { tag: Some(tag), digest: None, .. }) = judged(from, image)
            && tag != "latest"
        {
            found.report(place(from), format!("`{image}` is named by a tag, which can be pushed again"));
        }
    }
}

pub(super) const NO_DEFAULT: Rule = Rule {
    id: "BS-D033",
    title: "base image by a variable without default",
    severity: Severity::Low,
    aliases: &[],
    why: "The file alone does not say what it builds on: a plain `docker build` fails, and no tool can tell which image is meant.",
    advice: "Give the `ARG` a default that works.",
    references: &["https://docs.docker.com/reference/build-checks/invalid-default-arg-in-from/"],
    bad: &["ARG TAG\nFROM debian:${TAG}\n"],
    good: &["ARG TAG=12\nFROM debian:${TAG}\n", "ARG TAG\nFROM debian:${TAG:-12}\n", "FROM tools-$TARGETARCH:1\n"],
    check: Check::Dockerfile(no_default),
};

fn no_default(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let declared: std::collections::BTreeMap<&str, bool> = file
        .instructions
        .iter()
        .take_while(|each| each.stage.is_none())
        .filter_map(|each| if let Body::Arg(pairs) = &each.body { Some(pairs) } else { None })
        .flatten()
        .map(|pair| (pair.key.text.as_str(), pair.value.is_some()))
        .collect();
    for (from, _) in images(file) {
        // What is not declared at all is another rule's.
        let missing = variables(&from.image.text).into_iter().find(|variable| {
            !variable.has_default && declared.get(variable.name) == Some(&false) && !PLATFORM.contains(&variable.name)
        });
        if let Some(variable) = missing {
            found.report(
                place(from),
                format!("`{}` has no default, so the file does not say what it builds on", variable.name),
            );
        }
    }
}

pub(super) const NO_VERSION: Rule = Rule {
    id: "BS-D042",
    title: "base image by a tag that names no version",
    severity: Severity::Low,
    aliases: &[],
    why: "Tags such as `stable`, `alpine` or `edge` move on to the next major version on their own, just like `latest`.",
    advice: "Name the version: `node:24-alpine3.22` instead of `node:alpine`.",
    references: &["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
    bad: &["FROM node:alpine\n", "FROM debian:stable-slim\n", "FROM alpine:edge\n"],
    good: &[
        "FROM node:24-alpine\n",
        "FROM debian:bookworm-slim\n",
        "FROM gcr.io/distroless/static:nonroot\n",
        "FROM ghcr.io/example/app:feature-login\n",
    ],
    check: Check::Dockerfile(no_version),
};

/// Words of tags that stand for whatever is current.
const MOVING: &[&str] = &[
    "stable",
    "oldstable",
    "testing",
    "unstable",
    "sid",
    "edge",
    "nightly",
    "rolling",
    "rawhide",
    "devel",
    "lts",
    "current",
    "mainline",
    "master",
    "main",
    "dev",
    "beta",
    "alpha",
    "rc",
    "canary",
    "snapshot",
    "next",
    "experimental",
];

/// Words of tags that say how an image is made, not of what version.
const VARIANTS: &[&str] = &[
    "alpine",
    "slim",
    "perl",
    "otel",
    "fpm",
    "apache",
    "cli",
    "bookworm",
    "trixie",
    "bullseye",
    "jdk",
    "jre",
    "alpine-slim",
    "zts",
    "buster",
    "fat",
    "management",
    "windowsservercore",
    "nanoserver",
    "minimal",
];

fn no_version(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (from, image) in images(file) {
        let Some(reference) = judged(from, image) else { continue };
        let (Some(tag), None) = (reference.tag, reference.digest) else { continue };
        if tag.bytes().any(|byte| byte.is_ascii_digit()) || tag.contains('$') || tag == "latest" {
            continue;
        }
        let lower = tag.to_ascii_lowercase();
        let moving = lower.split(['-', '.', '_']).next().is_some_and(|word| MOVING.contains(&word));
        // Codenames are the versions of distributions.
        let distribution = matches!(reference.official(), Some("debian" | "ubuntu" | "buildpack-deps"));
        let variant = reference.official().is_some()
            && !distribution
            && lower.split('-').all(|word| VARIANTS.contains(&word) || MOVING.contains(&word));
        if moving && (reference.official().is_some() || lower.len() < 12) || variant {
            found.report(place(from), format!("the tag of `{image}` names no version: it moves on by itself"));
        }
    }
}
