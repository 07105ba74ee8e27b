//! Rules on how the API server encrypts what it stores.

use boltseal_evidence::Severity;

use super::{Component, Host};
use crate::finding::Found;
use crate::rule::{Check, Rule};
use crate::secret::is_placeholder;
use crate::yaml::Node;

const CIS: &str = "https://www.cisecurity.org/benchmark/kubernetes";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "BS-H094",
        title: "stored objects are not encrypted",
        severity: Severity::High,
        aliases: &["CIS-K8S-1.2.28"],
        why: "The first provider encrypts what is written. If it is `identity`, Secrets stand in etcd in clear, though encryption looks set up.",
        advice: "Put `kms` (version 2) or `secretbox` first and `identity` last, then write all Secrets again.",
        references: &["https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/", CIS],
        bad: &[
            "=== enc.yaml\napiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - identity: {}\n",
            "=== enc.yaml\napiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - identity: {}\n  - secretbox: {keys: [{name: a, secret: <key>}]}\n",
        ],
        good: &[
            "=== enc.yaml\napiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - kms: {apiVersion: v2, name: a, endpoint: unix:///a.sock}\n  - identity: {}\n",
        ],
        check: Check::Host(identity),
    },
    Rule {
        id: "BS-H095",
        title: "encryption key in the file",
        severity: Severity::Medium,
        aliases: &[],
        why: "Whoever reads this file, its backup or its repository can read every Secret of the cluster that they get at.",
        advice: "Use a `kms` provider, which keeps the key outside; if that cannot be, write the file on the control plane only, with mode 0600.",
        references: &[
            "https://kubernetes.io/docs/tasks/administer-cluster/kms-provider/",
            "https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/",
        ],
        bad: &[
            "=== enc.yaml\napiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - secretbox:\n      keys:\n      - name: a\n        secret: YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU=\n",
        ],
        good: &[
            "=== enc.yaml\napiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - secretbox:\n      keys:\n      - name: a\n        secret: <BASE 64 ENCODED SECRET>\n",
            "=== enc.yaml\napiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - kms: {apiVersion: v2, name: a, endpoint: unix:///a.sock}\n",
        ],
        check: Check::Host(keys),
    },
];

/// The providers of each rule of the configuration.
fn providers<'h>(host: &'h Host<'_>) -> impl Iterator<Item = &'h [Node]> {
    let rules = if host.component == Component::Encryption { host.root.list("resources") } else { &[] };
    rules.iter().map(|rule| rule.list("providers"))
}

fn identity(host: &Host<'_>, found: &mut Found<'_>) {
    for providers in providers(host) {
        if let Some((name, _)) = providers.first().and_then(|first| first.entry("identity")) {
            host.report(found, name.span, "`identity` comes first, so nothing is encrypted");
        }
    }
}

fn keys(host: &Host<'_>, found: &mut Found<'_>) {
    for provider in providers(host).flatten().flat_map(Node::entries) {
        for key in provider.1.list("keys") {
            let Some(secret) = key.get("secret") else { continue };
            if secret.as_str().is_some_and(|text| !is_placeholder(text)) {
                let name = key.text("name").unwrap_or("?");
                host.report(found, secret.span, format!("key `{name}` stands in the file"));
            }
        }
    }
}
