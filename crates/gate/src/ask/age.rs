//! How old the image is.
//!
//! ```yaml
//! image-age:
//!   max-age: 180d
//!   signed-by: {any-of: [{key: release}]}   # whose signature says when the image was made
//!   proved: true                            # what the image says of itself is not enough
//! ```
//!
//! What is proved goes before what is claimed. A signature of any signer with a proved time shows that the image was
//! there by then: it can be too old by that, never young enough, since anyone can sign an old image today. Where
//! `signed-by` is given, the first signature of such a signer counts as the time of making. Else the configuration's
//! `created` does, which whoever built the image can set: dates before 1981, which builds that are reproducible write, say
//! nothing (*unknown*), a time that has not come or one after the first signature is a lie (*failed*).

mod time;

use boltseal_evidence::Verification;
use serde::Deserialize;

pub(crate) use time::{Elapsed, elapsed, told};

use super::signature::{About, Signers, Weight, off_subject, weigh};
use super::source::shown;
use super::{Case, Judge};
use crate::Answer;
use crate::policy::{Age, Scope, seconds};

/// 1981-01-01T00:00:00Z: below are the dates that reproducible builds write (1970, and 1980 for zip's sake).
const FIRST_PLAUSIBLE: i64 = 347_155_200;

/// The question how old the image is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ImageAge {
    /// It is not older.
    max_age: Age,
    /// Whose signature says when it was made.
    #[serde(default)]
    signed_by: Option<Signers>,
    /// Only a proved time lets it pass.
    #[serde(default)]
    proved: bool,
}

impl Judge for ImageAge {
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        if let Some(signers) = &mut self.signed_by {
            signers.prepare("signed-by/", scope);
        }
    }

    fn asks(&self) -> String {
        format!("the image is at most {} old", self.max_age)
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        answer.advise("build the image again, on a base of today");
        let first = first_signature(case);
        if let Some((then, verification)) = first
            && let Elapsed::Seconds(age) = elapsed(then, case.now)
            && age > self.max_age.seconds()
        {
            let message = format!("it was signed {} ago, at most {} are allowed", told(age), self.max_age);
            answer.fail(message).evidence = Some(verification.source.clone());
            return;
        }
        match &self.signed_by {
            Some(signers) if self.judge_signed(signers, case, answer) => {}
            _ => self.judge_created(first.map(|(then, _)| then), case, answer),
        }
    }
}

impl ImageAge {
    /// By the first signature of somebody who is wanted; false where there is none.
    fn judge_signed(&self, signers: &Signers, case: &Case<'_>, answer: &mut Answer) -> bool {
        let weighed = weigh(case, About::Either, signers, |_| true).unwrap_or_default();
        let counting = weighed.iter().filter(|one| matches!(one.weight, Weight::Counts(_)));
        let first =
            counting.filter_map(|one| Some((signed_at(one.verification)?, one.verification))).min_by_key(by_time);
        let Some((then, verification)) = first else { return false };
        match elapsed(then, case.now) {
            Elapsed::Future => {
                answer.fail("it is signed at a time that has not come").evidence = Some(verification.source.clone());
            }
            // One that is too old was told before.
            Elapsed::Seconds(age) => {
                let message = format!("{signers} signed it {} ago, as a log or a timestamp proves", told(age));
                answer.pass(message).evidence = Some(verification.source.clone());
            }
        }
        true
    }

    /// By what the configuration claims.
    fn judge_created(&self, first_signed: Option<i64>, case: &Case<'_>, answer: &mut Answer) {
        let created = match case.evidence.image.as_result() {
            Ok(facts) => facts.created.as_deref(),
            Err(reason) => {
                answer.unknown(format!("when it was made is not known: {reason}"));
                return;
            }
        };
        let Some(created) = created else {
            answer.unknown("its configuration does not say when it was made");
            return;
        };
        let written = shown(created);
        let Some(then) = seconds(created) else {
            answer.unknown(format!("its configuration says `{written}`, which is no time"));
            return;
        };
        if then < FIRST_PLAUSIBLE {
            answer.unknown(format!("its configuration says `{written}`, as builds do that hide their date"));
            answer.advise("name whose signature dates the image, under `signed-by`");
            return;
        }
        if first_signed.is_some_and(|signed| elapsed(then, signed) == Elapsed::Future) {
            answer.fail(format!("its configuration says `{written}`, and it was signed before that"));
            return;
        }
        match elapsed(then, case.now) {
            Elapsed::Future => {
                answer.fail(format!("its configuration says `{written}`, a time that has not come"));
            }
            Elapsed::Seconds(age) if age > self.max_age.seconds() => {
                answer.fail(format!("it was made {} ago, at most {} are allowed", told(age), self.max_age));
            }
            Elapsed::Seconds(age) if self.proved => {
                answer.unknown(format!(
                    "its configuration claims that it was made {} ago, and nothing proves it",
                    told(age)
                ));
                answer.advise("name whose signature dates the image, under `signed-by`, and let them sign it");
            }
            Elapsed::Seconds(age) => {
                answer.pass(format!("its configuration claims that it was made {} ago", told(age)));
            }
        }
    }
}

/// By the oldest of these times, something is not older than allowed. A time that has not come is no time at all.
pub(super) fn at_most<'t>(most: Age, times: impl Iterator<Item = &'t str>, now: i64) -> Result<String, Weight> {
    let mut oldest = None;
    for time in times {
        match seconds(time).map(|then| elapsed(then, now)) {
            None => return Err(Weight::Open(format!("its time, `{}`, cannot be read", shown(time)))),
            Some(Elapsed::Future) => {
                return Err(Weight::Out(format!("it is from a time that has not come, `{}`", shown(time))));
            }
            Some(Elapsed::Seconds(age)) => oldest = oldest.max(Some(age)),
        }
    }
    match oldest {
        None => Err(Weight::Open("nothing says when it was made".to_owned())),
        Some(age) if age > most.seconds() => {
            Err(Weight::Out(format!("it is {} old, at most {most} are allowed", told(age))))
        }
        Some(age) => Ok(format!("it is {} old", told(age))),
    }
}

/// The first time at which somebody, whoever it is, provably had the image.
fn first_signature<'a>(case: &Case<'a>) -> Option<(i64, &'a Verification)> {
    let all = case.evidence.signatures.as_result().ok()?;
    let about = |one: &&Verification| one.is_verified() && off_subject(case, About::Either, one).is_none();
    all.iter().filter(about).filter_map(|one| Some((signed_at(one)?, one))).min_by_key(by_time)
}

fn signed_at(verification: &Verification) -> Option<i64> {
    seconds(verification.signed_at.as_deref()?)
}

fn by_time(signed: &(i64, &Verification)) -> i64 {
    signed.0
}
