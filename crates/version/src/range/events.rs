//! How the events of an OSV record become ranges.

use std::cmp::Ordering;

use super::{BEGINNING, Bound, Range};
use crate::{InvalidVersion, Scheme, Version};

/// One entry of an OSV `events` list (OSV schema, `affected[].ranges[].events`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event<S> {
    /// Affected from here on; `"0"` sorts before every version.
    Introduced(S),
    /// No longer affected from here on.
    Fixed(S),
    /// No longer affected after this.
    LastAffected(S),
    /// The whole list is meant for versions below this; `"*"` is no limit.
    Limit(S),
}

/// The ranges that a list of events means, in ascending order, none of them empty.
///
/// The OSV schema's section *Evaluation* gives a loop over the sorted events that answers for one version; this is
/// that loop, run once for all versions. Events need not be sorted; a list without `introduced` affects nothing; of
/// several limits the highest counts. Where events name the same version, a fix of the running range comes first,
/// then `introduced`, then any other end: a range may begin where one ends, and may be of a single version.
///
/// # Errors
/// [`InvalidVersion`] for an event whose version has no place in the scheme's order.
pub fn ranges_of<S: AsRef<str> + Clone>(scheme: Scheme, events: &[Event<S>]) -> Result<Vec<Range<S>>, InvalidVersion> {
    let mut points = Vec::new();
    let mut limits = Vec::new();
    for event in events {
        match event {
            Event::Introduced(text) => points.push((Kind::Introduced, Point::new(scheme, text)?)),
            Event::Fixed(text) => points.push((Kind::Fixed, Point::new(scheme, text)?)),
            Event::LastAffected(text) => points.push((Kind::LastAffected, Point::new(scheme, text)?)),
            Event::Limit(text) if text.as_ref() == "*" => limits.push(None),
            Event::Limit(text) => limits.push(Some(Point::new(scheme, text)?)),
        }
    }
    points.sort_by(|(_, left), (_, right)| left.compare(right));
    let spans = sweep(&points);
    let highest = limits.iter().flatten().max_by(|left, right| left.compare(right));
    let limit = highest.filter(|_| limits.iter().all(Option::is_some));
    Ok(spans.into_iter().filter_map(|span| span.below(limit)).collect())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Introduced,
    Fixed,
    LastAffected,
}

/// An event's version.
struct Point<'e, S> {
    text: &'e S,
    /// `None` before every version.
    version: Option<Version<'e>>,
}

impl<'e, S: AsRef<str>> Point<'e, S> {
    fn new(scheme: Scheme, text: &'e S) -> Result<Self, InvalidVersion> {
        let version = match text.as_ref() {
            BEGINNING => None,
            version => Some(Version::parse(scheme, version)?),
        };
        Ok(Self { text, version })
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (&self.version, &other.version) {
            (Some(left), Some(right)) => left.total_compare(right),
            (left, right) => left.is_some().cmp(&right.is_some()),
        }
    }
}

/// A range whose ends still know their place in the order.
struct Span<'p, 'e, S> {
    first: &'p Point<'e, S>,
    bound: Bound<&'p Point<'e, S>>,
}

impl<S: AsRef<str> + Clone> Span<'_, '_, S> {
    /// The part of it below a limit, if there is one.
    fn below(mut self, limit: Option<&Point<'_, S>>) -> Option<Range<S>> {
        let introduced = self.first.version.is_some().then(|| self.first.text.clone());
        if let Some(limit) = limit {
            if self.first.compare(limit).is_ge() {
                return None;
            }
            let ends_before = match self.bound {
                Bound::Fixed(end) => end.compare(limit).is_le(),
                Bound::LastAffected(end) => end.compare(limit).is_lt(),
                Bound::Open => false,
            };
            if !ends_before {
                return Some(Range { introduced, bound: Bound::Fixed(limit.text.clone()) });
            }
        }
        let bound = match &mut self.bound {
            Bound::Fixed(end) => Bound::Fixed(end.text.clone()),
            Bound::LastAffected(end) => Bound::LastAffected(end.text.clone()),
            Bound::Open => Bound::Open,
        };
        Some(Range { introduced, bound })
    }
}

/// Goes through sorted events, all those of one version at a time.
fn sweep<'p, 'e, S: AsRef<str>>(points: &'p [(Kind, Point<'e, S>)]) -> Vec<Span<'p, 'e, S>> {
    let mut spans = Vec::new();
    let mut running = None;
    for group in points.chunk_by(|(_, left), (_, right)| left.compare(right).is_eq()) {
        let event = |wanted| group.iter().find(|(kind, _)| *kind == wanted).map(|(_, point)| point);
        let (introduced, fixed, last) = (event(Kind::Introduced), event(Kind::Fixed), event(Kind::LastAffected));
        let ran_before = running.is_some();
        if let Some(fixed) = fixed
            && let Some(first) = running.take()
        {
            spans.push(Span { first, bound: Bound::Fixed(fixed) });
        }
        // A range that would begin and be fixed at the same version is empty.
        if running.is_none() && (ran_before || fixed.is_none()) {
            running = introduced;
        }
        if let Some(last) = last
            && let Some(first) = running.take()
        {
            spans.push(Span { first, bound: Bound::LastAffected(last) });
        }
    }
    spans.extend(running.map(|first| Span { first, bound: Bound::Open }));
    spans
}

#[cfg(test)]
mod tests {
    use super::Event::{Fixed, Introduced, LastAffected, Limit};
    use super::*;

    fn check(events: &[Event<&str>], expect: &[&str]) {
        let ranges = ranges_of(Scheme::SemVer, events).unwrap();
        assert_eq!(ranges.iter().map(ToString::to_string).collect::<Vec<_>>(), expect, "{events:?}");
    }

    #[test]
    fn events_become_ranges_whatever_their_order() {
        check(&[Introduced("0"), Fixed("1.2")], &["< 1.2"]);
        check(&[Fixed("2.3"), Fixed("1.2"), Introduced("2.0"), Introduced("0")], &["< 1.2", ">= 2.0, < 2.3"]);
        check(&[Introduced("1.10"), Introduced("1.9"), Fixed("1.9.5")], &[">= 1.9, < 1.9.5", ">= 1.10"]);
        check(&[Introduced("0")], &["all versions"]);
        check(&[Introduced("1.0"), LastAffected("1.5")], &[">= 1.0, <= 1.5"]);
        check(&[Introduced("1.0"), LastAffected("1.0")], &[">= 1.0, <= 1.0"]);
    }

    #[test]
    fn events_that_say_nothing_make_no_range() {
        check(&[], &[]);
        check(&[Fixed("1.0")], &[]);
        check(&[Introduced("1.0"), Fixed("1.0.0")], &[]);
        check(&[Introduced("0"), Fixed("0")], &[]);
        check(&[Introduced("0"), Introduced("1.0"), Fixed("2.0"), Fixed("3.0")], &["< 2.0"]);
    }

    #[test]
    fn a_range_may_begin_where_another_ends() {
        check(&[Introduced("0"), Fixed("1.0"), Introduced("1.0"), Fixed("2.0")], &["< 1.0", ">= 1.0, < 2.0"]);
    }

    #[test]
    fn the_highest_limit_cuts_ranges() {
        check(&[Introduced("0"), Limit("1.0"), Limit("2.0")], &["< 2.0"]);
        check(&[Introduced("0"), Fixed("1.5"), Introduced("3.0"), Limit("2.0")], &["< 1.5"]);
        check(&[Introduced("0"), LastAffected("2.0"), Limit("2.0")], &["< 2.0"]);
        check(&[Introduced("0"), Limit("2.0"), Limit("*")], &["all versions"]);
    }

    #[test]
    fn an_event_without_a_version_is_an_error() {
        assert!(ranges_of(Scheme::SemVer, &[Introduced("0"), Fixed("tbd")]).is_err());
    }
}
