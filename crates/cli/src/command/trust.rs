//! `boltseal trust`, and where other commands find what is trusted.

mod import;
mod show;
mod update;

use std::sync::Arc;

use boltseal_sigstore::Folder;
use boltseal_trust::{Material, Root};

use crate::args::TrustCommand;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(crate) fn run(command: &TrustCommand, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    match command {
        TrustCommand::Update { tuf_url, root, ca_file } => {
            update::run(tuf_url.as_deref(), root.as_deref(), ca_file.as_deref(), settings, console)
        }
        TrustCommand::Show { format } => show::run(*format, settings, console),
        TrustCommand::Import { file } => import::run(file, settings, console),
    }
}

/// The folder of what is trusted in this run.
pub(crate) fn folder(settings: &Settings) -> Result<Folder, Failure> {
    match &settings.trust_dir {
        Some(directory) => Ok(Folder::at(directory)),
        None => Ok(Folder::locate()?),
    }
}

/// What the instance of this run is verified by; `None` where nothing is trusted yet.
pub(crate) fn material(settings: &Settings) -> Result<Option<Material>, Failure> {
    let folder = folder(settings)?;
    let Some(bytes) = folder.trusted_root()? else { return Ok(None) };
    let root = Root::parse(&folder.trusted_root_path().display().to_string(), &bytes)?;
    Ok(Some(Material { root: Some(Arc::new(root)), now: settings.seconds(), ..Material::default() }))
}

/// How long ago a moment was, in the unit that matters.
fn ago(moment: &str, now: &str) -> String {
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;
    let parse = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let Some((moment, now)) = parse(moment).zip(parse(now)) else { return "at an unknown time".to_owned() };
    let age = now - moment;
    match (age.whole_days(), age.whole_hours()) {
        (..0, _) | (0, ..1) => "just now".to_owned(),
        (0, hours) => format!("{hours} h ago"),
        (days, _) => format!("{days} d ago"),
    }
}
