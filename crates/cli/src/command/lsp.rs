//! `boltseal lsp`.

use crate::exit::{Failure, Status};
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings) -> Result<Status, Failure> {
    let file = &settings.config.check;
    let options = boltseal_check::Options {
        skip: file.skip.clone(),
        only: file.only.clone(),
        ..boltseal_check::Options::default()
    };
    // A rule that is none is told now, not by silence in the editor.
    boltseal_check::check_text("Dockerfile", b"", &options).map_err(Failure::usage)?;
    boltseal_lsp::serve(&options)?;
    Ok(Status::Done)
}
