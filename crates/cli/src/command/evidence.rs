//! `boltseal evidence`.

use crate::args::EvidenceCommand;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(crate) fn run(arguments: &EvidenceCommand, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let _ = (arguments, settings, console);
    Err(Failure::usage(anyhow::anyhow!("`boltseal evidence` is being built")))
}
