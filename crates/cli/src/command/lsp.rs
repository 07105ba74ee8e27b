//! `boltseal lsp`.

use std::sync::Arc;

use boltseal_check::Options;
use boltseal_lsp::End;

use crate::exit::{Failure, Status};
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings) -> Result<Status, Failure> {
    let options = options(settings)?;
    // A rule that is none is told now, not by silence in the editor.
    boltseal_check::check_text("Dockerfile", b"", &options).map_err(Failure::usage)?;
    match boltseal_lsp::serve(&options)? {
        End::Orderly => Ok(Status::Done),
        // The one place where 1 is no verdict: the protocol has this number.
        End::Abrupt => Ok(Status::Denied),
    }
}

/// What `boltseal.toml` says, so that the editor shows what the pipeline will.
fn options(settings: &Settings) -> Result<Options, Failure> {
    let file = &settings.config.check;
    let mut options = Options { skip: file.skip.clone(), only: file.only.clone(), ..Options::default() };
    options.posture.pod_security = file.pod_security.as_deref().map(str::parse).transpose().map_err(Failure::usage)?;
    if let Some(size) = file.max_size {
        options.max_size = size << 20;
    }
    if !file.custom.is_empty() {
        let (library, problems) = boltseal_check::load_custom(&file.custom).map_err(Failure::usage)?;
        if let Some(problem) = problems.first() {
            let place = problem.path.as_deref().map(|path| format!("{path}: ")).unwrap_or_default();
            return Err(Failure::usage(anyhow::anyhow!("{place}{}", problem.message)));
        }
        options.custom = Some(Arc::new(library));
    }
    Ok(options)
}
