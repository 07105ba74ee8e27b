//! `boltseal verify`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

const AFTER_HELP: &str = "\
Whose signature counts is asked for by --key, by --identity and --issuer, or by --notation-trust; one that is wanted
and holds is enough. Of an image only signatures count, unless --attestation asks for a statement.

Exit status:
  0  a wanted signature holds
  1  none does: there is no signature, none holds, or none is of whom is wanted
  2  wrong usage
  3  it cannot be told: nothing to check it against, or an unreachable registry

Examples:
  boltseal verify --key cosign.pub ghcr.io/example/app:1.2
  boltseal verify --identity-regex 'https://github.com/example/app/.*' \\
      --issuer https://token.actions.githubusercontent.com ghcr.io/example/app:1.2
  boltseal verify --identity dev@example.com --issuer https://accounts.example.com app.tar.gz
  boltseal verify --attestation provenance --key cosign.pub oci:app";

/// `boltseal verify`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    pub(crate) target: super::TargetArguments,
    #[command(flatten)]
    pub(crate) output: super::OutputArguments,
    /// Sigstore bundle of a file or of a digest (sha256:…) [default: FILE.sigstore.json beside the file, if there].
    #[arg(long, value_name = "FILE", conflicts_with = "signature")]
    pub(crate) bundle: Option<PathBuf>,
    /// Detached signature of a file, raw or in base64.
    #[arg(long, value_name = "FILE")]
    pub(crate) signature: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) signer: WantedArguments,
    /// Trusted root of Sigstore, `trusted_root.json` [default: what `boltseal trust update` keeps, else the built-in
    /// one of the public instance].
    #[arg(long, value_name = "FILE", env = "BOLTSEAL_TRUSTED_ROOT")]
    pub(crate) trusted_root: Option<PathBuf>,
    /// Ask for an attestation of this kind instead of a signature: sbom, cyclonedx, spdx, vulnerabilities, vex,
    /// provenance, verification-summary, verdict, test-result, a name of cosign's, a predicate type, or any.
    #[arg(long, value_name = "TYPE")]
    pub(crate) attestation: Option<String>,
    /// Ask for a signed annotation; all that are named have to be there.
    #[arg(long = "annotation", value_name = "NAME=VALUE")]
    pub(crate) annotations: Vec<String>,
    /// Show each step, what it was checked against, which failed and how to mend it.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Form of the result.
    #[arg(long, short, value_name = "FORMAT", env = "BOLTSEAL_VERIFY_FORMAT", default_value = "text")]
    pub(crate) format: VerifyFormat,
}

/// Whose signature is wanted. A claim that begins and ends with a slash is a regular expression over the whole of it.
#[derive(Debug, Args)]
pub(crate) struct WantedArguments {
    /// Public key of a wanted signer, PEM.
    #[arg(long = "key", value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// Signatures by a key count without an entry in a transparency log.
    #[arg(long, env = "BOLTSEAL_INSECURE_NO_LOG")]
    pub(crate) insecure_no_log: bool,
    /// Identity of the signer: an e-mail address or the URI of a workflow.
    #[arg(long, value_name = "IDENTITY", conflicts_with = "identity_regex")]
    pub(crate) identity: Option<String>,
    /// The same by a regular expression over the whole of it.
    #[arg(long, value_name = "REGEX")]
    pub(crate) identity_regex: Option<String>,
    /// OIDC issuer that vouched for the identity.
    #[arg(long, value_name = "URL", conflicts_with = "issuer_regex")]
    pub(crate) issuer: Option<String>,
    /// The same by a regular expression over the whole of it.
    #[arg(long, value_name = "REGEX")]
    pub(crate) issuer_regex: Option<String>,
    /// Any identity will do: the signature holds, whoever made it.
    #[arg(long, conflicts_with_all = ["identity", "identity_regex", "issuer", "issuer_regex"])]
    pub(crate) any_identity: bool,
    /// Repository that was built: `https://github.com/example/app`, or /REGEX/.
    #[arg(long, value_name = "URL")]
    pub(crate) repository: Option<String>,
    /// Branch or tag that was built: refs/heads/main, or /REGEX/.
    #[arg(long = "ref", value_name = "REF")]
    pub(crate) reference: Option<String>,
    /// Workflow that signed, with its reference, or /REGEX/.
    #[arg(long, value_name = "URI")]
    pub(crate) workflow: Option<String>,
    /// Kind of the machine: github-hosted, or /REGEX/.
    #[arg(long, value_name = "KIND")]
    pub(crate) runner: Option<String>,
    /// Event that started the build: push, or /REGEX/.
    #[arg(long, value_name = "EVENT")]
    pub(crate) trigger: Option<String>,
    /// Folder of Notary Project trust: `trustpolicy.json` and `truststore/`.
    #[arg(long, value_name = "DIR", env = "BOLTSEAL_NOTATION_TRUST")]
    pub(crate) notation_trust: Option<PathBuf>,
}

/// The form of what `boltseal verify` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerifyFormat {
    /// Text for people.
    Text,
    /// JSON.
    Json,
}
