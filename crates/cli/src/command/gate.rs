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
    match (&arguments.command, &arguments.judge) {
        (Some(GateCommand::Init { file, profile, force }), _) => policy::init(file, profile, *force, console),
        (Some(GateCommand::Test { policy, examples }), _) => table::test(policy, examples, settings, console),
        (Some(GateCommand::Diff { old, new, recorded, format }), _) => {
            table::diff(old, new, recorded, format, settings, console)
        }
        (None, Some(arguments)) => judge::run(arguments, settings, console),
        (None, None) => Err(Failure::usage(anyhow::anyhow!(
            "no image is named: `boltseal gate IMAGE --policy FILE`, or `boltseal gate init` to begin with"
        ))),
    }
}
