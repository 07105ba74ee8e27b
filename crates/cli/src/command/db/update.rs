//! `boltseal db update`.

use boltseal_evidence::FeedInfo;
use boltseal_feed::{FeedReport, FeedState, Origin, Progress, Silent, UpdateOptions, UpdateReport, feeds, update};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use time::Date;
use time::format_description::well_known::Iso8601;

use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

/// A feed that has had no new record for so long is likely a copy that nobody refreshes.
const STALE_DAYS: i64 = 60;

pub(super) fn run(
    mirror: Option<&str>,
    names: &[String],
    settings: &Settings,
    console: &Console,
) -> Result<Status, Failure> {
    let mirror = mirror.or(settings.config.db.mirror.as_deref());
    let origin = mirror.map_or(Ok(Origin::Public), Origin::of_mirror)?;
    let mut options = UpdateOptions::new(super::database(settings)?, origin);
    options.only = chosen(names)?;
    let report = if console.shows_progress() { update(&options, &Shown::new())? } else { update(&options, &Silent)? };
    tell(&report, console);
    tell_stale(super::open(settings)?.feeds(), &settings.today, console);
    let failed = report.failed().count();
    Ok(if failed == 0 { Status::Done } else { Status::NotAssessed })
}

/// The feeds that the given names and prefixes mean; all where none is given.
fn chosen(names: &[String]) -> Result<Option<Vec<String>>, Failure> {
    if names.is_empty() {
        return Ok(None);
    }
    let known: Vec<String> = feeds().into_iter().map(|feed| feed.name).collect();
    let mut chosen = Vec::new();
    for name in names {
        let prefix = format!("{}/", name.trim_end_matches('/'));
        let meant: Vec<String> =
            known.iter().filter(|feed| *feed == name || feed.starts_with(&prefix)).cloned().collect();
        if meant.is_empty() {
            return Err(Failure::usage(anyhow::anyhow!("no feed is called `{name}`; there are {}", known.join(", "))));
        }
        chosen.extend(meant);
    }
    chosen.sort();
    chosen.dedup();
    Ok(Some(chosen))
}

fn tell(report: &UpdateReport, console: &Console) {
    let (mut fetched, mut unchanged) = (0, 0);
    let mut missing = Vec::new();
    for feed in &report.feeds {
        match &feed.state {
            FeedState::Fetched { .. } => fetched += 1,
            FeedState::Unchanged => unchanged += 1,
            FeedState::NotAsked => {}
            FeedState::Missing => missing.push(feed.name.as_str()),
            FeedState::Failed { reason, kept } => {
                let kept = kept
                    .as_ref()
                    .map_or("nothing of it is used".to_owned(), |time| format!("the copy of {time} is used"));
                console.warning(&format!("{}: {reason}; {kept}", feed.name));
            }
        }
        tell_problems(feed, console);
    }
    if !missing.is_empty() {
        console.note(&format!("not there: {}; their packages are not assessed", missing.join(", ")));
    }
    console.note(&format!(
        "{} advisories for {} packages; {fetched} feeds fetched, {unchanged} unchanged",
        report.records, report.packages
    ));
}

/// The first few records that could not be read; every one is counted.
fn tell_problems(feed: &FeedReport, console: &Console) {
    const SHOWN: usize = 3;
    for problem in feed.problems.iter().take(SHOWN) {
        let place = problem.path.as_deref().map(|path| format!(" {path}:")).unwrap_or_default();
        console.warning(&format!("{}:{place} {}", feed.name, problem.message));
    }
    if let Some(more) = feed.problems.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        console.warning(&format!("{}: {more} more records could not be read", feed.name));
    }
}

/// A mirror can be fetched today and hold last year's advisories: feeds without a recent record are named.
fn tell_stale(feeds: &[FeedInfo], today: &str, console: &Console) {
    let stale: Vec<String> = feeds.iter().filter_map(|feed| stale_since(feed, today)).collect();
    if !stale.is_empty() {
        console.warning(&format!(
            "no record of the last {STALE_DAYS} days, so the source may be stale: {}",
            stale.join(", ")
        ));
    }
}

fn stale_since(feed: &FeedInfo, today: &str) -> Option<String> {
    let date = |text: &str| Date::parse(text.get(..10)?, &Iso8601::DATE).ok();
    let newest = feed.modified.as_deref()?;
    ((date(today)? - date(newest)?).whole_days() > STALE_DAYS)
        .then(|| format!("{} ({})", feed.name, newest.get(..10).unwrap_or(newest)))
}

/// A bar over the feeds.
struct Shown(ProgressBar);

impl Shown {
    fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(10));
        if let Ok(style) = ProgressStyle::with_template("{spinner} {bar:24} {pos}/{len} feeds {wide_msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }
}

impl Progress for Shown {
    fn begin(&self, feeds: usize) {
        self.0.set_length(feeds as u64);
    }

    fn received(&self, feed: &str, bytes: u64, _: Option<u64>) {
        self.0.set_message(format!("{feed} {} KiB", bytes / 1024));
    }

    fn done(&self, feed: &str) {
        self.0.set_message(feed.to_owned());
        self.0.inc(1);
    }

    fn building(&self) {
        self.0.set_message("building the index");
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_whose_newest_record_is_old_is_named_with_its_day() {
        let feed = |modified: Option<&str>| FeedInfo {
            name: "osv/PyPI".to_owned(),
            source: String::new(),
            advisories: 1,
            modified: modified.map(str::to_owned),
            fetched: None,
        };
        let today = "2026-11-23";
        assert_eq!(stale_since(&feed(Some("2024-10-11T00:00:00Z")), today).as_deref(), Some("osv/PyPI (2024-10-11)"));
        assert_eq!(stale_since(&feed(Some("2026-11-01T00:00:00Z")), today), None);
        assert_eq!(stale_since(&feed(None), today), None);
    }
}
