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
