//! `boltseal attest`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{AttachArguments, SignerArguments, TargetArguments};

/// `boltseal attest`.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
A predicate of your own is attested with --predicate and --type; the commands make one of what is known here. An image
is meant by the digest that its reference names now; what is about one platform (sbom, vulnerabilities) hangs on that
platform's manifest."
)]
pub(crate) struct AttestArguments {
    #[command(subcommand)]
    pub(crate) command: Option<AttestCommand>,
    #[command(flatten)]
    pub(crate) common: AttestCommon,
    /// The predicate, JSON; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) predicate: Option<PathBuf>,
    /// Type of the predicate: a URI, or custom, slsaprovenance, slsaprovenance1, link, spdx, spdxjson, cyclonedx, vuln,
    /// vulns, openvex, vsa or verdict.
    #[arg(long = "type", short = 't', value_name = "TYPE", default_value = "custom")]
    pub(crate) predicate_type: String,
}

/// Predicates that are made here.
#[derive(Debug, Subcommand)]
pub(crate) enum AttestCommand {
    /// Attest what is inside.
    Sbom {
        #[command(flatten)]
        common: AttestCommon,
        /// Form of the list.
        #[arg(long = "sbom-format", value_name = "FORMAT", default_value = "cyclonedx")]
        form: SbomForm,
    },
    /// Attest which vulnerabilities are known, and by which advisories (in-toto vulns v0.2).
    #[command(visible_alias = "vuln")]
    Vulnerabilities {
        #[command(flatten)]
        common: AttestCommon,
        /// File of findings not to act on; they are in the attestation, and marked.
        #[arg(long, value_name = "FILE", env = "BOLTSEAL_IGNORE_FILE")]
        ignore_file: Option<PathBuf>,
    },
    /// Attest which vulnerabilities do no harm, and why (OpenVEX).
    #[command(group = clap::ArgGroup::new("from").required(true))]
    Vex {
        #[command(flatten)]
        common: AttestCommon,
        /// An OpenVEX document.
        #[arg(long, value_name = "FILE", group = "from")]
        file: Option<PathBuf>,
        /// Make it of an ignore file: each entry that covers a finding of the image, with its reason.
        #[arg(long, value_name = "FILE", group = "from", requires = "author")]
        from_ignore: Option<PathBuf>,
        /// What the entries of the ignore file mean: that the vulnerability does no harm (the reason says why), or that
        /// it is put up with (the reason says what is done).
        #[arg(long, value_name = "STATUS", default_value = "not-affected")]
        status: VexStatus,
        /// Who states it.
        #[arg(long, value_name = "NAME")]
        author: Option<String>,
    },
    /// Attest how the image was built (SLSA provenance v1): in a job of GitHub Actions or GitLab CI, or as you say.
    Provenance {
        #[command(flatten)]
        common: AttestCommon,
        #[command(flatten)]
        given: Box<ProvenanceArguments>,
    },
    /// Attest the verdict of a gate on the image.
    Verdict {
        #[command(flatten)]
        common: AttestCommon,
        /// The verdict, JSON, as `boltseal gate` writes it.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
}

/// What every attestation takes.
#[derive(Debug, Args)]
pub(crate) struct AttestCommon {
    #[command(flatten)]
    pub(crate) target: TargetArguments,
    #[command(flatten)]
    pub(crate) signer: SignerArguments,
    #[command(flatten)]
    pub(crate) attach: AttachArguments,
    /// Print the statement; sign and attach nothing.
    #[arg(long)]
    pub(crate) print: bool,
}

/// What is said of a build.
#[derive(Debug, Args)]
pub(crate) struct ProvenanceArguments {
    /// Who builds, a URI [default: as the CI says].
    #[arg(long, value_name = "URI")]
    pub(crate) builder_id: Option<String>,
    /// What the parameters mean, a URI [default: as the CI has it].
    #[arg(long, value_name = "URI")]
    pub(crate) build_type: Option<String>,
    /// Repository of the source, outside a CI.
    #[arg(long, value_name = "URI")]
    pub(crate) source_uri: Option<String>,
    /// Its branch or tag: refs/heads/main.
    #[arg(long, value_name = "REF")]
    pub(crate) source_ref: Option<String>,
    /// Its commit.
    #[arg(long, value_name = "COMMIT")]
    pub(crate) source_commit: Option<String>,
    /// Parameter that whoever started the build chose.
    #[arg(long = "parameter", value_name = "KEY=VALUE", value_parser = super::sign::annotation)]
    pub(crate) parameters: Vec<(String, String)>,
    /// Page or number of this build [default: as the CI says].
    #[arg(long, value_name = "ID")]
    pub(crate) invocation_id: Option<String>,
}

/// The form of a list of what is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SbomForm {
    /// CycloneDX.
    Cyclonedx,
    /// SPDX.
    Spdx,
}

/// What an entry of an ignore file means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VexStatus {
    /// The vulnerability does no harm here.
    NotAffected,
    /// It is put up with.
    Affected,
}
