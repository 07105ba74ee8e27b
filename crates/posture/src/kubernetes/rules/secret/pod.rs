//! Secrets in the specs of pods.

use boltseal_evidence::Severity;

use super::GOOD_PRACTICES;
use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::rule::{Check, Rule};
use crate::secret::{credentials_in_url, is_placeholder, is_secret_name, secret_in, secret_of};
use crate::source::Span;
use crate::yaml::Node;

/// An example: a Pod with one container, and more of its keys.
macro_rules! pod {
    ($container:literal) => {
        concat!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: web\n    image: nginx:1.29\n", $container)
    };
}

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K260",
        title: "secret in an environment variable of the manifest",
        severity: Severity::High,
        aliases: &["C-0012", "env-var-secret"],
        why: "The value stands in the manifest for everyone who reads the repository or may `get` the pod, which the role `view` lets anyone do, and in every copy of both.",
        advice: "Put the value into a Secret (better an external store) and mount it as a file, or refer to it with `secretKeyRef`; then change the value, since it is known.",
        references: &[
            GOOD_PRACTICES,
            "https://kubernetes.io/docs/tasks/inject-data-application/distribute-credentials-secure/",
        ],
        bad: &[
            pod!("    env:\n    - name: DB_PASSWORD\n      value: hunter2-prod\n"),
            pod!("    env:\n    - name: DATABASE_URL\n      value: postgres://shop:hunter2@db.example.com/shop\n"),
        ],
        good: &[
            pod!(
                "    env:\n    - name: DB_PASSWORD\n      valueFrom:\n        secretKeyRef: {name: db, key: password}\n"
            ),
            pod!(
                "    env:\n    - name: DB_PASSWORD_FILE\n      value: /run/secrets/db\n    - name: DB_PASSWORD\n      value: $(OTHER)\n    - name: DATABASE_URL\n      value: postgres://$(USER):$(PASSWORD)@db.example.com/shop\n"
            ),
        ],
        check: Check::Workload(environment),
    },
    Rule {
        id: "BS-K261",
        title: "secret among the arguments of a container",
        severity: Severity::High,
        aliases: &["C-0012"],
        why: "Arguments stand in the manifest, in the process list of the node and in `kubectl describe`.",
        advice: "Give the program a file or a variable from a Secret, and refer to the variable as `$(NAME)`; then change the value, since it is known.",
        references: &[GOOD_PRACTICES],
        bad: &[
            pod!("    args: [--listen=:80, --db-password=hunter2-prod]\n"),
            pod!("    args: [--db-password, hunter2-prod]\n"),
        ],
        good: &[
            pod!("    args: [--listen=:80, --db-password=$(DB_PASSWORD)]\n"),
            pod!("    args: [--db-password-file=/run/secrets/db, --token-ttl, 1h]\n"),
        ],
        check: Check::Workload(arguments),
    },
    Rule {
        id: "BS-K262",
        title: "Secret in an environment variable",
        severity: Severity::Low,
        aliases: &["CKV_K8S_35", "C-0207", "read-secret-from-env-var"],
        why: "Environment variables are inherited by every process of the container, printed by debug pages and crash reports, and stay as they were when the Secret changes. CIS 5.4.1 asks for files instead.",
        advice: "Mount the Secret as a file, where the program can read one.",
        references: &[
            "https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod",
            GOOD_PRACTICES,
        ],
        bad: &[pod!(
            "    env:\n    - name: DB_PASSWORD\n      valueFrom:\n        secretKeyRef: {name: db, key: password}\n"
        )],
        good: &[pod!(
            "    volumeMounts:\n    - {name: db, mountPath: /run/secrets/db, readOnly: true}\n  volumes:\n  - name: db\n    secret: {secretName: db}\n"
        )],
        check: Check::Workload(reference),
    },
    Rule {
        id: "BS-K263",
        title: "whole Secret as environment variables",
        severity: Severity::Low,
        aliases: &["CKV_K8S_35", "C-0207"],
        why: "`envFrom` turns every key of a Secret into a variable, also those that the program does not need, and a key such as `PATH` or `LD_PRELOAD` changes what it runs.",
        advice: "Mount the Secret as files, or name the keys that are needed with `secretKeyRef`.",
        references: &[
            "https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod",
            GOOD_PRACTICES,
        ],
        bad: &[pod!("    envFrom:\n    - secretRef: {name: db}\n")],
        good: &[pod!("    envFrom:\n    - configMapRef: {name: web}\n")],
        check: Check::Workload(whole),
    },
];

fn environment(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        for variable in container.node.list("env") {
            let (Some(name), Some(value)) = (variable.text("name"), variable.get("value")) else { continue };
            let Some(text) = value.as_str() else { continue };
            if let Some(kind) = secret_of(name, text) {
                found.report(value.span, format!("`{name}` holds {kind}")).within(&container.title());
            } else if let Some(range) = credentials_in_url(text).filter(|_| !text.contains("$(")) {
                let span = part(found, value, range);
                found.report(span, format!("the address in `{name}` holds a password")).within(&container.title());
            }
        }
    }
}

/// A part of a scalar, where it is written as it is read.
fn part(found: &Found<'_>, node: &Node, range: std::ops::Range<usize>) -> Span {
    let written = found.source().slice(node.span);
    let inner = written.trim_start_matches(['"', '\'']);
    let shift = written.len() - inner.len();
    match node.as_str() {
        Some(text) if inner.starts_with(text) => {
            Span::new(node.span.start + shift + range.start, node.span.start + shift + range.end)
        }
        _ => node.span,
    }
}

fn arguments(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        for list in ["command", "args"].map(|key| container.node.list(key)) {
            let mut before: Option<&str> = None;
            for node in list {
                let Some(text) = node.as_str() else { continue };
                if let Some(message) = argument(before, text) {
                    found.report(node.span, message).within(&container.title());
                }
                before = Some(text);
            }
        }
    }
}

/// What an argument gives away, told by its own name or by the option before it.
fn argument(before: Option<&str>, text: &str) -> Option<String> {
    let option = |text: &str| text.starts_with('-').then(|| text.trim_start_matches('-').to_owned());
    if let Some((name, value)) = text.split_once('=').filter(|(name, _)| name.starts_with('-') && !name.contains(' ')) {
        let name = name.trim_start_matches('-');
        return secret_of(name, value).map(|kind| format!("`{name}` holds {kind}"));
    }
    let plain = !text.contains(char::is_whitespace) && !text.starts_with('-') && !text.contains('=');
    if let Some(name) = before.filter(|before| !before.contains(['=', ' '])).and_then(option)
        && plain
        && is_secret_name(&name)
        && !is_placeholder(text)
    {
        return secret_of(&name, text).map(|kind| format!("`{name}` holds {kind}"));
    }
    secret_in(text).map(|kind| format!("an argument holds {kind}"))
}

fn reference(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        for variable in container.node.list("env") {
            let Some(node) = variable.at(&["valueFrom", "secretKeyRef"]) else { continue };
            let (name, secret) = (variable.text("name").unwrap_or("?"), node.text("name").unwrap_or("?"));
            found.report(node.span, format!("`{name}` comes from Secret `{secret}`")).within(&container.title());
        }
    }
}

fn whole(workload: &Workload<'_>, found: &mut Found<'_>) {
    for container in &workload.containers {
        for source in container.node.list("envFrom") {
            let Some(node) = source.get("secretRef") else { continue };
            let secret = node.text("name").unwrap_or("?");
            found
                .report(node.span, format!("every key of Secret `{secret}` becomes a variable"))
                .within(&container.title());
        }
    }
}
