//! What the user may write on the command line.

mod attest;
mod evidence;
mod gate;
mod keys;
mod sign;
mod trust;
mod verify;

use std::path::PathBuf;

use boltseal_evidence::Severity;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use attest::{AttestArguments, AttestCommand, AttestCommon, ProvenanceArguments, SbomForm, VexStatus};
pub(crate) use evidence::{EvidenceCommand, EvidenceVerifyArguments, ExplainArguments, ExportArguments};
pub(crate) use gate::{GateArguments, GateCommand, GateJudgeArguments, KnownArguments};
pub(crate) use keys::{KeyFileFormat, KeyOutputArguments, KeysCommand, PasswordArguments};
pub(crate) use sign::{AttachArguments, SignArguments, SignatureForm, SignerArguments};
pub(crate) use trust::{TrustCommand, TrustFormat};
pub(crate) use verify::{VerifyArguments, VerifyFormat, WantedArguments};

const AFTER_HELP: &str = "\
Exit status:
  0  done, and allowed
  1  a policy said no (--fail-on)
  2  wrong usage
  3  could not be assessed: an unreadable target; for --fail-on also old advisories or gaps";

/// Secures software containers from the Dockerfile to the running process.
#[derive(Debug, Parser)]
#[command(name = "boltseal", version, after_help = AFTER_HELP, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Print nothing on standard error but failures.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Colour the output.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", env = "BOLTSEAL_COLOR")]
    pub(crate) color: Color,
    /// Configuration file [default: boltseal.toml, found upward from the working directory].
    #[arg(long, global = true, value_name = "FILE", env = "BOLTSEAL_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Folder for cached results [default: boltseal in the user's cache folder].
    #[arg(long, global = true, value_name = "DIR", env = "BOLTSEAL_CACHE_DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Folder of the advisory database [default: boltseal in the user's data folder].
    #[arg(long, global = true, value_name = "DIR", env = "BOLTSEAL_DB_DIR")]
    pub(crate) db_dir: Option<PathBuf>,
    /// Folder of trusted roots [default: boltseal/trust in the user's data folder].
    #[arg(long, global = true, value_name = "DIR", env = "BOLTSEAL_TRUST_DIR")]
    pub(crate) trust_dir: Option<PathBuf>,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find known vulnerabilities in an image, root file system or source tree.
    Scan(ScanArguments),
    /// Find misconfiguration in Dockerfiles, Kubernetes manifests, Compose files, charts, images and host settings.
    Check(CheckArguments),
    /// List the rules of `check`, or explain some.
    Rules(RulesArguments),
    /// Serve an editor: the language server protocol on standard input and output.
    Lsp,
    /// List what is inside, as CycloneDX or SPDX.
    Sbom(SbomArguments),
    /// Verify signatures and attestations of images and files, offline.
    Verify(VerifyArguments),
    /// Sign images and files.
    Sign(SignArguments),
    /// Attest to an image: its packages, vulnerabilities, provenance, or any predicate.
    Attest(AttestArguments),
    /// Make and look at keys.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// What is trusted: the roots of Sigstore.
    Trust {
        #[command(subcommand)]
        command: TrustCommand,
    },
    /// Ask a policy about an image: allowed, denied, or could not decide.
    Gate(GateArguments),
    /// Show what is known of an image and what a verdict rests on.
    Explain(ExplainArguments),
    /// Carry everything that is known of an image to another machine.
    Evidence {
        #[command(subcommand)]
        command: EvidenceCommand,
    },
    /// The advisory database.
    Db {
        #[command(subcommand)]
        command: DbCommand,
    },
    /// Check a small lab project and scan a lab image with old packages, offline.
    Demo(DemoArguments),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// `boltseal check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Files and folders, or images by scheme (registry:REF, oci:DIR, docker-archive:FILE) [default: .].
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    /// Form of the report: text, compact, json, sarif, junit, gitlab or checkstyle; of --compliance: table, json or
    /// html [default: text, or table].
    #[arg(long, short, value_name = "FORMAT", env = "BOLTSEAL_CHECK_FORMAT")]
    pub(crate) format: Option<String>,
    /// Exit with 1 if a finding is at least this severe: critical, high, medium, low, negligible or unknown.
    #[arg(long, value_name = "SEVERITY", env = "BOLTSEAL_CHECK_FAIL_ON")]
    pub(crate) fail_on: Option<Severity>,
    /// Do not exit with 3 where nothing could be checked.
    #[arg(long, env = "BOLTSEAL_ALLOW_NOT_ASSESSED")]
    pub(crate) allow_not_assessed: bool,
    /// Leave out rules, by id or by the name another tool gives them.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) skip: Vec<String>,
    /// Apply only these rules.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Hold pods to the Pod Security Standards: baseline or restricted, of a version of Kubernetes or the latest.
    #[arg(long, value_name = "LEVEL[@VERSION]")]
    pub(crate) pod_security: Option<String>,
    /// Files or folders of checks of your own: Rego, and CEL in YAML.
    #[arg(long, value_name = "PATH")]
    pub(crate) custom: Vec<PathBuf>,
    /// Show the result as controls passed, failed and not assessed: cis-docker, cis-kubernetes, nsa, pss-baseline,
    /// pss-restricted or nist-800-190.
    #[arg(long, value_name = "FRAMEWORK")]
    pub(crate) compliance: Option<String>,
    /// Apply safe fixes: files are changed, checked again, and written only if nothing got worse.
    #[arg(long)]
    pub(crate) fix: bool,
    /// With --fix, print the differences and write nothing.
    #[arg(long, requires = "fix")]
    pub(crate) dry_run: bool,
    /// Do not let helm, kubectl or kustomize render charts and kustomizations.
    #[arg(long, env = "BOLTSEAL_NO_RENDER")]
    pub(crate) no_render: bool,
    /// Read one file from standard input and call it this.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["paths", "fix"])]
    pub(crate) stdin_filename: Option<String>,
    /// Show suppressed findings too.
    #[arg(long)]
    pub(crate) all: bool,
    /// Largest file that is read, in MiB [default: 16].
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub(crate) max_size: Option<u64>,
    /// Files judged at the same time [default: the number of processors].
    #[arg(long, short, value_name = "N", env = "BOLTSEAL_JOBS", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) jobs: Option<u16>,
    /// Platform of a multi-platform image: os/architecture[/variant] [default: linux on this machine's architecture].
    #[arg(long, value_name = "PLATFORM", env = "BOLTSEAL_PLATFORM")]
    pub(crate) platform: Option<String>,
    /// Speak plain HTTP to the registry (always done on loopback addresses).
    #[arg(long, env = "BOLTSEAL_PLAIN_HTTP")]
    pub(crate) plain_http: bool,
}

/// `boltseal rules`.
#[derive(Debug, Args)]
pub(crate) struct RulesArguments {
    /// Rules to explain, by id or by the name another tool gives them; without any, all are listed.
    #[arg(value_name = "RULE")]
    pub(crate) rules: Vec<String>,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    /// Form: text, markdown or json.
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: String,
}

const TARGET_HELP: &str = "\
An image reference (alpine:3.19, ghcr.io/org/app@sha256:…), or with a scheme:
  registry:REF              an image in a registry
  oci:DIR[:TAG|@DIGEST]     an OCI image layout
  oci-archive:FILE[:TAG]    the same in a tar
  docker-archive:FILE[:REF] what `docker save` writes
  rootfs:DIR                the root file system of a machine or unpacked image
  dir:DIR                   a source tree
A bare path is recognised by its content.";

/// What to look at, and how to get there.
#[derive(Debug, Args)]
pub(crate) struct TargetArguments {
    /// What to look at.
    #[arg(value_name = "TARGET", required = true, long_help = TARGET_HELP)]
    pub(crate) targets: Vec<String>,
    /// Platform of a multi-platform image: os/architecture[/variant] [default: linux on this machine's architecture].
    #[arg(long, value_name = "PLATFORM", env = "BOLTSEAL_PLATFORM")]
    pub(crate) platform: Option<String>,
    /// Speak plain HTTP to the registry (always done on loopback addresses).
    #[arg(long, env = "BOLTSEAL_PLAIN_HTTP")]
    pub(crate) plain_http: bool,
    /// PEM file of certificate authorities to trust besides the system's.
    #[arg(long, value_name = "FILE", env = "BOLTSEAL_CA_FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Layers read at the same time [default: the number of processors, at most 4].
    #[arg(long, short, value_name = "N", env = "BOLTSEAL_JOBS", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) jobs: Option<u16>,
    /// Neither read nor write cached layer results.
    #[arg(long, env = "BOLTSEAL_NO_CACHE")]
    pub(crate) no_cache: bool,
}

/// Where a result goes.
#[derive(Debug, Args)]
pub(crate) struct OutputArguments {
    /// Write the result to a file, as a whole or not at all [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ScanArguments {
    #[command(flatten)]
    pub(crate) target: TargetArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    #[command(flatten)]
    pub(crate) judge: JudgeArguments,
}

/// How findings are shown and judged.
#[derive(Debug, Args)]
pub(crate) struct JudgeArguments {
    /// Form of the report: table, json, sarif, cyclonedx or spdx [default: table].
    #[arg(long, short, value_name = "FORMAT", env = "BOLTSEAL_FORMAT")]
    pub(crate) format: Option<String>,
    /// Exit with 1 if a finding is at least this severe: critical, high, medium, low, negligible or unknown.
    #[arg(long, value_name = "SEVERITY", env = "BOLTSEAL_FAIL_ON")]
    pub(crate) fail_on: Option<Severity>,
    /// Report and judge only findings that have a fix.
    #[arg(long, env = "BOLTSEAL_ONLY_FIXED")]
    pub(crate) only_fixed: bool,
    /// With --fail-on, do not exit with 3 for what could not be assessed.
    #[arg(long, env = "BOLTSEAL_ALLOW_NOT_ASSESSED")]
    pub(crate) allow_not_assessed: bool,
    /// With --fail-on, exit with 3 if the advisories are older than this many days [default: 7].
    #[arg(long, value_name = "DAYS", env = "BOLTSEAL_MAX_DB_AGE")]
    pub(crate) max_db_age: Option<u32>,
    /// File of findings not to act on, each with its reason [default: .boltseal-ignore.toml, if there].
    #[arg(long, value_name = "FILE", env = "BOLTSEAL_IGNORE_FILE")]
    pub(crate) ignore_file: Option<PathBuf>,
    /// Show suppressed findings and those the distribution answers for, one by one.
    #[arg(long)]
    pub(crate) all: bool,
    /// Put the target as written and the manifest's digest into the report. Without it, the same image gives the
    /// same report whichever way it came.
    #[arg(long)]
    pub(crate) with_source: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SbomArguments {
    #[command(flatten)]
    pub(crate) target: TargetArguments,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    /// Form of the list: cyclonedx or spdx [default: cyclonedx].
    #[arg(long, short, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    #[command(flatten)]
    pub(crate) judge: JudgeArguments,
    /// Keep the lab image in this folder, as an OCI image layout, and the lab project in `project` below it.
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Fetch the advisory feeds and build the database anew.
    Update {
        /// A mirror of the feeds: an address or a folder in the layout of the public ones.
        #[arg(long, value_name = "URL-or-DIR", env = "BOLTSEAL_MIRROR")]
        mirror: Option<String>,
        /// Only these feeds, by name or prefix (osv/PyPI, alpine, cisa).
        #[arg(long = "feed", value_name = "NAME")]
        feeds: Vec<String>,
    },
    /// Show the feeds: source, count and age.
    Status {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write the database to one file, for a machine without a network.
    Export {
        /// The file.
        file: PathBuf,
    },
    /// Take over a database that was exported elsewhere.
    Import {
        /// The file.
        file: PathBuf,
    },
}
