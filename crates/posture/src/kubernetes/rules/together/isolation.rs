//! Which pods no NetworkPolicy isolates.

use std::collections::{BTreeMap, BTreeSet};

use boltseal_evidence::Severity;

use super::estate::{Member, PodIndex, called, members, pods};
use crate::finding::SetFound;
use crate::kubernetes::facts::{Detail, Policy, Selector};
use crate::rule::{Check, Rule};
use crate::set::Set;

const POLICIES: &str = "https://kubernetes.io/docs/concepts/services-networking/network-policies/";

/// An example: a Deployment of pods `app: web`, and what stands beside it.
macro_rules! deployment {
    ($rest:literal) => {
        concat!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\nspec:\n",
            "  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n",
            "      containers:\n      - name: web\n        image: nginx:1.29\n        ports:\n        - name: http\n          containerPort: 8080\n",
            $rest
        )
    };
}
pub(super) use deployment;

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K380",
        title: "pods that accept traffic from everywhere",
        severity: Severity::Medium,
        aliases: &["CKV2_K8S_6", "C-0260", "C-0030", "C-0206", "non-isolated-pod"],
        why: "Without a NetworkPolicy that selects it, a pod accepts connections from every pod of the cluster: one that is broken into reaches all others.",
        advice: "Add a NetworkPolicy with `podSelector: {}` and `policyTypes: [Ingress, Egress]` to the namespace, which denies everything, and beside it one for each way that is needed.",
        references: &[
            POLICIES,
            "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
        ],
        bad: &[
            deployment!(""),
            deployment!(
                "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: db\n  namespace: shop\nspec:\n  podSelector:\n    matchLabels: {app: db}\n"
            ),
        ],
        good: &[
            deployment!(
                "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: deny\n  namespace: shop\nspec:\n  podSelector: {}\n"
            ),
            deployment!(
                "=== policy.yaml\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  podSelector:\n    matchExpressions:\n    - {key: app, operator: In, values: [web, api]}\n  ingress: []\n"
            ),
            deployment!(
                "---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  endpointSelector: {}\n  ingress:\n  - {}\n"
            ),
        ],
        check: Check::Set(ingress),
    },
    Rule {
        id: "BS-K381",
        title: "pods that may connect to everywhere",
        severity: Severity::Low,
        aliases: &["C-0030"],
        why: "Without a NetworkPolicy for egress a pod reaches the whole internet and the cloud's metadata address: the way to load tools, to take data out, and to credentials of the node.",
        advice: "Deny egress for the namespace (`policyTypes: [Egress]` without rules) and allow DNS and the services that are used.",
        references: &[POLICIES],
        bad: &[deployment!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: deny\n  namespace: shop\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n"
        )],
        good: &[
            deployment!(
                "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: deny\n  namespace: shop\nspec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n"
            ),
            deployment!(
                "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  podSelector: {matchLabels: {app: web}}\n  egress:\n  - to:\n    - podSelector: {matchLabels: {app: db}}\n"
            ),
        ],
        check: Check::Set(egress),
    },
    Rule {
        id: "BS-K382",
        title: "namespace with NetworkPolicies but no default",
        severity: Severity::Low,
        aliases: &[],
        why: "Policies that select by label protect only pods that have the label: the next one that is deployed, or a label with a typing mistake, stands open.",
        advice: "Add one NetworkPolicy with `podSelector: {}` and no rules; the others then only allow.",
        references: &[
            "https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-traffic",
        ],
        bad: &[deployment!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  podSelector: {matchLabels: {app: web}}\n"
        )],
        good: &[deployment!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: deny\n  namespace: shop\nspec:\n  podSelector: {}\n"
        )],
        check: Check::Set(no_default),
    },
    Rule {
        id: "BS-K391",
        title: "NetworkPolicy that selects no pods",
        severity: Severity::Low,
        aliases: &["dangling-networkpolicy"],
        why: "A policy whose labels no pod has isolates nothing, while everyone believes that it does: most often a typing mistake or a label that was renamed.",
        advice: "Compare `podSelector` with the labels of the pod template, which are those that count, not the Deployment's own.",
        references: &[POLICIES],
        bad: &[deployment!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  podSelector: {matchLabels: {app: wep}}\n"
        )],
        good: &[deployment!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  podSelector: {matchLabels: {app: web}}\n"
        )],
        check: Check::Set(selects_nothing),
    },
];

/// The policies of each namespace, but for namespaces that a policy of another sort (Cilium, Calico, one for the whole
/// cluster) may isolate: those are not judged.
fn policies<'a>(set: &Set<'a>) -> impl Fn(&str) -> Option<Vec<(Member<'a>, &'a Policy)>> {
    let mut native: BTreeMap<&str, Vec<(Member<'_>, &Policy)>> = BTreeMap::new();
    let mut foreign: BTreeSet<&str> = BTreeSet::new();
    let mut everywhere = false;
    for member in members(set) {
        let object = member.object;
        match (object.kind.as_ref(), &object.detail) {
            (_, Detail::Policy(policy)) => native.entry(&object.namespace).or_default().push((member, policy)),
            ("NetworkPolicy" | "CiliumNetworkPolicy", _) => {
                foreign.insert(&object.namespace);
            }
            ("CiliumClusterwideNetworkPolicy" | "GlobalNetworkPolicy", _)
            | ("AdminNetworkPolicy" | "BaselineAdminNetworkPolicy" | "ClusterNetworkPolicy", _) => everywhere = true,
            _ => {}
        }
    }
    move |namespace| {
        let judged = !everywhere && !foreign.contains(namespace);
        judged.then(|| native.get(namespace).cloned().unwrap_or_default())
    }
}

fn ingress(set: &Set<'_>, found: &mut SetFound<'_>) {
    open(set, found, |policy| policy.ingress, "accepts connections from every pod of the cluster");
}

fn egress(set: &Set<'_>, found: &mut SetFound<'_>) {
    open(set, found, |policy| policy.egress, "may connect to everywhere");
}

/// Reports the workloads that no policy of a direction selects; a namespace without any such policy is reported once.
fn open(set: &Set<'_>, found: &mut SetFound<'_>, isolates: impl Fn(&Policy) -> bool, effect: &str) {
    let policies = policies(set);
    for (namespace, index) in pods(set) {
        let Some(all) = policies(namespace) else { continue };
        let selectors: BTreeSet<&Selector> =
            all.iter().filter(|(_, policy)| isolates(policy)).map(|(_, policy)| &policy.selector).collect();
        let mut isolated = vec![false; index.pods.len()];
        for selector in &selectors {
            for (at, _) in index.selected(selector) {
                isolated.get_mut(at).into_iter().for_each(|each| *each = true);
            }
        }
        // Pods on the node's network are beyond every NetworkPolicy.
        let open: Vec<_> = (index.pods.iter().zip(&isolated))
            .filter(|((_, pods), isolated)| !**isolated && !pods.on_host_network)
            .map(|((member, _), _)| *member)
            .collect();
        let Some(first) = open.first() else { continue };
        let others = open.len() - 1;
        if selectors.is_empty() && others > 0 {
            let what = format!(
                "no NetworkPolicy isolates {}: each of its {} workloads in these files {effect}",
                called(namespace),
                others + 1
            );
            found.report(first.path, Some(first.object.region), &first.object.title, what);
            continue;
        }
        for member in open {
            let what = format!("no NetworkPolicy selects its pods: each {effect}");
            found.report(member.path, Some(member.object.region), &member.object.title, what);
        }
    }
}

fn no_default(set: &Set<'_>, found: &mut SetFound<'_>) {
    let policies = policies(set);
    for namespace in pods(set).into_keys() {
        let all = policies(namespace).unwrap_or_default();
        if let (Some((first, _)), false) = (all.first(), all.iter().any(|(_, policy)| policy.denies_ingress)) {
            let what =
                format!("no policy denies by default in {}: pods without these labels are open", called(namespace));
            found.report(first.path, Some(first.object.region), &first.object.title, what);
        }
    }
}

fn selects_nothing(set: &Set<'_>, found: &mut SetFound<'_>) {
    let policies = policies(set);
    let report = |index: &PodIndex<'_>, member: &Member<'_>, policy: &Policy, found: &mut SetFound<'_>| {
        if !index.selects_any(&policy.selector) {
            let what = "no pod in the files has the labels of `podSelector`";
            found.report(member.path, Some(member.object.region), &member.object.title, what);
        }
    };
    for (namespace, index) in pods(set) {
        for (member, policy) in policies(namespace).unwrap_or_default() {
            report(&index, &member, policy, found);
        }
    }
}
