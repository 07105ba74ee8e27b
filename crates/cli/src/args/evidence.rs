//! `boltseal explain` and `boltseal evidence`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `boltseal explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    pub(crate) target: super::TargetArguments,
    #[command(flatten)]
    pub(crate) output: super::OutputArguments,
    #[command(flatten)]
    pub(crate) known: super::KnownArguments,
    /// Also explain the verdict of this policy file or built-in profile, rule by rule.
    #[arg(long, short, value_name = "FILE-or-PROFILE", env = "BOLTSEAL_POLICY")]
    pub(crate) policy: Option<String>,
}

/// `boltseal evidence`.
#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// Write an image's reports, signatures, attestations, verdict and trusted root as one OCI layout.
    Export(ExportArguments),
    /// Check an exported layout on its own, offline: digests, signatures, and whether the verdict follows.
    Verify(EvidenceVerifyArguments),
}

/// `boltseal evidence export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    #[command(flatten)]
    pub(crate) target: super::TargetArguments,
    #[command(flatten)]
    pub(crate) known: super::KnownArguments,
    /// The folder to write; it must not exist, or be empty.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Put the verdict of this policy file or built-in profile in.
    #[arg(long, short, value_name = "FILE-or-PROFILE", env = "BOLTSEAL_POLICY")]
    pub(crate) policy: Option<String>,
    /// Put the image's layers in too, so that it can be run and scanned from the folder.
    #[arg(long)]
    pub(crate) with_layers: bool,
}

/// `boltseal evidence verify`.
#[derive(Debug, Args)]
pub(crate) struct EvidenceVerifyArguments {
    /// The folder.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Trusted root of Sigstore to hold signatures against. The one in the folder is what its sender trusted, and
    /// counts only with --trust-included.
    #[arg(long, value_name = "FILE", env = "BOLTSEAL_TRUSTED_ROOT")]
    pub(crate) trusted_root: Option<PathBuf>,
    /// Public key that signatures may be made with.
    #[arg(long = "key", value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// Signatures by a key count without an entry in a transparency log.
    #[arg(long, env = "BOLTSEAL_INSECURE_NO_LOG")]
    pub(crate) insecure_no_log: bool,
    /// Trust the root, the keys and the policy that the folder brings: whoever wrote it decides then. Without it and
    /// without --policy nothing is allowed.
    #[arg(long)]
    pub(crate) trust_included: bool,
    /// Judge by this policy file or built-in profile instead of the policy in the folder. Ages and exceptions are
    /// judged as of the recorded moment, packages and findings as recorded: the folder's word, unlike digests and
    /// signatures.
    #[arg(long, short, value_name = "FILE-or-PROFILE", env = "BOLTSEAL_POLICY")]
    pub(crate) policy: Option<String>,
    #[command(flatten)]
    pub(crate) output: super::OutputArguments,
}
