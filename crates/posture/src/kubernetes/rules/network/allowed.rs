//! Policies that let in, or out, more than they should.

use boltseal_evidence::Severity;

use super::{Allowed, Block, Direction, POLICIES, allowed, block, open_to_all, policy};
use crate::finding::Found;
use crate::kubernetes::Object;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const KINDS: &[&str] = &["NetworkPolicy"];

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K280",
        title: "NetworkPolicy that lets everything in",
        severity: Severity::Medium,
        aliases: &[],
        why: "An ingress rule without peers and ports allows all traffic, and since policies only add up, no other policy can take that back.",
        advice: "Name who may connect in `from`, and the ports; to deny everything write `ingress: []`.",
        references: &[
            "https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-ingress-traffic",
        ],
        bad: &[
            policy!("  podSelector: {}\n  ingress:\n  - {}\n"),
            policy!("  podSelector: {}\n  ingress:\n  - from: []\n"),
            policy!("  podSelector: {}\n  ingress:\n  - from:\n    - ipBlock: {cidr: 0.0.0.0/0}\n"),
        ],
        good: &[
            policy!("  podSelector: {}\n  ingress: []\n"),
            policy!("  podSelector: {}\n  ingress:\n  - from:\n    - podSelector: {matchLabels: {app: web}}\n"),
            policy!("  podSelector: {}\n  policyTypes: [Egress]\n  ingress:\n  - {}\n  egress: []\n"),
        ],
        check: Check::Object(KINDS, all_in),
    },
    Rule {
        id: "BS-K281",
        title: "NetworkPolicy that lets everything out",
        severity: Severity::Medium,
        aliases: &[],
        why: "An egress rule without peers and ports allows connections to the whole internet and to the cloud's metadata address, and no other policy can take that back.",
        advice: "Name in `to` what the pods talk to, and let DNS out to `kube-system` on port 53.",
        references: &[
            "https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-egress-traffic",
        ],
        bad: &[policy!("  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - {}\n")],
        good: &[
            policy!("  podSelector: {}\n  policyTypes: [Egress]\n"),
            policy!("  podSelector: {}\n  policyTypes: [Ingress]\n  egress:\n  - {}\n"),
            policy!(
                "  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to:\n    - ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}\n    ports: [{port: 443}]\n"
            ),
        ],
        check: Check::Object(KINDS, all_out),
    },
    Rule {
        id: "BS-K282",
        title: "NetworkPolicy that opens ports to everyone",
        severity: Severity::Low,
        aliases: &[],
        why: "Without `from`, or with `0.0.0.0/0`, the ports are open to every pod of the cluster and to every address that reaches it.",
        advice: "Name in `from` who connects: the ingress controller's namespace, for example.",
        references: &[POLICIES],
        bad: &[
            policy!("  podSelector: {matchLabels: {app: web}}\n  ingress:\n  - ports:\n    - port: 8080\n"),
            policy!(
                "  podSelector: {matchLabels: {app: web}}\n  ingress:\n  - from:\n    - ipBlock: {cidr: '::/0'}\n    ports:\n    - port: 8080\n"
            ),
        ],
        good: &[policy!(
            "  podSelector: {matchLabels: {app: web}}\n  ingress:\n  - from:\n    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}\n    ports:\n    - port: 8080\n"
        )],
        check: Check::Object(KINDS, open_ports),
    },
    Rule {
        id: "BS-K289",
        title: "NetworkPolicy that opens a database or management port to everyone",
        severity: Severity::High,
        aliases: &[],
        why: "Databases, SSH, the Docker API, etcd and kubelets are what an intruder looks for first, and many of them ask for no password.",
        advice: "Let in only the pods that use it: `from: [{podSelector: {matchLabels: {app: web}}}]`.",
        references: &[POLICIES],
        bad: &[policy!("  podSelector: {matchLabels: {app: db}}\n  ingress:\n  - ports:\n    - port: 5432\n")],
        good: &[policy!(
            "  podSelector: {matchLabels: {app: db}}\n  ingress:\n  - from:\n    - podSelector: {matchLabels: {app: web}}\n    ports:\n    - port: 5432\n"
        )],
        check: Check::Object(KINDS, sensitive_ports),
    },
    Rule {
        id: "BS-K284",
        title: "NetworkPolicy that lets pods reach the metadata service",
        severity: Severity::Medium,
        aliases: &[],
        why: "`169.254.169.254` is where clouds hand out the node's credentials: a request forged by any pod gets the rights of the node.",
        advice: "Leave it out: `except: [169.254.169.254/32]`, and use the cloud's workload identity for what pods need.",
        references: &["https://kubernetes.io/docs/concepts/security/cloud-native-security/", POLICIES],
        bad: &[
            policy!(
                "  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to:\n    - ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}\n"
            ),
            policy!(
                "  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to:\n    - ipBlock: {cidr: 169.254.169.254/32}\n    ports: [{port: 80}]\n"
            ),
        ],
        good: &[
            policy!(
                "  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to:\n    - ipBlock: {cidr: 0.0.0.0/0, except: [169.254.0.0/16]}\n"
            ),
            policy!(
                "  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to:\n    - ipBlock: {cidr: 0.0.0.0/0}\n    ports: [{port: 443}]\n"
            ),
            policy!(
                "  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to:\n    - ipBlock: {cidr: 10.0.0.0/8}\n"
            ),
        ],
        check: Check::Object(KINDS, metadata),
    },
    Rule {
        id: "BS-K285",
        title: "NetworkPolicy open to all namespaces",
        severity: Severity::Low,
        aliases: &[],
        why: "`namespaceSelector: {}` is every namespace: any pod of any team may connect, also one that was broken into.",
        advice: "Select namespaces by label: `kubernetes.io/metadata.name` is set on all of them.",
        references: &[
            "https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name",
        ],
        bad: &[policy!("  podSelector: {}\n  ingress:\n  - from:\n    - namespaceSelector: {}\n")],
        good: &[
            policy!(
                "  podSelector: {}\n  ingress:\n  - from:\n    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}\n"
            ),
            policy!(
                "  podSelector: {}\n  ingress:\n  - from:\n    - namespaceSelector: {}\n      podSelector: {matchLabels: {app: prometheus}}\n"
            ),
            policy!(
                "  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to:\n    - namespaceSelector: {}\n    ports: [{port: 53, protocol: UDP}]\n"
            ),
        ],
        check: Check::Object(KINDS, all_namespaces),
    },
];

fn all_in(object: &Object<'_>, found: &mut Found<'_>) {
    for rule in allowed(object, Direction::Ingress).iter().filter(|rule| rule.ports.is_empty()) {
        if let Some(span) = open_to_all(rule) {
            found.report(span, "lets everyone connect to every port of the selected pods");
        }
    }
}

fn all_out(object: &Object<'_>, found: &mut Found<'_>) {
    for rule in allowed(object, Direction::Egress).iter().filter(|rule| rule.ports.is_empty()) {
        if let Some(span) = open_to_all(rule) {
            found.report(span, "lets the selected pods connect to everything");
        }
    }
}

/// Ports that no one but a few should reach, and what answers there.
const SENSITIVE: &[(i64, &str)] = &[
    (22, "SSH"),
    (23, "Telnet"),
    (445, "SMB"),
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2375, "the Docker API"),
    (2376, "the Docker API"),
    (2379, "etcd"),
    (2380, "etcd"),
    (3306, "MySQL"),
    (3389, "RDP"),
    (5432, "PostgreSQL"),
    (5900, "VNC"),
    (5984, "CouchDB"),
    (6379, "Redis"),
    (9042, "Cassandra"),
    (9200, "Elasticsearch"),
    (10250, "the kubelet"),
    (11211, "Memcached"),
    (27017, "MongoDB"),
];

/// What answers on a port that a rule names, if that is sensitive.
fn sensitive(port: &Node) -> Option<(i64, &'static str)> {
    let first = port.integer("port")?;
    let last = port.integer("endPort").unwrap_or(first);
    SENSITIVE.iter().find(|(number, _)| (first..=last).contains(number)).copied()
}

fn open_ports(object: &Object<'_>, found: &mut Found<'_>) {
    for rule in allowed(object, Direction::Ingress) {
        if rule.ports.is_empty() || rule.ports.iter().any(|port| sensitive(port).is_some()) {
            continue;
        }
        if let Some(span) = open_to_all(&rule) {
            let names: Vec<String> = rule.ports.iter().take(3).map(port_name).collect();
            found.report(span, format!("port {} is open to everyone", names.join(", ")));
        }
    }
}

fn port_name(port: &Node) -> String {
    format!("`{}`", port.text("port").unwrap_or("*"))
}

fn sensitive_ports(object: &Object<'_>, found: &mut Found<'_>) {
    for rule in allowed(object, Direction::Ingress) {
        let Some(span) = open_to_all(&rule) else { continue };
        for (number, what) in rule.ports.iter().filter_map(sensitive) {
            found.report(span, format!("port `{number}` ({what}) is open to everyone"));
        }
    }
}

fn metadata(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(address) = Block::new("169.254.169.254/32") else { return };
    for rule in allowed(object, Direction::Egress).iter().filter(|rule| reaches_http(rule)) {
        for (wide, cidr, except) in rule.peers.iter().filter_map(block) {
            // What lets everything out is a mistake of its own, and has its own rule.
            let everything = wide.is_world() && except.is_empty() && rule.ports.is_empty();
            let left_out = except.iter().any(|each| each.contains(address));
            if wide.contains(address) && !left_out && !everything {
                let text = cidr.as_str().unwrap_or_default();
                found.report(cidr.span, format!("`{text}` holds the metadata address 169.254.169.254"));
            }
        }
    }
}

/// The metadata service speaks HTTP on port 80.
fn reaches_http(rule: &Allowed<'_>) -> bool {
    rule.ports.is_empty()
        || rule.ports.iter().any(|port| {
            let tcp = port.text("protocol").is_none_or(|protocol| protocol == "TCP");
            let first = port.integer("port");
            tcp && match (first, port.integer("endPort")) {
                (Some(first), Some(last)) => (first..=last).contains(&80),
                (Some(first), None) => first == 80,
                (None, _) => port.get("port").is_none(),
            }
        })
}

fn all_namespaces(object: &Object<'_>, found: &mut Found<'_>) {
    for (direction, effect) in [
        (Direction::Ingress, "every pod of the cluster may connect"),
        (Direction::Egress, "every pod of the cluster may be connected to"),
    ] {
        for rule in allowed(object, direction) {
            // DNS is asked for everywhere in this way.
            let dns = !rule.ports.is_empty()
                && rule.ports.iter().all(|port| matches!(port.integer("port"), Some(53 | 5353 | 8053)));
            for peer in rule.peers.iter().filter(|_| !dns) {
                let Some((key, selector)) = peer.entry("namespaceSelector") else { continue };
                let pods = peer.get("podSelector").is_some_and(|pods| !pods.is_empty());
                if selector.is_empty() && !pods {
                    found.report(key.span, format!("`namespaceSelector` without labels: {effect}"));
                }
            }
        }
    }
}
