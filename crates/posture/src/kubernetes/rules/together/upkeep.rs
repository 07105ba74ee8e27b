//! What a namespace or a workload needs beside it: budgets, quotas.

use std::collections::{BTreeMap, BTreeSet};

use boltseal_evidence::Severity;

use super::estate::{members, pods};
use super::isolation::deployment;
use crate::finding::SetFound;
use crate::kubernetes::facts::{Detail, Selector};
use crate::rule::{Check, Rule};
use crate::set::Set;

/// The rules.
pub(in crate::kubernetes) const RULES: &[Rule] = &[
    Rule {
        id: "BS-K392",
        title: "several replicas without a disruption budget",
        severity: Severity::Low,
        aliases: &[],
        why: "When nodes are drained, for an upgrade or by the autoscaler, all replicas may be taken down at the same moment: a budget says how many must stay.",
        advice: "Add a PodDisruptionBudget with `maxUnavailable: 1` that selects the pods.",
        references: &["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
        bad: &["\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: nginx:1.29
"],
        good: &[
            deployment!(""),
            "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: nginx:1.29
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app: web}
",
        ],
        check: Check::Set(budgets),
    },
    Rule {
        id: "BS-K394",
        title: "namespace without a quota",
        severity: Severity::Low,
        aliases: &["KSV-0040"],
        why: "Without a ResourceQuota one workload of the namespace, broken or broken into, takes the memory, processors and volumes of the whole cluster.",
        advice: "Add a ResourceQuota with `limits.cpu`, `limits.memory` and `requests.storage` beside the Namespace.",
        references: &["https://kubernetes.io/docs/concepts/policy/resource-quotas/"],
        bad: &[deployment!("---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n")],
        good: &[
            deployment!(
                "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n---\napiVersion: v1\nkind: ResourceQuota\nmetadata:\n  name: all\n  namespace: shop\nspec:\n  hard: {limits.memory: 4Gi}\n"
            ),
            deployment!(""),
        ],
        check: Check::Set(quotas),
    },
    Rule {
        id: "BS-K397",
        title: "namespace without default limits",
        severity: Severity::Low,
        aliases: &["KSV-0039"],
        why: "A LimitRange gives containers that ask for nothing a limit; without one they get none, and one leak takes the node's memory.",
        advice: "Add a LimitRange with `default` and `defaultRequest` beside the Namespace.",
        references: &["https://kubernetes.io/docs/concepts/policy/limit-range/"],
        bad: &[deployment!("---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n")],
        good: &[deployment!(
            "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n---\napiVersion: v1\nkind: LimitRange\nmetadata:\n  name: all\n  namespace: shop\nspec:\n  limits:\n  - type: Container\n    default: {memory: 256Mi}\n"
        )],
        check: Check::Set(ranges),
    },
];

fn budgets(set: &Set<'_>, found: &mut SetFound<'_>) {
    let mut selectors: BTreeMap<&str, BTreeSet<&Selector>> = BTreeMap::new();
    for object in members(set).map(|member| member.object) {
        if let Detail::Budget(selector) = &object.detail {
            selectors.entry(&object.namespace).or_default().insert(selector);
        }
    }
    for (namespace, index) in pods(set) {
        let mut kept = vec![false; index.pods.len()];
        for selector in selectors.get(namespace).into_iter().flatten() {
            for (at, _) in index.selected(selector) {
                kept.get_mut(at).into_iter().for_each(|each| *each = true);
            }
        }
        for ((member, pods), kept) in index.pods.iter().zip(kept) {
            let lasting = matches!(member.object.kind.as_ref(), "Deployment" | "StatefulSet");
            if lasting && pods.replicas > 1 && !kept {
                let what = format!("{} replicas and no PodDisruptionBudget that selects them", pods.replicas);
                found.report(member.path, Some(member.object.region), &member.object.title, what);
            }
        }
    }
}

fn quotas(set: &Set<'_>, found: &mut SetFound<'_>) {
    lacks(set, found, "ResourceQuota");
}

fn ranges(set: &Set<'_>, found: &mut SetFound<'_>) {
    lacks(set, found, "LimitRange");
}

/// Reports namespaces that the files make and put workloads into, without an object of a kind.
fn lacks(set: &Set<'_>, found: &mut SetFound<'_>, kind: &str) {
    let with: BTreeSet<&str> = members(set)
        .filter(|member| member.object.kind.as_ref() == kind)
        .map(|member| member.object.namespace.as_ref())
        .collect();
    let spaces = pods(set);
    for member in members(set).filter(|member| member.object.kind.as_ref() == "Namespace") {
        let name = member.object.name.as_ref();
        if spaces.contains_key(name) && !with.contains(name) && !with.contains("") {
            let what = format!("namespace `{name}` has workloads and no {kind}");
            found.report(member.path, Some(member.object.region), &member.object.title, what);
        }
    }
}
