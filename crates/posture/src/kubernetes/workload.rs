//! Everything that makes pods, seen as one thing.

use super::{Object, template};
use crate::source::Span;
use crate::yaml::Node;

/// An object that is or makes pods.
#[derive(Debug)]
pub struct Workload<'a> {
    /// The object.
    pub object: Object<'a>,
    /// The pod's metadata: the object's own for a Pod, else the template's.
    pub metadata: Option<&'a Node>,
    /// The pod's spec.
    pub spec: &'a Node,
    /// Its containers: initial ones, ordinary ones, ephemeral ones.
    pub containers: Vec<Container<'a>>,
}

/// Which list of a pod's spec a container stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerKind {
    /// `initContainers`
    Init,
    /// `containers`
    Main,
    /// `ephemeralContainers`
    Ephemeral,
}

/// A container of a pod.
#[derive(Debug, Clone, Copy)]
pub struct Container<'a> {
    /// Which list it stands in.
    pub kind: ContainerKind,
    /// Its mapping.
    pub node: &'a Node,
}

impl<'a> Container<'a> {
    /// Its name, else `?`.
    pub fn name(&self) -> &'a str {
        self.node.text("name").unwrap_or("?")
    }

    /// What reports call it: `container app`, `init container setup`.
    pub fn title(&self) -> String {
        match self.kind {
            ContainerKind::Init => format!("init container {}", self.name()),
            ContainerKind::Main => format!("container {}", self.name()),
            ContainerKind::Ephemeral => format!("ephemeral container {}", self.name()),
        }
    }

    /// An initial container that stays (`restartPolicy: Always`): a sidecar.
    pub fn is_sidecar(&self) -> bool {
        self.kind == ContainerKind::Init && self.node.text("restartPolicy") == Some("Always")
    }

    /// A field of its security context.
    pub fn security(&self, path: &[&str]) -> Option<&'a Node> {
        self.node.get("securityContext")?.at(path)
    }

    /// Where to point if the container as a whole is meant: its name.
    pub fn heading(&self) -> Span {
        self.node.entry_span("name").unwrap_or_else(|| Span::empty(self.node.span.start))
    }
}

impl<'a> Workload<'a> {
    /// The object as something that makes pods, whatever its API version: Pod, PodTemplate, ReplicationController,
    /// ReplicaSet, Deployment, StatefulSet, DaemonSet, Job, CronJob, and kinds of other groups that hold a pod template
    /// in `spec.template.spec.containers` (Argo Rollouts, Knative). `None` of anything else.
    pub fn new(object: Object<'a>) -> Option<Self> {
        let node = object.node;
        let template = match object.kind {
            "Pod" => node,
            "PodTemplate" => node.get("template")?,
            "CronJob" | "ScheduledJob" => node.at(&["spec", "jobTemplate", "spec", "template"])?,
            _ => node.at(&["spec", "template"])?,
        };
        Self::of_template(object, template)
    }

    /// All pods that an object makes: one for [`Workload::new`], several for custom resources with several templates
    /// (JobSet, LeaderWorkerSet, Kubeflow's training jobs, KubeRay, Volcano).
    pub fn all(object: Object<'a>) -> Vec<Self> {
        Self::new(object).into_iter().chain(template::workloads(object)).collect()
    }

    /// The pods of one template; `None` if it has no containers, so that it is no template of pods.
    pub(super) fn of_template(object: Object<'a>, template: &'a Node) -> Option<Self> {
        let spec = template.get("spec")?;
        let containers = containers_of(spec);
        if containers.is_empty() && !matches!(object.kind, "Pod" | "PodTemplate") {
            return None;
        }
        Some(Self { object, metadata: template.get("metadata"), spec, containers })
    }

    /// A field of the pod's security context.
    pub fn security(&self, path: &[&str]) -> Option<&'a Node> {
        self.spec.get("securityContext")?.at(path)
    }

    /// The pod's annotation of this name: its key and its value.
    pub fn annotation(&self, name: &str) -> Option<(&'a Node, &'a Node)> {
        self.metadata?.get("annotations")?.entry(name)
    }

    /// `spec.os.name` says Windows.
    pub fn is_windows(&self) -> bool {
        self.spec.at(&["os", "name"]).and_then(Node::as_str) == Some("windows")
    }

    /// Where to point if the pod as a whole is meant: the key `spec` can be far, so the object's `kind` line.
    pub fn heading(&self) -> Span {
        self.object.heading()
    }
}

/// All containers of a pod's spec.
pub fn containers_of(spec: &Node) -> Vec<Container<'_>> {
    [
        (ContainerKind::Init, "initContainers"),
        (ContainerKind::Main, "containers"),
        (ContainerKind::Ephemeral, "ephemeralContainers"),
    ]
    .into_iter()
    .flat_map(|(kind, key)| spec.list(key).iter().map(move |node| Container { kind, node }))
    .collect()
}
