//! Every package of an inventory, one a line.

use boltseal_evidence::Inventory;

use crate::page::{BOLD, DIM, PLAIN, Page, span};
use crate::text::{clean, columns, cut};

/// Longer names and versions are cut, unless there is no terminal.
const WIDEST: usize = 40;

/// Writes the packages.
pub(super) fn write(page: &mut Page, inventory: &Inventory) {
    page.gap();
    let widest = WIDEST.min(page.width() / 3);
    let rows: Vec<[String; 4]> = inventory
        .packages
        .iter()
        .map(|package| {
            [
                package.kind.name().to_owned(),
                cut(&clean(&package.full_name()), widest),
                cut(&clean(package.version.as_deref().unwrap_or("(none)")), widest),
                package.locations.first().map(|location| location.path.clone()).unwrap_or_default(),
            ]
        })
        .collect();
    let width = |pick: fn(&[String; 4]) -> &str| rows.iter().map(|row| columns(pick(row))).max().unwrap_or(0) + 2;
    let (kinds, names, versions) = (width(|row| &row[0]), width(|row| &row[1]), width(|row| &row[2]));
    for [kind, name, version, path] in &rows {
        page.line(&[
            span(DIM, kind).padded(kinds),
            span(BOLD, name).padded(names),
            span(PLAIN, version).padded(versions),
            span(DIM, path),
        ]);
    }
}
