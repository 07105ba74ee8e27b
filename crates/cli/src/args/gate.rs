//! `boltseal gate`.

use clap::Args;

/// `boltseal gate`.
#[derive(Debug, Args)]
pub(crate) struct GateArguments {
    #[command(flatten)]
    pub(crate) target: super::TargetArguments,
    #[command(flatten)]
    pub(crate) output: super::OutputArguments,
}
