//! Whether a statement holds for a version, by which of its ranges, and where that range ends.

use std::cmp::Ordering;

use boltseal_version::compare;

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

/// Whether the statement's ranges or list hold the version.
pub(super) fn hit(query: &Query, affected: &Affected) -> Option<Hit> {
    if let Some(range) = affected.ranges.iter().find(|range| holds(query, range)) {
        let fixed = match &range.end {
            End::Fixed(version) => Some(version.clone()),
            _ => None,
        };
        return Some(Hit { range: words(range), fixed });
    }
    let listed = affected
        .versions
        .iter()
        .find(|listed| *listed == &query.version || order(query, &query.version, listed) == Some(Ordering::Equal))?;
    Some(Hit { range: format!("= {listed}"), fixed: next_fix(query, affected) })
}

/// The range holds the version. A bound that cannot be compared holds nothing; the parsers leave such ranges out.
fn holds(query: &Query, range: &Interval) -> bool {
    let from =
        range.introduced.as_ref().is_none_or(|first| order(query, &query.version, first).is_some_and(Ordering::is_ge));
    from && match &range.end {
        End::Never => true,
        End::Fixed(fixed) => order(query, &query.version, fixed).is_some_and(Ordering::is_lt),
        End::LastAffected(last) => order(query, &query.version, last).is_some_and(Ordering::is_le),
    }
}

/// The nearest fixed version above one that is listed by itself.
fn next_fix(query: &Query, affected: &Affected) -> Option<String> {
    let fixes = affected.ranges.iter().filter_map(|range| match &range.end {
        End::Fixed(fixed) => Some(fixed),
        _ => None,
    });
    let above = fixes.filter(|fixed| order(query, &query.version, fixed) == Some(Ordering::Less));
    above.min_by(|a, b| order(query, a, b).unwrap_or(Ordering::Equal)).cloned()
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
