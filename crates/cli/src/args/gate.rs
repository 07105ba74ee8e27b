//! `boltseal gate`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

const POLICY_HELP: &str = "\
Policy file, or the name of a built-in profile: observe, baseline or strict [default: boltseal-policy.yaml, if there].
`boltseal gate init` writes one to begin with.";

/// `boltseal gate`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct GateArguments {
    #[command(subcommand)]
    pub(crate) command: Option<GateCommand>,
    #[command(flatten)]
    pub(crate) judge: GateJudgeArguments,
}

/// `boltseal gate IMAGE…`.
#[derive(Debug, Args)]
pub(crate) struct GateJudgeArguments {
    #[command(flatten)]
    pub(crate) target: super::TargetArguments,
    #[command(flatten)]
    pub(crate) output: super::OutputArguments,
    /// Policy file or built-in profile.
    #[arg(long, short, value_name = "FILE-or-PROFILE", env = "BOLTSEAL_POLICY", long_help = POLICY_HELP)]
    pub(crate) policy: Option<String>,
    #[command(flatten)]
    pub(crate) known: KnownArguments,
    /// Form of the verdict: text, json or markdown [default: text].
    #[arg(long, short, value_name = "FORMAT", env = "BOLTSEAL_GATE_FORMAT", default_value = "text")]
    pub(crate) format: String,
    /// Show what passed too, and every reason.
    #[arg(long)]
    pub(crate) all: bool,
    /// Write what is known of the image to a file, for `gate test` and `gate diff`.
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
}

/// What a judgement may rest on besides the image.
#[derive(Debug, Args)]
pub(crate) struct KnownArguments {
    /// Trusted root of Sigstore, `trusted_root.json` [default: what `boltseal trust update` keeps, else the
    /// built-in one of the public instance].
    #[arg(long, value_name = "FILE", env = "BOLTSEAL_TRUSTED_ROOT")]
    pub(crate) trusted_root: Option<PathBuf>,
    /// Public key that signatures may be made with, besides those of the policy.
    #[arg(long = "key", value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// Signatures by a key count without an entry in a transparency log.
    #[arg(long, env = "BOLTSEAL_INSECURE_NO_LOG")]
    pub(crate) insecure_no_log: bool,
    /// Folder of Notary Project trust: `trustpolicy.json` and `truststore/`.
    #[arg(long, value_name = "DIR", env = "BOLTSEAL_NOTATION_TRUST")]
    pub(crate) notation_trust: Option<PathBuf>,
    /// Images that are known as bases: YAML or JSON, a list of name, diff-ids, digest and created.
    #[arg(long, value_name = "FILE", env = "BOLTSEAL_BASES")]
    pub(crate) bases: Option<PathBuf>,
    /// Results of Scorecard for source repositories, JSON.
    #[arg(long = "scorecard", value_name = "FILE")]
    pub(crate) scorecards: Vec<PathBuf>,
}

/// What else can be done with a policy.
#[derive(Debug, Subcommand)]
pub(crate) enum GateCommand {
    /// Write a commented policy to begin with.
    Init {
        /// Where to.
        #[arg(value_name = "FILE", default_value = "boltseal-policy.yaml")]
        file: PathBuf,
        /// The profile it rests on: observe, baseline or strict.
        #[arg(long, value_name = "PROFILE", default_value = "baseline")]
        profile: String,
        /// Replace the file if it is there.
        #[arg(long)]
        force: bool,
    },
    /// Run a table of examples against a policy.
    Test {
        /// The policy.
        policy: String,
        /// The examples, YAML.
        #[arg(required = true)]
        examples: Vec<PathBuf>,
    },
    /// Ask two policies about recorded images and show what would change.
    Diff {
        /// The policy that holds.
        old: String,
        /// The policy that would.
        new: String,
        /// Files that `--record` wrote, or folders of them.
        #[arg(required = true, value_name = "RECORDED")]
        recorded: Vec<PathBuf>,
        /// Form: text or json.
        #[arg(long, short, value_name = "FORMAT", default_value = "text")]
        format: String,
    },
}
