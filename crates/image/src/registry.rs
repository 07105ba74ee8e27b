//! The client for registries (OCI distribution specification, sections *Pulling manifests* and *Pulling blobs*).
//!
//! Thin and its own, since what matters here is what general clients leave out: bodies are bounded, broken downloads go
//! on where they broke, waiting follows `Retry-After`, and secrets go to no other host and into no message.

mod artifacts;
mod blob;
mod call;
mod challenge;
mod credentials;
mod http;
mod push;
mod repository;

pub(crate) use artifacts::{Fetched, Page};
pub(crate) use call::Payload;
pub(crate) use repository::Repository;

/// What came of putting a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// It is there.
    Done {
        /// The registry lists it among the referrers of its subject (`OCI-Subject`).
        lists_referrers: bool,
    },
    /// Somebody else changed the tag in between.
    Changed,
}

/// A registry could not be reached, or said no. Never holds a token or a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{registry}: {message}")]
pub struct RegistryError {
    /// The registry's host.
    pub registry: String,
    /// What happened and, where there is one, the way out.
    pub message: String,
}
