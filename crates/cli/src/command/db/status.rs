//! `boltseal db status`.

use boltseal_advisory::Index;
use boltseal_evidence::{Database, DatabaseKind, FeedInfo};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

/// What `--json` prints.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    database: Database,
    /// Where it is; absent for the starter set.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    records: usize,
}

pub(super) fn run(json: bool, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let index = super::open(settings)?;
    let database = index.database();
    let path = match database.kind {
        DatabaseKind::Full => Some(super::database(settings)?.index().display().to_string()),
        DatabaseKind::Starter => None,
    };
    let text = if json {
        let mut text = serde_json::to_string_pretty(&Shown { database, path, records: index.len() })?;
        text.push('\n');
        text
    } else {
        table(&index, path.as_deref(), &settings.now)
    };
    console.result(None, text.as_bytes())?;
    if index.kind() == DatabaseKind::Starter {
        console.note(
            "no database is installed; `boltseal db update` fetches one, `boltseal db import FILE` takes one over",
        );
    }
    Ok(Status::Done)
}

fn table(index: &Index, path: Option<&str>, now: &str) -> String {
    let mut text = match path {
        Some(path) => format!("{path}\n{} advisories, built {}\n\n", index.len(), ago(index.built(), now)),
        None => format!("the built-in starter set\n{} advisories\n\n", index.len()),
    };
    let width = |of: fn(&FeedInfo) -> &str| index.feeds().iter().map(|feed| of(feed).len()).max().unwrap_or(0);
    let name = width(|feed| &feed.name).max("FEED".len());
    text.push_str(&format!("{:name$}  {:>9}  {:>12}  {:>12}  SOURCE\n", "FEED", "RECORDS", "NEWEST", "FETCHED"));
    for feed in index.feeds() {
        text.push_str(&format!(
            "{:name$}  {:>9}  {:>12}  {:>12}  {}\n",
            feed.name,
            feed.advisories,
            feed.modified.as_deref().and_then(|modified| modified.get(..10)).unwrap_or("-"),
            ago(feed.fetched.as_deref(), now),
            feed.source
        ));
    }
    text
}

/// How long ago a moment was, in the unit that matters.
fn ago(moment: Option<&str>, now: &str) -> String {
    let parse = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let Some((moment, now)) = moment.and_then(parse).zip(parse(now)) else { return "-".to_owned() };
    let age = now - moment;
    match (age.whole_days(), age.whole_hours()) {
        (..0, _) | (0, ..1) => "just now".to_owned(),
        (0, hours) => format!("{hours} h ago"),
        (days, _) => format!("{days} d ago"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_hours_then_days() {
        let now = "2026-11-23T12:00:00Z";
        for (moment, expected) in [
            ("2026-11-23T11:30:00Z", "just now"),
            ("2026-11-23T09:00:00Z", "3 h ago"),
            ("2026-11-20T09:00:00Z", "3 d ago"),
            ("2027-01-01T00:00:00Z", "just now"),
            ("never", "-"),
        ] {
            assert_eq!(ago(Some(moment), now), expected);
        }
    }
}
