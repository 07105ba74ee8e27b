//! Labels, selectors and annotations.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::inherit::is_written_out;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

const LABELS: &str = "https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/";

fn labels<'a>(workload: &Workload<'a>) -> Option<&'a Node> {
    workload.metadata?.get("labels")
}

pub(super) const NO_NAME: Rule = Rule {
    id: "BS-K156",
    title: "pod without a label for what it is",
    severity: Severity::Negligible,
    aliases: &["C-0076", "C-0077"],
    why: "Services, NetworkPolicies and people find pods by labels; one that does not say what it is falls through \
          every rule made for it.",
    advice: "Set `app.kubernetes.io/name` on the pod's template.",
    references: &[LABELS],
    bad: &["apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    team: shop
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
"],
    good: &[
        "apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
",
        "apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
",
    ],
    check: Check::Workload(no_name),
};

fn no_name(workload: &Workload<'_>, found: &mut Found<'_>) {
    if !is_written_out(workload) {
        return;
    }
    let known = ["app.kubernetes.io/name", "app", "k8s-app", "name", "component", "app.kubernetes.io/instance"];
    let labels = labels(workload);
    if !labels.is_some_and(|labels| known.iter().any(|key| labels.get(key).is_some())) {
        found.report(workload.heading(), "the pod has no label `app.kubernetes.io/name`");
    }
}

/// Annotations that no Kubernetes in use heeds, and what does their work.
const DEAD: &[(&str, &str)] = &[
    ("scheduler.alpha.kubernetes.io/critical-pod", "`priorityClassName`"),
    ("scheduler.alpha.kubernetes.io/affinity", "`affinity`"),
    ("scheduler.alpha.kubernetes.io/tolerations", "`tolerations`"),
    ("pod.alpha.kubernetes.io/init-containers", "`initContainers`"),
    ("pod.beta.kubernetes.io/init-containers", "`initContainers`"),
    ("pod.beta.kubernetes.io/hostname", "`hostname`"),
    ("pod.beta.kubernetes.io/subdomain", "`subdomain`"),
    ("security.alpha.kubernetes.io/sysctls", "`securityContext.sysctls`"),
    ("security.alpha.kubernetes.io/unsafe-sysctls", "`securityContext.sysctls`"),
];

pub(super) const DEAD_ANNOTATION: Rule = Rule {
    id: "BS-K167",
    title: "annotation that does nothing any more",
    severity: Severity::Low,
    aliases: &[],
    why: "The annotation belongs to an old version of Kubernetes: what it asks for, be it tolerations or sysctls, does \
          not happen, and nobody is told.",
    advice: "Use the field that took its place, and remove the annotation.",
    references: &["https://kubernetes.io/docs/reference/labels-annotations-taints/"],
    bad: &["apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    scheduler.alpha.kubernetes.io/critical-pod: \"\"
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
"],
    good: &["apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    example.com/critical-pod: \"\"
spec:
  priorityClassName: shop
  containers:
  - name: app
    image: registry.example.com/app:1.4
"],
    check: Check::Workload(dead_annotation),
};

fn dead_annotation(workload: &Workload<'_>, found: &mut Found<'_>) {
    let Some(annotations) = workload.metadata.and_then(|metadata| metadata.get("annotations")) else { return };
    for (key, _) in annotations.entries() {
        let dead = key.as_str().and_then(|name| DEAD.iter().find(|(dead, _)| *dead == name));
        if let Some((name, instead)) = dead {
            found.report(key.span, format!("annotation `{name}` does nothing: use {instead}"));
        }
    }
}

pub(super) const SELECTOR: Rule = Rule {
    id: "BS-K169",
    title: "selector that does not fit the pods",
    severity: Severity::Medium,
    aliases: &["mismatching-selector"],
    why: "A controller finds its pods by the selector: where it does not fit the template's labels the API server \
          refuses the object.",
    advice: "Give the template every label that `spec.selector.matchLabels` asks for.",
    references: &["https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector"],
    bad: &["apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: wep
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"],
    good: &["apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: \"web\"
        tier: front
    spec:
      containers:
      - name: app
        image: registry.example.com/app:1.4
"],
    check: Check::Workload(selector),
};

fn selector(workload: &Workload<'_>, found: &mut Found<'_>) {
    let kinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];
    if !kinds.contains(&workload.object.kind) || !is_written_out(workload) {
        return;
    }
    let wanted = workload.object.node.at(&["spec", "selector", "matchLabels"]);
    for (key, value) in wanted.map_or(&[][..], Node::entries).iter().take(256) {
        let (Some(name), Some(text)) = (key.as_str(), value.as_str()) else { continue };
        if text.contains(['$', '{']) {
            continue;
        }
        let has = labels(workload).and_then(|labels| labels.get(name));
        match has.map(|has| (has, has.as_str().unwrap_or_default())) {
            Some((_, other)) if other == text || other.contains(['$', '{']) => {}
            Some((has, other)) => {
                found
                    .report(value.span, format!("the selector wants `{name}: {text}`, the pods have `{other}`"))
                    .note(has.span, "the pods' label");
            }
            None => {
                found.report(key.span, format!("the selector wants a label `{name}`, which the pods do not have"));
            }
        }
    }
}
