//! The client for registries (OCI distribution specification).

/// A registry could not be reached, or said no. Never holds a token or a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{registry}: {message}")]
pub struct RegistryError {
    /// The registry's host.
    pub registry: String,
    /// What happened and, where there is one, the way out.
    pub message: String,
}
