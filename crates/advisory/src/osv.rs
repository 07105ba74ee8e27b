//! Records of the OSV format, schema 1.0 to 1.7 (<https://ossf.github.io/osv-schema/>).

mod range;
mod schema;

use std::collections::BTreeSet;

use boltseal_evidence::{Rating, Severity};
use boltseal_version::Scheme;
use serde_json::Value;

use crate::ecosystem::{key_of, scheme_of};
use crate::rating;
use crate::record::{Advisory, Affected, End, Interval, Parsed, Skipped, Statement, is_cve, is_plain, shorten};
use range::{MAX_EVENTS, intervals};
use schema::{Package, Range, Record};

const MAX_AFFECTED: usize = 20_000;
const MAX_VERSIONS: usize = 50_000;
const MAX_REFERENCES: usize = 4;

/// Collects the records of one feed, `osv/PyPI`.
#[derive(Debug)]
pub struct Records {
    feed: String,
    parsed: Parsed,
}

impl Records {
    /// An empty collection for the feed of this name.
    pub fn new(feed: impl Into<String>) -> Self {
        let feed = feed.into();
        let mut parsed = Parsed::default();
        // A feed of an ecosystem without releases speaks for it even when it holds nothing.
        if let Some(ecosystem) = feed.strip_prefix("osv/").filter(|name| is_language(name)) {
            parsed.ecosystems.insert(ecosystem.to_owned());
        }
        Self { feed, parsed }
    }

    /// Reads one record; `name` is its file's name, for the problem if it cannot be read.
    pub fn add(&mut self, name: &str, json: &[u8]) {
        match read(json, &self.feed, &mut self.parsed.skipped) {
            Ok(Some(advisory)) => {
                self.parsed.ecosystems.extend(advisory.affected.iter().map(|affected| affected.ecosystem.clone()));
                self.parsed.advisories.push(advisory);
            }
            Ok(None) => {}
            Err(reason) => self.parsed.broken(name, reason),
        }
    }

    /// Notes a record that could not even be taken from the archive.
    pub fn unreadable(&mut self, name: &str, reason: impl std::fmt::Display) {
        self.parsed.broken(name, reason);
    }

    /// The number of records taken in so far.
    pub fn len(&self) -> usize {
        self.parsed.advisories.len()
    }

    /// No record has been taken in.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The feed.
    pub fn finish(self) -> Parsed {
        self.parsed
    }
}

fn is_language(ecosystem: &str) -> bool {
    matches!(ecosystem, "PyPI" | "npm" | "Maven" | "Go" | "crates.io" | "RubyGems" | "NuGet" | "Packagist" | "Bitnami")
}

/// Reads one record. `Ok(None)` for one that is withdrawn, tells of no vulnerability, or of no package known here.
fn read(json: &[u8], feed: &str, skipped: &mut Skipped) -> Result<Option<Advisory>, String> {
    let record: Record = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    if !is_plain(&record.id) || record.id.len() > 128 {
        return Err("the `id` is empty or not a plain text".to_owned());
    }
    if record.withdrawn.is_some() {
        skipped.withdrawn += 1;
        return Ok(None);
    }
    if record.affected.as_ref().is_some_and(|affected| affected.len() > MAX_AFFECTED) {
        return Err(format!("more than {MAX_AFFECTED} `affected` entries"));
    }
    let covers = covers(&record);
    if is_informational(&record, &covers) {
        skipped.informational += 1;
        return Ok(None);
    }
    let affected = affected(&record, skipped)?;
    if affected.is_empty() {
        return Ok(None);
    }
    let aliases = record.aliases.iter().flatten().filter(|id| is_plain(id)).cloned().collect();
    Ok(Some(Advisory {
        aliases,
        covers,
        title: title(&record),
        ratings: ratings(&record, &rating::source_of(&record.id, feed)),
        references: references(&record),
        published: record.published.filter(|text| is_time(text)),
        modified: record.modified.filter(|text| is_time(text)),
        affected,
        id: record.id,
    }))
}

/// A time that says something: Go's records carry the year 1 for none.
fn is_time(text: &str) -> bool {
    is_plain(text) && !text.starts_with("0001")
}

/// The CVEs that a distribution's erratum fixes: `upstream` since schema 1.7, `related` in RPM distributions' records.
fn covers(record: &Record) -> Vec<String> {
    let rpm = ["AL", "RL", "RX", "RH", "SUSE", "openSUSE", "EL"].iter().any(|prefix| record.id.starts_with(prefix));
    let related = record.related.iter().flatten().filter(|_| rpm);
    let ids = record.upstream.iter().flatten().chain(related).filter(|id| is_cve(id) && is_plain(id));
    ids.cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

/// RustSec's notices and unmaintained crates, and errata that fix bugs or add features and name no CVE.
fn is_informational(record: &Record, covers: &[String]) -> bool {
    if (record.id.starts_with("ALBA-") || record.id.starts_with("ALEA-")) && covers.is_empty() {
        return true;
    }
    let mut notes = record.affected.iter().flatten().map(|affected| {
        affected.database_specific.as_ref().and_then(|specific| specific.informational.as_ref()?.as_str())
    });
    let first = notes.next().flatten();
    matches!(first, Some("unmaintained" | "notice")) && notes.all(|note| note == first)
}

/// The summary, else the first sentence of the details.
fn title(record: &Record) -> String {
    let summary = record.summary.as_deref().map(str::trim).unwrap_or_default();
    let line = match summary.is_empty() {
        true => first_sentence(record.details.as_deref().unwrap_or_default()),
        false => summary.to_owned(),
    };
    shorten(&line, 160).chars().filter(|character| !character.is_control()).collect()
}

/// The first paragraph that is no heading, on one line, up to its first full stop.
fn first_sentence(details: &str) -> String {
    let lines = details.lines().map(str::trim);
    let paragraph: Vec<&str> = lines
        .skip_while(|line| line.is_empty() || line.starts_with(['#', '=']))
        .take_while(|line| !line.is_empty())
        .take(20)
        .collect();
    let text = paragraph.join(" ");
    let is_end = |at: &usize| {
        // `e.g. ` and initials end nothing: a sentence ends after a word of some length and goes on with a capital.
        let (front, back) = text.split_at_checked(*at).unwrap_or_default();
        let word = front.rsplit([' ', '.']).next().unwrap_or_default();
        word.chars().count() > 2 && back.strip_prefix(". ").is_some_and(|rest| rest.starts_with(char::is_uppercase))
    };
    let end = text.match_indices(". ").take(50).map(|(at, _)| at).find(is_end);
    end.and_then(|end| text.get(..=end)).unwrap_or(&text).to_owned()
}

fn references(record: &Record) -> Vec<String> {
    let usable = |url: &&str| url.starts_with("http") && is_plain(url) && url.len() <= 300;
    let mut urls: Vec<(bool, &str)> = record
        .references
        .iter()
        .flatten()
        .filter_map(|reference| Some((reference.kind.as_deref() != Some("ADVISORY"), reference.url.as_deref()?)))
        .filter(|(_, url)| usable(url))
        .collect();
    urls.sort_by_key(|(other, _)| *other);
    urls.dedup();
    urls.truncate(MAX_REFERENCES);
    if urls.is_empty() && ["DSA-", "DLA-", "DTSA-"].iter().any(|prefix| record.id.starts_with(prefix)) {
        return vec![format!("https://security-tracker.debian.org/tracker/{}", record.id)];
    }
    urls.into_iter().map(|(_, url)| url.to_owned()).collect()
}

/// A CVSS score, as a number or, in the records of Ruby's advisory database, as text.
fn score(value: &Value) -> Option<f64> {
    let score = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    score.filter(|score| (0.0..=10.0).contains(score))
}

fn ratings(record: &Record, source: &str) -> Vec<Rating> {
    let own = record.severity.iter().flatten();
    let of_packages = record.affected.iter().flatten().flat_map(|affected| affected.severity.iter().flatten());
    let mut ratings: Vec<Rating> = Vec::new();
    for severity in own.chain(of_packages).take(64) {
        let Some(score) = severity.score.as_deref() else { continue };
        let rating = match severity.kind.as_deref() {
            Some(kind) if kind.starts_with("CVSS") => rating::from_vector(source, score),
            _ => rating::from_word(source, score),
        };
        ratings.extend(rating);
    }
    if let Some(specific) = &record.database_specific {
        ratings.extend(specific.cvss_v3_score.as_ref().and_then(score).map(|s| rating::from_score(source, s, None)));
        let word = specific.severity.as_ref().and_then(Value::as_str);
        ratings.extend(word.and_then(|word| rating::from_word(source, word)));
    }
    // AlmaLinux and Rocky write `Important: kernel security update`.
    let word = record.summary.as_deref().and_then(|summary| summary.split_once(':')).map(|(word, _)| word);
    ratings.extend(
        word.filter(|_| ["alma", "rocky", "redhat"].contains(&source)).and_then(|w| rating::from_word(source, w)),
    );
    // The records of malicious packages carry no severity: whoever installed one runs an attacker's code.
    if ratings.is_empty() && record.id.starts_with("MAL-") {
        ratings.extend(rating::from_word(source, "critical"));
    }
    let mut kept: Vec<Rating> = Vec::new();
    for rating in ratings {
        if !kept.contains(&rating) && kept.len() < 8 {
            kept.push(rating);
        }
    }
    kept
}

fn affected(record: &Record, skipped: &mut Skipped) -> Result<Vec<Affected>, String> {
    let modules = modules(record.summary.as_deref().unwrap_or_default());
    let mut all = Vec::new();
    for entry in record.affected.iter().flatten() {
        // Some records speak of a git repository alone.
        let Some(Package { ecosystem: Some(ecosystem), name: Some(name) }) = &entry.package else {
            skipped.git_ranges += entry.ranges.iter().flatten().count() as u64;
            continue;
        };
        if !is_plain(name) || !is_plain(ecosystem) {
            return Err("a package's name or ecosystem is empty or not a plain text".to_owned());
        }
        let Some(scheme) = scheme_of(ecosystem) else {
            skipped.other_ecosystems += 1;
            continue;
        };
        let mut ranges = Vec::new();
        for range in entry.ranges.iter().flatten() {
            match range.kind.as_deref() {
                Some("GIT") => skipped.git_ranges += 1,
                _ => ranges.extend(intervals(range, ecosystem, scheme)?),
            }
        }
        if let Some(narrower) = custom_ranges(entry, ecosystem, scheme, &ranges) {
            ranges = narrower;
        }
        let versions = entry.versions.clone().unwrap_or_default();
        if versions.len() > MAX_VERSIONS || versions.iter().any(|version| !is_plain(version)) {
            return Err(format!("the `versions` of `{name}` are more than {MAX_VERSIONS} or not plain texts"));
        }
        if ranges.is_empty() && versions.is_empty() {
            continue;
        }
        let modular = ranges.iter().any(|range| matches!(&range.end, End::Fixed(fixed) if is_modular(fixed)));
        let urgency = entry.ecosystem_specific.as_ref().and_then(|specific| specific.urgency.as_ref()?.as_str());
        all.push(Affected {
            ecosystem: key_of(ecosystem).into_owned(),
            package: name.clone(),
            statement: if urgency == Some("end-of-life") { Statement::Unknown } else { Statement::Affected },
            severity: urgency.and_then(|word| word.parse().ok()).filter(|severity| *severity != Severity::Unknown),
            ranges,
            versions,
            modular,
            modules: if modular { modules.clone() } else { Vec::new() },
        });
    }
    Ok(all)
}

/// Go's database knows the affected versions of an unreviewed module by tags that Go's rules do not admit for it (`v2.5.0`
/// without `/v2`). It then says *every version* in `ranges`, and the tags in `custom_ranges`. A build from such a tag
/// is compared with the tags; a pseudo-version tells no tag (`v0.0.0-2023…`) and stays affected.
fn custom_ranges(
    entry: &schema::Affected,
    ecosystem: &str,
    scheme: Scheme,
    plain: &[Interval],
) -> Option<Vec<Interval>> {
    let custom = entry.ecosystem_specific.as_ref()?.custom_ranges.as_ref()?;
    if plain != [Interval::everything()] {
        return None;
    }
    let mut narrower = Vec::new();
    for value in custom.as_array()?.iter().take(MAX_EVENTS) {
        let range: Range = serde_json::from_value(value.clone()).ok()?;
        // A tag that cannot be compared leaves the plain statement, that every version is affected.
        narrower.extend(intervals(&range, ecosystem, scheme).ok()?);
    }
    if narrower.is_empty() {
        return None;
    }
    if narrower.iter().all(|range| range.introduced.is_some()) {
        narrower.insert(0, Interval { introduced: None, end: End::LastAffected("0.0.0".to_owned()) });
    }
    Some(narrower)
}

/// The version is of a package that was built as part of a module.
pub(crate) fn is_modular(version: &str) -> bool {
    version.contains(".module_") || version.contains(".module+")
}

/// The module streams that an erratum's title names: `Important: virt:rhel and virt-devel:rhel security update`.
fn modules(summary: &str) -> Vec<String> {
    let words = summary.split([' ', ',']).filter_map(|word| {
        let (name, stream) = word.split_once(':')?;
        (!name.is_empty() && !stream.is_empty() && !stream.contains(':')).then(|| word.to_owned())
    });
    words.take(8).collect()
}

#[cfg(test)]
mod tests;
