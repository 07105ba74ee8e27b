//! Policies that do not mean what they look like.

use boltseal_evidence::Severity;

use super::{Direction, POLICIES, allowed, isolates, policy, spec};
use crate::finding::Found;
use crate::kubernetes::Object;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const KINDS: &[&str] = &["NetworkPolicy"];

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K286",
        title: "NetworkPolicy with rules that count for nothing",
        severity: Severity::Medium,
        aliases: &[],
        why: "`policyTypes` decides which direction a policy is about: rules of a direction that is not named there are ignored, and the pods stay open in it.",
        advice: "Name both directions: `policyTypes: [Ingress, Egress]`.",
        references: &[POLICIES],
        bad: &[
            policy!(
                "  podSelector: {}\n  policyTypes: [Ingress]\n  egress:\n  - to:\n    - podSelector: {matchLabels: {app: db}}\n"
            ),
            policy!("  podSelector: {}\n  policyTypes: [Egress]\n  ingress: []\n  egress: []\n"),
        ],
        good: &[
            policy!(
                "  podSelector: {}\n  policyTypes: [Ingress, Egress]\n  egress:\n  - to:\n    - podSelector: {matchLabels: {app: db}}\n"
            ),
            policy!("  podSelector: {}\n  egress:\n  - to:\n    - podSelector: {matchLabels: {app: db}}\n"),
        ],
        check: Check::Object(KINDS, ignored),
    },
    Rule {
        id: "BS-K287",
        title: "NetworkPolicy that denies one direction only",
        severity: Severity::Medium,
        aliases: &[],
        why: "Without `policyTypes` a policy isolates ingress alone, since egress counts only where there are egress rules: a policy called deny-all lets everything out.",
        advice: "Write `policyTypes: [Ingress, Egress]`, or say in the name which direction is meant.",
        references: &[
            "https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic",
        ],
        bad: &["\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: deny-all
spec:
  podSelector: {}
"],
        good: &[
            "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: deny-all
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
",
            "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny-ingress
spec:
  podSelector: {}
  policyTypes: [Ingress]
",
        ],
        check: Check::Object(KINDS, half_denied),
    },
    Rule {
        id: "BS-K288",
        title: "NetworkPolicy with peers that may have been meant as one",
        severity: Severity::Low,
        aliases: &[],
        why: "Two items of a list mean either one: all pods of those namespaces, or those pods of this namespace. Pods of a label in a namespace are one item with both selectors; one dash more opens the policy wide.",
        advice: "If both must hold, write `podSelector` below `namespaceSelector` without a dash of its own.",
        references: &[
            "https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors",
        ],
        bad: &[policy!(
            "  podSelector: {}\n  ingress:\n  - from:\n    - namespaceSelector: {matchLabels: {team: a}}\n    - podSelector: {matchLabels: {app: web}}\n"
        )],
        good: &[
            policy!(
                "  podSelector: {}\n  ingress:\n  - from:\n    - namespaceSelector: {matchLabels: {team: a}}\n      podSelector: {matchLabels: {app: web}}\n"
            ),
            policy!(
                "  podSelector: {}\n  ingress:\n  - from:\n    - namespaceSelector: {matchLabels: {team: a}}\n    - podSelector: {}\n"
            ),
        ],
        check: Check::Object(KINDS, either),
    },
    Rule {
        id: "BS-K290",
        title: "NetworkPolicy that allows DNS over TCP only",
        severity: Severity::Low,
        aliases: &[],
        why: "A port without `protocol` means TCP, and DNS asks over UDP: names do not resolve, and the next try is often to allow everything.",
        advice: "Write both: `{port: 53, protocol: UDP}` and `{port: 53, protocol: TCP}`.",
        references: &[POLICIES],
        bad: &[policy!("  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - ports:\n    - port: 53\n")],
        good: &[policy!(
            "  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - ports:\n    - port: 53\n      protocol: UDP\n    - port: 53\n"
        )],
        check: Check::Object(KINDS, dns),
    },
    Rule {
        id: "BS-K294",
        title: "NetworkPolicy of a version that is no longer served",
        severity: Severity::Low,
        aliases: &["no-extensions-v1beta"],
        why: "`extensions/v1beta1` went with Kubernetes 1.16: the file is refused, and the pods stay without the policy.",
        advice: "Write `apiVersion: networking.k8s.io/v1`; the rest stays.",
        references: &["https://kubernetes.io/docs/reference/using-api/deprecation-guide/#v1-16"],
        bad: &[
            "apiVersion: extensions/v1beta1\nkind: NetworkPolicy\nmetadata:\n  name: deny\nspec:\n  podSelector: {}\n",
        ],
        good: &[
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: deny\nspec:\n  podSelector: {}\n",
        ],
        check: Check::Object(KINDS, old),
    },
];

fn ignored(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = spec(object).filter(|spec| !spec.list("policyTypes").is_empty()) else { return };
    for direction in [Direction::Ingress, Direction::Egress] {
        if let (Some((key, _)), false) = (spec.entry(direction.key()), isolates(spec, direction)) {
            let name = direction.key();
            found.report(key.span, format!("`{name}` counts for nothing: `policyTypes` does not name it"));
        }
    }
}

fn half_denied(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = spec(object) else { return };
    let name = object.name().to_ascii_lowercase();
    let denies_all = (name.contains("deny") && name.contains("all")) || name == "default-deny";
    let says_which = name.contains("ingress") || name.contains("egress");
    let nothing_allowed = spec.list("ingress").is_empty() && spec.list("egress").is_empty();
    if !denies_all || says_which || !nothing_allowed {
        return;
    }
    for direction in [Direction::Ingress, Direction::Egress] {
        if !isolates(spec, direction) {
            let way = if direction == Direction::Egress { "out" } else { "in" };
            found.report(object.heading(), format!("`{}` still lets everything {way}", object.name()));
        }
    }
}

fn either(object: &Object<'_>, found: &mut Found<'_>) {
    let only = |peer: &Node, key: &str| peer.entries().len() == 1 && peer.get(key).is_some_and(|node| !node.is_empty());
    for direction in [Direction::Ingress, Direction::Egress] {
        for rule in allowed(object, direction) {
            let [first, second] = rule.peers else { continue };
            if only(first, "namespaceSelector") && only(second, "podSelector") {
                let message =
                    "either of these two items is enough: all pods of those namespaces, or these pods of this one";
                found.report(second.span, message).note(first.span, "the other item");
            }
        }
    }
}

fn dns(object: &Object<'_>, found: &mut Found<'_>) {
    for rule in allowed(object, Direction::Egress) {
        let asks = |port: &&Node| port.integer("port") == Some(53);
        let udp = rule.ports.iter().any(|port| port.text("protocol") == Some("UDP"));
        if let (Some(port), false) = (rule.ports.iter().find(asks), udp) {
            found.report(port.span, "port `53` over TCP only: DNS asks over UDP");
        }
    }
}

fn old(object: &Object<'_>, found: &mut Found<'_>) {
    if let (true, Some(version)) = (object.group() == "extensions", object.node.get("apiVersion")) {
        found
            .report(version.span, format!("`{}` is not served since Kubernetes 1.16", object.api_version))
            .fix("use networking.k8s.io/v1", [(version.span, "networking.k8s.io/v1".to_owned())]);
    }
}
