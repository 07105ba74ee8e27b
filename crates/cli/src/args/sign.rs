//! `boltseal sign`.

use clap::Args;

/// `boltseal sign`.
#[derive(Debug, Args)]
pub(crate) struct SignArguments {
    #[command(flatten)]
    pub(crate) target: super::TargetArguments,
    #[command(flatten)]
    pub(crate) output: super::OutputArguments,
}
