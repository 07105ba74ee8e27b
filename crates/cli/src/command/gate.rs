//! `boltseal gate`.

use crate::args::GateArguments;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(crate) fn run(arguments: &GateArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let _ = (arguments, settings, console);
    Err(Failure::usage(anyhow::anyhow!("`boltseal gate` is being built")))
}
