//! `boltseal trust import`.

use std::path::Path;

use boltseal_sigstore::import;

use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(super) fn run(file: &Path, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let folder = super::folder(settings)?;
    let imported = import(&folder, file, &settings.now)?;
    if let Some(overview) = &imported.overview {
        console.note(&format!(
            "took over {} certificate authorities, {} logs and {} timestamp authorities",
            overview.certificate_authorities.len(),
            overview.transparency_logs.len(),
            overview.timestamp_authorities.len()
        ));
        for problem in &overview.problems {
            console.warning(problem);
        }
    }
    if imported.has_signing_config {
        console.note("took over the addresses of the services");
    }
    if imported.forgot_services {
        console.note("forgot the addresses of the services: they belonged to the root before");
    }
    Ok(Status::Done)
}
