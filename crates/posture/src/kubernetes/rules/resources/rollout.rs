//! How pods end and are replaced.

use boltseal_evidence::Severity;

use super::replica::replicas;
use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::{deployment, pod};
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const DEPLOYMENT: &str = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/";

pub(super) const NO_GRACE: Rule = Rule {
    id: "BS-K133",
    title: "pod killed without notice",
    severity: Severity::Medium,
    aliases: &[],
    why: "With a grace period of 0 the containers get no chance to finish requests or write data, and the API server \
          forgets the pod before the node has ended it: two of a StatefulSet's may write at once.",
    advice: "Set `terminationGracePeriodSeconds` to at least the time that the program needs to end; 30 is the default.",
    references: &["https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination"],
    bad: &[pod!(
        "  terminationGracePeriodSeconds: 0
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[pod!(
        "  terminationGracePeriodSeconds: 10
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(no_grace),
};

fn no_grace(workload: &Workload<'_>, found: &mut Found<'_>) {
    if let Some(grace) = workload.spec.get("terminationGracePeriodSeconds")
        && grace.as_int() == Some(0)
    {
        found.report(grace.span, "`terminationGracePeriodSeconds: 0` kills the containers without notice");
    }
}

pub(super) const RECREATE: Rule = Rule {
    id: "BS-K141",
    title: "all replicas stopped for an update",
    severity: Severity::Low,
    aliases: &["no-rolling-update-strategy"],
    why: "With the strategy `Recreate` all pods end before the first new one starts: every update, also that for a \
          security hole, is an outage.",
    advice: "Use `RollingUpdate` unless the versions cannot run beside each other.",
    references: &[DEPLOYMENT],
    bad: &[deployment!(
        "  replicas: 3
  strategy:
    type: Recreate
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
  strategy:
    type: RollingUpdate
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
        ),
        // With one replica it says that there may only be one.
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
    ],
    check: Check::Workload(recreate),
};

fn recreate(workload: &Workload<'_>, found: &mut Found<'_>) {
    if let Some(strategy) = workload.object.node.at(&["spec", "strategy", "type"])
        && strategy.as_str() == Some("Recreate")
        && replicas(workload).is_some_and(|(_, count)| count > 1)
    {
        found.report(strategy.span, "`Recreate` stops all replicas for each update");
    }
}

pub(super) const ALL_AWAY: Rule = Rule {
    id: "BS-K142",
    title: "update that may take all replicas away, or none",
    severity: Severity::Medium,
    aliases: &[],
    why: "With `maxUnavailable` at all replicas an update is an outage; with both `maxUnavailable` and `maxSurge` at 0 \
          it cannot go on, and the API server refuses it.",
    advice: "Set `maxUnavailable` to less than the replicas, and `maxSurge` to at least 1 where it is 0.",
    references: &[DEPLOYMENT],
    bad: &[
        deployment!(
            "  replicas: 3
  strategy:
    rollingUpdate:
      maxUnavailable: 100%
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
        ),
        deployment!(
            "  strategy:
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 0
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
        ),
    ],
    good: &[deployment!(
        "  replicas: 3
  strategy:
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(all_away),
};

fn all_away(workload: &Workload<'_>, found: &mut Found<'_>) {
    let Some(update) = workload.object.node.at(&["spec", "strategy", "rollingUpdate"]) else { return };
    let Some(away) = update.get("maxUnavailable") else { return };
    let text = away.as_str().unwrap_or_default();
    let count = replicas(workload).map(|(_, count)| count);
    if text == "100%" || away.as_int().zip(count).is_some_and(|(away, count)| away >= count && count > 1) {
        found.report(away.span, format!("an update may take all replicas away: `maxUnavailable: {text}`"));
    }
    let is_none = |node: &Node| matches!(node.as_str(), Some("0" | "0%"));
    if is_none(away)
        && let Some(surge) = update.get("maxSurge").filter(|surge| is_none(surge))
    {
        found.report(away.span, "with `maxSurge` at 0 too no update can go on").note(surge.span, "none may be added");
    }
}

pub(super) const ON_DELETE: Rule = Rule {
    id: "BS-K143",
    title: "updates wait until someone deletes the pods",
    severity: Severity::Low,
    aliases: &[],
    why: "With `OnDelete` a new image reaches a pod only when it is deleted by hand: a fix that was rolled out runs \
          nowhere.",
    advice: "Use `RollingUpdate`, with a `partition` where single pods must wait.",
    references: &[
        "https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/",
        "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies",
    ],
    bad: &["apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
spec:
  updateStrategy:
    type: OnDelete
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"],
    good: &["apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  updateStrategy:
    type: RollingUpdate
    rollingUpdate:
      partition: 1
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"],
    check: Check::Workload(on_delete),
};

fn on_delete(workload: &Workload<'_>, found: &mut Found<'_>) {
    if let Some(strategy) = workload.object.node.at(&["spec", "updateStrategy", "type"])
        && strategy.as_str() == Some("OnDelete")
        && matches!(workload.object.kind, "StatefulSet" | "DaemonSet")
    {
        found.report(strategy.span, "updates wait until someone deletes the pods");
    }
}

pub(super) const NO_HISTORY: Rule = Rule {
    id: "BS-K144",
    title: "no way back from an update",
    severity: Severity::Low,
    aliases: &[],
    why: "With `revisionHistoryLimit: 0` nothing is kept to go back to, so `kubectl rollout undo` fails when it is \
          needed.",
    advice: "Set it to at least 1; the default is 10.",
    references: &[DEPLOYMENT],
    bad: &[deployment!(
        "  revisionHistoryLimit: 0
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
    )],
    good: &[deployment!(
        "  revisionHistoryLimit: 3
  template:
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(no_history),
};

fn no_history(workload: &Workload<'_>, found: &mut Found<'_>) {
    if let Some(limit) = workload.object.node.at(&["spec", "revisionHistoryLimit"])
        && limit.as_int() == Some(0)
        && matches!(workload.object.kind, "Deployment" | "StatefulSet" | "DaemonSet")
    {
        found.report(limit.span, "`revisionHistoryLimit: 0` leaves nothing to go back to");
    }
}
