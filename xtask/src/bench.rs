//! Measuring the program beside the work that cannot be avoided, or beside its peers, in one run.

mod check;
mod corpus;
mod measure;
mod scan;
mod trust;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::run::{root, say};
use measure::{Figures, median};

/// What to measure; without a word, everything.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A cold and a warm scan against the floor, memory, the index and matching.
    Scan(scan::Scan),
    /// A check of ten thousand manifests and a thousand Dockerfiles, beside hadolint and checkov.
    Check(check::Check),
    /// Signatures verified a second, with a key and keyless, beside the public-key operations alone.
    Trust(trust::Trust),
    /// The verdict of a policy over a large report.
    Gate(trust::Gate),
}

impl Bench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        match &self.what {
            Some(What::Scan(scan)) => scan.run(),
            Some(What::Check(check)) => check.run(),
            Some(What::Trust(trust)) => trust.run(),
            Some(What::Gate(gate)) => gate.run(),
            None => {
                trust::Trust::default().run()?;
                trust::Gate::default().run()?;
                check::Check::default().run()?;
                scan::Scan::default().run()
            }
        }
    }
}

/// One line of the result: the median time and peak memory of some runs.
fn row(name: &str, runs: &[Figures], remark: &str) {
    let seconds = median(runs.iter().map(|run| run.seconds));
    let peak = median(runs.iter().map(|run| run.peak_mib));
    say(&format!("{name:40} {:9.1} ms  peak {peak:6.1} MiB{remark}", seconds * 1000.0));
}

/// A program of the release build.
fn program(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("release").join(name)
}

fn work_folder() -> anyhow::Result<PathBuf> {
    let base = std::env::var_os("BOLTSEAL_BENCH_DIR")
        .map_or_else(|| std::env::temp_dir().join("boltseal-bench"), PathBuf::from);
    std::fs::create_dir_all(&base).with_context(|| format!("cannot make `{}`", base.display()))?;
    Ok(base)
}
