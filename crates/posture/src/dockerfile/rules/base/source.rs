//! Where a base image comes from, and for which platform.

use super::reference::Reference;
use super::tag::images;
use crate::dockerfile::rules::run::kept_stages;
use crate::dockerfile::{Body, Dockerfile};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::source::Span;
use boltseal_evidence::Severity;

pub(super) const REGISTRY: Rule = Rule {
    id: "BS-D034",
    title: "base image from a registry without a name",
    severity: Severity::Medium,
    aliases: &[],
    why: "An IP address has no certificate that a client could verify, so such a registry is usually spoken to without encryption: whoever sits in between chooses what is built on.",
    advice: "Give the registry a name and a certificate, and pull by the name.",
    references: &["https://docs.docker.com/reference/cli/dockerd/#insecure-registries"],
    bad: &["FROM 192.168.7.20:5000/base:1.4\n", "FROM http://registry.example.org/base:1.4\n"],
    good: &["FROM registry.example.org/base:1.4\n", "FROM localhost:5000/base:1.4\n", "FROM 127.0.0.1:5000/base:1.4\n"],
    check: Check::Dockerfile(registry),
};

fn registry(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (from, image) in images(file) {
        if image.starts_with("http://") || image.starts_with("https://") {
            found.report(from.image.span, format!("`{image}` is an address, not the name of an image"));
            continue;
        }
        let Some(registry) = Reference::parse(image).registry else { continue };
        let host = registry.rsplit_once(':').map_or(registry, |(host, _)| host);
        let digits = host.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        if digits && host.matches('.').count() == 3 && !host.starts_with("127.") {
            found.report(
                from.image.span,
                format!("the registry `{registry}` is an IP address, which no certificate speaks for"),
            );
        }
    }
}

pub(super) const NAMESPACE: Rule = Rule {
    id: "BS-D035",
    title: "base image of a Docker Hub account that nobody vouches for",
    severity: Severity::Low,
    aliases: &[],
    why: "Anyone can open an account on Docker Hub. Images outside the official ones and those of known publishers may be abandoned, or made to be pulled by mistake.",
    advice: "Build on an official image, or copy this one to a registry of yours after looking at how it is built, and pin its digest.",
    references: &["https://docs.docker.com/docker-hub/image-library/trusted-content/"],
    bad: &["FROM someone123/node-chrome:3\n", "FROM docker.io/johndoe/base:1\n"],
    good: &[
        "FROM debian:12\n",
        "FROM grafana/grafana:12.1.0\n",
        "FROM ghcr.io/example/base:1\n",
        "FROM someone123/node-chrome:3@sha256:2424c1850714a4d94666ec928e24d86de958646737b1d113f5b2207be44d37d8\n",
        "ARG REGISTRY\nFROM ${REGISTRY}/base:1\n",
    ],
    check: Check::Dockerfile(namespace),
};

/// Accounts of verified publishers, sponsored open source and projects that are known by their name.
const KNOWN: &[&str] = &[
    "library",
    "docker",
    "moby",
    "tonistiigi",
    "amazon",
    "amazonlinux",
    "alpine",
    "anchore",
    "apache",
    "apicurio",
    "aquasec",
    "arangodb",
    "argoproj",
    "atlassian",
    "bitnami",
    "bitnamilegacy",
    "bitnamisecure",
    "browserless",
    "buildpacksio",
    "calico",
    "caddy",
    "certbot",
    "chainguard",
    "checkmarx",
    "cimg",
    "circleci",
    "clickhouse",
    "cloudflare",
    "cockroachdb",
    "codercom",
    "condaforge",
    "confluentinc",
    "continuumio",
    "coredns",
    "cypress",
    "dart",
    "databricksruntime",
    "datadog",
    "debezium",
    "denoland",
    "diun",
    "dotnet",
    "drone",
    "dynatrace",
    "elastic",
    "envoyproxy",
    "erlang",
    "esphome",
    "fedora",
    "fluent",
    "ghost",
    "gitea",
    "gitlab",
    "goharbor",
    "golangci",
    "goreleaser",
    "grafana",
    "gradle",
    "graphiteapp",
    "hadolint",
    "hashicorp",
    "haskell",
    "homeassistant",
    "huggingface",
    "ibmcom",
    "influxdata",
    "istio",
    "jaegertracing",
    "jenkins",
    "jetbrains",
    "jupyter",
    "k3s",
    "keycloak",
    "kindest",
    "kong",
    "kubernetesui",
    "langchain",
    "langfuse",
    "linuxserver",
    "localstack",
    "mambaorg",
    "mariadb",
    "maven",
    "mcp",
    "metabase",
    "milvusdb",
    "minio",
    "mitmproxy",
    "mlflow",
    "mongodb",
    "mozilla",
    "mysql",
    "n8nio",
    "natsio",
    "neo4j",
    "netdata",
    "newrelic",
    "nextcloud",
    "nginx",
    "nginxinc",
    "node",
    "nvidia",
    "oamdev",
    "ollama",
    "open-telemetry",
    "openapitools",
    "openpolicyagent",
    "opensearchproject",
    "opensuse",
    "oracle",
    "otel",
    "oven",
    "paketobuildpacks",
    "percona",
    "phpmyadmin",
    "phusion",
    "pihole",
    "portainer",
    "postgis",
    "prom",
    "pulumi",
    "pytorch",
    "qdrant",
    "rabbitmq",
    "rancher",
    "redhat",
    "redis",
    "redislabs",
    "returntocorp",
    "rocker",
    "rockylinux",
    "ruby",
    "rust",
    "rustlang",
    "securecodewarrior",
    "selenium",
    "semgrep",
    "sonarsource",
    "sonatype",
    "splunk",
    "squidfunk",
    "strimzi",
    "supabase",
    "swaggerapi",
    "swift",
    "swiftlang",
    "sysdig",
    "temporalio",
    "tensorflow",
    "thanosio",
    "tiangolo",
    "timberio",
    "timescale",
    "traefik",
    "trufflesecurity",
    "typesense",
    "ubuntu",
    "vaultwarden",
    "verdaccio",
    "victoriametrics",
    "vllm",
    "weaviate",
    "wiremock",
    "yandex",
    "zabbix",
    "zaproxy",
    "zilliz",
    "almalinux",
    "photon",
    "wolfi",
    "cgr",
    "gcc",
    "hexpm",
    "emscripten",
    "messense",
    "lukemathwalker",
    "balenalib",
    "arm64v8",
    "arm32v7",
    "arm32v6",
    "amd64",
    "i386",
    "ppc64le",
    "s390x",
    "riscv64",
    "mips64le",
];

fn namespace(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (from, image) in images(file) {
        let reference = Reference::parse(image);
        let Some((account, _)) = reference.path.split_once('/') else { continue };
        let plain = account.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if reference.is_on_docker_hub() && reference.digest.is_none() && plain && !KNOWN.contains(&account) {
            found.report(
                from.image.span,
                format!("`{image}` is published by the Docker Hub account `{account}`, which nobody vouches for"),
            );
        }
    }
}

pub(super) const PLATFORM: Rule = Rule {
    id: "BS-D036",
    title: "base image for one fixed platform",
    severity: Severity::Low,
    aliases: &["DL3029"],
    why: "A fixed `--platform` gives an image of this architecture wherever it is built and whatever was asked for: on other machines it runs slowly under emulation or not at all.",
    advice: "Leave the flag out and say the platform when building (`docker build --platform`); use `$BUILDPLATFORM` for stages that only build.",
    references: &["https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/"],
    bad: &["FROM --platform=linux/amd64 debian:12\n", "FROM --platform=${ARCH:-linux/amd64} debian:12\n"],
    good: &["FROM --platform=$BUILDPLATFORM golang:1.26 AS build\nFROM debian:12\n", "FROM debian:12\n"],
    check: Check::Dockerfile(platform),
};

fn platform(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let kept = kept_stages(file);
    for instruction in file.instructions.iter().filter(|each| matches!(each.body, Body::From(_))) {
        let shipped = instruction.stage.is_none_or(|stage| kept.contains(&stage));
        for value in instruction.flag_values("platform") {
            let builder = ["BUILDPLATFORM", "TARGETPLATFORM"].iter().any(|name| value.text.contains(name));
            if !builder && (!value.text.starts_with('$') || value.text.contains(":-")) {
                let what = if shipped { "image" } else { "stage" };
                let message = format!("the {what} is always of `{}`, whatever platform is asked for", value.text);
                let report = found.report(value.span, message);
                // What comes out of it may be the same everywhere: pages, scripts, results of a cross-compiler.
                if !shipped {
                    report.severity(Severity::Negligible);
                }
            }
        }
    }
}

pub(super) const REDUNDANT_PLATFORM: Rule = Rule {
    id: "BS-D041",
    title: "--platform that is the default",
    severity: Severity::Negligible,
    aliases: &[],
    why: "A base image is taken for the target platform anyway; saying so looks as if something special were meant.",
    advice: "Leave the flag out: it changes nothing.",
    references: &["https://docs.docker.com/reference/build-checks/redundant-target-platform/"],
    bad: &["FROM --platform=$TARGETPLATFORM debian:12\n"],
    good: &["FROM debian:12\n", "FROM --platform=$BUILDPLATFORM debian:12\n"],
    check: Check::Dockerfile(redundant_platform),
};

fn redundant_platform(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in file.instructions.iter().filter(|each| matches!(each.body, Body::From(_))) {
        for flag in instruction.flags.iter().filter(|flag| flag.name == "platform") {
            let Some(value) = &flag.value else { continue };
            if matches!(value.text.as_str(), "$TARGETPLATFORM" | "${TARGETPLATFORM}") {
                let after = file.source.text.get(flag.span.end..).unwrap_or_default();
                let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
                found
                    .report(flag.span, format!("`{}` is the default", value.text))
                    .fix("leave it out", [(Span::new(flag.span.start, flag.span.end + blanks), String::new())]);
            }
        }
    }
}
