//! The starter set beside an installed database.

use std::collections::HashSet;

use boltseal_advisory::{Index, IndexError, assess, ecosystem_of, starter};
use boltseal_evidence::{DatabaseKind, Finding, Inventory};

/// What the built-in starter set knows of packages for which the installed database has no feed.
///
/// Such packages stay *not assessed*; but a mirror without a feed for Maven is no reason to pass over Log4Shell. Where
/// a feed speaks, the starter set is silent, so that nothing is told twice or against the feed.
///
/// # Errors
/// [`IndexError`] as of [`assess`].
pub(crate) fn findings(inventory: &Inventory, installed: &Index) -> Result<Vec<Finding>, IndexError> {
    if installed.kind() == DatabaseKind::Starter {
        return Ok(Vec::new());
    }
    let os = inventory.os.as_ref();
    let uncovered: HashSet<String> = inventory
        .packages
        .iter()
        .filter(|package| package.owner.is_none())
        .filter(|package| ecosystem_of(package, os).is_some_and(|ecosystem| !installed.speaks_for(&ecosystem)))
        .map(boltseal_evidence::Package::purl)
        .collect();
    if uncovered.is_empty() {
        return Ok(Vec::new());
    }
    let mut findings = assess(inventory, &starter::index()?)?.findings;
    findings.retain(|finding| uncovered.contains(&finding.package.purl));
    Ok(findings)
}
