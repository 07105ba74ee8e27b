//! The rules on Kubernetes objects, by theme.

mod access;
mod binding;
mod cluster;
mod container;
mod example;
mod host;
mod image;
mod ingress;
mod inherit;
mod isolation;
mod namespace;
mod network;
mod page;
mod pod;
mod resources;
mod secret;
mod service;
mod together;
mod volume;
mod windows;

use crate::rule::Rule;

pub use together::AMONG_ALL;
pub(crate) use together::OF_ABSENCE;

/// All of them.
pub(crate) const RULES: &[&[Rule]] = &[
    container::RULES,
    isolation::RULES,
    host::RULES,
    volume::RULES,
    image::RULES,
    resources::RULES,
    pod::RULES,
    windows::RULES,
    access::wildcard::RULES,
    access::data::RULES,
    access::pod::RULES,
    access::escalation::RULES,
    access::cluster::RULES,
    access::aggregate::RULES,
    access::idle::RULES,
    binding::RULES,
    secret::pod::RULES,
    secret::object::RULES,
    network::allowed::RULES,
    network::meaning::RULES,
    network::vendor::RULES,
    service::RULES,
    ingress::route::RULES,
    ingress::annotation::RULES,
    ingress::gateway::RULES,
    namespace::RULES,
    cluster::admission::RULES,
    cluster::component::RULES,
    cluster::extension::RULES,
    together::isolation::RULES,
    together::reference::RULES,
    together::rights::RULES,
    together::upkeep::RULES,
    super::pod_security::RULES,
];
