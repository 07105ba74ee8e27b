//! The JSON of OpenSSF Scorecard, read.

use boltseal_trust::slsa::SourceLocation;
use serde::Deserialize;
use serde_json::Value;

use crate::ask::source::shown;
use crate::policy::seconds;

/// A result of one run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scorecard {
    /// Where it was imported from.
    pub(super) source: String,
    /// The repository, in the one way that they are compared.
    pub(super) repository: String,
    /// The commit, lower case.
    pub(super) commit: Option<String>,
    /// The score of all checks together, -1 where it cannot be told.
    pub(super) score: Option<f64>,
    date: Option<String>,
    checks: Vec<Check>,
}

#[derive(Debug, Deserialize)]
struct Form {
    date: Option<String>,
    repo: Repo,
    score: Option<f64>,
    #[serde(default)]
    checks: Option<Vec<Check>>,
}

#[derive(Debug, Deserialize)]
struct Repo {
    name: String,
    commit: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Check {
    name: String,
    score: Option<f64>,
    reason: Option<String>,
}

impl Scorecard {
    /// Reads a result. Err: what is wrong with it.
    pub(super) fn read(source: &str, json: &Value) -> Result<Self, String> {
        let form = Form::deserialize(json)
            .map_err(|error| format!("it is no result of Scorecard, and is left out: {error}"))?;
        let name = match form.repo.name.contains("://") {
            true => form.repo.name.clone(),
            false => format!("https://{}", form.repo.name),
        };
        let Some(location) = SourceLocation::read(&name) else {
            return Err(format!("it is for `{}`, which is no repository, and is left out", shown(&form.repo.name)));
        };
        Ok(Self {
            source: shown(source),
            repository: location.repository,
            commit: form.repo.commit.map(|commit| commit.to_ascii_lowercase()),
            score: form.score,
            date: form.date,
            checks: form.checks.unwrap_or_default(),
        })
    }

    /// From when it is, in seconds since 1970.
    pub(super) fn time(&self) -> Option<i64> {
        seconds(self.date.as_deref()?)
    }

    /// The score of a check; the lowest where it is there more than once.
    pub(super) fn check(&self, name: &str) -> Option<f64> {
        self.named(name).filter_map(|check| check.score).reduce(f64::min)
    }

    /// Why a check has its score.
    pub(super) fn why(&self, name: &str) -> Option<&str> {
        self.named(name).next()?.reason.as_deref()
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(move |check| check.name.eq_ignore_ascii_case(name))
    }
}
