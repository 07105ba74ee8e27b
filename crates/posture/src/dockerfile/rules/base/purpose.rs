//! Images that are made to build or debug with, as the image that is shipped.

use super::reference::Reference;
use crate::dockerfile::Dockerfile;
use crate::dockerfile::rules::lineage;
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const BUILD_TOOLS: Rule = Rule {
    id: "BS-D039",
    title: "image of a compiler as the final base",
    severity: Severity::Low,
    aliases: &[],
    why: "Compilers, package managers and headers are not needed to run what they made. They make the image several times larger, bring hundreds of findings of their own, and help an intruder to build tools on the spot.",
    advice: "Build in a first stage and `COPY --from` the result into a small one: `debian:…-slim`, a `jre`, distroless or `scratch`.",
    references: &["https://docs.docker.com/build/building/multi-stage/"],
    bad: &[
        "FROM golang:1.26\nCOPY . /src\nRUN go build -o /app /src\nCMD [\"/app\"]\n",
        "FROM maven:3.9-eclipse-temurin-21 AS app\nFROM app\nCMD [\"java\"]\n",
    ],
    good: &[
        "FROM golang:1.26 AS build\nRUN go build -o /app /src\nFROM gcr.io/distroless/static:nonroot\nCOPY --from=build /app /app\n",
        "FROM eclipse-temurin:21-jre\n",
        "FROM rust:1.90\n",
    ],
    check: Check::Dockerfile(build_tools),
};

/// Official images whose purpose is to build.
const BUILDERS: &[&str] =
    &["golang", "maven", "gradle", "rust", "gcc", "sbt", "haskell", "swift", "buildpack-deps", "emscripten"];

fn build_tools(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let Some(from) = lineage::root_of_image(file) else { return };
    // Without something to run it is an image to build in, and meant to be.
    let runs = lineage::of_image(file)
        .iter()
        .any(|each| matches!(each.body, crate::dockerfile::Body::Cmd(_) | crate::dockerfile::Body::Entrypoint(_)));
    let image = from.resolved.as_deref().unwrap_or(&from.image.text);
    let reference = Reference::parse(image);
    let tag = reference.tag.unwrap_or_default();
    let sdk = reference.repository().starts_with("mcr.microsoft.com/dotnet/") && reference.path.contains("sdk");
    let official = reference.official().is_some_and(|name| BUILDERS.contains(&name))
        && !(tag.contains("slim") && reference.official() == Some("swift"));
    if runs && (official || sdk) {
        found.report(from.image.span, format!("`{image}` is made to build with, and everything it brings is shipped"));
    }
}

pub(super) const DEBUG: Rule = Rule {
    id: "BS-D040",
    title: "debug variant as the final base",
    severity: Severity::Medium,
    aliases: &[],
    why: "The `debug` variants of distroless and similar images add a shell and its tools, which is just what an intruder needs and what these images are chosen to leave out.",
    advice: "Ship the plain variant; debug with an ephemeral container (`kubectl debug`, `docker debug`).",
    references: &["https://github.com/GoogleContainerTools/distroless#debug-images"],
    bad: &[
        "FROM gcr.io/distroless/base-debian12:debug\nCOPY app /app\n",
        "FROM gcr.io/distroless/static:debug-nonroot\n",
    ],
    good: &[
        "FROM gcr.io/distroless/base-debian12:nonroot\nCOPY app /app\n",
        "FROM gcr.io/distroless/base:debug AS test\nFROM gcr.io/distroless/base:nonroot\n",
    ],
    check: Check::Dockerfile(debug),
};

fn debug(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let Some(from) = lineage::root_of_image(file) else { return };
    let image = from.resolved.as_deref().unwrap_or(&from.image.text);
    let reference = Reference::parse(image);
    let minimal = reference.path.starts_with("distroless/") || reference.registry == Some("cgr.dev");
    let tag = reference.tag.unwrap_or_default();
    let is_debug =
        tag.split('-').any(|word| word == "debug" || (reference.registry == Some("cgr.dev") && word == "dev"));
    if minimal && is_debug {
        found.report(from.image.span, format!("`{image}` brings a shell that the plain variant leaves out"));
    }
}
