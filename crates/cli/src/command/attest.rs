//! `boltseal attest`.

use crate::args::AttestArguments;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(crate) fn run(arguments: &AttestArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let _ = (arguments, settings, console);
    Err(Failure::usage(anyhow::anyhow!("`boltseal attest` is being built")))
}
