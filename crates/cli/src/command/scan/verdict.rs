//! The exit status of a scan: what a threshold says of a report, and whether the report can carry it.

use boltseal_evidence::{DatabaseKind, NotAssessed, NotAssessedReason, Report};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::exit::Status;
use crate::output::Console;
use crate::settings::{Judgement, Settings};

/// The status for one report. A finding over the threshold denies, whatever else could not be assessed; "nothing over
/// the threshold" is only believed of a report in which nothing large was left out.
pub(super) fn of(report: &Report, judgement: &Judgement, settings: &Settings, console: &Console) -> Status {
    if report.inventory.packages.is_empty() && !report.inventory.not_assessed.is_empty() {
        console
            .warning("nothing could be assessed: no packages were found, and the report says what could not be read");
        return Status::NotAssessed;
    }
    let Some(fail_on) = judgement.fail_on else { return Status::Done };
    let failing = boltseal_report::fails(report, fail_on, judgement.only_fixed);
    if !failing.is_empty() {
        console.warning(&format!("{} findings are {fail_on} or worse (--fail-on)", failing.len()));
        return Status::Denied;
    }
    let gaps = gaps(report, judgement.max_db_age, settings);
    if gaps.is_empty() || judgement.allow_not_assessed {
        return Status::Done;
    }
    for gap in gaps {
        console.warning(&format!("could not decide: {gap} (--allow-not-assessed accepts that)"));
    }
    Status::NotAssessed
}

/// What keeps a report without failing findings from being a "yes".
fn gaps(report: &Report, max_age_days: u32, settings: &Settings) -> Vec<String> {
    let mut gaps: Vec<String> = report.inventory.not_assessed.iter().filter(|gap| is_large(gap)).map(shown).collect();
    if report.database.kind == DatabaseKind::Starter {
        gaps.push("only the built-in starter set of advisories was at hand; run `boltseal db update`".to_owned());
    } else if let Some(days) =
        age_in_days(report.database.built.as_deref(), &settings.now).filter(|days| *days > i64::from(max_age_days))
    {
        gaps.push(format!(
            "the advisories are {days} days old, over {max_age_days} allowed (--max-db-age); run `boltseal db update`"
        ));
    }
    gaps.extend(end_of_life(report, &settings.today));
    gaps.dedup();
    gaps
}

/// Whoever no longer fixes a release no longer looks for what is wrong in it either.
fn end_of_life(report: &Report, today: &str) -> Option<String> {
    let os = report.inventory.os.as_ref().filter(|os| os.is_end_of_life(today) == Some(true))?;
    let day = os.end_of_life.as_deref().unwrap_or_default();
    let concerned = report.inventory.packages.iter().any(|package| package.kind.is_os());
    concerned.then(|| format!("{} has had no security support since {day}", os.display_name()))
}

/// A whole group of packages was left out, not one odd package.
fn is_large(gap: &NotAssessed) -> bool {
    use NotAssessedReason::{
        Database, InvalidVersion, Limit, NoFeed, NoVersion, Template, UnknownKind, UnknownOs, Unpinned, Unreadable,
    };
    match gap.reason {
        // Of what is not even in the inventory nobody can say how much it is.
        NoFeed | Unreadable | Unpinned | Limit => true,
        UnknownOs => gap.packages > 0,
        // The starter set is told of on its own; single versions do not decide over an image.
        Database | NoVersion | InvalidVersion | Template | UnknownKind => false,
    }
}

fn shown(gap: &NotAssessed) -> String {
    format!("{}: {}", gap.what, gap.detail)
}

fn age_in_days(built: Option<&str>, now: &str) -> Option<i64> {
    let built = OffsetDateTime::parse(built?, &Rfc3339).ok()?;
    let now = OffsetDateTime::parse(now, &Rfc3339).ok()?;
    Some((now - built).max(Duration::ZERO).whole_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_is_counted_in_whole_days_and_never_negative() {
        let age = |built| age_in_days(Some(built), "2026-11-23T00:00:00Z");
        assert_eq!(age("2026-11-15T00:00:01Z"), Some(7));
        assert_eq!(age("2026-11-15T00:00:00Z"), Some(8));
        assert_eq!(age("2026-12-01T00:00:00Z"), Some(0));
        assert_eq!(age("yesterday"), None);
    }
}
