//! Alpine's package database: `lib/apk/db/installed`.
//!
//! Records are lines of one letter, a colon and a value; a blank line ends a package. `F:` names a directory, the `R:`
//! lines behind it the files in it.

use boltseal_evidence::{Package, PackageType, SourcePackage};

use super::field::{excerpt, lines, text, too_many_packages};
use super::owned::Ownership;
use super::problems::Problems;
use crate::cataloger::{Cataloger, File, Owned, Pattern, Records};
use crate::limits::Limits;

/// Reads which packages are installed and what they own.
#[derive(Debug)]
pub(super) struct Apk;

impl Cataloger for Apk {
    fn name(&self) -> &'static str {
        "apk"
    }

    fn patterns(&self) -> &'static [Pattern] {
        // The second is where distributions with merged /usr have it (Wolfi, Alpine from 3.23 on).
        &[Pattern::Path("lib/apk/db/installed"), Pattern::Path("usr/lib/apk/db/installed")]
    }

    fn max_size(&self) -> u64 {
        128 * 1024 * 1024
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        if file.content.starts_with(b"ADB") {
            return Records::unreadable("is a database in apk's binary format, which is not read yet");
        }
        let mut reader =
            Reader { problems: Problems::of(file.path), records: Records::default(), ownership: Ownership::new() };
        let mut entry = Entry::default();
        let mut has_names = false;
        for (number, line) in lines(file.content).enumerate() {
            if line.is_empty() {
                reader.finish(std::mem::take(&mut entry));
                if reader.is_full() {
                    break;
                }
                continue;
            }
            entry.line.get_or_insert(number + 1);
            match line {
                [b'P', b':', value @ ..] => {
                    has_names = true;
                    entry.name = text(value);
                    entry.owned.package = entry.name.clone().unwrap_or_default();
                }
                [b'V', b':', value @ ..] => entry.version = text(value),
                [b'A', b':', value @ ..] => entry.architecture = text(value),
                [b'o', b':', value @ ..] => entry.origin = text(value),
                [b'L', b':', value @ ..] => entry.license = text(value),
                [b'F', b':', value @ ..] => entry.directory = value,
                [b'R', b':', value @ ..] => reader.ownership.add(&mut entry.owned, entry.directory, value),
                _ => {}
            }
        }
        reader.finish(entry);
        if !has_names && !file.content.trim_ascii().is_empty() {
            return Records::unreadable("holds no package; it is damaged or not an apk database");
        }
        if reader.ownership.is_exhausted() {
            reader.problems.add(format_args!("the files that its packages own are too many; some were left out"));
        }
        Records { problems: reader.problems.into_vec(), ..reader.records }
    }
}

/// One package while its lines are read.
#[derive(Default)]
struct Entry<'a> {
    line: Option<usize>,
    name: Option<String>,
    version: Option<String>,
    architecture: Option<String>,
    origin: Option<String>,
    license: Option<String>,
    directory: &'a [u8],
    owned: Owned,
}

struct Reader<'a> {
    problems: Problems<'a>,
    records: Records,
    ownership: Ownership,
}

impl Reader<'_> {
    fn finish(&mut self, entry: Entry<'_>) {
        let Some(line) = entry.line else { return };
        let Some(name) = entry.name else {
            self.problems.add(format_args!("line {line}: a package without a name is left out"));
            return;
        };
        // `apk add --virtual .deps …` makes a name for a set of packages: there is no software in it.
        if name.starts_with('.') {
            return;
        }
        if entry.version.is_none() {
            self.problems.add(format_args!("line {line}: package `{}` has no version", excerpt(name.as_bytes())));
        }
        let mut package = Package::new(PackageType::Apk, name);
        // Packages of one origin are built from one APKBUILD and share its version.
        package.source = entry.origin.map(|name| SourcePackage { name, version: entry.version.clone() });
        package.version = entry.version;
        package.architecture = entry.architecture;
        package.licenses = entry.license.into_iter().collect();
        self.records.packages.push(package);
        if !entry.owned.paths.is_empty() {
            self.records.owned.push(entry.owned);
        }
    }

    /// Nothing more is taken, and the records say why.
    fn is_full(&mut self) -> bool {
        let is_full = self.records.packages.len() >= Limits::DEFAULT.packages;
        if is_full {
            self.records.unreadable = Some(too_many_packages());
        }
        is_full
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INSTALLED: &str = "\
C:Q1a6Uo5WK0GgJnbNC1iPkHJyuYZDs=
P:musl
V:1.2.4_git20230717-r4
A:x86_64
S:407278
T:the musl c library (libc) implementation
U:https://musl.libc.org/
L:MIT
o:musl
m:Natanael Copa <ncopa@alpinelinux.org>
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755

P:ssl_client
V:1.36.1-r15
A:x86_64
L:GPL-2.0-only AND MIT
o:busybox
F:usr
F:usr/bin
R:ssl_client
Z:Q1xyz
F:sbin
R:tool
F:
R:rooted

P:.build-deps
V:20240101.000000
A:noarch
";

    fn catalog(content: &[u8]) -> Records {
        Apk.catalog(&File { path: "lib/apk/db/installed", content })
    }

    #[test]
    fn packages_have_their_origin_licence_and_files() {
        let records = catalog(INSTALLED.as_bytes());
        let names: Vec<&str> = records.packages.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, ["musl", "ssl_client"]);
        let package = &records.packages[1];
        assert_eq!(package.version.as_deref(), Some("1.36.1-r15"));
        assert_eq!(package.architecture.as_deref(), Some("x86_64"));
        assert_eq!(package.licenses, ["GPL-2.0-only AND MIT"]);
        let source = SourcePackage { name: "busybox".to_owned(), version: Some("1.36.1-r15".to_owned()) };
        assert_eq!(package.source, Some(source));
        assert_eq!(records.owned.len(), 1);
        assert_eq!(records.owned[0].package, "ssl_client");
        assert_eq!(records.owned[0].paths, ["usr/bin/ssl_client", "usr/sbin/tool", "rooted"]);
    }

    #[test]
    fn a_broken_record_costs_itself_alone() {
        let records = catalog(b"V:1\nA:x\n\nP:good\nV:2\n\nP:bare\n");
        assert_eq!(records.packages.len(), 2);
        let messages: Vec<&str> = records.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(messages, ["line 1: a package without a name is left out", "line 7: package `bare` has no version"]);
    }

    #[test]
    fn bytes_that_are_no_database_are_unreadable_and_an_empty_file_is_empty() {
        for content in [b"garbage".as_slice(), b"ADBdinst", &[0; 64]] {
            assert!(catalog(content).unreadable.is_some());
        }
        assert!(catalog(b"").is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(content: Vec<u8>) {
            catalog(&content);
        }

        #[test]
        fn damaged_databases_are_read_without_panic(at in 0..INSTALLED.len(), byte: u8) {
            let mut content = INSTALLED.as_bytes().to_vec();
            content[at] = byte;
            catalog(&content);
            catalog(&content[..at]);
        }
    }
}
