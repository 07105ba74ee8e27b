//! Configuration files of hosts and cluster components, and the rules on them (BS-H…).

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
}

/// A configuration file.
#[derive(Debug)]
pub struct Host<'a> {
    /// The text.
    pub source: &'a Source<'a>,
    /// What it configures.
    pub component: Component,
    /// Its settings as a tree.
    pub root: &'a Node,
    /// Command-line flags without dashes, with their values and where they stand.
    pub flags: Vec<(String, String, Span)>,
}

/// The rules.
pub(crate) const RULES: &[&[Rule]] = &[];
