//! RPM's package database in its four forms, and the list that distroless images keep in its place.
//!
//! | form | files | from |
//! |---|---|---|
//! | Berkeley DB hash | `Packages` | RHEL 5–8, Amazon Linux 1 and 2, openSUSE 42 |
//! | NDB | `Packages.db` | SUSE 15 |
//! | SQLite | `rpmdb.sqlite` | RHEL 9, Fedora 33, Amazon Linux 2023, Azure Linux |
//! | text | `container-manifest-2` | distroless Mariner and Azure Linux |
//!
//! The first three hold one header per package, which is read by [`header`]. Which form a file has is told by its
//! first bytes, not by its name.

mod bdb;
mod header;
mod manifest;
mod ndb;
mod sqlite;

use std::fmt::Arguments;

use boltseal_evidence::{Package, PackageType, SourcePackage};

use self::header::{Header, tag};
use super::field::{excerpt, text, too_many_packages};
use super::owned::Ownership;
use super::problems::Problems;
use crate::cataloger::{Cataloger, File, Owned, Pattern, Records};
use crate::limits::Limits;

/// Reads which packages are installed and what they own.
#[derive(Debug)]
pub(super) struct Rpm;

impl Cataloger for Rpm {
    fn name(&self) -> &'static str {
        "rpm"
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[
            Pattern::Path("var/lib/rpm/Packages"),
            Pattern::Path("var/lib/rpm/Packages.db"),
            Pattern::Path("var/lib/rpm/rpmdb.sqlite"),
            Pattern::Path("var/lib/rpm/rpmdb.sqlite-wal"),
            Pattern::Path("usr/lib/sysimage/rpm/Packages"),
            Pattern::Path("usr/lib/sysimage/rpm/Packages.db"),
            Pattern::Path("usr/lib/sysimage/rpm/rpmdb.sqlite"),
            Pattern::Path("usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
            // Images that are made with rpm-ostree.
            Pattern::Path("usr/share/rpm/Packages"),
            Pattern::Path("usr/share/rpm/Packages.db"),
            Pattern::Path("usr/share/rpm/rpmdb.sqlite"),
            Pattern::Path("usr/share/rpm/rpmdb.sqlite-wal"),
            Pattern::Path("var/lib/rpmmanifest/container-manifest-2"),
        ]
    }

    fn max_size(&self) -> u64 {
        400 * 1024 * 1024
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        let mut reader = Reader {
            problems: Problems::of(file.path),
            records: Records::default(),
            ownership: Ownership::new(),
            lost: false,
        };
        let outcome = match file.path.rsplit('/').next() {
            Some("rpmdb.sqlite-wal") => {
                sqlite::write_ahead_log(file.content, &mut reader);
                Ok(())
            }
            Some("container-manifest-2") => manifest::read(file.content, &mut reader),
            _ if sqlite::is_sqlite(file.content) => sqlite::read(file.content, &mut reader),
            _ if ndb::is_ndb(file.content) => ndb::read(file.content, &mut reader),
            _ => bdb::read(file.content, &mut reader),
        };
        if reader.ownership.is_exhausted() {
            reader.problems.add(format_args!("the files that its packages own are too many; some were left out"));
        }
        let mut records = Records { problems: reader.problems.into_vec(), ..reader.records };
        if let Err(reason) = outcome {
            records.unreadable = Some(reason);
        } else if reader.lost && records.packages.is_empty() {
            records.unreadable = Some("holds no package that could be read; it is damaged".to_owned());
        }
        records
    }
}

/// What the readers of the forms hand their finds to.
struct Reader<'a> {
    problems: Problems<'a>,
    records: Records,
    ownership: Ownership,
    /// Some package could not be read.
    lost: bool,
}

impl Reader<'_> {
    /// Takes the header of one package.
    fn header(&mut self, blob: &[u8]) {
        match Header::parse(blob) {
            Ok(header) => self.package(&header),
            Err(reason) => self.lose(format_args!("a package is left out: {reason}")),
        }
    }

    /// Something is wrong, and a package is missing for it.
    fn lose(&mut self, message: Arguments<'_>) {
        self.lost = true;
        self.problems.add(message);
    }

    /// Nothing more is taken, and the records say why.
    fn is_full(&mut self) -> bool {
        let is_full = self.records.packages.len() >= Limits::DEFAULT.packages;
        if is_full {
            self.records.unreadable = Some(too_many_packages());
        }
        is_full
    }

    fn package(&mut self, header: &Header<'_>) {
        let field = |tag| header.string(tag).and_then(present);
        let Some(name) = field(tag::NAME) else {
            self.lose(format_args!("a package without a name is left out"));
            return;
        };
        // rpm keeps the keys that it trusts as packages without files.
        if name == "gpg-pubkey" {
            return;
        }
        let epoch = header.number(tag::EPOCH);
        let version =
            field(tag::VERSION).zip(field(tag::RELEASE)).map(|(version, release)| format!("{version}-{release}"));
        if version.is_none() {
            self.problems.add(format_args!("package `{}` has no version", excerpt(name.as_bytes())));
        }
        let mut package = Package::new(PackageType::Rpm, name);
        package.version = version.map(|version| with_epoch(epoch, version));
        package.source = field(tag::SOURCERPM).as_deref().and_then(|file| source(file, epoch));
        package.architecture = field(tag::ARCH);
        package.module = field(tag::MODULARITYLABEL);
        package.licenses = field(tag::LICENSE).into_iter().collect();
        self.files(header, &package);
        self.records.packages.push(package);
    }

    fn files(&mut self, header: &Header<'_>, package: &Package) {
        const KIND: u32 = 0o170_000;
        const REGULAR: u32 = 0o100_000;
        /// No package has as many directories; each costs memory here.
        const MOST_DIRECTORIES: usize = 1_000_000;
        let directories: Vec<&[u8]> = header.strings(tag::DIRNAMES).take(MOST_DIRECTORIES).collect();
        let mut modes = header.numbers(tag::FILEMODES);
        let mut owned =
            Owned { package: package.name.clone(), architecture: package.architecture.clone(), paths: Vec::new() };
        for (name, directory) in header.strings(tag::BASENAMES).zip(header.numbers(tag::DIRINDEXES)) {
            let is_regular = modes.next().is_none_or(|mode| mode & KIND == REGULAR);
            let directory = usize::try_from(directory).ok().and_then(|index| directories.get(index));
            if let Some(directory) = directory.filter(|_| is_regular) {
                self.ownership.add(&mut owned, directory, name);
            }
        }
        if !owned.paths.is_empty() {
            self.records.owned.push(owned);
        }
    }
}

/// A field's text; rpm writes `(none)` for what is not there.
fn present(bytes: &[u8]) -> Option<String> {
    text(bytes).filter(|text| text != "(none)")
}

/// The epoch in front, unless it is zero: then it makes no difference.
fn with_epoch(epoch: Option<u32>, version: String) -> String {
    match epoch {
        Some(epoch) if epoch != 0 => format!("{epoch}:{version}"),
        _ => version,
    }
}

/// The source package from the name of its file, `glibc-2.34-60.el9.src.rpm`. The file's name tells no epoch: it is
/// that of the binary package, with few exceptions.
fn source(file: &str, epoch: Option<u32>) -> Option<SourcePackage> {
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let is_whole = !name.is_empty() && !version.is_empty() && !release.is_empty();
    is_whole.then(|| SourcePackage {
        name: name.to_owned(),
        version: Some(with_epoch(epoch, format!("{version}-{release}"))),
    })
}

#[cfg(test)]
mod tests;
