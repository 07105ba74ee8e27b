//! A check of many files beside reading and parsing alone, and beside hadolint and checkov.

use std::path::{Path, PathBuf};

use clap::Args;

use super::corpus;
use super::measure::{Figures, Run, measure, measure_any, median};
use super::{program, row, work_folder};
use crate::run::{command, run, say};

/// A check.
#[derive(Debug, Clone, Args)]
pub(crate) struct Check {
    /// Rounds; every round measures everything once, so that a noisy minute hits all alike.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How many manifests are written.
    #[arg(long, default_value_t = 10_000)]
    manifests: usize,
    /// How many Dockerfiles are written.
    #[arg(long, default_value_t = 1_000)]
    dockerfiles: usize,
    /// Leave the peers out; checkov takes many minutes.
    #[arg(long)]
    no_peers: bool,
}

impl Default for Check {
    fn default() -> Self {
        Self { rounds: 5, manifests: 10_000, dockerfiles: 1_000, no_peers: false }
    }
}

impl Check {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        run(command(
            "cargo",
            &["build", "--release", "--locked", "-p", "boltseal", "-p", "boltseal-posture", "--bins", "--examples"],
        ))?;
        let work = work_folder()?;
        let manifests = corpus::manifests(&work.join(format!("manifests-{}", self.manifests)), self.manifests)?;
        let dockerfiles =
            corpus::dockerfiles(&work.join(format!("dockerfiles-{}", self.dockerfiles)), self.dockerfiles)?;
        for (what, corpus, peer) in [("manifests", &manifests, "checkov"), ("Dockerfiles", &dockerfiles, "hadolint")] {
            self.measure(what, corpus, peer)?;
        }
        Ok(())
    }

    fn measure(&self, what: &str, corpus: &corpus::Corpus, peer: &str) -> anyhow::Result<()> {
        say(&format!(
            "{} {what}, {:.1} MiB, {} rounds, medians",
            corpus.files,
            corpus.bytes as f64 / 1048576.0,
            self.rounds
        ));
        let folder = corpus.folder.display().to_string();
        let check = |more: &[&str]| Run {
            program: program("boltseal"),
            arguments: ["check", "--quiet", "--format", "json", "--output", "/dev/null"]
                .into_iter()
                .chain(more.iter().copied())
                .chain([folder.as_str()])
                .map(str::to_owned)
                .collect(),
        };
        let floor = Run { program: program("examples/parse"), arguments: vec![folder.clone()] };
        measure(&floor)?;
        let (mut floors, mut checks, mut singles): (Vec<Figures>, Vec<Figures>, Vec<Figures>) = Default::default();
        for _ in 0..self.rounds.max(1) {
            floors.push(measure(&floor)?);
            checks.push(measure(&check(&[]))?);
            singles.push(measure(&check(&["--jobs", "1"]))?);
        }
        row("floor: read and parse, one thread", &floors, "");
        let ratio = median(singles.iter().zip(&floors).map(|(check, floor)| check.seconds / floor.seconds));
        row("check, one thread", &singles, &format!("  {ratio:.2} × the floor"));
        row("check", &checks, "");
        if !self.no_peers {
            peer_row(peer, &corpus.folder)?;
        }
        Ok(())
    }
}

/// One run of a peer on the same files, if it is installed. It fails where it finds something, so its status says
/// nothing.
fn peer_row(peer: &str, folder: &Path) -> anyhow::Result<()> {
    let Some(program) = installed(peer) else {
        say(&format!("{peer} is not installed: left out"));
        return Ok(());
    };
    let folder = folder.display();
    // As a shell runs it over many files: xargs hands on as many as fit.
    let script = match peer {
        "hadolint" => format!("find {folder} -type f -print0 | xargs -0 {} --no-fail -f json", program.display()),
        _ => format!(
            "{} --quiet --compact --soft-fail --skip-download -o json -d {folder} --framework kubernetes",
            program.display()
        ),
    };
    let run = Run { program: PathBuf::from("sh"), arguments: vec!["-c".to_owned(), script] };
    row(&format!("{peer}, one run, processes of its own apart"), &[measure_any(&run)?], "");
    Ok(())
}

fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}
