//! Which operating system it is: os-release(5), and the files that older releases have in its place.

use boltseal_evidence::{OperatingSystem, Problem};

use super::field::{lines, text};
use super::{release_file, support};
use crate::cataloger::{Cataloger, File, Pattern, Records};

/// The files read here, best first.
const PATHS: [&str; 9] = [
    "etc/os-release",
    "usr/lib/os-release",
    "etc/lsb-release",
    "etc/alpine-release",
    "etc/oracle-release",
    "etc/centos-release",
    "etc/redhat-release",
    "etc/system-release",
    "etc/debian_version",
];

/// Reads the operating system's name and release.
#[derive(Debug)]
pub(super) struct OsRelease;

impl Cataloger for OsRelease {
    fn name(&self) -> &'static str {
        "os-release"
    }

    fn patterns(&self) -> &'static [Pattern] {
        const PATTERNS: [Pattern; PATHS.len()] = {
            let mut patterns = [Pattern::Path(""); PATHS.len()];
            let mut index = 0;
            while index < PATHS.len() {
                #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, within both lengths")]
                {
                    patterns[index] = Pattern::Path(PATHS[index]);
                }
                index += 1;
            }
            patterns
        };
        &PATTERNS
    }

    fn max_size(&self) -> u64 {
        1024 * 1024
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        let mut release = match file.path {
            "etc/os-release" | "usr/lib/os-release" => parse(file.content),
            path => Release { os: release_file::parse(path, file.content), support_end: None },
        };
        let mut records = Records::default();
        if let Some(os) = &mut release.os {
            os.end_of_life = support::last_day(os).map(str::to_owned).or(release.support_end);
        } else if !file.content.trim_ascii().is_empty() {
            records.problems.push(Problem::at(file.path, "names no operating system"));
        }
        records.os = release.os;
        records
    }
}

/// What one file says.
#[derive(Debug, Default)]
struct Release {
    os: Option<OperatingSystem>,
    /// `SUPPORT_END`, where it is a date.
    support_end: Option<String>,
}

/// Reads os-release(5). Without `ID` the file names no operating system that advisories could be looked up for.
fn parse(content: &[u8]) -> Release {
    let mut os = OperatingSystem::default();
    let mut release = Release::default();
    for line in lines(content) {
        let Some((name, value)) = assignment(line) else { continue };
        match name {
            b"ID" => os.id = value.unwrap_or_default().to_lowercase(),
            b"ID_LIKE" => {
                os.id_like = value.unwrap_or_default().split_ascii_whitespace().map(str::to_lowercase).collect();
            }
            b"VERSION_ID" => os.version = value,
            b"VERSION_CODENAME" => os.codename = value,
            b"PRETTY_NAME" => os.pretty_name = value,
            b"SUPPORT_END" => release.support_end = value.filter(|value| is_date(value)),
            _ => {}
        }
    }
    release.os = (!os.id.is_empty()).then_some(os);
    release
}

/// `NAME=value`, the value freed of its quotes; `None` for comments and anything else.
fn assignment(line: &[u8]) -> Option<(&[u8], Option<String>)> {
    let line = line.trim_ascii();
    let equals = memchr::memchr(b'=', line)?;
    let (name, [b'=', value @ ..]) = line.split_at_checked(equals)? else { return None };
    let is_name = name.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_name && !name.is_empty()).then(|| (name, text(&unquote(value))))
}

/// The shell's quoting, as far as os-release(5) has it: single quotes keep everything, double quotes and bare text let
/// a backslash escape.
fn unquote(value: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(value.len().min(4096));
    let mut quote = None;
    let mut bytes = value.iter().copied();
    while let Some(byte) = bytes.next() {
        match (byte, quote) {
            (b'\\', None | Some(b'"')) => plain.extend(bytes.next()),
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            // A comment behind the value, or the white space before it.
            (b' ' | b'\t', None) => break,
            _ => plain.push(byte),
        }
    }
    plain
}

/// `YYYY-MM-DD`.
fn is_date(value: &str) -> bool {
    value.len() == 10
        && value.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn os(path: &str, content: &str) -> Option<OperatingSystem> {
        OsRelease.catalog(&File { path, content: content.as_bytes() }).os
    }

    #[test]
    fn os_release_is_read_with_its_quoting() {
        let content = "# comment\nNAME='Rocky Linux'\nID=\"ROCKY\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID='9.3'\n\
                       PRETTY_NAME=\"Rocky \\\"Linux\\\" 9.3 (Blue\\$Onyx)\"\nVERSION_CODENAME=\nLOGO=x # why\nbroken line\n=x\n";
        assert_eq!(
            os("etc/os-release", content),
            Some(OperatingSystem {
                id: "rocky".to_owned(),
                id_like: ["rhel", "centos", "fedora"].map(str::to_owned).to_vec(),
                version: Some("9.3".to_owned()),
                pretty_name: Some("Rocky \"Linux\" 9.3 (Blue$Onyx)".to_owned()),
                end_of_life: Some("2032-05-31".to_owned()),
                ..OperatingSystem::default()
            })
        );
    }

    #[test]
    fn a_date_of_the_vendors_own_is_used_where_the_table_has_none() {
        let end = |content| os("usr/lib/os-release", content).and_then(|os| os.end_of_life);
        assert_eq!(end("ID=fedora\nVERSION_ID=99\nSUPPORT_END=2050-01-02\n").as_deref(), Some("2050-01-02"));
        assert_eq!(end("ID=fedora\nVERSION_ID=99\nSUPPORT_END=never\n"), None);
        assert_eq!(end("ID=debian\nVERSION_ID=\"10\"\nSUPPORT_END=2050-01-02\n").as_deref(), Some("2024-06-30"));
    }

    #[test]
    fn a_file_that_names_no_system_is_a_problem_and_an_empty_one_says_nothing() {
        let records = OsRelease.catalog(&File { path: "etc/os-release", content: b"\x00\x01" });
        assert_eq!(records.problems.len(), 1);
        assert!(OsRelease.catalog(&File { path: "etc/os-release", content: b"" }).is_empty());
    }

    #[test]
    fn this_machines_own_file_is_understood() {
        let Ok(content) = std::fs::read_to_string("/etc/os-release") else {
            println!("skipped: no /etc/os-release here");
            return;
        };
        assert!(os("etc/os-release", &content).is_some_and(|os| !os.id.is_empty()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(content: Vec<u8>, path in 0..PATHS.len()) {
            OsRelease.catalog(&File { path: PATHS[path], content: &content });
        }

        #[test]
        fn any_assignments_are_read_without_panic(content in "(ID|VERSION_ID|PRETTY_NAME)=[\"'\\\\ a-z0-9=\n#]{0,40}") {
            OsRelease.catalog(&File { path: "etc/os-release", content: content.as_bytes() });
        }
    }
}
