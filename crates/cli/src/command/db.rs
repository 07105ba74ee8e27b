//! `boltseal db`, and opening the database for a scan.

mod status;
mod update;

use std::cmp::Ordering;
use std::path::Path;

use boltseal_advisory::{Index, starter as starter_set};
use boltseal_evidence::PackageType;
use boltseal_store::Database;
use boltseal_version::Scheme;

use crate::args::DbCommand;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(crate) fn run(command: &DbCommand, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    match command {
        DbCommand::Update { mirror, feeds } => update::run(mirror.as_deref(), feeds, settings, console),
        DbCommand::Status { json } => status::run(*json, settings, console),
        DbCommand::Export { file } => export(file, settings, console),
        DbCommand::Import { file } => import(file, settings, console),
    }
}

/// The built-in starter set.
pub(crate) fn starter() -> Result<Index, Failure> {
    Ok(starter_set::index()?)
}

/// The installed database, or the starter set where none is installed.
pub(crate) fn open(settings: &Settings) -> Result<Index, Failure> {
    match boltseal_feed::open(&database(settings)?)? {
        Some(index) => Ok(index),
        None => starter(),
    }
}

/// Where the database of this run is.
fn database(settings: &Settings) -> Result<Database, Failure> {
    match &settings.db_dir {
        Some(directory) => Ok(Database::at(directory)),
        None => Ok(Database::locate()?),
    }
}

fn export(file: &Path, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let bytes = boltseal_feed::export(&database(settings)?, file)?;
    console.note(&format!("wrote {} ({} bytes)", file.display(), bytes));
    Ok(Status::Done)
}

fn import(file: &Path, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let index = boltseal_feed::import(&database(settings)?, file, true)?;
    let built = index.built().unwrap_or("an unknown time").to_owned();
    console.note(&format!("took over {} advisories, built at {built}", index.len()));
    Ok(Status::Done)
}

/// The order of two versions of one package type, where both are versions of it.
pub(crate) fn compare_versions(kind: PackageType, left: &str, right: &str) -> Option<Ordering> {
    let scheme = match kind {
        PackageType::Deb => Scheme::Deb,
        PackageType::Apk => Scheme::Apk,
        PackageType::Rpm => Scheme::Rpm,
        PackageType::PyPi => Scheme::Pep440,
        PackageType::Npm => Scheme::Npm,
        PackageType::Gem => Scheme::RubyGems,
        PackageType::Maven => Scheme::Maven,
        PackageType::Golang => Scheme::Go,
        PackageType::Cargo | PackageType::Bitnami => Scheme::SemVer,
        PackageType::Composer => Scheme::Packagist,
        PackageType::NuGet => Scheme::NuGet,
        PackageType::Generic => return None,
    };
    boltseal_version::compare(scheme, left, right).ok()
}
