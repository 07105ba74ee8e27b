//! `boltseal explain` and `boltseal evidence`.

use clap::{Args, Subcommand};

/// `boltseal explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    pub(crate) target: super::TargetArguments,
    #[command(flatten)]
    pub(crate) output: super::OutputArguments,
}

/// `boltseal evidence`.
#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// Write an image's reports, signatures, attestations, verdict and trusted root as one OCI layout.
    Export(ExportArguments),
}

/// `boltseal evidence export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    #[command(flatten)]
    pub(crate) target: super::TargetArguments,
    #[command(flatten)]
    pub(crate) output: super::OutputArguments,
}
