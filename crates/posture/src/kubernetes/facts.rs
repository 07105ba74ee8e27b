//! What one file says that rules on all files together need: kept small, since ten thousand files are.

mod network;
mod rights;
mod selector;

use boltseal_evidence::Region;

pub(crate) use network::{Backend, Policy, Reached, Service};
pub(crate) use rights::{Binding, Powers, Role, Subject};
pub(crate) use selector::{Labels, Selector, labels_of};

use super::pod_security::{Policy as Standard, policy_of_namespace};
use super::{Object, Workload};
use crate::source::Source;
use crate::yaml::Node;

/// What the objects of one file say.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub(crate) objects: Vec<ObjectFacts>,
    policies: Vec<(Box<str>, Standard)>,
}

/// An object and what others may want of it.
#[derive(Debug, Clone)]
pub(crate) struct ObjectFacts {
    pub(crate) group: Box<str>,
    pub(crate) kind: Box<str>,
    /// Empty where the file leaves it to who applies it: one namespace like any other, without a name.
    pub(crate) namespace: Box<str>,
    /// Empty where the API server gives the name.
    pub(crate) name: Box<str>,
    /// Its heading.
    pub(crate) region: Region,
    pub(crate) title: String,
    pub(crate) detail: Detail,
}

/// What depends on the kind.
#[derive(Debug, Clone)]
pub(crate) enum Detail {
    Other,
    Workload(Box<Pods>),
    Policy(Policy),
    Service(Service),
    Routes(Vec<Backend>),
    Role(Role),
    Binding(Binding),
    Account {
        /// `automountServiceAccountToken`
        mounts_token: Option<bool>,
    },
    /// What it scales: kind and name.
    Scaler(Box<str>, Box<str>),
    Budget(Selector),
}

/// The pods of a workload.
#[derive(Debug, Clone)]
pub(crate) struct Pods {
    pub(crate) labels: Labels,
    /// The service account; `default` unless it says otherwise.
    pub(crate) account: Box<str>,
    /// Where it says so, else the heading.
    pub(crate) account_region: Region,
    /// `automountServiceAccountToken`
    pub(crate) mounts_token: Option<bool>,
    pub(crate) on_host_network: bool,
    /// Names of container ports.
    pub(crate) ports: Vec<Box<str>>,
    pub(crate) replicas: i64,
}

impl Facts {
    /// The Namespaces of the file that enforce one of the Pod Security Standards, and which.
    pub fn policies(&self) -> impl Iterator<Item = (&str, Standard)> {
        self.policies.iter().map(|(name, policy)| (name.as_ref(), *policy))
    }

    /// The namespaces that the file puts objects with pods into, by name; one several times.
    pub fn pod_namespaces(&self) -> impl Iterator<Item = &str> {
        let with_pods = self.objects.iter().filter(|object| matches!(object.detail, Detail::Workload(_)));
        with_pods.map(|object| object.namespace.as_ref()).filter(|name| !name.is_empty())
    }

    /// Takes what is needed from an object.
    pub fn add(&mut self, source: &Source<'_>, object: &Object<'_>) {
        if let Some(policy) = policy_of_namespace(object) {
            self.policies.push((object.name().into(), policy));
        }
        let region = source.region(object.heading());
        let detail = detail(source, object, region);
        if matches!(detail, Detail::Other) && is_patch(object) {
            return;
        }
        self.objects.push(ObjectFacts {
            group: object.group().into(),
            kind: object.kind.into(),
            namespace: if is_cluster_wide(object.kind) { "" } else { object.namespace().unwrap_or_default() }.into(),
            name: object.node.at(&["metadata", "name"]).and_then(Node::as_str).unwrap_or_default().into(),
            region,
            title: object.title(),
            detail,
        });
    }
}

fn detail(source: &Source<'_>, object: &Object<'_>, region: Region) -> Detail {
    let spec = object.node.get("spec");
    match (object.group(), object.kind) {
        ("networking.k8s.io" | "extensions", "NetworkPolicy") => {
            spec.map_or(Detail::Other, |spec| Detail::Policy(Policy::new(spec)))
        }
        ("", "Service") => spec.map_or(Detail::Other, |spec| Detail::Service(Service::new(source, spec))),
        ("networking.k8s.io" | "extensions", "Ingress") => {
            spec.map_or(Detail::Other, |spec| Detail::Routes(network::of_ingress(source, spec)))
        }
        ("rbac.authorization.k8s.io", "Role" | "ClusterRole") => Detail::Role(Role::new(object)),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            Binding::new(source, object).map_or(Detail::Other, Detail::Binding)
        }
        ("", "ServiceAccount") => Detail::Account { mounts_token: object.node.boolean("automountServiceAccountToken") },
        ("autoscaling", "HorizontalPodAutoscaler") => {
            let target = spec.and_then(|spec| spec.get("scaleTargetRef"));
            let text = |key| target.and_then(|node| node.text(key));
            match (text("kind"), text("name")) {
                (Some(kind), Some(name)) => Detail::Scaler(kind.into(), name.into()),
                _ => Detail::Other,
            }
        }
        ("policy", "PodDisruptionBudget") => {
            let selector = spec.and_then(|spec| spec.get("selector"));
            selector.map_or(Detail::Other, |node| Detail::Budget(Selector::new(node)))
        }
        _ => pods(source, object, region).map_or(Detail::Other, |pods| Detail::Workload(Box::new(pods))),
    }
}

fn pods(source: &Source<'_>, object: &Object<'_>, region: Region) -> Option<Pods> {
    if is_patch(object) {
        return None;
    }
    let workload = Workload::new(*object)?;
    let spec = workload.spec;
    let account = spec.entry_span("serviceAccountName").or_else(|| spec.entry_span("serviceAccount"));
    let name = spec.text("serviceAccountName").or_else(|| spec.text("serviceAccount")).unwrap_or("default");
    let ports = workload.containers.iter().flat_map(|container| container.node.list("ports"));
    Some(Pods {
        labels: labels_of(workload.metadata.and_then(|metadata| metadata.get("labels"))),
        account: name.into(),
        account_region: account.map_or(region, |span| source.region(span)),
        mounts_token: spec.boolean("automountServiceAccountToken"),
        on_host_network: spec.boolean("hostNetwork") == Some(true),
        ports: ports.filter_map(|port| port.text("name")).map(Into::into).collect(),
        replicas: object.node.at(&["spec", "replicas"]).and_then(Node::as_int).unwrap_or(1),
    })
}

/// A patch of a workload, as Kustomize merges them: it lacks what the API demands.
fn is_patch(object: &Object<'_>) -> bool {
    let Some(workload) = Workload::new(*object) else { return false };
    let lacks_selector = matches!(object.kind, "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        && object.group() == "apps"
        && object.node.at(&["spec", "selector"]).is_none();
    lacks_selector || workload.containers.iter().any(|container| container.node.get("image").is_none())
}

/// Kinds that live in no namespace; what they say about one counts for nothing.
fn is_cluster_wide(kind: &str) -> bool {
    matches!(
        kind,
        "Namespace"
            | "ClusterRole"
            | "ClusterRoleBinding"
            | "PersistentVolume"
            | "StorageClass"
            | "CustomResourceDefinition"
            | "PriorityClass"
            | "APIService"
            | "Node"
    )
}
