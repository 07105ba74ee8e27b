//! From an inventory to a report.

use boltseal_advisory::{Assessment, Index, IndexError, assess};
use boltseal_evidence::{Inventory, NotAssessed, NotAssessedReason, Report, Source, SubjectKind, Tool};

use crate::{bound, starter};

/// The version of the report's format.
const SCHEMA: u32 = 1;

/// Judges an inventory by the advisories in `index`.
///
/// # Errors
/// [`IndexError`] where the index turns out to be damaged: then nothing is reported at all.
pub fn report(mut inventory: Inventory, index: &Index, source: Option<Source>) -> Result<Report, IndexError> {
    let Assessment { mut findings, not_assessed } = assess(&inventory, index)?;
    findings.extend(starter::findings(&inventory, index)?);
    findings.sort_by(|a, b| (&a.package, &a.id, &a.why).cmp(&(&b.package, &b.id, &b.why)));
    inventory.not_assessed.extend(bound::not_assessed(not_assessed));
    inventory.not_assessed.extend(no_operating_system(&inventory));
    // By reason alone: each list has its own count of what it leaves out at the end.
    inventory.not_assessed.sort_by_key(|gap| gap.reason);
    inventory.not_assessed.dedup();
    let tool = Tool { name: "boltseal".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    Ok(Report { schema: SCHEMA, tool, source, inventory, database: index.database(), findings })
}

/// An image without an operating system may hold programs that no package manager knows of.
fn no_operating_system(inventory: &Inventory) -> Option<NotAssessed> {
    let expected = matches!(inventory.subject.kind, SubjectKind::Image | SubjectKind::RootFs);
    let os_packages = inventory.packages.iter().any(|package| package.kind.is_os());
    (expected && inventory.os.is_none() && !os_packages).then(|| NotAssessed {
        reason: NotAssessedReason::UnknownOs,
        what: "operating system".to_owned(),
        detail: "no os-release file and no package database was found; files that no package manager installed are \
                 judged only where they carry their own package data"
            .to_owned(),
        packages: 0,
    })
}
