//! Files that the API server and its clients read: encryption, audit, kubeconfigs.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Object;
use crate::rule::{Check, Rule};
use crate::secret::is_placeholder;
use crate::yaml::Node;

const ENCRYPTION: &str = "https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/";
const AUDIT: &str = "https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/";
const KINDS: &[&str] = &["EncryptionConfiguration", "EncryptionConfig"];

/// An example: an EncryptionConfiguration with these resources.
macro_rules! encryption {
    ($resources:literal) => {
        concat!("apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n", $resources)
    };
}

/// An example: an audit policy with these rules.
macro_rules! audit {
    ($rules:literal) => {
        concat!("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n", $rules)
    };
}

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K374",
        title: "Secrets written to etcd in the clear",
        severity: Severity::High,
        aliases: &["C-0066", "CIS-K8S-1.2.28"],
        why: "The first provider is the one that writes: with `identity` in front new Secrets are stored as they are, whatever stands behind it, and anyone with a copy of etcd or of its backup reads them. CIS 1.2.28 asks for encryption.",
        advice: "Put `kms`, `secretbox` or `aescbc` first and `identity` last, then write all Secrets anew: `kubectl get secrets -A -o json | kubectl replace -f -`.",
        references: &[ENCRYPTION],
        bad: &[encryption!(
            "- resources: [secrets]\n  providers:\n  - identity: {}\n  - kms: {apiVersion: v2, name: vault, endpoint: 'unix:///run/kms.sock'}\n"
        )],
        good: &[encryption!(
            "- resources: [secrets]\n  providers:\n  - kms: {apiVersion: v2, name: vault, endpoint: 'unix:///run/kms.sock'}\n  - identity: {}\n"
        )],
        check: Check::Object(KINDS, identity_first),
    },
    Rule {
        id: "BS-K375",
        title: "encryption of etcd that leaves Secrets out",
        severity: Severity::High,
        aliases: &[],
        why: "Only resources that are named are encrypted: without `secrets` the passwords of everything lie in etcd as they are.",
        advice: "Add `secrets` to `resources`, or `*.*` as the last entry for everything.",
        references: &[ENCRYPTION],
        bad: &[encryption!(
            "- resources: [configmaps]\n  providers:\n  - kms: {apiVersion: v2, name: vault, endpoint: 'unix:///run/kms.sock'}\n"
        )],
        good: &[
            encryption!(
                "- resources: [secrets, configmaps]\n  providers:\n  - kms: {apiVersion: v2, name: vault, endpoint: 'unix:///run/kms.sock'}\n"
            ),
            encryption!(
                "- resources: ['*.*']\n  providers:\n  - kms: {apiVersion: v2, name: vault, endpoint: 'unix:///run/kms.sock'}\n"
            ),
        ],
        check: Check::Object(KINDS, secrets_left_out),
    },
    Rule {
        id: "BS-K376",
        title: "key of the encryption of etcd in a file",
        severity: Severity::High,
        aliases: &[],
        why: "Whoever has this file decrypts every backup of etcd: the key stands beside what it locks.",
        advice: "Use `kms` with version 2, which keeps the key elsewhere, and do not commit the file; then make a new key.",
        references: &["https://kubernetes.io/docs/tasks/administer-cluster/kms-provider/", ENCRYPTION],
        bad: &[encryption!(
            "- resources: [secrets]\n  providers:\n  - aescbc:\n      keys:\n      - {name: key1, secret: c2VjcmV0IGlzIHNlY3VyZSwgb3IgaXMgaXQ/PQ==}\n"
        )],
        good: &[
            encryption!(
                "- resources: [secrets]\n  providers:\n  - aescbc:\n      keys:\n      - {name: key1, secret: <BASE 64 ENCODED SECRET>}\n"
            ),
            encryption!(
                "- resources: [secrets]\n  providers:\n  - kms: {apiVersion: v2, name: vault, endpoint: 'unix:///run/kms.sock'}\n"
            ),
        ],
        check: Check::Object(KINDS, key_in_file),
    },
    Rule {
        id: "BS-K377",
        title: "audit log that holds Secrets",
        severity: Severity::High,
        aliases: &[],
        why: "At `Request` or `RequestResponse` the log keeps the bodies: Secrets, and tokens that are reviewed or issued, are then readable by whoever reads logs.",
        advice: "Put a rule with `level: Metadata` for `secrets`, `configmaps`, `tokenreviews` and `serviceaccounts/token` before the others. CIS 3.2.2 asks for that.",
        references: &["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy"],
        bad: &[
            audit!("- level: RequestResponse\n"),
            audit!("- level: Request\n  resources:\n  - {group: '', resources: [pods, secrets]}\n"),
        ],
        good: &[
            audit!(
                "- level: Metadata\n  resources:\n  - {group: '', resources: [secrets, configmaps]}\n- level: RequestResponse\n"
            ),
            audit!("- level: RequestResponse\n  resources:\n  - {group: '', resources: [pods]}\n- level: Metadata\n"),
        ],
        check: Check::Object(&["Policy"], bodies),
    },
    Rule {
        id: "BS-K378",
        title: "audit policy that logs nothing",
        severity: Severity::Medium,
        aliases: &[],
        why: "The first rule that fits decides: `level: None` without a limit in front means that no request is ever written down, and after a break-in nobody can say what was done.",
        advice: "Limit `None` to noisy reads, and end with `level: Metadata` for everything. CIS 3.2.1 asks for a policy.",
        references: &[AUDIT],
        bad: &[audit!("- level: None\n- level: Metadata\n")],
        good: &[audit!("- level: None\n  users: ['system:kube-proxy']\n  verbs: [watch]\n- level: Metadata\n")],
        check: Check::Object(&["Policy"], silent),
    },
    Rule {
        id: "BS-K370",
        title: "kubeconfig that does not verify the API server",
        severity: Severity::High,
        aliases: &[],
        why: "Without verification the credentials go to whoever answers at the server's address, and so do all answers come from them.",
        advice: "Put the cluster's CA into `certificate-authority-data` and remove `insecure-skip-tls-verify`.",
        references: &["https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/"],
        bad: &[
            "apiVersion: v1\nkind: Config\nclusters:\n- name: shop\n  cluster:\n    server: https://k8s.example.com\n    insecure-skip-tls-verify: true\n",
            "apiVersion: v1\nkind: Config\nclusters:\n- name: shop\n  cluster:\n    server: http://k8s.example.com\n",
        ],
        good: &[
            "apiVersion: v1\nkind: Config\nclusters:\n- name: shop\n  cluster:\n    server: https://k8s.example.com\n    certificate-authority: ca.crt\n",
        ],
        check: Check::Object(&["Config"], unverified),
    },
];

fn entries<'a>(object: &Object<'a>) -> &'a [Node] {
    let own = object.group() == "apiserver.config.k8s.io" || object.api_version == "v1";
    object.node.get("resources").filter(|_| own).map_or(&[], Node::items)
}

fn is_about_secrets(entry: &Node) -> bool {
    entry.list("resources").iter().filter_map(Node::as_str).any(|name| matches!(name, "secrets" | "*." | "*.*"))
}

fn identity_first(object: &Object<'_>, found: &mut Found<'_>) {
    for entry in entries(object).iter().filter(|entry| is_about_secrets(entry)) {
        if let Some((key, _)) = entry.list("providers").first().and_then(|provider| provider.entry("identity")) {
            found.report(key.span, "`identity` comes first: Secrets are written in the clear");
        }
    }
}

fn secrets_left_out(object: &Object<'_>, found: &mut Found<'_>) {
    let entries = entries(object);
    if !entries.is_empty() && !entries.iter().any(is_about_secrets) {
        found.report(object.heading(), "`secrets` are not among the resources that are encrypted");
    }
}

fn key_in_file(object: &Object<'_>, found: &mut Found<'_>) {
    for provider in entries(object).iter().flat_map(|entry| entry.list("providers")) {
        for kind in ["aescbc", "aesgcm", "secretbox"] {
            let keys = provider.get(kind).map_or(&[][..], |provider| provider.list("keys"));
            for (key, secret) in keys.iter().filter_map(|key| Some((key, key.get("secret")?))) {
                if secret.as_str().is_some_and(|text| !is_placeholder(text)) {
                    let name = key.text("name").unwrap_or("?");
                    found.report(secret.span, format!("the key `{name}` stands in the file"));
                }
            }
        }
    }
}

/// The rules of an audit policy; Kyverno and others have a kind of that name too.
fn audit_rules<'a>(object: &Object<'a>) -> &'a [Node] {
    let own = object.group() == "audit.k8s.io";
    object.node.get("rules").filter(|_| own).map_or(&[], Node::items)
}

/// What narrows a rule down to some requests.
fn is_limited(rule: &Node, keys: &[&str]) -> bool {
    keys.iter().any(|key| rule.get(key).is_some_and(|node| !node.is_empty()))
}

const LIMITS: &[&str] = &["users", "userGroups", "verbs", "namespaces", "nonResourceURLs", "resources"];

fn names_secrets(rule: &Node) -> Option<&Node> {
    let core = rule.list("resources").iter().filter(|entry| entry.text("group").is_none_or(str::is_empty));
    let mut names = core.flat_map(|entry| entry.list("resources"));
    names.find(|name| matches!(name.as_str(), Some("secrets" | "*")))
}

fn bodies(object: &Object<'_>, found: &mut Found<'_>) {
    for rule in audit_rules(object) {
        let Some(level) = rule.get("level") else { continue };
        let named = names_secrets(rule);
        // An entry for the core group without resources is about all of them.
        let whole_core = rule
            .list("resources")
            .iter()
            .any(|entry| entry.text("group").is_none_or(str::is_empty) && entry.list("resources").is_empty());
        let about = named.is_some() || whole_core || !is_limited(rule, &["resources", "nonResourceURLs"]);
        if !about {
            continue;
        }
        match level.as_str() {
            Some(name @ ("Request" | "RequestResponse")) => {
                let span = named.map_or(level.span, |node| node.span);
                found.report(span, format!("`{name}` writes the contents of Secrets into the log"));
            }
            // Whoever it is that asks: from here on Secrets are dealt with.
            _ if !is_limited(rule, &["users", "userGroups", "verbs", "namespaces", "omitStages"]) => return,
            _ => {}
        }
    }
}

fn silent(object: &Object<'_>, found: &mut Found<'_>) {
    let rules = audit_rules(object);
    let logged = |rule: &&Node| rule.text("level").is_some_and(|level| level != "None");
    for rule in rules.iter().take_while(|rule| !logged(rule)) {
        if let Some(level) = rule.get("level").filter(|_| !is_limited(rule, LIMITS)) {
            found.report(level.span, "`None` for every request: nothing is logged");
            return;
        }
    }
}

fn unverified(object: &Object<'_>, found: &mut Found<'_>) {
    if object.api_version != "v1" {
        return;
    }
    for cluster in object.node.list("clusters").iter().filter_map(|entry| entry.get("cluster")) {
        if let Some(node) = cluster.get("insecure-skip-tls-verify").filter(|node| node.as_bool() == Some(true)) {
            found.report(node.span, "whoever answers is believed to be the API server");
        }
        if let Some(node) = cluster.get("server") {
            let url = node.as_str().unwrap_or_default();
            let host = url.strip_prefix("http://").map(|rest| rest.split([':', '/']).next().unwrap_or(rest));
            if host.is_some_and(|host| !matches!(host, "localhost" | "127.0.0.1" | "[")) {
                found.report(node.span, format!("`{url}` is not encrypted"));
            }
        }
    }
}
