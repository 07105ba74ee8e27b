//! The report for people: what to fix first, why, and what was not looked at.

mod closing;
mod group;
mod heading;
mod listing;

use boltseal_evidence::{Inventory, Report};

use crate::RenderOptions;
use crate::page::Page;
pub(crate) use closing::{not_assessed, problems};
use group::Group;

/// The whole report.
pub(crate) fn render(report: &Report, options: &RenderOptions) -> String {
    let mut page = Page::new(options.width, options.color);
    let groups = Group::all(&report.findings, options);
    heading::write(&mut page, report, options);
    group::write(&mut page, &groups, report, options);
    closing::write(&mut page, &groups, report, options);
    page.finish()
}

/// The packages of an inventory, one a line.
pub(crate) fn packages(inventory: &Inventory, options: &RenderOptions) -> String {
    let mut page = Page::new(options.width, options.color);
    heading::subject(&mut page, inventory, options);
    listing::write(&mut page, inventory);
    not_assessed(&mut page, &inventory.not_assessed, options.all);
    problems(&mut page, &inventory.problems, options.all);
    page.finish()
}
