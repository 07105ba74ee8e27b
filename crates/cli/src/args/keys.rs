//! `boltseal keys`.

use clap::Subcommand;

/// `boltseal keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key pair.
    Generate,
}
