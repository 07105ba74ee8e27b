//! Cluster-wide objects: webhooks, storage, custom resources, API services (BS-K360–379).

pub(super) mod admission;
pub(super) mod component;
pub(super) mod extension;
