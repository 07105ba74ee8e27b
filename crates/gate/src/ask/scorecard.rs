//! How well the source repository is kept: the results of OpenSSF Scorecard, as imported.
//!
//! ```yaml
//! scorecard:
//!   repository: github.com/example/app      # or built-from: whose certificate or provenance says which it is
//!   # built-from: {any-of: [{issuer: …, identity: …}]}
//!   min-score: 6.5
//!   checks: {Maintained: 5, Code-Review: 7, Branch-Protection: 5, Signed-Releases: 8}
//!   max-age: 90d
//!   same-commit: true                       # the result is of the commit that was built
//! ```
//!
//! A result is the JSON of `scorecard --format json`: `{date, repo {name, commit}, score, checks [{name, score, reason}]}`.
//! Of several for a repository the newest counts. No result for this repository is *unknown*, and so are a check that is
//! not in it and a score of -1, by which Scorecard says that it could not tell.

mod import;

use std::collections::BTreeMap;

use boltseal_trust::slsa::{Provenance, SourceLocation};
use serde::Deserialize;

use import::Scorecard;

use super::age::{Elapsed, elapsed, told};
use super::provenance::{Origin, claims};
use super::signature::{About, Signers, Weight, weigh};
use super::source::shown;
use super::{Case, Judge};
use crate::Answer;
use crate::policy::{Age, Scope};

/// The question how well the source repository is kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Raw")]
pub(crate) struct ScorecardAsk {
    raw: Raw,
    repository: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Raw {
    repository: Option<String>,
    built_from: Option<Signers>,
    min_score: Option<f64>,
    checks: BTreeMap<String, f64>,
    max_age: Option<Age>,
    same_commit: bool,
}

/// A source repository, and the commits that the image was built from.
#[derive(Debug, Default)]
struct Sources {
    repositories: Vec<String>,
    commits: Vec<String>,
}

schema_as!(ScorecardAsk, Raw);

impl TryFrom<Raw> for ScorecardAsk {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        match (&raw.repository, &raw.built_from) {
            (None, None) => {
                return Err("which repository? write `repository`, or whom to believe as `built-from`".into());
            }
            (Some(_), Some(_)) => return Err("`repository` and `built-from` exclude each other: write one".into()),
            _ => {}
        }
        if raw.min_score.is_none() && raw.checks.is_empty() {
            return Err("nothing is asked: write `min-score` or `checks`".to_owned());
        }
        if raw.same_commit && raw.built_from.is_none() {
            return Err("`same-commit` needs `built-from`: who says which commit was built?".to_owned());
        }
        let scores = raw.checks.values().chain(&raw.min_score);
        if let Some(score) = scores.copied().find(|score| !(0.0..=10.0).contains(score)) {
            return Err(format!("`{score}` is no score: they go from 0 to 10"));
        }
        let repository = raw.repository.as_deref().map(named).transpose()?;
        Ok(Self { raw, repository })
    }
}

fn named(text: &str) -> Result<String, String> {
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    match SourceLocation::read(&with_scheme) {
        Some(location) if !text.contains('*') => Ok(location.repository),
        _ => Err(format!("`{}` is no repository: write `github.com/owner/name`", shown(text))),
    }
}

impl Judge for ScorecardAsk {
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        if let Some(signers) = &mut self.raw.built_from {
            signers.prepare("built-from/", scope);
        }
    }

    fn asks(&self) -> String {
        let of = self.repository.as_deref().unwrap_or("the source repository");
        let score = self.raw.min_score.map(|score| format!("{score} in all"));
        let checks = self.raw.checks.iter().map(|(name, score)| format!("{score} for {name}"));
        let wanted: Vec<String> = score.into_iter().chain(checks).collect();
        format!("{of} has a Scorecard of at least {}", wanted.join(", "))
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let sources = match self.sources(case, answer) {
            Ok(sources) => sources,
            Err(reason) => {
                answer.unknown(reason);
                return;
            }
        };
        let imported = match case.evidence.scorecards.as_result() {
            Ok(imported) => imported,
            Err(reason) => {
                answer.unknown(format!("no Scorecard results are known: {reason}"));
                return;
            }
        };
        let mut scorecards = Vec::new();
        for (source, json) in imported {
            match Scorecard::read(source, json) {
                Ok(scorecard) => scorecards.push(scorecard),
                // It may be another repository's: a result that is needed is missed below.
                Err(reason) => answer.pass(reason).evidence = Some(shown(source)),
            }
        }
        for repository in &sources.repositories {
            let of_it = scorecards.iter().filter(|one| one.repository == *repository);
            match of_it.max_by_key(|one| one.time()) {
                Some(scorecard) => self.judge_one(scorecard, &sources, case, answer),
                None => {
                    let others: Vec<String> =
                        scorecards.iter().take(3).map(|one| format!("`{}`", shown(&one.repository))).collect();
                    let others = if others.is_empty() { "nothing".to_owned() } else { others.join(", ") };
                    answer.unknown(format!("there is no result for `{repository}`; what is there is for {others}"));
                    answer.advise(format!("run `scorecard --repo {repository} --format json` and import the result"));
                }
            }
        }
    }
}

impl ScorecardAsk {
    /// Which repositories the image was built from. Err: that is not known.
    fn sources(&self, case: &Case<'_>, answer: &mut Answer) -> Result<Sources, String> {
        let Some(signers) = &self.raw.built_from else {
            let repositories = self.repository.iter().cloned().collect();
            return Ok(Sources { repositories, commits: Vec::new() });
        };
        let weighed = weigh(case, About::Either, signers, |_| true)
            .map_err(|reason| format!("what it was built from is not known: {reason}"))?;
        let mut sources = Sources::default();
        for one in weighed.iter().filter(|one| matches!(one.weight, Weight::Counts(_))) {
            let Some(signer) = &one.verification.signer else { continue };
            let statement = one.verification.statement.as_ref().filter(|one| Provenance::is_type(&one.predicate_type));
            let origin = match statement {
                None => claims(signer).map(Origin::certified),
                Some(statement) => {
                    let read = Provenance::read(&statement.predicate_type, &statement.predicate);
                    let origin = read.map_err(|error| error.to_string()).and_then(|read| Origin::of(signer, &read));
                    origin.map_err(|reason| answer.fail(reason).evidence = Some(one.verification.source.clone())).ok()
                }
            };
            let Some(origin) = origin else { continue };
            sources.repositories.extend(origin.repositories);
            sources.commits.extend(origin.commits);
        }
        sources.repositories.sort();
        sources.repositories.dedup();
        if sources.repositories.is_empty() {
            return Err(format!("nothing by {signers} says which repository it was built from"));
        }
        Ok(sources)
    }

    fn judge_one(&self, scorecard: &Scorecard, sources: &Sources, case: &Case<'_>, answer: &mut Answer) {
        let from = || Some(scorecard.source.clone());
        if let Some(most) = self.raw.max_age {
            match scorecard.time().map(|then| elapsed(then, case.now)) {
                None => answer.unknown("the result does not say from when it is").evidence = from(),
                Some(Elapsed::Future) => {
                    answer.fail("the result is from a time that has not come").evidence = from();
                }
                Some(Elapsed::Seconds(age)) if age > most.seconds() => {
                    // What was true then may not be now: nobody can tell.
                    let message = format!("the result is {} old, at most {most} are allowed", told(age));
                    answer.unknown(message).evidence = from();
                    answer.advise("import a newer result");
                }
                Some(Elapsed::Seconds(_)) => {}
            }
        }
        if self.raw.same_commit && !scorecard.commit.as_ref().is_some_and(|commit| sources.commits.contains(commit)) {
            let of = scorecard.commit.as_deref().unwrap_or("a commit that it does not name");
            answer.unknown(format!("the result is of `{}`, not of the commit that was built", shown(of))).evidence =
                from();
        }
        if let Some(least) = self.raw.min_score {
            judge_score("Scorecard", scorecard.score, least, None, answer).evidence = from();
        }
        for (name, least) in &self.raw.checks {
            let reason = judge_score(name, scorecard.check(name), *least, scorecard.why(name), answer);
            reason.about = Some(name.clone());
            reason.evidence = from();
        }
    }
}

fn judge_score<'a>(
    what: &str,
    score: Option<f64>,
    least: f64,
    why: Option<&str>,
    answer: &'a mut Answer,
) -> &'a mut boltseal_evidence::Reason {
    let why = why.map(|why| format!(": {}", shown(why))).unwrap_or_default();
    match score {
        None => answer.unknown(format!("{what} is not in the result")),
        Some(score) if score < 0.0 => answer.unknown(format!("{what} could not be told{why}")),
        Some(score) if score > 10.0 => answer.unknown(format!("{what} is {score}, which is no score")),
        Some(score) if score < least => {
            answer.fail(format!("{what} is {score} of 10, at least {least} is wanted{why}"))
        }
        Some(score) => answer.pass(format!("{what} is {score} of 10")),
    }
}
