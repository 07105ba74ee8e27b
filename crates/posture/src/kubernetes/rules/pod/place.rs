//! Where pods run: namespaces, nodes, priorities.

use boltseal_evidence::Severity;

use crate::finding::Found;
use crate::kubernetes::Workload;
use crate::kubernetes::rules::example::pod;
use crate::rule::{Check, Rule};
use crate::source::Span;
use crate::yaml::Node;

const NAMESPACES: &str = "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/";
const ASSIGN: &str = "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/";
const TAINTS: &str = "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/";
const LABELS: &str = "https://kubernetes.io/docs/reference/labels-annotations-taints/";

fn namespace<'a>(workload: &Workload<'a>) -> Option<&'a Node> {
    workload.object.node.at(&["metadata", "namespace"])
}

pub(super) const DEFAULT_NAMESPACE: Rule = Rule {
    id: "BS-K154",
    title: "workload in namespace `default`",
    severity: Severity::Low,
    aliases: &["KSV-0110", "CKV_K8S_21", "C-0061", "C-0212", "use-namespace"],
    why: "What nobody sorted ends up in `default`: quotas, NetworkPolicies and roles of a namespace then hold for all \
          of it or for nothing.",
    advice: "Give the application a namespace of its own.",
    references: &[NAMESPACES],
    bad: &["apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: default
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
"],
    good: &[
        "apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
",
        // Who applies it says where.
        pod!(
            "  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(default_namespace),
};

fn default_namespace(workload: &Workload<'_>, found: &mut Found<'_>) {
    if let Some(name) = namespace(workload).filter(|name| name.as_str() == Some("default")) {
        found.report(
            name.span,
            format!("{} `{}` is in namespace `default`", workload.object.kind, workload.object.name()),
        );
    }
}

pub(super) const SYSTEM_NAMESPACE: Rule = Rule {
    id: "BS-K155",
    title: "workload in a namespace of the system",
    severity: Severity::Low,
    aliases: &["KSV-0037"],
    why: "`kube-system` and its like are often left out of policies, and who may make pods there may use the accounts \
          of the cluster's own components.",
    advice: "Give it a namespace of its own, unless it is a component of the cluster itself.",
    references: &[NAMESPACES],
    bad: &["apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: kube-system
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
"],
    good: &[
        "apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: kube-system-tools
spec:
  containers:
  - name: app
    image: registry.example.com/app:1.4
",
        // A component of the cluster says so by its priority.
        "apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: cni
  namespace: kube-system
spec:
  template:
    spec:
      priorityClassName: system-node-critical
      containers:
      - name: app
        image: registry.example.com/cni:1.4
",
    ],
    check: Check::Workload(system_namespace),
};

fn is_system_priority(workload: &Workload<'_>) -> bool {
    matches!(workload.spec.text("priorityClassName"), Some("system-cluster-critical" | "system-node-critical"))
}

fn system_namespace(workload: &Workload<'_>, found: &mut Found<'_>) {
    if let Some(name) = namespace(workload)
        && let Some(text @ ("kube-system" | "kube-public" | "kube-node-lease")) = name.as_str()
        && !is_system_priority(workload)
    {
        found.report(name.span, format!("namespace `{text}` is for the cluster itself"));
    }
}

pub(super) const NODE_NAME: Rule = Rule {
    id: "BS-K157",
    title: "pod nailed to a node",
    severity: Severity::Low,
    aliases: &[],
    why: "`nodeName` goes past the scheduler, and with it past taints and free resources; when that node is gone, so is \
          the pod.",
    advice: "Choose nodes by their labels, with `nodeSelector` or `affinity`.",
    references: &[ASSIGN],
    bad: &[pod!(
        "  nodeName: worker-3
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[
        pod!(
            "  nodeSelector:
    disk: ssd
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        // Read back from a cluster, where every pod has one.
        "apiVersion: v1
kind: Pod
metadata:
  name: web
  uid: 0f3c9d7e-0000-4000-8000-000000000000
spec:
  nodeName: worker-3
  containers:
  - name: app
    image: registry.example.com/app:1.4
",
    ],
    check: Check::Workload(node_name),
};

fn node_name(workload: &Workload<'_>, found: &mut Found<'_>) {
    let exported = workload.object.node.at(&["metadata", "uid"]).is_some();
    if let Some(node) = workload.spec.get("nodeName").filter(|node| !node.is_empty() && !exported) {
        found.report(node.span, format!("the pod can run on node `{}` only", node.as_str().unwrap_or("?")));
    }
}

pub(super) const TOLERATES_ALL: Rule = Rule {
    id: "BS-K158",
    title: "pod tolerates every taint",
    severity: Severity::Low,
    aliases: &[],
    why: "A toleration without a key lets the pod onto every node, those of the control plane and those set apart for \
          others included, and keeps it on nodes that are being emptied.",
    advice: "Name the taints that the pod has to tolerate. Agents that run on each node (a DaemonSet) may need this: \
             ignore the rule there with that reason.",
    references: &[TAINTS],
    bad: &[pod!(
        "  tolerations:
  - operator: Exists
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[
        pod!(
            "  tolerations:
  - key: gpu
    operator: Exists
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        // A part of the cluster itself.
        pod!(
            "  priorityClassName: system-node-critical
  tolerations:
  - operator: Exists
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(tolerates_all),
};

fn tolerates_all(workload: &Workload<'_>, found: &mut Found<'_>) {
    if is_system_priority(workload) {
        return;
    }
    for toleration in workload.spec.list("tolerations") {
        if toleration.text("operator") == Some("Exists") && toleration.get("key").is_none_or(Node::is_empty) {
            let what = match toleration.text("effect") {
                Some(effect) => format!("every taint of effect `{effect}`"),
                None => "every taint".to_owned(),
            };
            let span = toleration.get("operator").map_or(toleration.span, |operator| operator.span);
            found.report(span, format!("the pod tolerates {what}"));
        }
    }
}

/// Labels and taints of the control plane's nodes.
fn is_control_plane(key: &str) -> bool {
    matches!(key, "node-role.kubernetes.io/control-plane" | "node-role.kubernetes.io/master")
}

pub(super) const TOLERATES_CONTROL_PLANE: Rule = Rule {
    id: "BS-K159",
    title: "pod tolerates the taint of the control plane",
    severity: Severity::Medium,
    aliases: &[],
    why: "Nodes of the control plane hold the cluster's keys and its database; a container that breaks out there owns \
          the cluster, not just a worker.",
    advice: "Remove the toleration. Agents that run on each node (a DaemonSet) may keep it where they watch the control \
             plane too.",
    references: &[TAINTS],
    bad: &[pod!(
        "  tolerations:
  - key: node-role.kubernetes.io/control-plane
    operator: Exists
    effect: NoSchedule
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[pod!(
        "  tolerations:
  - key: node.kubernetes.io/not-ready
    operator: Exists
    effect: NoExecute
    tolerationSeconds: 30
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(tolerates_control_plane),
};

fn tolerates_control_plane(workload: &Workload<'_>, found: &mut Found<'_>) {
    if is_system_priority(workload) {
        return;
    }
    for toleration in workload.spec.list("tolerations") {
        let Some(key) = toleration.get("key") else { continue };
        if let Some(text) = key.as_str().filter(|text| is_control_plane(text)) {
            let report = found.report(key.span, format!("the pod may run on the control plane: it tolerates `{text}`"));
            if workload.object.kind == "DaemonSet" {
                report.severity(Severity::Low);
            }
        }
    }
}

/// The labels by which a pod asks for nodes: key and where it stands.
fn wanted_labels<'a>(workload: &Workload<'a>, mut judge: impl FnMut(&'a str, Span, bool)) {
    for (key, _) in workload.spec.get("nodeSelector").map_or(&[][..], Node::entries) {
        if let Some(text) = key.as_str() {
            judge(text, key.span, true);
        }
    }
    let Some(affinity) = workload.spec.at(&["affinity", "nodeAffinity"]) else { return };
    let required = affinity
        .get("requiredDuringSchedulingIgnoredDuringExecution")
        .map_or(&[][..], |required| required.list("nodeSelectorTerms"))
        .iter();
    let preferred = affinity
        .list("preferredDuringSchedulingIgnoredDuringExecution")
        .iter()
        .filter_map(|each| each.get("preference"));
    for expression in required.chain(preferred).flat_map(|term| term.list("matchExpressions")) {
        let Some(key) = expression.get("key") else { continue };
        if let Some(text) = key.as_str() {
            judge(text, key.span, matches!(expression.text("operator"), Some("Exists" | "In")));
        }
    }
}

pub(super) const ON_CONTROL_PLANE: Rule = Rule {
    id: "BS-K160",
    title: "pod asks for nodes of the control plane",
    severity: Severity::Medium,
    aliases: &[],
    why: "Nodes of the control plane hold the cluster's keys and its database; a container that breaks out there owns \
          the cluster, not just a worker.",
    advice: "Choose other nodes, by labels of your own.",
    references: &[ASSIGN],
    bad: &[
        pod!(
            "  nodeSelector:
    node-role.kubernetes.io/control-plane: \"\"
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
        pod!(
            "  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions:
          - key: node-role.kubernetes.io/master
            operator: Exists
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    good: &[pod!(
        "  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions:
          - key: node-role.kubernetes.io/control-plane
            operator: DoesNotExist
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(on_control_plane),
};

fn on_control_plane(workload: &Workload<'_>, found: &mut Found<'_>) {
    if is_system_priority(workload) {
        return;
    }
    wanted_labels(workload, |key, span, wanted| {
        if wanted && is_control_plane(key) {
            found.report(span, format!("the pod asks for nodes with `{key}`"));
        }
    });
}

pub(super) const OLD_LABEL: Rule = Rule {
    id: "BS-K168",
    title: "nodes by a label that is deprecated",
    severity: Severity::Low,
    aliases: &[],
    why: "Labels with `beta` in their name are deprecated, and `node-role.kubernetes.io/master` is gone since \
          Kubernetes 1.24: one day no node has them and the pod stays pending.",
    advice: "Use the label of the same meaning without `beta`.",
    references: &[LABELS],
    bad: &[pod!(
        "  nodeSelector:
    beta.kubernetes.io/os: linux
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    good: &[pod!(
        "  nodeSelector:
    kubernetes.io/os: linux
    topology.kubernetes.io/zone: one
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
    )],
    check: Check::Workload(old_label),
};

fn old_label(workload: &Workload<'_>, found: &mut Found<'_>) {
    let selector = workload.spec.get("nodeSelector");
    wanted_labels(workload, |key, span, _| {
        let new = match key {
            "beta.kubernetes.io/os" => "kubernetes.io/os",
            "beta.kubernetes.io/arch" => "kubernetes.io/arch",
            "beta.kubernetes.io/instance-type" => "node.kubernetes.io/instance-type",
            "failure-domain.beta.kubernetes.io/zone" => "topology.kubernetes.io/zone",
            "failure-domain.beta.kubernetes.io/region" => "topology.kubernetes.io/region",
            "node-role.kubernetes.io/master" => "node-role.kubernetes.io/control-plane",
            _ => return,
        };
        // Kubelets set the stable labels for os and arch since 1.14; the others depend on the provider.
        let sure = matches!(key, "beta.kubernetes.io/os" | "beta.kubernetes.io/arch")
            && selector.is_none_or(|selector| selector.get(new).is_none() && !selector.shared);
        let text = found.source().slice(span);
        let change = (sure && text.contains(key)).then(|| (span, text.replace(key, new)));
        found.report(span, format!("label `{key}` is deprecated: use `{new}`")).fix("use the label that stays", change);
    });
}

pub(super) const SYSTEM_PRIORITY: Rule = Rule {
    id: "BS-K161",
    title: "workload with a priority of the system",
    severity: Severity::Low,
    aliases: &[],
    why: "`system-node-critical` and `system-cluster-critical` push out everything else and are never evicted: an \
          application with them can take the place of the cluster's name server.",
    advice: "Make a PriorityClass for the application, with a value below 1000000000.",
    references: &["https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/"],
    bad: &["apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  priorityClassName: system-cluster-critical
  containers:
  - name: app
    image: registry.example.com/app:1.4
"],
    good: &[
        "apiVersion: v1
kind: Pod
metadata:
  name: dns
  namespace: kube-system
spec:
  priorityClassName: system-cluster-critical
  containers:
  - name: app
    image: registry.example.com/dns:1.4
",
        // It may be meant for kube-system.
        pod!(
            "  priorityClassName: system-cluster-critical
  containers:
  - name: app
    image: registry.example.com/app:1.4
"
        ),
    ],
    check: Check::Workload(system_priority),
};

fn system_priority(workload: &Workload<'_>, found: &mut Found<'_>) {
    let elsewhere = workload.object.namespace().is_some_and(|name| name != "kube-system");
    if elsewhere
        && is_system_priority(workload)
        && let Some(class) = workload.spec.get("priorityClassName")
    {
        let name = class.as_str().unwrap_or("?");
        found.report(class.span, format!("priority `{name}` is for the cluster's own components"));
    }
}
