//! `boltseal trust`.

use clap::Subcommand;

/// `boltseal trust`.
#[derive(Debug, Subcommand)]
pub(crate) enum TrustCommand {
    /// Refresh the trusted root of Sigstore through TUF.
    Update,
}
