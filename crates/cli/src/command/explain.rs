//! `boltseal explain`.

use crate::args::ExplainArguments;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(crate) fn run(arguments: &ExplainArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let _ = (arguments, settings, console);
    Err(Failure::usage(anyhow::anyhow!("`boltseal explain` is being built")))
}
