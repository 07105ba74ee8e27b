//! Ids of the same vulnerability become one set, whichever feed says so.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::record::{Advisory, is_cve};

/// Sets of ids of the same vulnerability. No set holds two CVEs: a record that names several is an erratum that
/// covers them, not a proof that they are one.
#[derive(Default)]
pub(super) struct Sets {
    places: HashMap<String, usize>,
    ids: Vec<String>,
    parents: Vec<usize>,
    cves: Vec<Option<usize>>,
}

impl Sets {
    fn place(&mut self, id: &str) -> usize {
        if let Some(place) = self.places.get(id) {
            return *place;
        }
        let place = self.ids.len();
        self.places.insert(id.to_owned(), place);
        self.ids.push(id.to_owned());
        self.parents.push(place);
        self.cves.push(is_cve(id).then_some(place));
        place
    }

    fn root(&mut self, mut place: usize) -> usize {
        while let Some(parent) = self.parents.get(place).copied().filter(|parent| *parent != place) {
            let grandparent = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(own) = self.parents.get_mut(place) {
                *own = grandparent;
            }
            place = grandparent;
        }
        place
    }

    fn join(&mut self, a: &str, b: &str) {
        let (a, b) = (self.place(a), self.place(b));
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        let cve = |place: usize| self.cves.get(place).copied().flatten();
        let cve = match (cve(low), cve(high)) {
            (Some(one), Some(other)) if one != other => return,
            (one, other) => one.or(other),
        };
        if let (Some(parent), Some(known)) = (self.parents.get_mut(high), self.cves.get_mut(low)) {
            *parent = low;
            *known = cve;
        }
    }

    /// Every set of more than one id, by each of its ids.
    fn into_sets(mut self) -> HashMap<String, BTreeSet<String>> {
        let mut by_root: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for place in 0..self.ids.len() {
            let root = self.root(place);
            by_root.entry(root).or_default().extend(self.ids.get(place).cloned());
        }
        let sets = by_root.into_values().filter(|set| set.len() > 1);
        sets.flat_map(|set| set.iter().map(|id| (id.clone(), set.clone())).collect::<Vec<_>>()).collect()
    }
}

/// Unites the ids of all records and gives each what the others of its vulnerability know: aliases, ratings, a title.
pub(super) fn unite(records: &mut [(usize, Advisory)]) {
    for (_, record) in records.iter_mut() {
        settle(record);
    }
    let mut sets = Sets::default();
    for with_cve in [true, false] {
        for (_, record) in records.iter().filter(|(_, record)| record.covers.is_empty()) {
            if (is_cve(&record.id) || record.aliases.iter().any(|id| is_cve(id))) == with_cve {
                for alias in &record.aliases {
                    sets.join(&record.id, alias);
                }
            }
        }
    }
    let sets = sets.into_sets();
    for (_, record) in records.iter_mut().filter(|(_, record)| record.covers.len() < 2) {
        if let Some(set) = sets.get(record.covers.first().unwrap_or(&record.id)) {
            record.aliases.extend(set.iter().cloned());
        }
        record.aliases.retain(|id| *id != record.id && !record.covers.contains(id));
        record.aliases.sort();
        record.aliases.dedup();
    }
    share(records);
}

/// Tells what a record is from what it covers. An erratum's id is not another name of the vulnerability it fixes, even
/// where it fixes only one: the erratum is of one distribution. And a record that names several CVEs as aliases covers
/// them, as an erratum does.
fn settle(record: &mut Advisory) {
    let is_erratum = !record.covers.is_empty() && !is_cve(&record.id);
    let mut cves: BTreeSet<String> = record.covers.drain(..).collect();
    cves.extend(record.aliases.iter().filter(|id| is_cve(id)).cloned());
    cves.remove(&record.id);
    record.aliases.retain(|id| !is_cve(id) && *id != record.id);
    // A record that is itself a CVE keeps its identity.
    if is_erratum || (cves.len() > 1 && !is_cve(&record.id)) {
        record.covers = cves.into_iter().collect();
    } else {
        record.aliases.extend(cves);
    }
    record.aliases.sort();
    record.aliases.dedup();
}

const MAX_RATINGS: usize = 8;

fn share(records: &mut [(usize, Advisory)]) {
    let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, (_, record)) in records.iter().enumerate().filter(|(_, (_, record))| record.covers.is_empty()) {
        if let Some(id) = vulnerability_of(record) {
            by_id.entry(id.to_owned()).or_default().push(place);
        }
    }
    let known: HashMap<String, Advisory> = by_id
        .into_iter()
        .map(|(id, places)| (id, merged(places.iter().filter_map(|place| Some(&records.get(*place)?.1)))))
        .collect();
    for (_, record) in records.iter_mut() {
        let own = vulnerability_of(record).map(str::to_owned);
        let of_several = record.covers.iter().filter(|_| own.is_none()).cloned();
        for id in own.iter().cloned().chain(of_several).collect::<Vec<_>>() {
            let Some(all) = known.get(&id) else { continue };
            take(&mut record.ratings, &all.ratings);
            if own.is_some() {
                if says_more(&all.title, &record.title) {
                    record.title.clone_from(&all.title);
                }
                record.published = record.published.take().or_else(|| all.published.clone());
                if record.references.is_empty() {
                    record.references.clone_from(&all.references);
                }
            }
        }
        record.ratings.sort_by(|a, b| (&a.source, &a.vector).cmp(&(&b.source, &b.vector)));
    }
}

/// The one vulnerability that a record is about: its CVE, else the first of the ids that its set shares.
fn vulnerability_of(record: &Advisory) -> Option<&str> {
    match record.covers.as_slice() {
        [] => {
            let ids = || std::iter::once(&record.id).chain(&record.aliases).map(String::as_str);
            ids().find(|id| is_cve(id)).or_else(|| ids().min())
        }
        [only] => Some(only),
        _ => None,
    }
}

/// A title is there instead of none, or whole instead of cut.
fn says_more(title: &str, than: &str) -> bool {
    !title.is_empty() && (than.is_empty() || (than.ends_with('…') && !title.ends_with('…')))
}

fn take(ratings: &mut Vec<boltseal_evidence::Rating>, more: &[boltseal_evidence::Rating]) {
    for rating in more {
        if ratings.len() < MAX_RATINGS && !ratings.contains(rating) {
            ratings.push(rating.clone());
        }
    }
}

/// What all records of one vulnerability know together. A word of severity alone is one distribution's judgement of its
/// own packages and is not shared; a score or a vector is of the vulnerability.
fn merged<'a>(records: impl Iterator<Item = &'a Advisory>) -> Advisory {
    let mut all = Advisory::default();
    for record in records {
        let scored: Vec<_> = record.ratings.iter().filter(|rating| rating.score.is_some()).cloned().collect();
        take(&mut all.ratings, &scored);
        if says_more(&record.title, &all.title) {
            all.title.clone_from(&record.title);
        }
        all.published = all.published.or_else(|| record.published.clone());
        if all.references.is_empty() {
            all.references.clone_from(&record.references);
        }
    }
    all
}
