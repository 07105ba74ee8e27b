//! The report for people: what to fix first, why, and what was not looked at.

mod closing;
mod group;
mod heading;
mod listing;
mod page;

use boltseal_evidence::{Inventory, Report};

use crate::RenderOptions;
use group::Group;
use page::Page;

/// The whole report.
pub(crate) fn render(report: &Report, options: &RenderOptions) -> String {
    let mut page = Page::new(options);
    let groups = Group::all(&report.findings, options);
    heading::write(&mut page, report, options);
    group::write(&mut page, &groups, report, options);
    closing::write(&mut page, &groups, report, options);
    page.finish()
}

/// The packages of an inventory, one a line.
pub(crate) fn packages(inventory: &Inventory, options: &RenderOptions) -> String {
    let mut page = Page::new(options);
    heading::subject(&mut page, inventory, options);
    listing::write(&mut page, inventory);
    closing::not_assessed(&mut page, inventory, options);
    closing::problems(&mut page, inventory, options);
    page.finish()
}
