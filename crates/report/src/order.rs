//! The version that resolves everything that can be resolved.

use std::cmp::Ordering;
use std::collections::HashSet;

use boltseal_evidence::{Finding, FixState, PackageType};

/// Orders two versions of a package type; `None` where either is no version of that type.
pub type Compare = fn(PackageType, &str, &str) -> Option<Ordering>;

/// The versions to upgrade to so that all of `findings` that have a fix are fixed: one where the order is known, else
/// each finding's nearest fix, in order of appearance.
pub(crate) fn resolving_versions<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
    kind: PackageType,
    compare: Option<Compare>,
) -> Vec<&'a str> {
    let mut distinct: Vec<&str> = Vec::new();
    let mut seen = HashSet::new();
    for finding in findings {
        if let FixState::Fixed { versions } = &finding.fix
            && let Some(version) = versions.first()
            && seen.insert(version.as_str())
        {
            distinct.push(version);
        }
    }
    match highest(&distinct, kind, compare) {
        Some(version) => vec![version],
        None => distinct,
    }
}

fn highest<'a>(versions: &[&'a str], kind: PackageType, compare: Option<Compare>) -> Option<&'a str> {
    let compare = compare?;
    let (first, rest) = versions.split_first()?;
    rest.iter()
        .try_fold(*first, |best, next| Some(if compare(kind, next, best)? == Ordering::Greater { *next } else { best }))
}
