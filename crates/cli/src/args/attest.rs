//! `boltseal attest`.

use clap::Args;

/// `boltseal attest`.
#[derive(Debug, Args)]
pub(crate) struct AttestArguments {
    #[command(flatten)]
    pub(crate) target: super::TargetArguments,
    #[command(flatten)]
    pub(crate) output: super::OutputArguments,
}
