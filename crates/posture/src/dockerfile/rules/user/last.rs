//! The last `USER` of the image that is built, through the stages it rests on.

use crate::dockerfile::rules::base::reference::Reference;
use crate::dockerfile::rules::lineage;
use crate::dockerfile::rules::variable::variables;
use crate::dockerfile::{Body, Command, Dockerfile, From, Instruction, Word};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

/// The `USER` lines of the image, the last one first.
fn users<'f>(line: &[&'f Instruction]) -> Vec<&'f Word> {
    let user = |each: &&'f Instruction| if let Body::User(user) = &each.body { Some(user) } else { None };
    line.iter().rev().filter_map(user).collect()
}

/// What a `USER` says after variables with one known value are put in; as written where there is none.
fn meant(line: &[&Instruction], user: &Word) -> String {
    let mut text = user.text.clone();
    for variable in variables(&user.text).iter().rev().filter(|variable| !variable.has_default) {
        let value = line.iter().rev().find_map(|each| match &each.body {
            Body::Arg(pairs) | Body::Env(pairs) => {
                pairs.iter().find(|pair| pair.key.text == variable.name)?.value.as_ref()
            }
            _ => None,
        });
        if let Some(value) = value.filter(|value| !value.text.contains('$')) {
            text.replace_range(variable.range.clone(), &value.text);
        }
    }
    text
}

fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or_default();
    name == "root" || (!name.is_empty() && name.bytes().all(|byte| byte == b'0'))
}

pub(super) const NONE: Rule = Rule {
    id: "BS-D050",
    title: "image that runs as root because no USER is set",
    severity: Severity::Medium,
    aliases: &["DS-0002", "CKV_DOCKER_3"],
    why: "Without `USER` the program runs as root. A fault in it then gives an intruder every file of the image and every capability of the container, and a fault in the kernel or runtime the host.",
    advice: "Create a user and end the last stage with its number: `RUN useradd --uid 10001 app` and `USER 10001`. Ports below 1024 are open to it too in today's runtimes.",
    references: &[
        "https://docs.docker.com/build/building/best-practices/#user",
        "https://www.cisecurity.org/benchmark/docker",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    ],
    bad: &["FROM debian:12\nCMD [\"app\"]\n", "FROM debian:12 AS build\nUSER 1000\nFROM debian:12\nCMD [\"app\"]\n"],
    good: &[
        "FROM debian:12\nUSER 10001\nCMD [\"app\"]\n",
        "FROM debian:12 AS base\nUSER 10001\nFROM base\nCMD [\"app\"]\n",
        "FROM gcr.io/distroless/static-debian12:nonroot\nCMD [\"/app\"]\n",
        "FROM scratch\nCOPY files /\n",
        "FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nCMD [\"app.exe\"]\n",
        "FROM debian:12\nENTRYPOINT [\"gosu\", \"10001\", \"app\"]\n",
    ],
    check: Check::Dockerfile(none),
};

fn none(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let line = lineage::of_image(file);
    let Some(root) = lineage::root_of_image(file) else { return };
    let Some(own) = file.last_stage().and_then(|stage| file.base(stage)) else { return };
    if !users(&line).is_empty() || lineage::is_windows(file) || brings_user(root) || drops_root(&line) {
        return;
    }
    let runs = line.iter().any(|each| matches!(each.body, Body::Cmd(_) | Body::Entrypoint(_)));
    if root.image.text == "scratch" && !runs {
        return;
    }
    let image = root.resolved.as_deref().unwrap_or(&root.image.text);
    if installs_dropper(&line) {
        let message = "no `USER` is set: unless the entry point changes to another, the container runs as root";
        found.report(own.image.span, message).severity(Severity::Low);
    } else if Reference::parse(image).official().is_some() && !image.contains('$') {
        found.report(own.image.span, "no `USER` is set, so the container runs as root");
    } else {
        let message = format!("no `USER` is set: unless `{image}` sets one, the container runs as root");
        found.report(own.image.span, message).severity(Severity::Low);
    }
}

/// Images that are known to set a user of their own.
fn brings_user(root: &From) -> bool {
    const REPOSITORIES: &[&str] = &[
        "cgr.dev/",
        "dhi.io/",
        "bitnami/",
        "grafana/",
        "prom/",
        "jenkins/",
        "nginxinc/nginx-unprivileged",
        "quay.io/keycloak/",
        "quay.io/prometheus/",
        "opensearchproject/",
        "apache/airflow",
        "jupyter/",
        "quay.io/jupyter/",
        "selenium/",
        "cimg/",
        "mambaorg/micromamba",
        "curlimages/curl",
        "docker.elastic.co/",
        "registry.access.redhat.com/ubi8/nodejs",
        "registry.access.redhat.com/ubi9/nodejs",
        "registry.access.redhat.com/ubi8/python",
        "registry.access.redhat.com/ubi9/python",
        "registry.access.redhat.com/ubi8/openjdk",
        "registry.access.redhat.com/ubi9/openjdk",
        "ghcr.io/nginxinc/nginx-unprivileged",
    ];
    const OFFICIAL: &[&str] = &[
        "sonarqube",
        "solr",
        "kibana",
        "logstash",
        "elasticsearch",
        "memcached",
        "haproxy",
        "varnish",
        "rocket.chat",
        "kong",
    ];
    let image = root.resolved.as_deref().unwrap_or(&root.image.text);
    let reference = Reference::parse(image);
    let repository = reference.repository();
    let repository = repository.strip_prefix("docker.io/").unwrap_or(&repository);
    let tag = reference.tag.unwrap_or_default();
    tag.contains("nonroot")
        || tag.contains("rootless")
        || (tag.contains("chiseled") && repository.starts_with("mcr.microsoft.com/dotnet/"))
        || repository.contains("unprivileged")
        || REPOSITORIES.iter().any(|start| repository.starts_with(start))
        || reference.official().is_some_and(|name| OFFICIAL.contains(&name))
}

/// Programs that run another as another user.
const DROPPERS: &[&str] = &["gosu", "su-exec", "setpriv", "runuser", "chpst", "s6-setuidgid", "setuidgid"];

/// Such a program is put into the image, which a script may call.
fn installs_dropper(line: &[&Instruction]) -> bool {
    line.iter().any(|each| match &each.body {
        Body::Run(Command::Shell(script)) => script
            .commands
            .iter()
            .flat_map(|call| &call.words)
            .any(|word| matches!(word.text.as_str(), "gosu" | "su-exec")),
        Body::Copy(copy) => {
            copy.sources.iter().any(|source| source.text.ends_with("/gosu") || source.text.ends_with("/su-exec"))
        }
        _ => false,
    })
}

/// The command that is started changes the user itself.
fn drops_root(line: &[&Instruction]) -> bool {
    line.iter().any(|each| match &each.body {
        Body::Cmd(Command::Exec(words)) | Body::Entrypoint(Command::Exec(words)) => words.iter().any(|word| {
            let name = word.text.rsplit('/').next().unwrap_or_default();
            DROPPERS.contains(&name)
        }),
        _ => false,
    })
}

pub(super) const ROOT: Rule = Rule {
    id: "BS-D051",
    title: "last USER is root",
    severity: Severity::High,
    aliases: &["DL3002", "DS-0002", "CKV_DOCKER_8"],
    why: "The last `USER` is who the program runs as. As root, a fault in it gives an intruder every file of the image and every capability of the container, and a fault in the kernel or runtime the host.",
    advice: "Do what needs root first, then end the stage with `USER` and a number other than 0.",
    references: &[
        "https://docs.docker.com/build/building/best-practices/#user",
        "https://www.cisecurity.org/benchmark/docker",
    ],
    bad: &[
        "FROM debian:12\nUSER root\nCMD [\"app\"]\n",
        "FROM debian:12\nUSER app\nUSER 0:0\nRUN apt-get update\n",
        "FROM debian:12 AS base\nUSER root\nFROM base\nCMD [\"app\"]\n",
        "FROM debian:12\nARG APP_USER=root\nUSER ${APP_USER}\n",
    ],
    good: &[
        "FROM debian:12\nUSER root\nRUN make\nUSER 10001\n",
        "FROM debian:12 AS build\nUSER root\nFROM debian:12\nUSER 10001\n",
        "FROM debian:12\nARG UID\nUSER ${UID}\n",
    ],
    check: Check::Dockerfile(root),
};

// hadolint asks this of every stage; who builds in a stage that is not shipped harms nobody.
fn root(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let line = lineage::of_image(file);
    let users = users(&line);
    let Some((last, before)) = users.split_first() else { return };
    if !is_root(&meant(&line, last)) {
        return;
    }
    let other = before.iter().find(|user| !is_root(&meant(&line, user)));
    let message = match other {
        Some(other) => format!("the container runs as `{}`: nothing goes back to `{}`", last.text, other.text),
        None => format!("the container runs as `{}`", last.text),
    };
    let report = found.report(last.span, message);
    if let Some(other) = other {
        report.note(other.span, "the user before");
    }
}

pub(super) const NAME: Rule = Rule {
    id: "BS-D052",
    title: "USER by name",
    severity: Severity::Negligible,
    aliases: &["DL3066"],
    why: "A name is looked up in the image only when the container starts. Kubernetes cannot tell whether it is root and refuses to start the pod when `runAsNonRoot` is set without `runAsUser`.",
    advice: "Write the number: `USER 10001:10001`.",
    references: &["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
    bad: &["FROM debian:12\nUSER app\n"],
    good: &[
        "FROM debian:12\nUSER 10001:app\n",
        "FROM debian:12\nARG UID=10001\nUSER ${UID}\n",
        "FROM debian:12\nUSER app\nRUN make\nUSER 10001\n",
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nUSER ContainerUser\n",
    ],
    check: Check::Dockerfile(name),
};

// Only the last one, unlike hadolint: the others are used within the image alone. That of root is another rule's.
fn name(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let line = lineage::of_image(file);
    let Some(last) = users(&line).first().copied() else { return };
    let user = meant(&line, last);
    let name = user.split(':').next().unwrap_or_default();
    let number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    if !number && !name.contains('$') && !name.is_empty() && !is_root(&user) && !lineage::is_windows(file) {
        found.report(last.span, format!("`{name}` is a name, of which a cluster cannot tell that it is not root"));
    }
}

pub(super) const GROUP: Rule = Rule {
    id: "BS-D053",
    title: "USER with a group that is as good as root",
    severity: Severity::Medium,
    aliases: &[],
    why: "Members of `sudo`, `wheel` or `docker` may become root, those of `disk` and `shadow` may read what only root should.",
    advice: "Use a group of the program's own.",
    references: &["https://wiki.debian.org/SystemGroups"],
    bad: &["FROM debian:12\nUSER 10001:sudo\n", "FROM debian:12\nUSER app:docker\n"],
    good: &["FROM debian:12\nUSER 10001:10001\n", "FROM debian:12\nUSER 1001:0\n"],
    check: Check::Dockerfile(group),
};

// Group 0 is let pass: OpenShift runs images as any user of that group and asks for files that it may write.
fn group(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let line = lineage::of_image(file);
    let Some(last) = users(&line).first().copied() else { return };
    let user = meant(&line, last);
    if let Some((_, group)) = user.split_once(':')
        && PRIVILEGED.contains(&group)
    {
        found.report(last.span, format!("members of the group `{group}` can become root"));
    }
}

/// Groups that lead to root. Debian wiki, "System groups".
pub(super) const PRIVILEGED: &[&str] = &["sudo", "wheel", "docker", "disk", "shadow", "admin", "lxd", "kmem"];

pub(super) const WINDOWS: Rule = Rule {
    id: "BS-D055",
    title: "Windows image that runs as administrator",
    severity: Severity::Medium,
    aliases: &[],
    why: "`ContainerAdministrator` may change everything in the container, services and registry included. It is the default of Windows Server images.",
    advice: "End the last stage with `USER ContainerUser`.",
    references: &[
        "https://learn.microsoft.com/en-us/virtualization/windowscontainers/manage-containers/container-security",
    ],
    bad: &[
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nUSER ContainerAdministrator\n",
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCMD [\"app.exe\"]\n",
    ],
    good: &[
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nUSER ContainerAdministrator\nRUN setup.exe\nUSER ContainerUser\n",
        "FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nCMD [\"app.exe\"]\n",
        "FROM debian:12\nUSER 10001\n",
    ],
    check: Check::Dockerfile(windows),
};

fn windows(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let Some(root) = lineage::root_of_image(file).filter(|_| lineage::is_windows(file)) else { return };
    let line = lineage::of_image(file);
    let image = root.resolved.as_deref().unwrap_or(&root.image.text);
    match users(&line).first() {
        Some(last) => {
            let name = last.text.rsplit('\\').next().unwrap_or_default();
            if ["containeradministrator", "administrator"].iter().any(|admin| name.eq_ignore_ascii_case(admin)) {
                found.report(last.span, format!("the container runs as `{}`", last.text));
            }
        }
        None if image.contains("servercore") || image.starts_with("mcr.microsoft.com/windows/server") => {
            found.report(root.image.span, "no `USER` is set, so the container runs as `ContainerAdministrator`");
        }
        None => {}
    }
}

pub(super) const EMPTY: Rule = Rule {
    id: "BS-D056",
    title: "USER of a variable that has no value",
    severity: Severity::Medium,
    aliases: &[],
    why: "The variable is declared without a default. When nobody gives it a value the user is empty, and what was meant to run as somebody else runs as root or is not built.",
    advice: "Give the `ARG` a default: `ARG UID=10001`.",
    references: &["https://docs.docker.com/reference/dockerfile/#user"],
    bad: &["FROM debian:12\nARG UID\nUSER ${UID}\n"],
    good: &[
        "FROM debian:12\nARG UID=10001\nUSER ${UID}\n",
        "ARG UID=10001\nFROM debian:12\nARG UID\nUSER $UID\n",
        "FROM debian:12\nARG UID\nUSER ${UID:-10001}\n",
    ],
    check: Check::Dockerfile(empty),
};

fn empty(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let line = lineage::of_image(file);
    let Some(last) = users(&line).first().copied() else { return };
    for variable in variables(&last.text) {
        let pairs = || {
            let before = file.instructions.iter().take_while(|each| each.stage.is_none());
            before.chain(line.iter().copied()).flat_map(|each| match &each.body {
                Body::Arg(pairs) | Body::Env(pairs) => pairs.as_slice(),
                _ => &[],
            })
        };
        let declared = pairs().any(|pair| pair.key.text == variable.name);
        let valued = pairs().any(|pair| pair.key.text == variable.name && pair.value.is_some());
        if declared
            && !valued
            && !variable.has_default
            && variable.range.start == 0
            && matches!(last.text.as_bytes().get(variable.range.end), None | Some(b':'))
        {
            found.report(last.span, format!("`{}` has no default, so the user may be empty", variable.name));
        }
    }
}
