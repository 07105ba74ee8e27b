//! `boltseal sign`, and what every command that signs takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::PasswordArguments;

/// `boltseal sign`.
#[derive(Debug, Args)]
#[command(after_help = "\
Images are signed by the digest that the reference names now, and the signature is attached to it. A file that is no
image is signed as it is; write blob:FILE where a file is an image archive and shall be signed as a file.")]
pub(crate) struct SignArguments {
    #[command(flatten)]
    pub(crate) target: super::TargetArguments,
    #[command(flatten)]
    pub(crate) signer: SignerArguments,
    #[command(flatten)]
    pub(crate) attach: AttachArguments,
    /// Sign the images inside an index too, each by its own digest.
    #[arg(long, short)]
    pub(crate) recursive: bool,
    /// Annotation to sign along with an image.
    #[arg(long = "annotation", visible_alias = "annotations", short, value_name = "KEY=VALUE", value_parser = annotation)]
    pub(crate) annotations: Vec<(String, String)>,
    /// Write the bundle of a file here [default: FILE.sigstore.json].
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
    /// Write the bare signature of a file, base64, here.
    #[arg(long, value_name = "FILE")]
    pub(crate) output_signature: Option<PathBuf>,
}

/// Who signs, and who bears witness.
#[derive(Debug, Args)]
pub(crate) struct SignerArguments {
    /// Key to sign with: a file, env://VARIABLE, or plugin:COMMAND for a program that keeps one (PKCS#11, a key
    /// management service). Without a key, an OIDC token says who signs.
    #[arg(long, value_name = "KEY", env = "BOLTSEAL_KEY")]
    pub(crate) key: Option<String>,
    #[command(flatten)]
    pub(crate) password: PasswordArguments,
    /// File with the OIDC token to sign in the name of [default: the token of the CI job].
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    pub(crate) identity_token: Option<PathBuf>,
    /// Certificate authority [default: as the signing config says].
    #[arg(long, value_name = "URL", env = "BOLTSEAL_FULCIO_URL")]
    pub(crate) fulcio_url: Option<String>,
    /// Transparency log to enter the signature in; with a key there is none by default.
    #[arg(long, value_name = "URL", env = "BOLTSEAL_REKOR_URL")]
    pub(crate) rekor_url: Option<String>,
    /// Version of the log's API.
    #[arg(long, value_name = "1|2", env = "BOLTSEAL_REKOR_VERSION", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) rekor_version: u8,
    /// Timestamp authority, with its path; with a key there is none by default.
    #[arg(long, value_name = "URL", env = "BOLTSEAL_TSA_URL")]
    pub(crate) tsa_url: Option<String>,
    /// Signing config that names the services [default: the one of `boltseal trust update`].
    #[arg(long, value_name = "FILE", env = "BOLTSEAL_SIGNING_CONFIG")]
    pub(crate) signing_config: Option<PathBuf>,
    /// Enter the signature in no transparency log.
    #[arg(long, conflicts_with = "rekor_url")]
    pub(crate) no_log: bool,
}

/// How something signed is attached to an image.
#[derive(Debug, Args)]
pub(crate) struct AttachArguments {
    /// Form: a Sigstore bundle as a referrer, or what cosign wrote before bundles, under a tag.
    #[arg(long, value_name = "FORMAT", default_value = "bundle")]
    pub(crate) format: SignatureForm,
    /// Tell what was written as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// How a signature is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SignatureForm {
    /// A Sigstore bundle v0.3.
    Bundle,
    /// cosign's form before bundles.
    Legacy,
}

pub(super) fn annotation(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}
