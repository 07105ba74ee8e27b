//! How many pods there are, and where.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::deployment;
use crate::kubernetes::rules::inherit::is_written_out;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

pub(super) fn replicas<'a>(workload: &Workload<'a>) -> Option<(&'a Node, i64)> {
    let replicas = workload.object.node.at(&["spec", "replicas"])?;
    Some((replicas, replicas.as_int()?))
}

pub(super) const SINGLE: Rule = Rule {
    id: "BS-K140",
    title: "one replica only",
    severity: Severity::Low,
    aliases: &["deploymentMissingReplicas", "minimum-three-replicas"],
    why: "While the only pod is moved to another node or has failed, nothing answers.",
    advice: "Set `replicas` to two or more. What may only run once says so by `strategy: {type: Recreate}`.",
    references: &["https://kubernetes.io/docs/concepts/workloads/controllers/deployment/"],
    bad: &[deployment!(
        "  replicas: 1
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
    )],
    good: &[
        deployment!(
            "  replicas: 2
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
        ),
        deployment!(
            "  replicas: 1
  strategy:
    type: Recreate
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
        ),
        // An autoscaler decides.
        deployment!(
            "  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(single),
};

fn single(workload: &Workload<'_>, found: &mut Found<'_>) {
    if workload.object.kind == "Deployment"
        && let Some((node, 1)) = replicas(workload)
        && workload.object.node.at(&["spec", "strategy", "type"]).and_then(Node::as_str) != Some("Recreate")
    {
        found.report(node.span, "`replicas: 1`: nothing answers while the only pod is moved");
    }
}

pub(super) const TOGETHER: Rule = Rule {
    id: "BS-K149",
    title: "replicas may all be on one node",
    severity: Severity::Low,
    aliases: &[
        "no-anti-affinity",
        "deployment-has-host-podantiaffinity",
        "statefulset-has-host-podantiaffinity",
        "topologySpreadConstraint",
    ],
    why: "Without a word about it the scheduler only prefers to spread pods: when one node is lost, all replicas may \
          be.",
    advice: "Add `topologySpreadConstraints` over `kubernetes.io/hostname` (and zones), or a `podAntiAffinity`.",
    references: &["https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/"],
    bad: &[deployment!(
        "  replicas: 3
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
    )],
    good: &[
        deployment!(
            "  replicas: 3
  template:
    spec:
      topologySpreadConstraints:
      - maxSkew: 1
        topologyKey: kubernetes.io/hostname
        whenUnsatisfiable: ScheduleAnyway
        labelSelector: {matchLabels: {app: web}}
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
        ),
        deployment!(
            "  replicas: 1
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(together),
};

fn together(workload: &Workload<'_>, found: &mut Found<'_>) {
    let Some((node, count)) = replicas(workload) else { return };
    let spread = !workload.spec.list("topologySpreadConstraints").is_empty()
        || workload.spec.at(&["affinity", "podAntiAffinity"]).is_some_and(|affinity| !affinity.is_empty());
    let whole = is_written_out(workload);
    if count >= 2 && whole && !spread && matches!(workload.object.kind, "Deployment" | "StatefulSet" | "ReplicaSet") {
        found.report(node.span, format!("all {count} replicas may be on one node"));
    }
}
