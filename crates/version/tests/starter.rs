//! The starter set of `crates/advisory/data` holds only bounds that can be compared, and ranges that hold something.
//!
//! It is read line by line rather than as TOML, so that this crate needs no parser for one test; the crate that ships
//! the file reads it properly.

use std::collections::BTreeSet;
use std::fs;

use boltseal_version::{Bound, Range, Scheme, Version};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../advisory/data/starter.toml");

#[derive(Debug)]
struct Entry {
    id: String,
    ecosystem: String,
    package: String,
    range: Range<String>,
}

fn scheme_of(ecosystem: &str) -> Option<Scheme> {
    Some(match ecosystem.split(':').next()? {
        "Debian" => Scheme::Deb,
        "Alpine" | "Wolfi" => Scheme::Apk,
        "AlmaLinux" => Scheme::Rpm,
        "PyPI" => Scheme::Pep440,
        "npm" => Scheme::Npm,
        "Maven" => Scheme::Maven,
        "RubyGems" => Scheme::RubyGems,
        "Go" => Scheme::Go,
        "crates.io" => Scheme::SemVer,
        "Packagist" => Scheme::Packagist,
        "NuGet" => Scheme::NuGet,
        _ => return None,
    })
}

/// The text of `key = "text"`, wherever the key stands in the line.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!("{key} = \""))?;
    rest.split_once('"').map(|(text, _)| text)
}

/// All ranges with what they belong to, and the ids in the order of the file; `None` where there is no file.
#[allow(clippy::print_stdout, reason = "a test that skips says so")]
fn read() -> Option<(Vec<String>, Vec<Entry>)> {
    let Ok(text) = fs::read_to_string(FILE) else {
        println!("skipped: {FILE} cannot be read");
        return None;
    };
    let (mut ids, mut entries) = (Vec::new(), Vec::new());
    let (mut ecosystem, mut package) = (String::new(), String::new());
    for line in text.lines() {
        if line.starts_with("id = ") {
            ids.extend(value(line, "id").map(str::to_owned));
        } else if line.starts_with("ecosystem = ") {
            ecosystem = value(line, "ecosystem").unwrap_or_default().to_owned();
        } else if line.starts_with("package = ") {
            package = value(line, "package").unwrap_or_default().to_owned();
        }
        for part in line.split('{').skip(1) {
            let text = |key| value(part, key).map(str::to_owned);
            let bound = match (text("fixed"), text("last_affected")) {
                (Some(fixed), _) => Bound::Fixed(fixed),
                (None, Some(last)) => Bound::LastAffected(last),
                (None, None) => Bound::Open,
            };
            let range = Range { introduced: text("introduced"), bound };
            let id = ids.last().cloned().unwrap_or_default();
            entries.push(Entry { id, ecosystem: ecosystem.clone(), package: package.clone(), range });
        }
    }
    Some((ids, entries))
}

#[test]
fn the_starter_set_is_sorted_and_names_each_vulnerability_once() {
    let Some((ids, entries)) = read() else { return };
    assert!(ids.len() >= 170, "{} advisories", ids.len());
    assert!(ids.is_sorted());
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    assert_eq!(entries.iter().map(|entry| &entry.id).collect::<BTreeSet<_>>().len(), ids.len(), "some have no range");
}

#[test]
fn every_bound_of_the_starter_set_is_a_version_and_no_range_is_empty() {
    let Some((_, entries)) = read() else { return };
    for entry in entries {
        let scheme = scheme_of(&entry.ecosystem).unwrap_or_else(|| panic!("no scheme for {entry:?}"));
        let parse =
            |text: &'_ str| Version::parse(scheme, text).map(|_| ()).map_err(|error| format!("{entry:?}: {error}"));
        assert!(entry.range.introduced.is_some(), "{entry:?}");
        match &entry.range.bound {
            Bound::Fixed(end) | Bound::LastAffected(end) => assert_eq!(parse(end), Ok(())),
            Bound::Open => {}
        }
        let first = entry.range.introduced.as_deref().filter(|first| *first != "0");
        if let Some(first) = first {
            assert_eq!(parse(first), Ok(()));
            assert_eq!(entry.range.contains(scheme, first), Ok(true), "{entry:?} is empty");
        }
    }
}

#[test]
fn what_an_old_image_carries_is_found() {
    let Some((_, entries)) = read() else { return };
    for (ecosystem, package, installed, id, fixed) in [
        ("Maven", "org.apache.logging.log4j:log4j-core", "2.14.1", "CVE-2021-44228", "2.15.0"),
        ("PyPI", "django", "3.2.3", "CVE-2021-35042", "3.2.5"),
        ("PyPI", "django", "2.2.10", "CVE-2022-28346", "2.2.28"),
        ("PyPI", "requests", "2.19.0", "CVE-2018-18074", "2.20.0"),
        ("PyPI", "pyyaml", "5.3", "CVE-2020-14343", "5.4"),
        ("npm", "lodash", "4.17.15", "CVE-2020-8203", "4.17.19"),
        ("npm", "minimist", "1.2.0", "CVE-2021-44906", "1.2.6"),
        ("Debian:11", "openssl", "1.1.1k-1", "CVE-2022-0778", "1.1.1k-1+deb11u2"),
        ("Debian:11", "zlib", "1:1.2.11.dfsg-2", "CVE-2018-25032", "1:1.2.11.dfsg-2+deb11u1"),
        ("Debian:11", "curl", "7.74.0-1.3", "CVE-2023-38545", "7.74.0-1.3+deb11u10"),
        ("Go", "golang.org/x/text", "v0.3.2", "CVE-2021-38561", "0.3.7"),
        ("Go", "stdlib", "go1.19.3", "CVE-2023-24538", "1.19.8"),
        ("crates.io", "time", "0.1.43", "CVE-2020-26235", "0.2.0"),
    ] {
        let scheme = scheme_of(ecosystem).unwrap();
        let found: Vec<_> = entries
            .iter()
            .filter(|entry| (entry.ecosystem.as_str(), entry.package.as_str()) == (ecosystem, package))
            .filter(|entry| entry.id == id && entry.range.contains(scheme, installed) == Ok(true))
            .filter_map(|entry| entry.range.fixed())
            .collect();
        assert_eq!(found, [fixed], "{id} in {package} {installed}");
    }
}
