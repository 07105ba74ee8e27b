//! `boltseal trust`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

/// `boltseal trust`.
#[derive(Debug, Subcommand)]
pub(crate) enum TrustCommand {
    /// Refresh the trusted root of Sigstore through TUF.
    Update {
        /// The TUF repository or a mirror of it: an address or a folder [default: the one of the last update, or the
        /// public instance].
        #[arg(long, value_name = "URL-or-DIR", env = "BOLTSEAL_TUF_URL")]
        tuf_url: Option<String>,
        /// The first root metadata of an instance of your own, which everything later has to follow from.
        #[arg(long, value_name = "FILE", env = "BOLTSEAL_TUF_ROOT")]
        root: Option<PathBuf>,
        /// PEM file of certificate authorities to trust besides the system's.
        #[arg(long, value_name = "FILE", env = "BOLTSEAL_CA_FILE")]
        ca_file: Option<PathBuf>,
    },
    /// Show who is trusted: authorities, logs, their keys and validity, and how old that knowledge is.
    Show {
        /// Form: text or json.
        #[arg(long, short, value_name = "FORMAT", default_value = "text")]
        format: TrustFormat,
    },
    /// Take over a trusted_root.json, a signing config or a client trust config: for a machine without a network.
    Import {
        /// The file.
        file: PathBuf,
    },
}

/// The form of what `boltseal trust show` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrustFormat {
    /// Text for people.
    Text,
    /// JSON.
    Json,
}
