//! `boltseal keys`.

use std::path::PathBuf;

use boltseal_trust::Algorithm;
use clap::{Args, Subcommand, ValueEnum};

/// `boltseal keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key pair: PREFIX.key, which only you can read, and PREFIX.pub.
    Generate {
        /// Kind of key: ecdsa-p256, ecdsa-p384, ed25519, rsa-3072 or rsa-4096.
        #[arg(long = "type", short = 't', value_name = "TYPE", default_value = "ecdsa-p256")]
        algorithm: Algorithm,
        #[command(flatten)]
        output: KeyOutputArguments,
        #[command(flatten)]
        password: PasswordArguments,
    },
    /// Take over a private key that another program wrote: PKCS#8, SEC 1, PKCS#1, or cosign's.
    Import {
        /// The key file, PEM.
        file: PathBuf,
        #[command(flatten)]
        output: KeyOutputArguments,
        #[command(flatten)]
        password: PasswordArguments,
        /// File with the password of the key that is imported, where it is another one.
        #[arg(long, value_name = "FILE")]
        source_password_file: Option<PathBuf>,
    },
    /// Tell what a key file holds: its form, the kind of key and its fingerprint.
    Show {
        /// A private or public key, PEM.
        file: PathBuf,
        #[command(flatten)]
        password: PasswordArguments,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the public half of a key.
    Public {
        /// The key: a file, env://VARIABLE, or plugin:COMMAND.
        #[arg(value_name = "KEY")]
        key: String,
        #[command(flatten)]
        password: PasswordArguments,
        #[command(flatten)]
        output: super::OutputArguments,
    },
}

/// Where a key pair goes.
#[derive(Debug, Args)]
pub(crate) struct KeyOutputArguments {
    /// The files are called PREFIX.key and PREFIX.pub.
    #[arg(long, visible_alias = "output-key-prefix", short = 'o', value_name = "PREFIX", default_value = "boltseal")]
    pub(crate) output_prefix: PathBuf,
    /// Form of the private key.
    #[arg(long, short, value_name = "FORMAT", default_value = "cosign")]
    pub(crate) format: KeyFileFormat,
    /// Replace files that are there.
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not encrypt the key: whoever can read the file can sign.
    #[arg(long, conflicts_with = "password_file")]
    pub(crate) no_password: bool,
}

/// How a private key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyFileFormat {
    /// As cosign writes and reads it.
    Cosign,
    /// PKCS#8, as most programs read it.
    Pkcs8,
}

/// Where the password of a key comes from.
#[derive(Debug, Args)]
pub(crate) struct PasswordArguments {
    /// File with the key's password in its first line [default: BOLTSEAL_PASSWORD, COSIGN_PASSWORD, or asked for on a
    /// terminal].
    #[arg(long, value_name = "FILE", env = "BOLTSEAL_PASSWORD_FILE")]
    pub(crate) password_file: Option<PathBuf>,
}
