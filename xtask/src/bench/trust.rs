//! Verifications a second, and the gate's time, beside what cannot be avoided.

use clap::Args;

use super::program;
use crate::run::{command, run, say};

/// Verifications of signatures.
#[derive(Debug, Clone, Args)]
pub(crate) struct Trust {
    /// Seconds that each kind is measured for.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
}

impl Default for Trust {
    fn default() -> Self {
        Self { seconds: 3.0 }
    }
}

impl Trust {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        build("boltseal-trust", "speed")?;
        say("signatures verified on one core, bundles parsed each time");
        example("speed", &[&self.seconds.to_string()])
    }
}

/// The verdict of a policy.
#[derive(Debug, Clone, Args)]
pub(crate) struct Gate {
    /// Rules of the policy.
    #[arg(long, default_value_t = 50)]
    rules: usize,
    /// Findings of the report.
    #[arg(long, default_value_t = 2_000)]
    findings: usize,
    /// Verdicts that are reached.
    #[arg(long, default_value_t = 5_000)]
    verdicts: usize,
}

impl Default for Gate {
    fn default() -> Self {
        Self { rules: 50, findings: 2_000, verdicts: 5_000 }
    }
}

impl Gate {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        build("boltseal-gate", "verdicts")?;
        say(&format!("verdicts of {} rules over {} findings, one core", self.rules, self.findings));
        example("verdicts", &[&self.rules.to_string(), &self.findings.to_string(), &self.verdicts.to_string()])
    }
}

fn build(package: &str, name: &str) -> anyhow::Result<()> {
    run(command("cargo", &["build", "--release", "--locked", "-p", package, "--example", name]))
}

fn example(name: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let program = program(&format!("examples/{name}"));
    run(command(&program.display().to_string(), arguments))
}
