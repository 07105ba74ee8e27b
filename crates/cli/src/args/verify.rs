//! `boltseal verify`.

use clap::Args;

/// `boltseal verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    pub(crate) target: super::TargetArguments,
    #[command(flatten)]
    pub(crate) output: super::OutputArguments,
}
