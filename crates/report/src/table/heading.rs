//! What was looked at, with which advisories, and what came of it in numbers.

use std::collections::BTreeSet;

use boltseal_evidence::{Database, DatabaseKind, Finding, Inventory, Report, Severity};

use crate::page::{self, ALARM, BOLD, DIM, GOOD, PLAIN, Page, Span, WARN, span};
use crate::text::{counted, grouped};
use crate::{RenderOptions, link, name};

/// A database older than this many days is worth an update.
const STALE_DAYS: i64 = 7;

/// Writes the heading.
pub(super) fn write(page: &mut Page, report: &Report, options: &RenderOptions) {
    subject(page, &report.inventory, options);
    end_of_life(page, &report.inventory, options);
    database(page, &report.database, options);
    page.gap();
    if is_clean(report) {
        clean(page, report);
    } else {
        counts(page, report);
    }
}

/// The target, its operating system, platform and digest.
pub(super) fn subject(page: &mut Page, inventory: &Inventory, options: &RenderOptions) {
    let target = if options.target.is_empty() { name::kind(inventory) } else { options.target.as_str() };
    page.line(&[span(BOLD, target)]);
    let mut facts = vec![
        inventory
            .os
            .as_ref()
            .map_or_else(|| "no operating system found".to_owned(), boltseal_evidence::OperatingSystem::display_name),
    ];
    if let Some(platform) = &inventory.subject.platform {
        let variant = platform.variant.as_deref().map(|variant| format!("/{variant}")).unwrap_or_default();
        facts.push(format!("{}/{}{variant}", platform.os, platform.architecture));
    }
    facts.push(counted(inventory.packages.len(), "package"));
    if let Some(id) = &inventory.subject.id {
        facts.push(format!("{}:{}", id.algorithm().name(), id.short()));
    }
    page.paragraph(&span(PLAIN, ""), DIM, &facts.join(" · "));
}

fn end_of_life(page: &mut Page, inventory: &Inventory, options: &RenderOptions) {
    let Some(os) = &inventory.os else { return };
    if os.is_end_of_life(&options.today) == Some(true) {
        let day = os.end_of_life.as_deref().unwrap_or_default();
        let text = format!(
            "{} has had no security support since {day}: what is found in it from then on stays unfixed; rebuild on a supported release",
            os.display_name()
        );
        page.paragraph(&span(ALARM, "END OF LIFE  "), PLAIN, &text);
    }
}

/// The database's age in days, where it is known and too old.
pub(super) fn stale_days(database: &Database, options: &RenderOptions) -> Option<i64> {
    age(database, options).filter(|days| *days > STALE_DAYS)
}

fn age(database: &Database, options: &RenderOptions) -> Option<i64> {
    database.built.as_deref().and_then(|built| link::days_between(built, &options.today))
}

fn database(page: &mut Page, database: &Database, options: &RenderOptions) {
    if database.kind == DatabaseKind::Starter {
        page.paragraph(
            &span(WARN, "STARTER SET ONLY  "),
            PLAIN,
            "only the set of some 300 vulnerabilities built into this program was used: nothing is said about any other; run `boltseal db update`",
        );
        return;
    }
    // The lists of what is or may be exploited hold no advisories.
    let advisories = database.feeds.iter().filter(|feed| !["cisa-kev", "epss"].contains(&feed.name.as_str()));
    let advisories = advisories.fold(0u64, |sum, feed| sum.saturating_add(feed.advisories));
    let advisories = counted(usize::try_from(advisories).unwrap_or(usize::MAX), "advisory");
    let mut text = format!("advisories: {advisories} from {}", counted(database.feeds.len(), "feed"));
    if let Some(built) = database.built.as_deref().and_then(|built| built.get(..10)) {
        text.push_str(&format!(", of {built}"));
    }
    if let Some(days @ 0..) = age(database, options) {
        text.push_str(&match days {
            0 => " (today)".to_owned(),
            days => format!(" ({} old)", if days == 1 { "1 day".to_owned() } else { format!("{days} days") }),
        });
    }
    page.paragraph(&span(PLAIN, ""), DIM, &text);
    if let Some(days) = stale_days(database, options) {
        let text = format!("the advisories are {days} days old: run `boltseal db update`");
        page.paragraph(&span(WARN, "OLD ADVISORIES  "), PLAIN, &text);
    }
}

/// No finding counts.
pub(super) fn is_clean(report: &Report) -> bool {
    !report.findings.iter().any(|finding| finding.status.counts())
}

/// Exactly what "none" means here.
fn clean(page: &mut Page, report: &Report) {
    let inventory = &report.inventory;
    let skipped = inventory.not_assessed.iter().fold(0usize, |sum, gap| sum.saturating_add(gap.packages));
    let assessed = inventory.packages.len().saturating_sub(skipped);
    let known = match report.database.kind {
        DatabaseKind::Starter => "none of the starter set's vulnerabilities",
        DatabaseKind::Full => "no known vulnerabilities",
    };
    let (style, mut text) = match (inventory.packages.len(), assessed) {
        (0, _) => (WARN, "no packages found: nothing was judged".to_owned()),
        (_, 0) => (WARN, "no package could be assessed: nothing is said about vulnerabilities".to_owned()),
        _ => (GOOD, format!("{known} in {}", counted(assessed, "package"))),
    };
    if skipped > 0 {
        text.push_str(&format!("; {} not assessed", counted(skipped, "package")));
    } else if !inventory.not_assessed.is_empty() {
        text.push_str(&format!("; {} not assessed", counted(inventory.not_assessed.len(), "part")));
    }
    page.paragraph(&span(PLAIN, ""), style, &text);
}

fn counts(page: &mut Page, report: &Report) {
    let counting: Vec<&Finding> = report.findings.iter().filter(|finding| finding.status.counts()).collect();
    let ids: BTreeSet<&str> = counting.iter().map(|finding| finding.id.as_str()).collect();
    let packages: BTreeSet<&str> = counting.iter().map(|finding| finding.package.purl.as_str()).collect();
    let text = format!(
        "{} in {} of {} ({})",
        counted(counting.len(), "finding"),
        grouped(packages.len()),
        counted(report.inventory.packages.len(), "package"),
        counted(ids.len(), "distinct vulnerability"),
    );
    page.paragraph(&span(PLAIN, ""), BOLD, &text);
    let mut spans: Vec<Span> = Vec::new();
    for severity in Severity::WORST_FIRST {
        let count = counting.iter().filter(|finding| finding.severity == severity).count();
        if count > 0 {
            spans.push(span(page::of(severity), format!("{} {severity}", grouped(count))));
        }
    }
    page.flow(&spans, " · ");
    let mut facts = Vec::new();
    let fixable = counting.iter().filter(|finding| finding.fix.is_fixed()).count();
    facts.push(span(GOOD, format!("{} with a fix", grouped(fixable))));
    let exploited = counting.iter().filter(|finding| finding.known_exploited.is_some()).count();
    if exploited > 0 {
        facts.push(span(ALARM, format!("{} known to be exploited (KEV)", grouped(exploited))));
    }
    page.flow(&facts, " · ");
}
