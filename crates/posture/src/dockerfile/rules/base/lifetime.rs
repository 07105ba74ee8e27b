//! Base images that nobody maintains any more: dates, and where their projects went.

use super::reference::Reference;
use super::tag::images;
use crate::dockerfile::Dockerfile;
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const ENDED: Rule = Rule {
    id: "BS-D037",
    title: "base image of a release that gets no more fixes",
    severity: Severity::Medium,
    aliases: &[],
    why: "After its end of life a release gets no security fixes: whatever is found from then on stays in the image for good.",
    advice: "Move to a release that is maintained.",
    references: &["https://endoflife.date/"],
    bad: &["FROM debian:stretch\n", "FROM ubuntu:18.04\n", "FROM node:14-alpine\n", "FROM python:3.11-slim-buster\n"],
    good: &[
        "FROM debian:13\n",
        "FROM ubuntu:24.04\n",
        "FROM node:24-alpine3.22\n",
        "FROM python:3.14-slim-trixie\n",
        "FROM registry.example.org/node:14\n",
    ],
    check: Check::Dockerfile(ended),
};

/// The last release of a product that has ended, all before it included: name, version, since when.
///
/// From the projects' own release pages, as of this release of Boltseal; only what had ended by August 2026.
const LAST: &[(&str, &[u32], &str)] = &[
    ("debian", &[11], "August 2026"),
    ("alpine", &[3, 20], "April 2026"),
    ("node", &[20], "April 2026"),
    ("python", &[3, 9], "October 2025"),
    ("php", &[8, 1], "December 2025"),
    ("ruby", &[3, 2], "March 2026"),
    ("golang", &[1, 24], "February 2026"),
    ("fedora", &[42], "May 2026"),
    ("amazonlinux", &[1], "December 2023"),
    ("oraclelinux", &[7], "December 2024"),
    ("postgres", &[13], "November 2025"),
    ("mysql", &[8, 0], "April 2026"),
    ("mariadb", &[10, 5], "June 2025"),
    ("mongo", &[6], "July 2025"),
    ("elasticsearch", &[7], "January 2026"),
    ("tomcat", &[8], "March 2024"),
    ("httpd", &[2, 2], "July 2017"),
    ("perl", &[5, 36], "2025"),
];

/// Single releases that have ended though older ones may live on: odd or interim ones.
const SINGLE: &[(&str, &[u32], &str)] = &[
    ("node", &[21], "June 2024"),
    ("node", &[23], "June 2025"),
    ("node", &[25], "June 2026"),
    ("ubuntu", &[14, 4], "April 2019"),
    ("ubuntu", &[16, 4], "April 2021"),
    ("ubuntu", &[18, 4], "May 2023"),
    ("ubuntu", &[20, 4], "May 2025"),
];

/// Names of releases that stand in tags, of a distribution or of images made on it.
const CODENAMES: &[(&str, &str, &str)] = &[
    ("wheezy", "Debian 7", "May 2018"),
    ("jessie", "Debian 8", "June 2020"),
    ("stretch", "Debian 9", "June 2022"),
    ("buster", "Debian 10", "June 2024"),
    ("bullseye", "Debian 11", "August 2026"),
    ("trusty", "Ubuntu 14.04", "April 2019"),
    ("xenial", "Ubuntu 16.04", "April 2021"),
    ("bionic", "Ubuntu 18.04", "May 2023"),
    ("focal", "Ubuntu 20.04", "May 2025"),
    ("fermium", "Node.js 14", "April 2023"),
    ("gallium", "Node.js 16", "September 2023"),
    ("hydrogen", "Node.js 18", "April 2025"),
    ("iron", "Node.js 20", "April 2026"),
];

fn ended(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (from, image) in images(file) {
        let reference = Reference::parse(image);
        if let Some((what, since)) = end_of(&reference) {
            found.report(from.image.span, format!("`{image}`: {what} gets no more security fixes ({since})"));
        }
    }
}

/// What has ended, and when.
fn end_of(reference: &Reference<'_>) -> Option<(String, String)> {
    let tag = reference.tag?;
    if tag.contains('$') {
        return None;
    }
    if let Some(rest) = reference.repository().strip_prefix("mcr.microsoft.com/dotnet/") {
        let version = numbers(tag);
        let framework = rest.starts_with("framework/");
        let old = rest.starts_with("core/") || version.first().is_some_and(|major| (1..=7).contains(major));
        return (old && !framework)
            .then(|| (format!(".NET {}", shown(&version)), "all up to 7 ended by November 2024".to_owned()));
    }
    let name = reference.official();
    name.and_then(|name| end_of_official(name, tag))
        .or_else(|| reference.is_on_docker_hub().then(|| end_of_ground(tag))?)
}

/// By the version that the tag begins with.
fn end_of_official(name: &str, tag: &str) -> Option<(String, String)> {
    let version = numbers(tag);
    // A long number is a date or a snapshot, and `ubuntu` counts by year and month.
    let interim = name == "ubuntu" && version.len() == 2 && is_interim(&version);
    if interim {
        return Some((
            format!("Ubuntu {}.{:02}", version.first()?, version.get(1)?),
            "interim releases end after nine months".to_owned(),
        ));
    }
    if name == "centos" {
        let stream = tag.to_ascii_lowercase().starts_with("stream");
        return Some((
            if stream { "this image of CentOS Stream" } else { "CentOS Linux" }.to_owned(),
            "ended in June 2024 or before".to_owned(),
        ));
    }
    let single = SINGLE.iter().find(|(of, ended, _)| *of == name && same(&version, ended));
    let last = || LAST.iter().find(|(of, ended, _)| *of == name && up_to(&version, ended));
    if let Some((_, ended, since)) = single.or_else(last) {
        let what = if name == "ubuntu" {
            format!("ubuntu {}", tag.get(..5).unwrap_or(tag))
        } else {
            format!("{name} {}", shown(&version))
        };
        let since = if same(&version, ended) {
            format!("ended in {since}")
        } else {
            format!("all up to {} ended by {since}", shown(ended))
        };
        return Some((what, since));
    }
    None
}

/// By the distribution that the tag says the image is made on.
fn end_of_ground(tag: &str) -> Option<(String, String)> {
    for word in tag.split(['-', '_']) {
        if let Some((_, what, since)) = CODENAMES.iter().find(|(codename, ..)| word.eq_ignore_ascii_case(codename)) {
            return Some(((*what).to_owned(), format!("ended in {since}")));
        }
        if let Some(alpine) = word.strip_prefix("alpine").filter(|rest| rest.contains('.'))
            && up_to(&numbers(alpine), &[3, 20])
        {
            return Some((format!("Alpine {alpine}"), "all up to 3.20 ended by April 2026".to_owned()));
        }
    }
    None
}

/// The numbers that a tag begins with: `3.11-slim` is 3 and 11. None for a date.
fn numbers(tag: &str) -> Vec<u32> {
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    let length = tag.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let rest = tag.get(length..).unwrap_or_default();
    if !rest.is_empty() && !rest.starts_with(['-', '_', '+']) && !rest.starts_with("rc") {
        return Vec::new();
    }
    let parts: Vec<u32> =
        tag.get(..length).unwrap_or_default().split('.').map_while(|part| part.parse().ok()).collect();
    if parts.iter().any(|part| *part > 9999) { Vec::new() } else { parts }
}

/// The first two numbers of a version.
fn shown(version: &[u32]) -> String {
    version.iter().take(2).map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// `version` is `ended` or before it. A version that is less exact stands for its newest: `python:3` lives on.
fn up_to(version: &[u32], ended: &[u32]) -> bool {
    for (at, limit) in ended.iter().enumerate() {
        match version.get(at) {
            None => return false,
            Some(part) if part < limit => return true,
            Some(part) if part > limit => return false,
            Some(_) => {}
        }
    }
    !version.is_empty()
}

fn same(version: &[u32], ended: &[u32]) -> bool {
    version.len() >= ended.len() && version.iter().zip(ended).all(|(part, of)| part == of)
}

/// Not an April of an even year, and long enough ago.
fn is_interim(version: &[u32]) -> bool {
    match version {
        [year, month] => (*month == 10 || year % 2 == 1) && (*year, *month) <= (25, 10),
        _ => false,
    }
}

pub(super) const ABANDONED: Rule = Rule {
    id: "BS-D038",
    title: "base image that was given up",
    severity: Severity::Medium,
    aliases: &[],
    why: "The image is deprecated by those who made it: it is not rebuilt when its parts get fixes, and its name may disappear.",
    advice: "Use the image that took its place.",
    references: &["https://hub.docker.com/_/openjdk", "https://github.com/docker-library/official-images/pull/13598"],
    bad: &["FROM openjdk:17-slim\n", "FROM k8s.gcr.io/pause:3.6\n"],
    good: &["FROM eclipse-temurin:21-jre\n", "FROM registry.k8s.io/pause:3.10\n", "FROM example.org/openjdk:17\n"],
    check: Check::Dockerfile(abandoned),
};

/// Official images that are deprecated, and what took their place.
const OFFICIAL: &[(&str, &str)] = &[
    ("openjdk", "`eclipse-temurin`, `amazoncorretto` or `ibm-semeru-runtimes`"),
    ("java", "`eclipse-temurin`"),
    ("adoptopenjdk", "`eclipse-temurin`"),
    ("centos", "`almalinux`, `rockylinux` or `quay.io/centos/centos`"),
    ("vault", "`hashicorp/vault`"),
    ("consul", "`hashicorp/consul`"),
    ("jenkins", "`jenkins/jenkins`"),
    ("nats-streaming", "`nats` with JetStream"),
    ("iojs", "`node`"),
    ("rails", "`ruby`"),
    ("django", "`python`"),
    ("celery", "`python`"),
    ("piwik", "`matomo`"),
    ("owncloud", "`owncloud/server`"),
    ("opensuse", "`opensuse/leap`"),
    ("ubuntu-debootstrap", "`ubuntu`"),
    ("ubuntu-upstart", "`ubuntu`"),
    ("glassfish", "`ghcr.io/eclipse-ee4j/glassfish`"),
    ("swarm", "swarm mode, which is a part of Docker"),
    ("sentry", "Sentry's self-hosted release"),
    ("fsharp", "`mcr.microsoft.com/dotnet/sdk`"),
    ("phpmyadmin/phpmyadmin", "`phpmyadmin`"),
];

/// Places that are closed or frozen, and where their images went.
const PLACES: &[(&str, &str)] = &[
    ("k8s.gcr.io/", "`registry.k8s.io`"),
    ("gcr.io/google-containers/", "`registry.k8s.io`"),
    ("gcr.io/google_containers/", "`registry.k8s.io`"),
    ("docker.pkg.github.com/", "`ghcr.io`"),
    ("gcr.io/kaniko-project/", "a maintained builder such as BuildKit or Buildah"),
    ("microsoft/dotnet", "`mcr.microsoft.com/dotnet`"),
    ("microsoft/aspnet", "`mcr.microsoft.com/dotnet`"),
    ("microsoft/windowsservercore", "`mcr.microsoft.com/windows/servercore`"),
    ("microsoft/nanoserver", "`mcr.microsoft.com/windows/nanoserver`"),
    ("bitnamilegacy/", "an image that is still built: these are frozen"),
];

fn abandoned(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for (from, image) in images(file) {
        let reference = Reference::parse(image);
        let repository = reference.repository();
        let short = repository.strip_prefix("docker.io/").unwrap_or(&repository);
        let official = reference.official().and_then(|name| OFFICIAL.iter().find(|(old, _)| *old == name));
        let place = || PLACES.iter().find(|(start, _)| short.starts_with(start));
        if let Some((_, instead)) = official.or_else(place) {
            found.report(from.image.span, format!("`{image}` was given up; its place is taken by {instead}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_end_by_their_version_or_codename() {
        let ended = [
            "debian:9",
            "debian:9.13-slim",
            "debian:stretch-slim",
            "debian:10",
            "ubuntu:16.04",
            "ubuntu:23.10",
            "alpine:3.12.1",
            "alpine:3.9",
            "node:8",
            "node:18-bullseye",
            "bitnami/minideb:buster",
            "python:2.7",
            "python:2",
            "python:3.8-slim",
            "node:23",
            "centos:7",
            "golang:1.19-alpine3.16",
            "php:7.4-fpm",
            "mcr.microsoft.com/dotnet/sdk:6.0",
            "mcr.microsoft.com/dotnet/core/aspnet:3.1",
            "docker.io/library/node:14",
            "php:8.4-fpm-alpine3.15",
            "amazonlinux:1",
        ];
        for image in ended {
            assert!(end_of(&Reference::parse(image)).is_some(), "{image}");
        }
        let alive = [
            "debian:12",
            "debian:13-slim",
            "debian:bookworm",
            "ubuntu:22.04",
            "ubuntu:24.04",
            "ubuntu:26.04",
            "alpine:3.22",
            "alpine:3",
            "node:24",
            "node:lts",
            "python:3",
            "python:3.13",
            "python:3.10",
            "golang:1",
            "golang:1.26",
            "php:8",
            "php:8.3",
            "mcr.microsoft.com/dotnet/sdk:8.0",
            "alpine:20240329",
            "ubuntu:noble-20240801",
            "mcr.microsoft.com/dotnet/framework/sdk:4.8",
            "debian:trixie-20250811",
            "amazonlinux:2023",
            "amazonlinux:2",
            "node:22-alpine3.22",
            "rust:1.70",
            "example.org/node:8",
        ];
        for image in alive {
            assert!(end_of(&Reference::parse(image)).is_none(), "{image}");
        }
    }
}
