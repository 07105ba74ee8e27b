//! The security databases of Alpine, Wolfi and Chainguard: per package, the version that fixed each vulnerability.
//!
//! The format is Alpine's (<https://secdb.alpinelinux.org/>): `packages[].pkg.{name, secfixes: {version: [ids]}}`. The
//! version `0` means that the package was never affected. The files list only what was fixed.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use boltseal_version::{Scheme, compare};
use serde::Deserialize;

use crate::record::{Advisory, Affected, Interval, Parsed, Statement, is_plain, shorten};

#[derive(Deserialize)]
struct File {
    packages: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    pkg: serde_json::Value,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    secfixes: Option<BTreeMap<String, Option<Vec<String>>>>,
}

/// A file that is no security database at all.
#[derive(Debug, thiserror::Error)]
#[error("not a security database: {0}")]
pub struct SecdbError(#[from] serde_json::Error);

/// Reads a security database that speaks for `ecosystem` (`Alpine:v3.19`, `Wolfi`, `Chainguard`).
///
/// # Errors
/// The file is not JSON of this format. One broken package costs that package.
pub fn parse(json: &[u8], ecosystem: &str) -> Result<Parsed, SecdbError> {
    let file: File = serde_json::from_slice(json)?;
    let mut parsed = Parsed { ecosystems: BTreeSet::from([ecosystem.to_owned()]), ..Parsed::default() };
    let mut by_id: BTreeMap<String, Advisory> = BTreeMap::new();
    for entry in file.packages.unwrap_or_default() {
        let label =
            entry.pkg.get("name").and_then(|name| name.as_str()).unwrap_or("a package without a name").to_owned();
        match serde_json::from_value::<Package>(entry.pkg) {
            Ok(package) if is_plain(&package.name) => add(&package, ecosystem, &mut by_id, &mut parsed),
            Ok(_) => parsed.broken(&label, "its name is empty or not a plain text"),
            Err(error) => parsed.broken(&label, error),
        }
    }
    parsed.advisories = by_id.into_values().collect();
    Ok(parsed)
}

fn add(package: &Package, ecosystem: &str, by_id: &mut BTreeMap<String, Advisory>, parsed: &mut Parsed) {
    // One id may be fixed more than once, because the first fix was incomplete: only the last one counts.
    let mut fixes: BTreeMap<String, (BTreeSet<String>, Option<&str>)> = BTreeMap::new();
    for (version, ids) in package.secfixes.iter().flatten() {
        let never = version == "0";
        if !never && (!is_plain(version) || compare(Scheme::Apk, version, version).is_err()) {
            let reason = format!("`{}` is not a version of apk", shorten(version, 80));
            parsed.broken(&format!("{} {version}", package.name), reason);
            continue;
        }
        for text in ids.iter().flatten() {
            let Some((id, aliases)) = ids_of(text) else { continue };
            let (known, fix) = fixes.entry(id).or_default();
            known.extend(aliases);
            let newer = |old: &str| matches!(compare(Scheme::Apk, old, version), Ok(Ordering::Less));
            if !never && fix.is_none_or(newer) {
                *fix = Some(version);
            }
        }
    }
    for (id, (aliases, fix)) in fixes {
        let advisory = by_id.entry(id.clone()).or_insert_with(|| Advisory { id, ..Advisory::default() });
        advisory
            .aliases
            .extend(aliases.into_iter().filter(|alias| !advisory.aliases.contains(alias)).collect::<Vec<_>>());
        advisory.affected.push(Affected {
            ecosystem: ecosystem.to_owned(),
            package: package.name.clone(),
            statement: if fix.is_some() { Statement::Affected } else { Statement::NotAffected },
            ranges: fix.map(Interval::below).into_iter().collect(),
            ..Affected::default()
        });
    }
}

/// The ids in one entry. People write `CVE-2017-2887 TALOS-2017-0394`, `CVE_2019-2426`, `CVE-2017-8073.patch`,
/// `CVE-2017-17434-1`, `CVE-????-????? XSA-284`, `CVE-2018-14468 (FrameRelay)`.
fn ids_of(text: &str) -> Option<(String, Vec<String>)> {
    let words = text.split([' ', ',', ';']).take_while(|word| !word.starts_with('(') && *word != "-");
    let mut ids: Vec<String> = words.filter_map(clean_id).take(8).collect();
    // The CVE is the id that other feeds share.
    let first = ids.iter().position(|id| id.starts_with("CVE-")).unwrap_or(0);
    if first >= ids.len() {
        return None;
    }
    let id = ids.remove(first);
    Some((id, ids))
}

fn clean_id(word: &str) -> Option<String> {
    let word = word.trim_end_matches(".patch");
    if let Some(rest) = word.strip_prefix("CVE-").or_else(|| word.strip_prefix("CVE_")) {
        let mut parts = rest.split(['-', '_']);
        let (year, number) = (parts.next()?, parts.next()?);
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        return (digits(year) && digits(number)).then(|| format!("CVE-{year}-{number}"));
    }
    let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    (plain && word.len() <= 64 && word.contains('-') && word.bytes().any(|byte| byte.is_ascii_digit()))
        .then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::End;

    #[test]
    fn ids_are_read_however_people_write_them() {
        for (text, id, aliases) in [
            ("CVE-2019-1", "CVE-2019-1", &[][..]),
            ("CVE-2017-2887 TALOS-2017-0394", "CVE-2017-2887", &["TALOS-2017-0394"][..]),
            ("CVE_2019-2426", "CVE-2019-2426", &[]),
            ("CVE-2017-8073.patch", "CVE-2017-8073", &[]),
            ("CVE-2017-17434-1", "CVE-2017-17434", &[]),
            ("CVE-????-?????  XSA-284", "XSA-284", &[]),
            ("CVE-2018-16301 (was fixed in libpcap)", "CVE-2018-16301", &[]),
            ("GHSA-2x5j-vhc8-9cwm", "GHSA-2x5j-vhc8-9cwm", &[]),
        ] {
            let (found, others) = ids_of(text).expect(text);
            assert_eq!(
                (found.as_str(), others.as_slice()),
                (id, &aliases.iter().map(|a| a.to_string()).collect::<Vec<_>>()[..])
            );
        }
        assert_eq!(ids_of("fixed upstream"), None);
    }

    #[test]
    fn zero_means_never_affected_and_the_last_of_several_fixes_counts() {
        let json = br#"{"packages":[{"pkg":{"name":"aactl","secfixes":{
            "0":["CVE-2023-1"],"0.4.12-r9":["CVE-2025-2"],"0.4.12-r25":["CVE-2025-2"]}}}]}"#;
        let parsed = parse(json, "Wolfi").unwrap();
        let [never, fixed] = &parsed.advisories[..] else { panic!("{parsed:?}") };
        assert_eq!(never.affected[0].statement, Statement::NotAffected);
        assert_eq!(fixed.affected[0].ranges[0].end, End::Fixed("0.4.12-r25".into()));
    }

    #[test]
    fn a_release_without_packages_still_speaks_for_itself() {
        let parsed = parse(br#"{"packages":null}"#, "Alpine:v3.3").unwrap();
        assert!(parsed.ecosystems.contains("Alpine:v3.3"));
        assert!(parse(b"<html>", "Wolfi").is_err());
    }

    #[test]
    fn a_broken_package_costs_that_package() {
        let json = br#"{"packages":[{"pkg":{"name":"bad","secfixes":7}},{"pkg":{"name":"good","secfixes":{"1-r0":["CVE-2020-1"]}}},
            {"pkg":{"name":"xen","secfixes":{"":["CVE-2020-2"]}}}]}"#;
        let parsed = parse(json, "Wolfi").unwrap();
        assert_eq!((parsed.advisories.len(), parsed.skipped.broken), (1, 2));
        assert_eq!(parsed.problems[0].path.as_deref(), Some("bad"));
    }

    proptest! {
        #[test]
        fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, "Wolfi");
        }

        #[test]
        fn any_text_of_an_id_never_panics(text in "\\PC{0,40}") {
            let _ = ids_of(&text);
        }
    }
}
