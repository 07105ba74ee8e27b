//! The `boltseal` program: arguments in, reports out, and an exit status that a pipeline can trust.

mod args;
mod command;
mod config;
mod exit;
mod interrupt;
mod output;
mod progress;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command};
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let console = Console::new(arguments.global.quiet, arguments.global.color);
    interrupt::install();
    match run(arguments, &console) {
        Ok(status) => status.into(),
        Err(failure) => {
            console.failure(&failure);
            failure.status().into()
        }
    }
}

fn run(arguments: Arguments, console: &Console) -> Result<Status, Failure> {
    let Arguments { global, command } = arguments;
    if let Command::Completions { shell } = command {
        return command::completions::run(shell, console);
    }
    let settings = Settings::load(&global)?;
    match command {
        Command::Scan(arguments) => command::scan::run(&arguments, &settings, console),
        Command::Check(arguments) => command::check::run(&arguments, &settings, console),
        Command::Rules(arguments) => command::rules::run(&arguments, console),
        Command::Lsp => command::lsp::run(&settings),
        Command::Sbom(arguments) => command::sbom::run(&arguments, &settings, console),
        Command::Verify(arguments) => command::verify::run(&arguments, &settings, console),
        Command::Sign(arguments) => command::sign::run(&arguments, &settings, console),
        Command::Attest(arguments) => command::attest::run(&arguments, &settings, console),
        Command::Keys { command } => command::keys::run(&command, &settings, console),
        Command::Trust { command } => command::trust::run(&command, &settings, console),
        Command::Gate(arguments) => command::gate::run(&arguments, &settings, console),
        Command::Explain(arguments) => command::explain::run(&arguments, &settings, console),
        Command::Evidence { command } => command::evidence::run(&command, &settings, console),
        Command::Db { command } => command::db::run(&command, &settings, console),
        Command::Demo(arguments) => command::demo::run(&arguments, &settings, console),
        Command::Completions { shell } => command::completions::run(shell, console),
    }
}
