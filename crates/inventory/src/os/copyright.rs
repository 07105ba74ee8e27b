//! The licences that Debian's copyright files state: `usr/share/doc/NAME/copyright`.
//!
//! Machine-readable files (DEP-5, `Format:` in the first paragraph) name them in `License:` fields. Others are prose,
//! in which only references to `/usr/share/common-licenses/NAME` are certain.

use std::collections::BTreeSet;

use super::field::{lines, text};
use crate::cataloger::{Cataloger, File, FileMeta, PackageLicense, Pattern, Records};

const DOC: &str = "usr/share/doc/";
const COMMON: &[u8] = b"/usr/share/common-licenses/";

/// Licences kept from one file.
const MOST: usize = 200;

/// Reads the licences of a package.
#[derive(Debug)]
pub(super) struct DpkgCopyright;

impl Cataloger for DpkgCopyright {
    fn name(&self) -> &'static str {
        "dpkg-copyright"
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[Pattern::Name("copyright")]
    }

    fn wants(&self, file: &FileMeta<'_>) -> bool {
        package(file.path).is_some()
    }

    fn max_size(&self) -> u64 {
        16 * 1024 * 1024
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        let mut records = Records::default();
        let licenses = licenses(file.content);
        if let Some(package) = package(file.path)
            && !licenses.is_empty()
        {
            records.licenses.push(PackageLicense { package: package.to_owned(), licenses });
        }
        records
    }
}

/// The package whose file this is.
fn package(path: &str) -> Option<&str> {
    let name = path.strip_prefix(DOC)?.strip_suffix("/copyright")?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

/// The licences that a file names, each once, sorted.
fn licenses(content: &[u8]) -> Vec<String> {
    let mut found = BTreeSet::new();
    if is_machine_readable(content) {
        for line in lines(content) {
            if let Some((field, name)) = line.split_at_checked(8)
                && field.eq_ignore_ascii_case(b"license:")
            {
                found.extend(text(name));
            }
            if found.len() >= MOST {
                break;
            }
        }
    }
    if found.is_empty() {
        found = common(content);
    }
    found.into_iter().collect()
}

/// The first paragraph says which format it is in: `Format:`, or, in drafts of the specification,
/// `Format-Specification:`.
fn is_machine_readable(content: &[u8]) -> bool {
    let mut paragraph = lines(content).skip_while(|line| line.trim_ascii().is_empty());
    paragraph
        .by_ref()
        .take_while(|line| !line.trim_ascii().is_empty())
        .filter_map(|line| line.split(|&byte| byte == b':').next())
        .any(|field| field.eq_ignore_ascii_case(b"format") || field.eq_ignore_ascii_case(b"format-specification"))
}

/// The licences whose text the file refers to.
fn common(content: &[u8]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for at in memchr::memmem::find_iter(content, COMMON) {
        let rest = content.get(at + COMMON.len()..).unwrap_or_default();
        let end = rest.iter().position(|byte| !is_name(*byte)).unwrap_or(rest.len());
        // The end of a sentence is no part of the name: `…/GPL-2.`
        let name = rest.get(..end.min(64)).unwrap_or_default();
        let name = name.strip_suffix(b".").unwrap_or(name);
        if name.first().is_some_and(u8::is_ascii_alphanumeric) {
            found.extend(text(name));
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'+')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn licence_fields_give_their_short_names_once_and_sorted() {
        let content = "\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: x

Files: *
Copyright: 2020 someone
License: GPL-2+ or Artistic
 License: not a field
 /usr/share/common-licenses/BSD

Files: debian/*
license: Expat

License: Expat
 Permission is hereby granted
";
        assert_eq!(licenses(content.as_bytes()), ["Expat", "GPL-2+ or Artistic"]);
    }

    #[test]
    fn prose_gives_the_common_licences_it_refers_to() {
        let content = "License: see below\n\nOn Debian systems, see `/usr/share/common-licenses/GPL-2', or\n\
                       /usr/share/common-licenses/LGPL-2.1.\n /usr/share/common-licenses/GPL-2 /usr/share/common-licenses/\n";
        assert_eq!(licenses(content.as_bytes()), ["GPL-2", "LGPL-2.1"]);
        assert!(licenses(b"all rights reserved").is_empty());
    }

    #[test]
    fn only_a_packages_own_file_is_wanted() {
        assert_eq!(package("usr/share/doc/bash/copyright"), Some("bash"));
        for path in ["usr/share/doc/copyright", "usr/share/doc/a/b/copyright", "opt/usr/share/doc/a/copyright"] {
            assert_eq!(package(path), None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(content: Vec<u8>) {
            licenses(&content);
            licenses(&[b"Format: x\n", content.as_slice()].concat());
            licenses(&[COMMON, content.as_slice()].concat());
        }
    }
}
