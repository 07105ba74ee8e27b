//! Tasks for contributors: `cargo xtask check` runs what CI runs, `cargo xtask bench` measures.

mod bench;
mod check;
mod rules;
mod run;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks for contributors.
#[derive(Debug, Parser)]
#[command(name = "xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Everything that CI runs but the tests, which it runs first: format, lints, docs, dependencies, fuzz targets.
    Check,
    /// Measure, each thing beside a floor or a peer in the same run.
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Check => check::check(),
        Task::Bench(bench) => bench.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
