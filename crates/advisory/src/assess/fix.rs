//! Whether a statement holds for a version, by which of its ranges, and where that range ends.

use std::cmp::Ordering;

use boltseal_version::{Version, compare};

use super::Query;
use crate::ecosystem::version_key;
use crate::record::{Affected, End, Interval};

/// A statement holds for the queried version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    /// The range that holds the version, in words.
    pub range: String,
    /// The version that ends that range.
    pub fixed: Option<String>,
}

/// The queried version, parsed once for all the bounds it is held against.
pub(super) struct Installed<'a> {
    query: &'a Query,
    version: Version<'a>,
}

impl<'a> Installed<'a> {
    /// `None` where the version is not one of the query's scheme.
    pub(super) fn of(query: &'a Query) -> Option<Self> {
        let version = Version::parse(query.scheme, version_key(&query.ecosystem, &query.version)).ok()?;
        Some(Self { query, version })
    }

    /// The order of the installed version and a bound.
    fn to(&self, bound: &str) -> Option<Ordering> {
        let bound = Version::parse(self.query.scheme, version_key(&self.query.ecosystem, bound)).ok()?;
        Some(self.version.compare(&bound))
    }

    /// Whether the statement's ranges or list hold the version.
    pub(super) fn hit(&self, affected: &Affected) -> Option<Hit> {
        if let Some(range) = affected.ranges.iter().find(|range| self.is_in(range)) {
            let fixed = match &range.end {
                End::Fixed(version) => Some(version.clone()),
                _ => None,
            };
            return Some(Hit { range: words(range), fixed });
        }
        let mut listed = affected.versions.iter();
        let listed =
            listed.find(|listed| **listed == self.query.version || self.to(listed) == Some(Ordering::Equal))?;
        Some(Hit { range: format!("= {listed}"), fixed: self.next_fix(affected) })
    }

    /// The range holds the version. A bound that cannot be compared holds nothing; the parsers leave such ranges out.
    fn is_in(&self, range: &Interval) -> bool {
        let below = match &range.end {
            End::Never => true,
            End::Fixed(fixed) => self.to(fixed).is_some_and(Ordering::is_lt),
            End::LastAffected(last) => self.to(last).is_some_and(Ordering::is_le),
        };
        below && range.introduced.as_ref().is_none_or(|first| self.to(first).is_some_and(Ordering::is_ge))
    }

    /// The nearest fixed version above one that is listed by itself.
    fn next_fix(&self, affected: &Affected) -> Option<String> {
        let fixes = affected.ranges.iter().filter_map(|range| match &range.end {
            End::Fixed(fixed) => Some(fixed),
            _ => None,
        });
        let above = fixes.filter(|fixed| self.to(fixed) == Some(Ordering::Less));
        above.min_by(|a, b| order(self.query, a, b).unwrap_or(Ordering::Equal)).cloned()
    }
}

/// The order of two versions in the query's scheme.
pub(super) fn order(query: &Query, a: &str, b: &str) -> Option<Ordering> {
    compare(query.scheme, version_key(&query.ecosystem, a), version_key(&query.ecosystem, b)).ok()
}

fn words(range: &Interval) -> String {
    let from = range.introduced.as_ref().map(|version| format!(">= {version}"));
    let to = match &range.end {
        End::Never => None,
        End::Fixed(version) => Some(format!("< {version}")),
        End::LastAffected(version) => Some(format!("<= {version}")),
    };
    match (from, to) {
        (Some(from), Some(to)) => format!("{from}, {to}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "every version".to_owned(),
    }
}
