//! Policies for the whole cluster, and those of Cilium and Calico.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Object;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K291",
        title: "policy of the cluster that allows everything",
        severity: Severity::High,
        aliases: &[],
        why: "An accepting rule of a policy in the admin tier is asked before every NetworkPolicy: what it accepts, no team can refuse any more.",
        advice: "Name the namespaces in the rule, use `Pass` to leave it to NetworkPolicies, or put it into the baseline tier.",
        references: &["https://network-policy-api.sigs.k8s.io/"],
        bad: &["\
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata:
  name: open
spec:
  priority: 10
  subject: {namespaces: {}}
  ingress:
  - action: Allow
    from:
    - namespaces: {}
"],
        good: &["\
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata:
  name: monitoring
spec:
  priority: 10
  subject: {namespaces: {}}
  ingress:
  - action: Allow
    from:
    - namespaces:
        matchLabels: {kubernetes.io/metadata.name: monitoring}
  - action: Pass
    from:
    - namespaces: {}
"],
        check: Check::Object(&["AdminNetworkPolicy", "ClusterNetworkPolicy"], admin),
    },
    Rule {
        id: "BS-K292",
        title: "Cilium policy that allows everything",
        severity: Severity::Medium,
        aliases: &[],
        why: "The entity `all` is everyone, and `world` the whole internet; an empty rule is everyone too. Policies only add up, so no other can take that back.",
        advice: "Name endpoints, services or names (`toFQDNs`) instead.",
        references: &["https://docs.cilium.io/en/stable/security/policy/language/"],
        bad: &[
            "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: open\nspec:\n  endpointSelector: {}\n  ingress:\n  - fromEntities: [all]\n",
            "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: open\nspec:\n  endpointSelector: {}\n  egress:\n  - {}\n",
        ],
        good: &[
            "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: web\nspec:\n  endpointSelector: {}\n  ingress:\n  - fromEndpoints:\n    - matchLabels: {app: web}\n  egress:\n  - toEntities: [world]\n    toPorts:\n    - ports:\n      - {port: '443', protocol: TCP}\n",
        ],
        check: Check::Object(&["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"], cilium),
    },
    Rule {
        id: "BS-K293",
        title: "Calico policy that allows everything",
        severity: Severity::Medium,
        aliases: &[],
        why: "A rule with `action: Allow` and neither source nor destination allows all traffic of its direction, and ends the evaluation of those after it.",
        advice: "Name `source` or `destination`, or leave the rule out: what no rule allows is denied.",
        references: &["https://docs.tigera.io/calico/latest/reference/resources/networkpolicy"],
        bad: &[
            "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata:\n  name: open\nspec:\n  selector: all()\n  ingress:\n  - action: Allow\n",
        ],
        good: &[
            "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata:\n  name: web\nspec:\n  selector: app == 'db'\n  ingress:\n  - action: Allow\n    source: {selector: app == 'web'}\n  - action: Deny\n",
        ],
        check: Check::Object(&["NetworkPolicy", "GlobalNetworkPolicy"], calico),
    },
];

fn admin(object: &Object<'_>, found: &mut Found<'_>) {
    let Some(spec) = object.node.get("spec") else { return };
    if object.group() != "policy.networking.k8s.io" || spec.text("tier") == Some("Baseline") {
        return;
    }
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.list(direction) {
            let accepts = matches!(rule.text("action"), Some("Allow" | "Accept"));
            let limited = ["ports", "protocols"].iter().any(|key| !rule.list(key).is_empty());
            let everyone = |peer: &&Node| {
                peer.get("namespaces").is_some_and(Node::is_empty)
                    || peer.list("networks").iter().any(|net| matches!(net.as_str(), Some("0.0.0.0/0" | "::/0")))
            };
            if let (true, false, Some(peer)) = (accepts, limited, rule.list(peers).iter().find(everyone)) {
                found.report(peer.span, format!("accepts all {direction} traffic, before any NetworkPolicy is asked"));
            }
        }
    }
}

fn cilium(object: &Object<'_>, found: &mut Found<'_>) {
    let single = object.node.get("spec").into_iter();
    for spec in single.chain(object.node.list("specs")) {
        for (direction, entities) in [("ingress", "fromEntities"), ("egress", "toEntities")] {
            for rule in spec.list(direction) {
                // An item `{}` allows everything; one that is absent is a different thing.
                if rule.entries().is_empty() && !rule.is_null() {
                    found.report(rule.span, format!("an empty rule allows all {direction} traffic"));
                }
                let limited = rule.get("toPorts").is_some_and(|ports| !ports.is_empty());
                let wide = |name: &str| name == "all" || (name == "world" && direction == "ingress");
                for entity in rule.list(entities) {
                    if let (Some(name), false) = (entity.as_str().filter(|name| wide(name)), limited) {
                        found.report(entity.span, format!("entity `{name}` allows all {direction} traffic"));
                    }
                }
            }
        }
    }
}

fn calico(object: &Object<'_>, found: &mut Found<'_>) {
    if !matches!(object.group(), "projectcalico.org" | "crd.projectcalico.org") {
        return;
    }
    for direction in ["ingress", "egress"] {
        for rule in object.node.get("spec").map_or(&[][..], |spec| spec.list(direction)) {
            let limits = ["source", "destination", "protocol", "notProtocol", "http", "icmp", "notICMP", "ipVersion"];
            let limited = limits.iter().any(|key| rule.get(key).is_some_and(|node| !node.is_empty()));
            if let (Some((_, action)), false) = (rule.entry("action"), limited)
                && action.as_str() == Some("Allow")
            {
                found.report(action.span, format!("`Allow` without source or destination: all {direction} traffic"));
            }
        }
    }
}
