//! What a rule found, and which of it exceptions cover.

use boltseal_evidence::{Reason, RuleOutcome};

use crate::waiver::{Cover, Waivers};

/// Reasons of one kind that a verdict shows of a rule.
pub(crate) const SHOWN: usize = 20;

/// Collects what one rule rests on.
///
/// [`pass`](Self::pass), [`unknown`](Self::unknown) and [`fail`](Self::fail) are for the few things that a rule says of
/// a signature or a date. A rule that says something of each of thousands of findings asks `cover`
/// first and then uses the methods that make a reason only where it is shown.
#[derive(Debug, Default)]
pub struct Answer {
    waivers: Waivers,
    passed: Pile,
    unknown: Pile,
    failed: Pile,
    excepted: Pile,
    advice: Option<String>,
    /// The way to the evidence that is missing.
    missing: Option<String>,
}

/// Reasons of one kind.
#[derive(Debug, Default)]
struct Pile {
    kept: Vec<Reason>,
    omitted: usize,
}

/// Reasons whose exceptions are looked for only when the rule has said everything.
const LOOSE: usize = 1_000;

impl Answer {
    pub(crate) fn new(waivers: Waivers) -> Self {
        Self { waivers, ..Self::default() }
    }

    /// Something that speaks for the subject.
    pub fn pass(&mut self, message: impl Into<String>) -> &mut Reason {
        self.passed.push(message.into())
    }

    /// Something that cannot be told, since evidence is missing. Exceptions are matched by its `about`.
    pub fn unknown(&mut self, message: impl Into<String>) -> &mut Reason {
        self.unknown.push(message.into())
    }

    /// Something that breaks the rule. Exceptions are matched by its `about`.
    pub fn fail(&mut self, message: impl Into<String>) -> &mut Reason {
        self.failed.push(message.into())
    }

    /// The way out.
    pub fn advise(&mut self, advice: impl Into<String>) {
        self.advice = Some(advice.into());
    }

    /// The way to the evidence that is missing: shown instead of the way out where the rule cannot tell.
    pub(crate) fn advise_missing(&mut self, advice: impl Into<String>) {
        self.missing = Some(advice.into());
    }

    /// The exception for something of these ids.
    pub(crate) fn cover<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> Cover {
        self.waivers.cover(ids)
    }

    /// Something that breaks the rule, and that an exception was looked for already.
    pub(crate) fn fail_with(&mut self, cover: Cover, make: impl FnOnce() -> Reason) {
        match cover {
            Cover::Holds(number) => {
                self.waivers.used(number);
                let applied = self.waivers.applied(number);
                self.excepted.add(|| Reason { exception: applied, ..make() });
            }
            Cover::Ended(number) => {
                self.waivers.used(number);
                let ended = self.waivers.ended(number);
                self.failed.add(|| with_note(make(), &ended));
            }
            Cover::None => self.failed.add(make),
        }
    }

    /// Something that cannot be told, and that an exception was looked for already.
    pub(crate) fn unknown_with(&mut self, cover: Cover, make: impl FnOnce() -> Reason) {
        match cover {
            Cover::Holds(_) => self.fail_with(cover, make),
            Cover::Ended(number) => {
                self.waivers.used(number);
                let ended = self.waivers.ended(number);
                self.unknown.add(|| with_note(make(), &ended));
            }
            Cover::None => self.unknown.add(make),
        }
    }

    /// What it comes to.
    pub(crate) fn finish(mut self) -> Finished {
        let (failed, unknown) = (std::mem::take(&mut self.failed), std::mem::take(&mut self.unknown));
        for reason in failed.kept {
            self.fail_with(self.cover_of(&reason), || reason);
        }
        for reason in unknown.kept {
            self.unknown_with(self.cover_of(&reason), || reason);
        }
        self.failed.omitted += failed.omitted;
        self.unknown.omitted += unknown.omitted;

        let outcome = if !self.failed.is_empty() {
            RuleOutcome::Failed
        } else if !self.unknown.is_empty() {
            RuleOutcome::Unknown
        } else if !self.excepted.is_empty() {
            RuleOutcome::Excepted
        } else if !self.passed.is_empty() {
            RuleOutcome::Passed
        } else {
            // No rule is silent; one that were would have shown nothing.
            self.unknown.push("the rule found nothing to go by".to_owned());
            RuleOutcome::Unknown
        };
        let piles = match outcome {
            RuleOutcome::Failed => vec![self.failed, self.unknown, self.excepted],
            RuleOutcome::Unknown => vec![self.unknown, self.excepted],
            RuleOutcome::Excepted => vec![self.excepted],
            RuleOutcome::Passed | RuleOutcome::NotApplicable => vec![self.passed],
        };
        let mut reasons = Vec::new();
        let mut omitted = 0;
        for pile in piles {
            let room = SHOWN.saturating_sub(reasons.len());
            omitted += pile.omitted + pile.kept.len().saturating_sub(room);
            reasons.extend(pile.kept.into_iter().take(room));
        }
        let advice = match outcome {
            RuleOutcome::Failed => self.advice,
            RuleOutcome::Unknown => self.missing.or(self.advice),
            _ => None,
        };
        Finished { outcome, reasons, omitted, advice, waivers: self.waivers }
    }

    fn cover_of(&self, reason: &Reason) -> Cover {
        // An exception was looked for already where one is noted.
        if reason.exception.is_some() { Cover::None } else { self.waivers.cover(reason.about.as_deref()) }
    }
}

/// What a rule came to.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) outcome: RuleOutcome,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) omitted: usize,
    pub(crate) advice: Option<String>,
    pub(crate) waivers: Waivers,
}

impl Pile {
    fn push(&mut self, message: String) -> &mut Reason {
        if self.kept.len() >= LOOSE {
            // The last one makes room, so that hostile evidence of any length stays bounded.
            self.kept.pop();
            self.omitted += 1;
        }
        self.kept.push_mut(Reason { message, about: None, evidence: None, exception: None })
    }

    fn add(&mut self, make: impl FnOnce() -> Reason) {
        if self.kept.len() < SHOWN {
            self.kept.push(make());
        } else {
            self.omitted += 1;
        }
    }

    fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.omitted == 0
    }
}

fn with_note(mut reason: Reason, note: &str) -> Reason {
    // A reason that already went through is told again by `finish`.
    if !reason.message.ends_with(note) {
        reason.message.push_str(note);
    }
    reason
}
