//! The exceptions that a rule may use for one subject.

use std::cmp::Ordering;

use boltseal_evidence::AppliedException;

use crate::Exception;

/// Exceptions of one rule that are meant for the subject.
#[derive(Debug, Default)]
pub(crate) struct Waivers {
    entries: Vec<Entry>,
    /// What is covered, sorted without regard to case, and by which entries.
    by_id: Vec<(String, Vec<usize>)>,
    /// Numbers of entries that cover whatever the rule says.
    everything: Vec<usize>,
}

#[derive(Debug)]
struct Entry {
    /// Its place in the policy.
    place: usize,
    applied: AppliedException,
    ended: bool,
    used: bool,
}

/// What exceptions say to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cover {
    /// One covers it.
    Holds(usize),
    /// One would cover it, had it not ended.
    Ended(usize),
    None,
}

impl Waivers {
    /// Takes in an exception that is meant for rule and subject.
    pub(crate) fn add(&mut self, place: usize, exception: &Exception, day: &str) {
        let number = self.entries.len();
        self.entries.push(Entry {
            place,
            applied: AppliedException {
                reason: exception.reason.clone(),
                owner: exception.owner.clone(),
                expires: exception.expires.clone(),
                source: exception.source.clone(),
            },
            ended: exception.expires.as_str() < day,
            used: false,
        });
        for id in &exception.covers {
            if id == "*" {
                self.everything.push(number);
            } else {
                match self.by_id.binary_search_by(|(known, _)| in_order(known, id)) {
                    Ok(at) => self.by_id.get_mut(at).into_iter().for_each(|(_, numbers)| numbers.push(number)),
                    Err(at) => self.by_id.insert(at, (id.clone(), vec![number])),
                }
            }
        }
    }

    /// The first exception that holds for something of these ids, else the first that has ended.
    pub(crate) fn cover<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> Cover {
        if self.entries.is_empty() {
            return Cover::None;
        }
        let mut found: Vec<usize> = self.everything.clone();
        if !self.by_id.is_empty() {
            for id in ids {
                let at = self.by_id.binary_search_by(|(known, _)| in_order(known, id)).ok();
                found.extend(at.and_then(|at| self.by_id.get(at)).map(|(_, numbers)| numbers).into_iter().flatten());
            }
        }
        found.sort_unstable();
        let ended = |number: &usize| self.entries.get(*number).is_none_or(|entry| entry.ended);
        match found.iter().find(|number| !ended(number)) {
            Some(number) => Cover::Holds(*number),
            None => found.first().map_or(Cover::None, |number| Cover::Ended(*number)),
        }
    }

    /// It made a difference, or would have.
    pub(crate) fn used(&mut self, number: usize) {
        if let Some(entry) = self.entries.get_mut(number) {
            entry.used = true;
        }
    }

    pub(crate) fn applied(&self, number: usize) -> Option<AppliedException> {
        self.entries.get(number).map(|entry| entry.applied.clone())
    }

    /// What is said of something whose exception has ended.
    pub(crate) fn ended(&self, number: usize) -> String {
        self.entries.get(number).map_or_else(String::new, |entry| {
            format!("; its exception ({}) ended on {}", entry.applied.source, entry.applied.expires)
        })
    }

    /// The places of the exceptions that covered something.
    pub(crate) fn places_used(&self) -> impl Iterator<Item = usize> {
        self.entries.iter().filter(|entry| entry.used).map(|entry| entry.place)
    }
}

/// The order of ids without regard to case. Nothing is allocated: it is asked of every finding.
fn in_order(left: &str, right: &str) -> Ordering {
    left.bytes().map(|byte| byte.to_ascii_uppercase()).cmp(right.bytes().map(|byte| byte.to_ascii_uppercase()))
}
