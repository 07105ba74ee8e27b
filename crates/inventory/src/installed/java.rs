//! Java archives: which Maven artifacts a `.jar`, `.war` or `.ear` holds, at any depth of nesting.
//!
//! An archive is named by the `pom.properties` that Maven puts into it. Several of them mean that other artifacts were
//! merged in (*shaded*), and each is a package. An archive without one is named by its file name and manifest.

use std::borrow::Cow;

use boltseal_evidence::{Location, Package, PackageType, Problem};

use crate::cataloger::{Cataloger, File, Pattern, Records};
use crate::installed::field;
use crate::limits::Limits;

mod filename;
mod group;
mod identity;
mod manifest;

use crate::installed::archive::{Archive, ArchiveError, Budget, Entry, mark_overlapping};
use identity::Identity;
use manifest::{Coordinates, Manifest};

/// Bytes of a manifest that are read; its main section comes first, signatures of each class after it.
const MAX_MANIFEST: u64 = 256 * 1024;
const MAX_PROPERTIES: u64 = 16 * 1024;
/// Characters of an entry's name that a path shows.
const MAX_NAME: usize = 255;
/// The extensions of Java archives.
const EXTENSIONS: [&str; 7] = ["jar", "war", "ear", "par", "jpi", "hpi", "aar"];

/// The cataloger of Java archives.
pub(crate) struct Java;

impl Cataloger for Java {
    fn name(&self) -> &'static str {
        "java-archive"
    }

    fn revision(&self) -> u32 {
        2
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[
            Pattern::Suffix(".jar"),
            Pattern::Suffix(".war"),
            Pattern::Suffix(".ear"),
            Pattern::Suffix(".par"),
            Pattern::Suffix(".jpi"),
            Pattern::Suffix(".hpi"),
            Pattern::Suffix(".aar"),
        ]
    }

    fn max_size(&self) -> u64 {
        512 * 1024 * 1024
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        let mut walk = Walk {
            records: Records::default(),
            budget: Budget::new(&Limits::DEFAULT),
            limits: Limits::DEFAULT,
            full: false,
        };
        match Archive::open(file.content) {
            Ok(archive) => walk.archive(&archive, file.path, 0),
            // An empty file holds nothing, and other formats share the extension (`.par` of PAR2, Perl).
            Err(ArchiveError::NoDirectory) if file.content.is_empty() || is_other(file) => {}
            Err(error) => {
                return Records::unreadable(format!("the Java archive cannot be read: {error}"));
            }
        }
        walk.records
    }
}

/// A file that only shares an extension with Java archives.
fn is_other(file: &File<'_>) -> bool {
    !file.path.ends_with(".jar") && !file.content.starts_with(b"PK") && !file.content.starts_with(b"#!")
}

/// The state of one walk through an outermost archive.
struct Walk {
    records: Records,
    budget: Budget,
    limits: Limits,
    /// A limit on the number of entries or packages was met and reported.
    full: bool,
}

/// The entries of one archive that matter.
#[derive(Default)]
struct Contents<'a> {
    manifest: Option<Entry<'a>>,
    /// `pom.properties` with the group and artifact that their paths give.
    properties: Vec<(Entry<'a>, &'a str, &'a str)>,
    /// Groups and artifacts of `pom.xml` files.
    poms: Vec<(&'a str, &'a str)>,
    nested: Vec<Entry<'a>>,
    has_classes: bool,
}

impl Walk {
    fn archive(&mut self, archive: &Archive<'_>, path: &str, depth: usize) {
        let contents = self.contents(archive, path);
        self.identify(archive, &contents, path);
        for entry in &contents.nested {
            let name = String::from_utf8_lossy(entry.name);
            let inner = format!("{path}!/{}", shortened(&name));
            if depth + 1 >= self.limits.archive_depth {
                let message = format!("archives nested more than {} deep are not read", self.limits.archive_depth);
                self.problem(&inner, message);
            } else if let Err(error) = self.nested(archive, entry, &inner, depth + 1) {
                self.problem(&inner, format!("the nested archive cannot be read: {error}"));
                if error == ArchiveError::Bytes {
                    return;
                }
            }
        }
    }

    fn nested<'a>(
        &mut self,
        outer: &Archive<'a>,
        entry: &Entry<'a>,
        path: &str,
        depth: usize,
    ) -> Result<(), ArchiveError> {
        let bytes = outer.read(entry, &mut self.budget)?;
        if bytes.is_empty() {
            return Ok(());
        }
        self.archive(&Archive::open(&bytes)?, path, depth);
        Ok(())
    }

    fn contents<'a>(&mut self, archive: &Archive<'a>, path: &str) -> Contents<'a> {
        let mut contents = Contents::default();
        for entry in archive.entries() {
            if self.budget.entries == 0 {
                self.limit(path, format!("more than {} entries", self.limits.archive_entries));
                break;
            }
            self.budget.entries -= 1;
            match entry {
                Ok(entry) => contents.sort(entry),
                Err(error) => self.problem(path, format!("only a part of the archive was read: {error}")),
            }
        }
        mark_overlapping(contents.read());
        contents
    }

    fn identify(&mut self, archive: &Archive<'_>, contents: &Contents<'_>, path: &str) {
        let manifest = contents.manifest.as_ref().and_then(|entry| self.start(archive, entry, MAX_MANIFEST, path));
        let mut properties = Vec::new();
        for (entry, group, artifact) in &contents.properties {
            let bytes = self.start(archive, entry, MAX_PROPERTIES, path).unwrap_or_default();
            properties.push(Coordinates::read(&bytes, group, artifact));
        }
        let identity = Identity {
            path,
            manifest: Manifest::read(&manifest.unwrap_or_default()),
            properties,
            poms: &contents.poms,
            has_classes: contents.has_classes,
        };
        for found in identity.packages() {
            if self.records.packages.len() >= self.limits.packages {
                self.limit(path, format!("more than {} packages", self.limits.packages));
                return;
            }
            self.package(found, path);
        }
    }

    fn package(&mut self, found: identity::Found, path: &str) {
        let problems = &mut self.records.problems;
        let Some(artifact) = field::bounded("artifact id", &found.artifact, problems) else { return };
        let mut package = Package::new(PackageType::Maven, artifact);
        package.namespace = found.group.and_then(|group| field::bounded("group id", &group, problems));
        package.version = found.version.and_then(|version| field::bounded("version", &version, problems));
        package.licenses = found.license.as_deref().and_then(field::license).into_iter().collect();
        if let Some(kind) = found.kind {
            package.qualifiers.insert("type".to_owned(), kind.to_owned());
        }
        package.locations.push(Location::at(path));
        self.records.packages.push(package);
    }

    /// The first bytes of an entry; a damaged one is a problem.
    fn start<'a>(&mut self, archive: &Archive<'a>, entry: &Entry<'a>, max: u64, path: &str) -> Option<Cow<'a, [u8]>> {
        match archive.read_start(entry, max, &mut self.budget) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                let name = String::from_utf8_lossy(entry.name);
                let inner = format!("{path}!/{}", shortened(&name));
                self.problem(&inner, format!("the entry cannot be read: {error}"));
                None
            }
        }
    }

    /// A part of the archive was not read. The first one makes the file *not assessed* as well: what is in that part is
    /// not known, so a gate must not take the rest for the whole.
    fn problem(&mut self, path: &str, message: String) {
        if self.records.unreadable.is_none() {
            self.records.unreadable = Some(format!("only a part of the archive was read; `{path}`: {message}"));
        }
        field::report_problem(&mut self.records, Problem::at(path, message));
    }

    fn limit(&mut self, path: &str, what: String) {
        if !self.full {
            self.full = true;
            self.problem(path, format!("the archive and those within it hold {what}; the rest was not read"));
        }
    }
}

impl<'a> Contents<'a> {
    /// The entries whose bytes are read.
    fn read(&mut self) -> impl Iterator<Item = &mut Entry<'a>> {
        let properties = self.properties.iter_mut().map(|(entry, _, _)| entry);
        self.manifest.iter_mut().chain(properties).chain(&mut self.nested)
    }

    fn sort(&mut self, entry: Entry<'a>) {
        let name = entry.name;
        if name.ends_with(b".class") || name.ends_with(b".dex") {
            self.has_classes = true;
        } else if let Some(rest) = name.strip_prefix(b"META-INF/") {
            if rest.eq_ignore_ascii_case(b"MANIFEST.MF") {
                self.manifest.get_or_insert(entry);
            } else if let Some(maven) = rest.strip_prefix(b"maven/") {
                self.sort_maven(maven, entry);
            } else if is_archive(name) {
                self.nested.push(entry);
            }
        } else if is_archive(name) {
            self.nested.push(entry);
        }
    }

    /// `GROUP/ARTIFACT/pom.properties`
    fn sort_maven(&mut self, path: &'a [u8], entry: Entry<'a>) {
        let Ok(path) = std::str::from_utf8(path) else { return };
        let mut parts = path.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(group), Some(artifact), Some("pom.properties"), None) => {
                self.properties.push((entry, group, artifact));
            }
            (Some(group), Some(artifact), Some("pom.xml"), None) => self.poms.push((group, artifact)),
            _ => {}
        }
    }
}

fn is_archive(name: &[u8]) -> bool {
    let extension = name.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    extension.len() < name.len() && EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known.as_bytes()))
}

/// An entry's name as it goes into a path; longer ones are cut.
fn shortened(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => Cow::Owned(format!("{}…", name.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(name),
    }
}

#[cfg(test)]
mod tests;
