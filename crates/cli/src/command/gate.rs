//! `boltseal gate`.

pub(crate) mod judge;
pub(crate) mod known;
pub(crate) mod policy;
mod table;

use crate::args::{GateArguments, GateCommand};
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(crate) fn run(arguments: &GateArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    match &arguments.command {
        Some(GateCommand::Init { file, profile, force }) => policy::init(file, profile, *force, console),
        Some(GateCommand::Test { policy, examples }) => table::test(policy, examples, settings, console),
        Some(GateCommand::Diff { old, new, recorded, format }) => {
            table::diff(old, new, recorded, format, settings, console)
        }
        None => judge::run(&arguments.judge, settings, console),
    }
}
