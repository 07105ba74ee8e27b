//! The list that distroless Mariner and Azure Linux images keep in place of a database.
//!
//! `var/lib/rpmmanifest/container-manifest-2` has one line per package and tabs between its fields: name,
//! version-release, time of installation, time of build, vendor, epoch, size, architecture, epoch as a number, source.

use boltseal_evidence::{Package, PackageType};

use super::super::field::lines;
use super::{Reader, present, source, with_epoch};

/// Reads the packages of all lines.
pub(super) fn read(content: &[u8], reader: &mut Reader<'_>) -> Result<(), String> {
    for (number, line) in lines(content).enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match package(line) {
            Some(package) if package.name == "gpg-pubkey" => {}
            Some(package) => reader.records.packages.push(package),
            None => reader
                .lose(format_args!("line {}: a package is left out, its fields are not those expected", number + 1)),
        }
        if reader.is_full() {
            break;
        }
    }
    Ok(())
}

fn package(line: &[u8]) -> Option<Package> {
    let mut fields = line.split(|&byte| byte == b'\t').map(present);
    let name = fields.next()??;
    let version = fields.next()??;
    // Behind the times of installation and build and the vendor.
    let epoch = fields.nth(3)?.and_then(|epoch| epoch.parse().ok());
    let architecture = fields.nth(1)?;
    let source_file = fields.nth(1).flatten();
    let mut package = Package::new(PackageType::Rpm, name);
    package.version = Some(with_epoch(epoch, version));
    package.architecture = architecture;
    package.source = source_file.as_deref().and_then(|file| source(file, epoch));
    Some(package)
}
