//! Files with secrets that are copied by name.

use crate::dockerfile::rules::lineage;
use crate::dockerfile::{Body, Dockerfile};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use boltseal_evidence::Severity;

pub(super) const FILE: Rule = Rule {
    id: "BS-D065",
    title: "file with secrets copied into the image",
    severity: Severity::High,
    aliases: &[],
    why: "Whoever gets the image gets the file. Deleting it in a later instruction does not help: its layer stays.",
    advice: "Mount it for the one instruction that needs it (`RUN --mount=type=secret,id=…`), or give it to the container when it runs. If it was published, replace the secret.",
    references: &[
        "https://docs.docker.com/build/building/secrets/",
        "https://docs.docker.com/reference/dockerfile/#run---mounttypesecret",
    ],
    bad: &[
        "FROM debian:12\nCOPY .env /app/.env\n",
        "FROM debian:12\nCOPY id_rsa /root/.ssh/id_rsa\n",
        "FROM debian:12\nADD [\"certs/server.key\", \"/etc/ssl/\"]\n",
        "FROM node:24 AS build\nCOPY .npmrc /root/.npmrc\n",
    ],
    good: &[
        "FROM debian:12\nCOPY .env.example /app/.env.example\nCOPY certs/ca.pem /etc/ssl/certs/ca.pem\nCOPY id_rsa.pub /root/.ssh/authorized_keys\n",
        "FROM debian:12\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n",
        "FROM debian:12\nCOPY docker.gpg.key /etc/apt/keyrings/docker.asc\nCOPY src/secret.rs /src/\n",
    ],
    check: Check::Dockerfile(file_with_secrets),
};

fn file_with_secrets(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    let shipped = lineage::stages_of_image(file);
    for instruction in file.all() {
        let (Body::Copy(copy) | Body::Add(copy)) = &instruction.body else { continue };
        for source in copy.sources.iter().filter(|source| !source.text.contains("://")) {
            let Some((what, severity)) = secret_file(&source.text) else { continue };
            // In a stage that is not shipped it stays in the build cache only.
            let is_shipped = instruction.stage.is_some_and(|stage| shipped.contains(&stage));
            let severity = if is_shipped { severity } else { severity.min(Severity::Medium) };
            let place = if is_shipped { "is in the image from here on" } else { "stays in a layer of the build cache" };
            found.report(source.span, format!("`{}` holds {what} and {place}", source.text)).severity(severity);
        }
    }
}

/// What a file of this name holds, and how bad that is.
fn secret_file(path: &str) -> Option<(&'static str, Severity)> {
    let lower = path.trim_end_matches(['/', '*']).to_ascii_lowercase().replace('\\', "/");
    let name = lower.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let certificate = has(&["ca.", "ca-", "cert", "chain", "bundle", "pub", "root", "crt", "trust", "intermediate"]);
    match name {
        "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519" | "identity" => return Some(("a private key", Severity::High)),
        ".netrc" | "_netrc" | ".git-credentials" | ".pgpass" | ".my.cnf" | ".htpasswd" | ".vault-token"
        | ".dockercfg" | ".pypirc" => {
            return Some(("passwords", Severity::High));
        }
        ".ssh" | ".aws" | ".gnupg" | ".kube" | ".azure" | ".gcloud" => {
            return Some(("keys and credentials", Severity::High));
        }
        ".env" | ".envrc" => return Some(("the settings of an environment, secrets among them", Severity::Medium)),
        ".npmrc" | ".yarnrc" => return Some(("the token of a registry, if it has one", Severity::Medium)),
        "kubeconfig" | "terraform.tfstate" | "terraform.tfvars" | "credentials.json" | "client_secret.json" => {
            return Some(("credentials", Severity::High));
        }
        "secrets.yml" | "secrets.yaml" | "secrets.json" | "secrets.env" | "secrets.toml" | "secret.yml"
        | "secret.yaml" | "secret.json" | "master.key" => {
            return Some(("secrets", Severity::High));
        }
        _ => {}
    }
    if lower.ends_with(".aws/credentials") || lower.ends_with(".docker/config.json") || lower.ends_with(".kube/config")
    {
        return Some(("credentials", Severity::High));
    }
    if let Some(rest) = name.strip_prefix(".env.") {
        let sample = ["example", "sample", "template", "dist", "defaults", "default", "test", "schema", "ci", "tpl"];
        return (!sample.iter().any(|word| rest.split(['.', '-']).any(|part| part == *word)))
            .then_some(("the settings of an environment, secrets among them", Severity::Medium));
    }
    let service_account = extension == "json" && (has(&["service-account", "service_account", "serviceaccount"]));
    match extension {
        "json" if service_account => Some(("the key of a service account", Severity::High)),
        "p12" | "pfx" | "jks" | "keystore" | "ppk" if !certificate => Some(("a private key", Severity::High)),
        "tfstate" | "kdbx" => Some(("secrets", Severity::High)),
        "key" if !certificate && !has(&["gpg", "pgp", "apt", "rpm", "repo", "archive", "signing", "release"]) => {
            Some(("a private key", Severity::High))
        }
        "pem" if has(&["key", "priv", "id_", "server", "client"]) && !certificate => {
            Some(("a private key", Severity::High))
        }
        _ => None,
    }
}

pub(super) const GIT: Rule = Rule {
    id: "BS-D072",
    title: ".git copied into the image",
    severity: Severity::Medium,
    aliases: &[],
    why: "The history of the sources comes with it, deleted secrets and the token of a remote in `.git/config` included.",
    advice: "Give the build what it needs of it as an argument, such as `--build-arg COMMIT=…`, and put `.git` into `.dockerignore`; or mount it with `RUN --mount=type=bind,source=.git,target=.git`.",
    references: &["https://docs.docker.com/build/concepts/context/#dockerignore-files"],
    bad: &["FROM debian:12\nCOPY .git /app/.git\n"],
    good: &[
        "FROM debian:12\nRUN --mount=type=bind,source=.git,target=.git make\n",
        "FROM debian:12\nCOPY .gitignore /app/\n",
        "FROM debian:12 AS build\nCOPY .git .git\nFROM debian:12\n",
    ],
    check: Check::Dockerfile(git),
};

fn git(file: &Dockerfile<'_>, found: &mut Found<'_>) {
    for instruction in lineage::of_image(file) {
        let (Body::Copy(copy) | Body::Add(copy)) = &instruction.body else { continue };
        let is_git =
            |path: &str| path.trim_end_matches('/').rsplit('/').next() == Some(".git") && !path.contains("://");
        for source in copy.sources.iter().filter(|source| is_git(&source.text)) {
            found.report(source.span, "the whole history of the sources is in the image from here on");
        }
    }
}
