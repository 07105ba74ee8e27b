//! `boltseal db`, and opening the database for a scan.

use std::cmp::Ordering;

use boltseal_advisory::{Index, starter as starter_set};
use boltseal_evidence::PackageType;
use boltseal_version::Scheme;

use crate::args::DbCommand;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(crate) fn run(_command: &DbCommand, _settings: &Settings, _console: &Console) -> Result<Status, Failure> {
    Err(anyhow::anyhow!("not yet").into())
}

/// The built-in starter set.
pub(crate) fn starter() -> Result<Index, Failure> {
    Ok(starter_set::index()?)
}

/// The installed database, or the starter set where none is installed.
pub(crate) fn open(_settings: &Settings, _console: &Console) -> Result<Index, Failure> {
    starter()
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
