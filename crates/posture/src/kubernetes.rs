//! Kubernetes manifests: objects, what makes pods, the Pod Security Standards, and the rules.

mod facts;
mod grant;
mod kinds;
mod object;
pub mod pod_security;
mod rules;
mod template;
mod workload;

pub use facts::Facts;
pub use kinds::is_known;
pub use object::{Object, objects};
pub use rules::AMONG_ALL;
pub(crate) use rules::{OF_ABSENCE, RULES};
pub use workload::{Container, ContainerKind, Workload, containers_of};
