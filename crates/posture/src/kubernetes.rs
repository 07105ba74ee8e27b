//! Kubernetes manifests: objects, what makes pods, the Pod Security Standards, and the rules.

mod facts;
mod grant;
mod object;
pub mod pod_security;
mod rules;
mod workload;

pub use facts::Facts;
pub use object::{Object, objects};
pub(crate) use rules::RULES;
pub use workload::{Container, ContainerKind, Workload, containers_of};
