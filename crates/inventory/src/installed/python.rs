//! Installed Python distributions: `METADATA` of wheels, `PKG-INFO`, single files and zip archives of eggs.
//!
//! The format is the *core metadata* of the Python packaging specifications: headers as in RFC 822, then a blank line
//! and a description. Old tools wrote it in whatever encoding was at hand, so bytes that are not UTF-8 are replaced.

use std::borrow::Cow;

use boltseal_evidence::{Package, PackageType};

use crate::cataloger::{Cataloger, File, FileMeta, Pattern, Records};
use crate::installed::archive::{Archive, ArchiveError, Budget};
use crate::installed::field;
use crate::limits::Limits;

/// Bytes of the headers; a description may follow and is not read.
const MAX_HEADERS: usize = 1024 * 1024;
/// Licence classifiers of one distribution.
const MAX_CLASSIFIERS: usize = 1000;

/// Metadata that Python 2 wrote of its own parts; pip leaves them out of its lists too.
const PARTS_OF_PYTHON: [&str; 2] = ["Python", "wsgiref"];

/// The cataloger of installed Python distributions.
pub(crate) struct Python;

impl Cataloger for Python {
    fn name(&self) -> &'static str {
        "python-installed"
    }

    fn patterns(&self) -> &'static [Pattern] {
        &[
            Pattern::Within(".dist-info", "METADATA"),
            Pattern::Within(".egg-info", "PKG-INFO"),
            Pattern::Within("EGG-INFO", "PKG-INFO"),
            Pattern::Suffix(".egg-info"),
            Pattern::Suffix(".egg"),
        ]
    }

    fn wants(&self, file: &FileMeta<'_>) -> bool {
        !is_fixture(file.path)
    }

    fn catalog(&self, file: &File<'_>) -> Records {
        if file.path.ends_with(".egg") {
            return match metadata_of_egg(file.content) {
                Ok(metadata) => distribution(file.path, &metadata),
                Err(error) => Records::unreadable(format!("the egg's `EGG-INFO/PKG-INFO` cannot be read: {error}")),
            };
        }
        distribution(file.path, file.content)
    }
}

/// The path leads into the tests of an installed package, which bring made-up distributions.
fn is_fixture(path: &str) -> bool {
    let inside = ["site-packages/", "dist-packages/"].iter().find_map(|root| path.rsplit_once(root));
    inside.is_some_and(|(_, path)| path.split('/').any(|name| matches!(name, "test" | "tests")))
}

/// The metadata of a zipped egg.
fn metadata_of_egg(content: &[u8]) -> Result<Cow<'_, [u8]>, ArchiveError> {
    let archive = Archive::open(content)?;
    let mut budget = Budget::new(&Limits::DEFAULT);
    for entry in archive.entries().take(Limits::DEFAULT.archive_entries) {
        let entry = entry?;
        if entry.name == b"EGG-INFO/PKG-INFO" {
            return archive.read_start(&entry, MAX_HEADERS as u64, &mut budget);
        }
    }
    // Nothing but the file's name is left to go by.
    Ok(Cow::Borrowed(b""))
}

fn distribution(path: &str, metadata: &[u8]) -> Records {
    let mut records = Records::default();
    let headers = Headers::read(metadata);
    let (path_name, path_version) = named_by_path(path);
    let name = headers.name.or_else(|| path_name.map(Cow::Borrowed));
    let version = headers.version.or_else(|| path_version.map(Cow::Borrowed));
    let Some(name) = name.and_then(|name| field::bounded("name", &name, &mut records.problems)) else {
        return Records::unreadable("the metadata has no `Name` header, so the distribution cannot be named");
    };
    if PARTS_OF_PYTHON.iter().any(|part| name.eq_ignore_ascii_case(part)) {
        return Records::default();
    }
    let mut package = Package::new(PackageType::PyPi, name);
    package.version = version.and_then(|version| field::bounded("version", &version, &mut records.problems));
    if package.version.is_none() {
        field::report(&mut records, "the metadata has no `Version` header");
    }
    package.licenses = headers.licenses;
    records.packages.push(package);
    records
}

/// The headers that matter here.
#[derive(Default)]
struct Headers<'a> {
    name: Option<Cow<'a, str>>,
    version: Option<Cow<'a, str>>,
    licenses: Vec<String>,
}

impl<'a> Headers<'a> {
    fn read(content: &'a [u8]) -> Self {
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let content = content.get(..MAX_HEADERS).unwrap_or(content);
        let mut headers = Self::default();
        let (mut expression, mut license, mut classifiers) = (None, None, Vec::new());
        let mut lines = content.split(|&byte| byte == b'\n').peekable();
        while let Some(line) = lines.next() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                break;
            }
            let Some((key, value)) = split_header(line) else { continue };
            let folded = lines.peek().is_some_and(|next| is_continuation(next));
            let text = || String::from_utf8_lossy(value);
            match key {
                key if key.eq_ignore_ascii_case(b"Name") => drop(headers.name.get_or_insert_with(text)),
                key if key.eq_ignore_ascii_case(b"Version") => drop(headers.version.get_or_insert_with(text)),
                key if key.eq_ignore_ascii_case(b"License-Expression") => expression = field::license(&text()),
                // A folded one holds the text of a licence, not its name.
                key if key.eq_ignore_ascii_case(b"License") && !folded => license = field::license(&text()),
                key if key.eq_ignore_ascii_case(b"Classifier") && classifiers.len() < MAX_CLASSIFIERS => {
                    classifiers.extend(license_of_classifier(&text()));
                }
                _ => {}
            }
        }
        headers.licenses = match expression.or(license) {
            Some(license) => vec![license],
            None => classifiers,
        };
        headers
    }
}

fn split_header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    if is_continuation(line) {
        return None;
    }
    let colon = memchr::memchr(b':', line)?;
    let (key, rest) = line.split_at_checked(colon)?;
    Some((key.trim_ascii(), rest.get(1..)?.trim_ascii()))
}

fn is_continuation(line: &[u8]) -> bool {
    matches!(line, [b' ' | b'\t', rest @ ..] if !rest.trim_ascii().is_empty())
}

/// The licence of a trove classifier: `License :: OSI Approved :: MIT License` is `MIT License`.
fn license_of_classifier(classifier: &str) -> Option<String> {
    let mut parts = classifier.split("::").map(str::trim);
    if parts.next()? != "License" {
        return None;
    }
    field::license(parts.last()?).filter(|license| license != "OSI Approved")
}

/// Name and version that the path of a metadata file gives: `…/Django-3.2.1.dist-info/METADATA`.
fn named_by_path(path: &str) -> (Option<&str>, Option<&str>) {
    let stem = path
        .rsplit('/')
        .find_map(|part| [".dist-info", ".egg-info", ".egg"].iter().find_map(|suffix| part.strip_suffix(suffix)));
    let Some(stem) = stem.filter(|stem| !stem.is_empty()) else { return (None, None) };
    let mut parts = stem.split('-');
    let (name, version) = (parts.next(), parts.next());
    (name, version.filter(|version| version.starts_with(|c: char| c.is_ascii_digit())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn read(path: &str, content: &[u8]) -> Records {
        Python.catalog(&File { path, content })
    }

    fn check(path: &str, content: &[u8], expect: &[(&str, Option<&str>, &[&str])]) {
        let records = read(path, content);
        let found: Vec<_> = records
            .packages
            .iter()
            .map(|p| (p.name.as_str(), p.version.as_deref(), p.licenses.iter().map(String::as_str).collect::<Vec<_>>()))
            .collect();
        let expect: Vec<_> = expect.iter().map(|(n, v, l)| (*n, *v, l.to_vec())).collect();
        assert_eq!(found, expect, "{path}");
    }

    const WHEEL: &[u8] = b"Metadata-Version: 2.1\r\nName: Django\r\nVersion: 3.2.1\r\nLicense: BSD-3-Clause\r\n\
        Classifier: License :: OSI Approved :: BSD License\r\n\r\nName: not-a-header\r\n";

    #[test]
    fn a_wheel_is_read_to_the_end_of_its_headers() {
        check("s/Django-3.2.1.dist-info/METADATA", WHEEL, &[("Django", Some("3.2.1"), &["BSD-3-Clause"])]);
    }

    #[test]
    fn an_expression_goes_before_a_licence_before_classifiers() {
        let both = b"Name: a\nVersion: 1\nLicense: BSD\nLicense-Expression: MIT OR Apache-2.0\n";
        check("a.egg-info", both, &[("a", Some("1"), &["MIT OR Apache-2.0"])]);
        let classified = b"Name: a\nVersion: 1\nLicense: UNKNOWN\nClassifier: License :: OSI Approved\n\
            Classifier: License :: OSI Approved :: MIT License\nClassifier: Topic :: Internet\n";
        check("a.egg-info", classified, &[("a", Some("1"), &["MIT License"])]);
    }

    #[test]
    fn a_folded_licence_text_gives_way_to_classifiers() {
        let text = b"Name: a\nVersion: 1\nLicense: Copyright\n        All rights\n \n        reserved\n\
            Classifier: License :: OSI Approved :: BSD License\n";
        check("a.egg-info/PKG-INFO", text, &[("a", Some("1"), &["BSD License"])]);
    }

    #[test]
    fn other_encodings_and_byte_order_marks_do_no_harm() {
        let latin1 = b"\xef\xbb\xbfName: p\nVersion: 2.0\nAuthor: J\xfcrgen\nSummary: \xff\xfe\n";
        check("p.egg-info", latin1, &[("p", Some("2.0"), &[])]);
    }

    #[test]
    fn the_path_names_what_the_headers_leave_out() {
        check("s/foo-1.5.dist-info/METADATA", b"", &[("foo", Some("1.5"), &[])]);
        check("s/foo-1.5-py3.8.egg/EGG-INFO/PKG-INFO", b"Name: Foo\n", &[("Foo", Some("1.5"), &[])]);
        let records = read("src/foo.egg-info/PKG-INFO", b"Name: foo\n");
        assert_eq!(records.packages.first().map(|package| package.version.clone()), Some(None));
        assert_eq!(records.problems.len(), 1);
        assert!(read("s/.dist-info/METADATA", b"\n\n").unreadable.is_some());
    }

    #[test]
    fn fixtures_of_installed_packages_are_not_wanted() {
        for (path, expect) in [
            ("usr/lib/python3/dist-packages/six-1.egg-info", true),
            ("tests/lib/site-packages/six-1.egg-info", true),
            ("tests/six-1.egg-info", true),
            ("v/site-packages/pkg_resources/tests/data/my-test-package.egg-info/PKG-INFO", false),
        ] {
            assert_eq!(Python.wants(&FileMeta { path, size: 1, executable: false }), expect, "{path}");
        }
    }

    #[test]
    fn a_zipped_egg_holds_its_metadata() {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.start_file("EGG-INFO/PKG-INFO", zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(b"Name: Foo\nVersion: 1.5\nLicense: MIT\n").unwrap();
        let egg = writer.finish().unwrap().into_inner();
        check("s/foo-1.5-py2.7.egg", &egg, &[("Foo", Some("1.5"), &["MIT"])]);
        assert!(read("s/foo-1.5-py2.7.egg", &egg[..50]).unreadable.is_some());
    }

    #[test]
    fn parts_of_python_itself_are_no_distributions() {
        assert!(
            read("lib/python2.7/lib-dynload/Python-2.7.18-py2.7.egg-info", b"Name: Python\nVersion: 2.7\n").is_empty()
        );
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_answer(content in proptest::collection::vec(any::<u8>(), 0..400), path in "\\PC{0,30}") {
            let records = read(&path, &content);
            prop_assert!(records.unreadable.is_some() || records.packages.len() == 1);
        }

        #[test]
        fn flipped_bits_give_an_answer(at in 0..WHEEL.len(), bit in 0..8u8) {
            let mut content = WHEEL.to_vec();
            content[at] ^= 1 << bit;
            prop_assert_eq!(read("Django-3.2.1.dist-info/METADATA", &content).packages.len(), 1);
        }
    }
}
