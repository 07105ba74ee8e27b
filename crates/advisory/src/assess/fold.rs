//! Records of the same vulnerability become one finding, with every id, reason and rating.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use boltseal_evidence::{FeedInfo, Finding, FixState, PackageRef, PackageType, Rating, Severity, Status, Why};

use super::{Match, Query, fix};
use crate::index::Record;
use crate::rating::vendor_of;
use crate::record::{Statement, is_cve};

const MAX_REFERENCES: usize = 4;

/// The findings of one query, without the package: one per vulnerability, sorted by id.
///
/// An erratum that covers several CVEs adds to the findings of those CVEs when every one of them has a statement of its
/// own on this package (`spoken_of`, Debian's tracker beside its advisories), and one of them is found; otherwise it is
/// a finding of its own that lists them.
pub(super) fn fold(query: &Query, matches: &[Match], spoken_of: &BTreeSet<String>, feeds: &[FeedInfo]) -> Vec<Finding> {
    let mut groups: BTreeMap<String, Vec<&Match>> = BTreeMap::new();
    for found in matches {
        if let Some(id) = found.record.vulnerability() {
            groups.entry(id.to_owned()).or_default().push(found);
        }
    }
    let single: BTreeSet<String> = groups.keys().cloned().collect();
    for found in matches.iter().filter(|found| found.record.covers.len() > 1) {
        let covers = &found.record.covers;
        let each_alone = covers.iter().all(|cve| spoken_of.contains(cve));
        let mut alone = covers.iter().filter(|cve| each_alone && single.contains(*cve)).peekable();
        if alone.peek().is_none() {
            groups.entry(found.record.id.clone()).or_default().push(found);
        }
        for cve in alone {
            groups.entry(cve.clone()).or_default().push(found);
        }
    }
    groups.into_iter().map(|(id, group)| finding(query, id, &group, feeds)).collect()
}

fn finding(query: &Query, key: String, group: &[&Match], feeds: &[FeedInfo]) -> Finding {
    let records: Vec<&Rc<Record>> = group.iter().map(|found| &found.record).collect();
    let own_id = records.iter().any(|record| record.id == key);
    let id = match records.first() {
        Some(first) if !is_cve(&key) && !own_id => first.id.clone(),
        _ => key,
    };
    let ratings = ratings(query, group);
    let mut why: Vec<Why> = group.iter().map(|found| reason(query, found, feeds)).collect();
    why.sort();
    why.dedup();
    Finding {
        aliases: aliases(&id, &records),
        package: nobody(),
        severity: severity(query, &ratings),
        ratings,
        fix: fix_state(query, group),
        title: first(&records, |record| Some(&record.title).filter(|title| !title.is_empty())).unwrap_or_default(),
        references: references(&id, &records),
        published: first(&records, |record| record.published.as_ref()),
        why,
        known_exploited: records.iter().find_map(|record| record.known_exploited.clone()),
        epss: records.iter().filter_map(|record| record.epss).max_by(|a, b| a.probability.total_cmp(&b.probability)),
        status: Status::Affected,
        id,
    }
}

fn nobody() -> PackageRef {
    let (purl, name, version) = (String::new(), String::new(), String::new());
    PackageRef { purl, kind: PackageType::Generic, name, version, location: None, layer: None }
}

fn first(records: &[&Rc<Record>], text: impl Fn(&Record) -> Option<&String>) -> Option<String> {
    records.iter().find_map(|record| text(record)).cloned()
}

fn aliases(id: &str, records: &[&Rc<Record>]) -> Vec<String> {
    // An erratum that only adds to a CVE's finding does not make its other CVEs aliases of that one.
    let adds = |record: &Record| record.covers.len() > 1 && record.id != id;
    let ids = records.iter().flat_map(|record| {
        let rest = if adds(record) { &[][..] } else { &record.covers[..] };
        let aliases = if adds(record) { &[][..] } else { &record.aliases[..] };
        std::iter::once(&record.id).chain(aliases).chain(rest)
    });
    ids.filter(|other| *other != id).cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

fn reason(query: &Query, found: &Match, feeds: &[FeedInfo]) -> Why {
    Why {
        feed: feeds.get(found.record.feed).map(|feed| feed.name.clone()).unwrap_or_default(),
        advisory: found.record.id.clone(),
        matched_name: query.name.clone(),
        matched_version: query.version.clone(),
        range: found.hit.range.clone(),
    }
}

fn ratings(query: &Query, group: &[&Match]) -> Vec<Rating> {
    let mut all: Vec<Rating> = Vec::new();
    for found in group {
        let own = found.affected.severity.map(|severity| Rating {
            source: vendor_of(&query.ecosystem).unwrap_or("vendor").to_owned(),
            severity,
            score: None,
            vector: None,
        });
        for rating in own.iter().chain(&found.record.ratings) {
            if !all.contains(rating) {
                all.push(rating.clone());
            }
        }
    }
    all.sort_by(|a, b| (&a.source, &a.vector, a.severity).cmp(&(&b.source, &b.vector, b.severity)));
    all
}

/// The distribution's own rating where it gives one, else the worst.
fn severity(query: &Query, ratings: &[Rating]) -> Severity {
    let worst = |ratings: &mut dyn Iterator<Item = &Rating>| ratings.map(|rating| rating.severity).max();
    let vendor = vendor_of(&query.ecosystem);
    let own = worst(&mut ratings.iter().filter(|rating| Some(rating.source.as_str()) == vendor));
    own.or_else(|| worst(&mut ratings.iter())).unwrap_or_default()
}

fn fix_state(query: &Query, group: &[&Match]) -> FixState {
    let mut versions: Vec<String> = group.iter().filter_map(|found| found.hit.fixed.clone()).collect();
    versions.sort_by(|a, b| fix::order(query, a, b).unwrap_or(std::cmp::Ordering::Equal).then_with(|| a.cmp(b)));
    versions.dedup();
    match versions.is_empty() {
        false => FixState::Fixed { versions },
        true if group.iter().any(|found| found.affected.statement == Statement::WontFix) => FixState::WontFix,
        true => FixState::NotFixed,
    }
}

fn references(id: &str, records: &[&Rc<Record>]) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for url in records.iter().flat_map(|record| &record.references) {
        if urls.len() < MAX_REFERENCES && !urls.contains(url) {
            urls.push(url.clone());
        }
    }
    if urls.is_empty() && is_cve(id) {
        urls.push(format!("https://nvd.nist.gov/vuln/detail/{id}"));
    }
    urls
}
