//! The starter set: some 300 vulnerabilities that matter most in images, built into the program, for a first run with
//! no database and no network. It makes no statement about anything else.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use boltseal_evidence::DatabaseKind;
use boltseal_version::compare;
use serde::Deserialize;

use crate::ecosystem::{key_of, scheme_of, version_key};
use crate::index::{Builder, Index, IndexError};
use crate::osv::is_modular;
use crate::rating;
use crate::record::{Advisory, Affected, End, Interval, Parsed, is_plain};

/// The name of the set as a feed.
pub const FEED: &str = "starter";

const DATA: &str = include_str!("../data/starter.toml");

#[derive(Deserialize)]
struct File {
    advisory: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    #[serde(default)]
    aliases: Vec<String>,
    title: String,
    severity: String,
    cvss: Option<String>,
    published: Option<String>,
    reference: String,
    affected: Vec<EntryAffected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryAffected {
    ecosystem: String,
    package: String,
    ranges: Vec<EntryRange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryRange {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
}

/// A starter set that is not TOML of its shape.
#[derive(Debug, thiserror::Error)]
#[error("not a starter set: {0}")]
pub struct StarterError(#[from] toml::de::Error);

/// Reads a starter set.
///
/// # Errors
/// The text is not TOML of this shape. One entry with a version or rating that cannot be read costs that entry.
pub fn parse(text: &str) -> Result<Parsed, StarterError> {
    let file: File = toml::from_str(text)?;
    let mut parsed = Parsed { ecosystems: BTreeSet::new(), ..Parsed::default() };
    for entry in file.advisory {
        let id = entry.id.clone();
        match advisory(entry) {
            Ok(advisory) => parsed.advisories.push(advisory),
            Err(reason) => parsed.broken(&id, reason),
        }
    }
    Ok(parsed)
}

fn advisory(entry: Entry) -> Result<Advisory, String> {
    let word =
        rating::from_word(FEED, &entry.severity).ok_or_else(|| format!("`{}` is no severity", entry.severity))?;
    let vector = match &entry.cvss {
        Some(text) => Some(rating::from_vector(FEED, text).ok_or_else(|| format!("`{text}` is no CVSS vector"))?),
        None => None,
    };
    if !is_plain(&entry.id) || entry.affected.is_empty() {
        return Err("it has no id or affects nothing".to_owned());
    }
    let affected = entry.affected.iter().map(package).collect::<Result<Vec<_>, _>>()?;
    Ok(Advisory {
        id: entry.id,
        aliases: entry.aliases,
        title: entry.title,
        // The word is the set's own judgement, the vector its reason: one source, one rating.
        ratings: vec![
            vector.map_or(word.clone(), |vector| boltseal_evidence::Rating { severity: word.severity, ..vector }),
        ],
        published: entry.published.clone(),
        modified: entry.published,
        references: vec![entry.reference],
        affected,
        ..Advisory::default()
    })
}

fn package(entry: &EntryAffected) -> Result<Affected, String> {
    let scheme = scheme_of(&entry.ecosystem).ok_or_else(|| format!("`{}` is no ecosystem", entry.ecosystem))?;
    let ecosystem = key_of(&entry.ecosystem).into_owned();
    let check = |version: &String| {
        let key = version_key(&ecosystem, version);
        compare(scheme, key, key).map(|_| version.clone()).map_err(|_| format!("`{version}` is not a version"))
    };
    let mut ranges = Vec::new();
    for range in &entry.ranges {
        let introduced = range.introduced.as_ref().filter(|version| *version != "0").map(check).transpose()?;
        let end = match (&range.fixed, &range.last_affected) {
            (Some(fixed), None) => End::Fixed(check(fixed)?),
            (None, Some(last)) => End::LastAffected(check(last)?),
            (None, None) => End::Never,
            (Some(_), Some(_)) => return Err("a range has both `fixed` and `last_affected`".to_owned()),
        };
        ranges.push(Interval { introduced, end });
    }
    if ranges.is_empty() {
        return Err(format!("`{}` has no ranges", entry.package));
    }
    let modular = ranges.iter().any(|range| matches!(&range.end, End::Fixed(fixed) if is_modular(fixed)));
    Ok(Affected { ecosystem, package: entry.package.clone(), ranges, modular, ..Affected::default() })
}

/// The index of the built-in set.
///
/// # Errors
/// The built-in data is not as a test of this crate makes sure it is.
pub fn index() -> Result<Index, IndexError> {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes: &'static [u8] = BYTES.get_or_init(|| {
        let mut builder = Builder::new(DatabaseKind::Starter, None);
        builder.add(FEED, "built in", None, parse(DATA).unwrap_or_default());
        builder.finish().bytes
    });
    Index::open(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_set_is_whole() {
        let parsed = parse(DATA).unwrap();
        assert_eq!(parsed.problems, []);
        assert!(parsed.advisories.iter().any(|advisory| advisory.id == "CVE-2021-44228"));
        assert_eq!(index().unwrap().len(), parsed.advisories.len());
    }

    #[test]
    fn a_broken_entry_is_named() {
        let text = r#"
            [[advisory]]
            id = "CVE-1"
            title = "t"
            severity = "awful"
            reference = "https://example.org"
            affected = [{ ecosystem = "PyPI", package = "a", ranges = [{ fixed = "1" }] }]
        "#;
        let parsed = parse(text).unwrap();
        assert_eq!(parsed.problems[0].path.as_deref(), Some("CVE-1"));
        assert!(parse("[[advisory]]\nid = 7").is_err());
    }
}
