//! Configuration files of hosts and cluster components, and the rules on them (BS-H…).
//!
//! The same setting can stand in a configuration file, in a static pod, in a unit file or in what kubeadm writes them
//! from: [`Host`] is the same for all, and rules ask it for a setting by its path in the file and its flag.
//!
//! `CIS-Docker-…` are numbers of the CIS Docker Benchmark 1.6, `CIS-K8S-…` of the CIS Kubernetes Benchmark 1.12.

/// A static pod that starts a program with some flags, as an example of a rule.
macro_rules! pod {
    ($program:literal $(, $flag:literal)*) => {
        concat!(
            "=== pod.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: ", $program, "\n  namespace: kube-system\n",
            "spec:\n  containers:\n  - name: ", $program, "\n    image: registry.k8s.io/", $program, ":1.0\n",
            "    command:\n    - ", $program, "\n" $(, "    - ", $flag, "\n")*
        )
    };
}

mod admission;
mod ask;
mod audit;
mod containerd;
mod controlplane;
mod docker;
mod dockernet;
mod etcd;
mod flags;
mod form;
mod kubelet;
mod node;
mod server;
mod serverkeys;
#[cfg(test)]
mod tests;
mod toml;

pub use flags::Flag;
pub(crate) use form::{of_container, of_object, of_text, text_component};
pub(crate) use toml::parse as parse_toml;

use crate::rule::Rule;
use crate::source::{Source, Span};
use crate::yaml::Node;

/// Which component a file configures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Component {
    /// `daemon.json` of dockerd.
    Docker,
    /// `config.toml` of containerd.
    Containerd,
    /// A KubeletConfiguration.
    Kubelet,
    /// kube-apiserver, by its static pod or unit file.
    ApiServer,
    /// kube-controller-manager.
    ControllerManager,
    /// kube-scheduler.
    Scheduler,
    /// etcd.
    Etcd,
    /// kube-proxy.
    KubeProxy,
}

/// A configuration file, or the part of one that configures one component.
#[derive(Debug)]
pub struct Host<'a> {
    /// The text.
    pub source: &'a Source<'a>,
    /// What it configures.
    pub component: Component,
    /// Its settings as a tree; null where flags are all there is.
    pub root: &'a Node,
    /// Its flags, in their order.
    pub flags: Vec<Flag<'a>>,
    /// What is not set here is not set at all. Where other files may set it, nothing can be said of what is missing.
    pub is_complete: bool,
    /// Where to point for what is missing.
    pub heading: Span,
    /// What reports call it; empty where it is the whole file.
    pub subject: String,
    /// The list that flags are added to.
    pub list: Option<&'a Node>,
}

/// The rules.
pub(crate) const RULES: &[&[Rule]] = &[
    docker::RULES,
    dockernet::RULES,
    containerd::RULES,
    kubelet::RULES,
    node::RULES,
    server::RULES,
    admission::RULES,
    audit::RULES,
    serverkeys::RULES,
    controlplane::RULES,
    etcd::RULES,
];
