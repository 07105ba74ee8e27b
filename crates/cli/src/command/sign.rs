//! `boltseal sign`.

use crate::args::SignArguments;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(crate) fn run(arguments: &SignArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let _ = (arguments, settings, console);
    Err(Failure::usage(anyhow::anyhow!("`boltseal sign` is being built")))
}
