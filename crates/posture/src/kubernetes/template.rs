//! Where custom resources that are all about running pods keep their pod templates.

use super::{Object, Workload};
use crate::yaml::Node;

/// The ways to the pod templates of a group's kinds; `*` is each item of a list, or each value of a mapping.
///
/// Only controllers whose templates are whole pods stand here. Operators that fill a template up (a database's
/// `podTemplate`) would be blamed for what they add later.
const TEMPLATES: &[(&str, &[&[&str]])] = &[
    ("apps.kruise.io", &[&["spec", "template", "jobTemplate", "spec", "template"]]),
    ("batch.volcano.sh", &[&["spec", "tasks", "*", "template"]]),
    ("jobset.x-k8s.io", &[&["spec", "replicatedJobs", "*", "template", "spec", "template"]]),
    ("keda.sh", &[&["spec", "jobTargetRef", "template"]]),
    (
        "kubeflow.org",
        &[
            &["spec", "jaxReplicaSpecs", "*", "template"],
            &["spec", "mpiReplicaSpecs", "*", "template"],
            &["spec", "paddleReplicaSpecs", "*", "template"],
            &["spec", "pytorchReplicaSpecs", "*", "template"],
            &["spec", "tfReplicaSpecs", "*", "template"],
            &["spec", "xgbReplicaSpecs", "*", "template"],
        ],
    ),
    (
        "leaderworkerset.x-k8s.io",
        &[&["spec", "leaderWorkerTemplate", "leaderTemplate"], &["spec", "leaderWorkerTemplate", "workerTemplate"]],
    ),
    (
        "ray.io",
        &[
            &["spec", "headGroupSpec", "template"],
            &["spec", "workerGroupSpecs", "*", "template"],
            &["spec", "rayClusterSpec", "headGroupSpec", "template"],
            &["spec", "rayClusterSpec", "workerGroupSpecs", "*", "template"],
            &["spec", "rayClusterConfig", "headGroupSpec", "template"],
            &["spec", "rayClusterConfig", "workerGroupSpecs", "*", "template"],
            &["spec", "submitterPodTemplate"],
        ],
    ),
];

/// The pods of an object whose group keeps its templates elsewhere than Kubernetes does; none of any other.
pub(super) fn workloads<'a>(object: Object<'a>) -> Vec<Workload<'a>> {
    let Some((_, paths)) = TEMPLATES.iter().find(|(group, _)| *group == object.group()) else { return Vec::new() };
    let templates = paths.iter().flat_map(|path| at(object.node, path));
    templates.filter_map(|template| Workload::of_template(object, template)).collect()
}

fn at<'a>(node: &'a Node, path: &[&str]) -> Vec<&'a Node> {
    path.iter().fold(vec![node], |nodes, key| {
        let next = nodes.into_iter().flat_map(|node| match *key {
            "*" => node.items().iter().chain(node.entries().iter().map(|(_, value)| value)).collect(),
            key => node.get(key).into_iter().collect::<Vec<_>>(),
        });
        next.collect()
    })
}

#[cfg(test)]
mod tests {
    use crate::kubernetes::{Workload, objects};
    use crate::source::Source;
    use crate::yaml::{Limits, parse};

    /// The names of the containers of each pod that a manifest makes.
    fn pods(text: &str) -> Vec<String> {
        let parsed = parse(&Source::from_text("a.yaml", text), Limits::default());
        assert!(parsed.error.is_none(), "{:?}", parsed.error);
        let objects: Vec<_> = parsed.documents.iter().flat_map(objects).collect();
        let workloads = objects.into_iter().flat_map(Workload::all);
        let names = |workload: Workload<'_>| {
            workload.containers.iter().map(super::super::Container::name).collect::<Vec<_>>().join(" ")
        };
        workloads.map(names).collect()
    }

    #[test]
    fn every_kind_of_kubernetes_that_makes_pods_is_seen_in_every_version() {
        let template =
            "template: {metadata: {labels: {a: b}}, spec: {initContainers: [{name: i}], containers: [{name: c}]}}";
        for (version, kind) in [
            ("v1", "ReplicationController"),
            ("apps/v1", "Deployment"),
            ("apps/v1beta1", "StatefulSet"),
            ("apps/v1beta2", "DaemonSet"),
            ("extensions/v1beta1", "Deployment"),
            ("extensions/v1beta1", "ReplicaSet"),
            ("extensions/v1beta1", "Job"),
            ("batch/v1", "Job"),
            ("argoproj.io/v1alpha1", "Rollout"),
            ("serving.knative.dev/v1", "Service"),
        ] {
            let text = format!("{{apiVersion: {version}, kind: {kind}, spec: {{{template}}}}}");
            assert_eq!(pods(&text), ["i c"], "{text}");
        }
        for (version, kind) in
            [("batch/v1", "CronJob"), ("batch/v1beta1", "CronJob"), ("batch/v2alpha1", "ScheduledJob")]
        {
            let text =
                format!("{{apiVersion: {version}, kind: {kind}, spec: {{jobTemplate: {{spec: {{{template}}}}}}}}}");
            assert_eq!(pods(&text), ["i c"], "{text}");
        }
        assert_eq!(pods(&format!("{{apiVersion: v1, kind: PodTemplate, {template}}}")), ["i c"]);
        assert_eq!(pods("{apiVersion: v1, kind: Pod, spec: {ephemeralContainers: [{name: e}]}}"), ["e"]);
        assert!(pods("{apiVersion: v1, kind: ConfigMap, data: {spec: x}}").is_empty());
    }

    #[test]
    fn controllers_with_several_templates_make_several_pods() {
        let template = |name: &str| format!("template: {{spec: {{containers: [{{name: {name}}}]}}}}");
        let (a, b) = (template("a"), template("b"));
        for (version, spec) in [
            (
                "jobset.x-k8s.io/v1alpha2",
                format!("replicatedJobs: [{{template: {{spec: {{{a}}}}}}}, {{template: {{spec: {{{b}}}}}}}]"),
            ),
            ("kubeflow.org/v1", format!("pytorchReplicaSpecs: {{Master: {{{a}}}, Worker: {{{b}}}}}")),
            ("ray.io/v1", format!("rayClusterSpec: {{headGroupSpec: {{{a}}}, workerGroupSpecs: [{{{b}}}]}}")),
            ("batch.volcano.sh/v1alpha1", format!("tasks: [{{{a}}}, {{{b}}}]")),
            (
                "leaderworkerset.x-k8s.io/v1",
                "leaderWorkerTemplate: {leaderTemplate: {spec: {containers: [{name: a}]}}, workerTemplate: {spec: \
                 {containers: [{name: b}]}}}"
                    .to_owned(),
            ),
        ] {
            assert_eq!(
                pods(&format!("{{apiVersion: {version}, kind: Any, spec: {{{spec}}}}}")),
                ["a", "b"],
                "{version}"
            );
        }
    }

    #[test]
    fn lists_are_opened_and_their_items_take_the_kind_from_the_list() {
        let pod = "{apiVersion: v1, kind: Pod, spec: {containers: [{name: a}]}}";
        let inner = format!("{{apiVersion: v1, kind: List, items: [{pod}, null, 3]}}");
        assert_eq!(pods(&format!("{{apiVersion: v1, kind: List, items: [{inner}, {pod}]}}")), ["a", "a"]);
        let bare = "{metadata: {name: x}, spec: {template: {spec: {containers: [{name: a}]}}}}";
        assert_eq!(pods(&format!("{{apiVersion: apps/v1, kind: DeploymentList, items: [{bare}]}}")), ["a"]);
        assert!(pods(&format!("{{apiVersion: v1, kind: List, items: [{bare}]}}")).is_empty());
    }
}
