//! From a range's events to runs of affected versions.

use std::cmp::Ordering;

use boltseal_version::{Scheme, compare};

use super::schema::{Event, Range};
use crate::ecosystem::version_key;
use crate::record::{End, Interval, is_plain, shorten};

pub(super) const MAX_EVENTS: usize = 4_096;

/// The runs of affected versions that a range's events enclose (schema, *Evaluation*).
pub(super) fn intervals(range: &Range, ecosystem: &str, scheme: Scheme) -> Result<Vec<Interval>, String> {
    let events = range.events.as_deref().unwrap_or_default();
    if events.len() > MAX_EVENTS {
        return Err(format!("a range of more than {MAX_EVENTS} events"));
    }
    let mut points: Vec<Point> = Vec::with_capacity(events.len());
    for event in events {
        let point = match event {
            Event { introduced: Some(version), .. } => Point { rank: 1, version },
            Event { fixed: Some(version), .. } => Point { rank: 0, version },
            Event { last_affected: Some(version), .. } => Point { rank: 2, version },
            _ => continue,
        };
        let comparable = version_key(ecosystem, point.version);
        if !point.is_beginning() && (!is_plain(point.version) || compare(scheme, comparable, comparable).is_err()) {
            return Err(format!("`{}` is not a version of {ecosystem}", shorten(point.version, 80)));
        }
        points.push(point);
    }
    points.sort_by(|a, b| a.order(b, ecosystem, scheme));
    drop_empty_runs(&mut points, ecosystem, scheme);
    Ok(enclose(&points))
}

/// One event of a range; `rank` orders events of the same version: an end, a beginning, a last affected version.
struct Point<'a> {
    rank: u8,
    version: &'a str,
}

impl Point<'_> {
    /// `0` is a version before all others.
    fn is_beginning(&self) -> bool {
        self.rank == 1 && matches!(self.version, "0" | "0.0.0-0")
    }

    fn same_version(&self, other: &Self, ecosystem: &str, scheme: Scheme) -> bool {
        let order = self.order(&Self { rank: self.rank, version: other.version }, ecosystem, scheme);
        !self.is_beginning() && !other.is_beginning() && order.is_eq()
    }

    fn order(&self, other: &Self, ecosystem: &str, scheme: Scheme) -> Ordering {
        let by_version = match (self.is_beginning(), other.is_beginning()) {
            (false, false) => {
                let (a, b) = (version_key(ecosystem, self.version), version_key(ecosystem, other.version));
                compare(scheme, a, b).unwrap_or(Ordering::Equal)
            }
            (mine, theirs) => theirs.cmp(&mine),
        };
        by_version.then(self.rank.cmp(&other.rank))
    }
}

/// Takes out beginnings that the same version ends, in either spelling (`2.1` to `2.1.0`): nothing is between them. An
/// end that closes an earlier run leaves its beginning: two runs meet there.
fn drop_empty_runs(points: &mut Vec<Point<'_>>, ecosystem: &str, scheme: Scheme) {
    let (mut is_open, mut idle_end): (bool, Option<usize>) = (false, None);
    let mut empty = vec![false; points.len()];
    for (place, point) in points.iter().enumerate() {
        let idle = idle_end.take().and_then(|end| points.get(end));
        match point.rank {
            0 if !is_open => idle_end = Some(place),
            1 if idle.is_some_and(|end| end.same_version(point, ecosystem, scheme)) => {
                if let Some(mark) = empty.get_mut(place) {
                    *mark = true;
                }
            }
            rank => is_open = rank == 1,
        }
    }
    let mut marks = empty.into_iter();
    points.retain(|_| !marks.next().unwrap_or(false));
}

fn enclose(points: &[Point<'_>]) -> Vec<Interval> {
    let mut intervals = Vec::new();
    let mut open: Option<&Point<'_>> = None;
    let from = |point: &Point<'_>| (!point.is_beginning()).then(|| point.version.to_owned());
    for point in points {
        match (open, point.rank) {
            (None, 1) => open = Some(point),
            (Some(start), 0) => {
                intervals.push(Interval { introduced: from(start), end: End::Fixed(point.version.to_owned()) });
                open = None;
            }
            (Some(start), 2) => {
                intervals.push(Interval { introduced: from(start), end: End::LastAffected(point.version.to_owned()) });
                open = None;
            }
            _ => {}
        }
    }
    intervals.extend(open.map(|start| Interval { introduced: from(start), end: End::Never }));
    intervals
}
