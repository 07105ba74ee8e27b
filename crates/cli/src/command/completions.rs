//! `boltseal completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Arguments;
use crate::exit::{Failure, Status};
use crate::output::Console;

pub(crate) fn run(shell: Shell, console: &Console) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "boltseal", &mut script);
    console.result(None, &script)?;
    Ok(Status::Done)
}
