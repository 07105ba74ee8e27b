//! How fresh and how complete the advisory database was.

use boltseal_evidence::{DatabaseKind, Report};
use serde::Deserialize;

use super::{Case, Judge};
use crate::Answer;
use crate::policy::{Age, DAY, Scope, seconds};

/// The advisory database behind the report is fresh, and holds what it should.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Database {
    /// Each of its feeds was fetched, or found unchanged, no longer ago than this.
    max_age: Option<Age>,
    /// It has these feeds: `cisa-kev`, `epss`, `osv/PyPI`. A feed that ends with `*` is any that begins so.
    feeds: Vec<String>,
    /// Every package of the image could be assessed with it.
    complete: bool,
}

impl Judge for Database {
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        if self.max_age.is_none() && self.feeds.is_empty() && !self.complete {
            scope.mistake("", "this asks nothing: add `max-age`, `feeds` or `complete: true`");
        }
    }

    fn asks(&self) -> String {
        let mut asked = Vec::new();
        if let Some(age) = self.max_age {
            asked.push(format!("is not older than {age}"));
        }
        if !self.feeds.is_empty() {
            asked.push(format!("holds {}", self.feeds.join(", ")));
        }
        if self.complete {
            asked.push("could assess every package".to_owned());
        }
        format!("the advisory database {}", asked.join(", and "))
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let report = match case.report() {
            Ok(report) => report,
            Err(why) => {
                answer.unknown(format!("the database is not known: {why}"));
                answer.advise("scan the image with `boltseal scan`, or let `boltseal gate` do so");
                return;
            }
        };
        answer.advise("run `boltseal db update`, and scan again");
        let database = &report.database;
        if database.kind == DatabaseKind::Starter {
            let reason = answer.unknown("the database is the starter set, which has no age and says little");
            reason.evidence = Some(database.digest.to_string());
            return;
        }
        if let Some(age) = self.max_age {
            self.fresh(report, age, case.now, answer);
        }
        for wanted in &self.feeds {
            let held = |name: &str| match wanted.strip_suffix('*') {
                Some(beginning) => name.starts_with(beginning),
                None => name == wanted,
            };
            if database.feeds.iter().any(|feed| held(&feed.name)) {
                answer.pass(format!("it holds `{wanted}`"));
            } else {
                answer.fail(format!("it does not hold `{wanted}`")).about = Some(wanted.clone());
            }
        }
        if self.complete {
            for entry in &report.inventory.not_assessed {
                let reason = answer.unknown(format!("not assessed: {}: {}", entry.what, entry.detail));
                reason.about = Some(entry.what.clone());
            }
            if report.inventory.not_assessed.is_empty() {
                answer.pass(format!("all {} packages were assessed", report.inventory.packages.len()));
            }
        }
    }
}

impl Database {
    /// The age of each feed; of the whole where no feed tells.
    fn fresh(&self, report: &Report, most: Age, now: i64, answer: &mut Answer) {
        let database = &report.database;
        let mut oldest: Option<(i64, &str)> = None;
        let whole = [("it", database.built.as_deref())];
        let feeds = database.feeds.iter().map(|feed| (feed.name.as_str(), feed.fetched.as_deref()));
        for (name, moment) in whole.into_iter().chain(feeds) {
            // A feed without a time is as old as the database, which is asked too.
            let Some(moment) = moment else { continue };
            let Some(at) = seconds(moment) else {
                answer.unknown(format!("`{moment}`, when {name} was made, is not a time")).about =
                    Some(name.to_owned());
                continue;
            };
            if at > now.saturating_add(DAY) {
                let reason = answer.unknown(format!("{name} is of {moment}, which is yet to come: set the clock"));
                reason.about = Some(name.to_owned());
            } else if now.saturating_sub(at) > most.seconds() {
                answer.fail(format!("{name} is of {moment}, older than {most}")).about = Some(name.to_owned());
            }
            oldest = Some(oldest.map_or((at, moment), |known| known.min((at, moment))));
        }
        match oldest {
            Some((_, moment)) => answer.pass(format!("the oldest part of it is of {moment}")),
            None => answer.unknown("nothing says when it was made"),
        };
    }
}
