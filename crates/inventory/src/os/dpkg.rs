//! Debian's package database: `status`, and distroless images' `status.d`.
//!
//! deb-control(5), dpkg(1), and Debian Policy 5.6 for the fields.

mod files;
mod stanza;

use boltseal_evidence::{Package, PackageType, SourcePackage};

pub(super) use self::files::DpkgFiles;
use self::stanza::{Stanza, Stanzas};
use super::field::{excerpt, text, too_many_packages};
use super::problems::Problems;
use crate::cataloger::{Cataloger, File, FileMeta, Pattern, Records};
use crate::limits::Limits;

const STATUS_D: &str = "var/lib/dpkg/status.d";
const MD5SUMS: &str = ".md5sums";

/// Reads which packages are installed.
#[derive(Debug)]
pub(super) struct Dpkg;

impl Cataloger for Dpkg {
    fn name(&self) -> &'static str {
        "dpkg"
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[Pattern::Path("var/lib/dpkg/status"), Pattern::Under(STATUS_D, "")]
    }

    fn wants(&self, file: &FileMeta<'_>) -> bool {
        !file.path.ends_with(MD5SUMS)
    }

    fn max_size(&self) -> u64 {
        128 * 1024 * 1024
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        let mut records = Records::default();
        let mut problems = Problems::of(file.path);
        // Distroless images give each package a file of its own, with the stanza of the archive's index: no Status.
        let lists_only_installed = file.path.starts_with(STATUS_D);
        let mut has_names = false;
        for stanza in Stanzas::new(file.content) {
            has_names |= stanza.package.is_some();
            if records.packages.len() >= Limits::DEFAULT.packages {
                records.unreadable = Some(too_many_packages());
                break;
            }
            match stanza.status {
                Some(status) if !is_on_disk(status) => {}
                None if !lists_only_installed => {
                    problems.add(format_args!("line {}: a package without a status is left out", stanza.line));
                }
                _ => records.packages.extend(package(&stanza, &mut problems)),
            }
        }
        let has_content = file.content.iter().any(|byte| !byte.is_ascii_whitespace());
        if has_content && !has_names {
            return Records::unreadable("holds no package stanza; it is damaged or not a dpkg status file");
        }
        Records { problems: problems.into_vec(), ..records }
    }
}

/// The package's files are there: the last word of `Status` is not one of those that leave none or half of them.
fn is_on_disk(status: &[u8]) -> bool {
    matches!(
        status.split(u8::is_ascii_whitespace).rfind(|word| !word.is_empty()),
        Some(b"installed" | b"unpacked" | b"half-configured" | b"triggers-awaited" | b"triggers-pending")
    )
}

fn package(stanza: &Stanza<'_>, problems: &mut Problems<'_>) -> Option<Package> {
    let Some(name) = stanza.package.and_then(text) else {
        problems.add(format_args!("line {}: a package without a name is left out", stanza.line));
        return None;
    };
    let version = stanza.version.and_then(text);
    if version.is_none() {
        problems.add(format_args!("line {}: package `{}` has no version", stanza.line, excerpt(name.as_bytes())));
    }
    let mut package = Package::new(PackageType::Deb, name);
    package.source = Some(source(stanza.source, &package.name, version.as_deref()));
    package.version = version;
    package.architecture = stanza.architecture.and_then(text);
    Some(package)
}

/// The source package: `Source: glibc (2.31-13)`, `Source: glibc`, or, without the field, the package itself.
fn source(field: Option<&[u8]>, name: &str, version: Option<&str>) -> SourcePackage {
    let (source, given) = match field.and_then(|field| field.split(|&byte| byte == b'(').next().zip(Some(field))) {
        Some((source, field)) => {
            let rest = field.get(source.len() + 1..).unwrap_or_default();
            (text(source), text(rest.split(|&byte| byte == b')').next().unwrap_or_default()))
        }
        None => (None, None),
    };
    SourcePackage {
        name: source.unwrap_or_else(|| name.to_owned()),
        version: given.or_else(|| version.map(|version| without_binary_rebuild(version).to_owned())),
    }
}

/// A binary rebuilt without a change of its source (binNMU) has `+bN` behind the source's version.
fn without_binary_rebuild(version: &str) -> &str {
    match version.rsplit_once("+b") {
        Some((source, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => source,
        _ => version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STATUS: &str = "\
Package: libc6
Status: install ok installed
Priority: optional
Architecture: amd64
Multi-Arch: same
Source: glibc
Version: 2.36-9+deb12u4
Description: GNU C Library: Shared libraries
 Version: 9.9 is not a field here
 .
 Package: nor this

Package: gone
Status: deinstall ok config-files
Version: 1

Package: partial
Status: install ok half-installed
Version: 1

Package: waiting
Status: install ok triggers-pending
Version: 2:1.0-1+b3
Architecture: all

PACKAGE: libgcc-s1
Status: hold ok installed
Source: gcc-12 (12.2.0-14)
Version: 12.2.0-14+deb12u1
";

    fn catalog(path: &str, content: &[u8]) -> Records {
        Dpkg.catalog(&File { path, content })
    }

    fn summary(records: &Records) -> Vec<String> {
        let one = |package: &Package| {
            let source = package.source.as_ref().unwrap();
            format!(
                "{} {} {} <- {} {}",
                package.name,
                package.version.as_deref().unwrap_or("?"),
                package.architecture.as_deref().unwrap_or("?"),
                source.name,
                source.version.as_deref().unwrap_or("?"),
            )
        };
        records.packages.iter().map(one).collect()
    }

    #[test]
    fn packages_whose_files_are_there_are_listed_with_their_source() {
        let records = catalog("var/lib/dpkg/status", STATUS.as_bytes());
        assert_eq!(
            summary(&records),
            [
                "libc6 2.36-9+deb12u4 amd64 <- glibc 2.36-9+deb12u4",
                "waiting 2:1.0-1+b3 all <- waiting 2:1.0-1",
                "libgcc-s1 12.2.0-14+deb12u1 ? <- gcc-12 12.2.0-14",
            ]
        );
        assert_eq!(records.problems, []);
    }

    #[test]
    fn distroless_stanzas_need_no_status() {
        let stanza = b"Package: base-files\nVersion: 12.4+deb12u5\nArchitecture: amd64\n";
        let records = catalog("var/lib/dpkg/status.d/base", stanza);
        assert_eq!(summary(&records), ["base-files 12.4+deb12u5 amd64 <- base-files 12.4+deb12u5"]);
        let records = catalog("var/lib/dpkg/status", stanza);
        assert!(records.packages.is_empty());
        assert_eq!(records.problems[0].message, "line 1: a package without a status is left out");
        assert!(!Dpkg.wants(&FileMeta { path: "var/lib/dpkg/status.d/base.md5sums", size: 1, executable: false }));
    }

    #[test]
    fn a_broken_stanza_costs_itself_alone() {
        let text = "Status: install ok installed\nVersion: 1\n\nPackage: good\nStatus: install ok installed\nVersion: 2\n\n\
                    Package: versionless\nStatus: install ok installed\n";
        let records = catalog("var/lib/dpkg/status", text.as_bytes());
        assert_eq!(summary(&records), ["good 2 ? <- good 2", "versionless ? ? <- versionless ?"]);
        let messages: Vec<&str> = records.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            ["line 1: a package without a name is left out", "line 8: package `versionless` has no version"]
        );
    }

    #[test]
    fn bytes_that_are_no_status_file_are_unreadable_and_an_empty_file_is_empty() {
        assert!(catalog("var/lib/dpkg/status", &[0x1f; 100]).unreadable.is_some());
        assert!(catalog("var/lib/dpkg/status", b"x: y\n\n:\n").unreadable.is_some());
        assert!(catalog("var/lib/dpkg/status", b"\n\n").is_empty());
    }

    #[test]
    fn a_database_beyond_the_limit_is_not_shown_as_read() {
        let content = b"Package: x\nStatus: installed\nVersion: 1\n\n".repeat(Limits::DEFAULT.packages + 1);
        let records = catalog("var/lib/dpkg/status", &content);
        assert_eq!(records.packages.len(), Limits::DEFAULT.packages);
        assert!(records.unreadable.is_some());
    }

    #[test]
    fn only_a_rebuild_suffix_is_taken_from_the_version() {
        for (version, expect) in
            [("1.0-1+b1", "1.0-1"), ("1.0+b12", "1.0"), ("1.0+beta1", "1.0+beta1"), ("1+b", "1+b"), ("1", "1")]
        {
            assert_eq!(without_binary_rebuild(version), expect);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(content: Vec<u8>) {
            catalog("var/lib/dpkg/status", &content);
        }

        #[test]
        fn damaged_status_files_are_read_without_panic(at in 0..STATUS.len(), byte: u8) {
            let mut content = STATUS.as_bytes().to_vec();
            content[at] = byte;
            catalog("var/lib/dpkg/status", &content);
            catalog("var/lib/dpkg/status", &content[..at]);
        }
    }
}
