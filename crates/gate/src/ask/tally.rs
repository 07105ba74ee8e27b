//! Answers from many things of one kind: those that break a rule, those of which that cannot be told, and how many of
//! them a rule lets pass.

use boltseal_evidence::Reason;

use crate::Answer;
use crate::answer::SHOWN;
use crate::waiver::Cover;

/// Whether something breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Broken {
    No,
    /// It cannot be told.
    Maybe,
    Yes,
}

impl Broken {
    /// Both must hold for it to break the rule.
    pub(super) fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Either does.
    pub(super) fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// What is known; `None` is not.
    pub(super) fn known(truth: Option<bool>) -> Self {
        match truth {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Maybe,
        }
    }
}

/// What a rule says of many things.
pub(super) struct Tally<T> {
    yes: Vec<(T, Cover)>,
    maybe: Vec<(T, Cover)>,
    excepted: Vec<(T, Cover)>,
    /// Things that were looked at.
    seen: usize,
}

impl<T: Copy> Tally<T> {
    pub(super) fn new() -> Self {
        Self { yes: Vec::new(), maybe: Vec::new(), excepted: Vec::new(), seen: 0 }
    }

    /// Takes in one thing.
    pub(super) fn add<'i, I: IntoIterator<Item = &'i str>>(
        &mut self,
        thing: T,
        broken: Broken,
        answer: &Answer,
        ids: impl FnOnce() -> I,
    ) {
        self.seen += 1;
        if broken == Broken::No {
            return;
        }
        let cover = answer.cover(ids());
        match (cover, broken) {
            (Cover::Holds(_), _) => self.excepted.push((thing, cover)),
            (_, Broken::Yes) => self.yes.push((thing, cover)),
            (_, _) => self.maybe.push((thing, cover)),
        }
    }

    /// Something that does not break the rule was looked at.
    pub(super) fn skip(&mut self) {
        self.seen += 1;
    }

    /// How many things were looked at.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    /// Tells it all: up to `most` things may break the rule. `rank` sorts, the least first; `passed` is said where
    /// nothing else is.
    pub(super) fn tell<R: Ord>(
        mut self,
        most: usize,
        answer: &mut Answer,
        rank: impl Fn(T) -> R,
        reason: impl Fn(T, Broken) -> Reason,
        passed: impl FnOnce(usize) -> String,
    ) {
        for pile in [&mut self.yes, &mut self.maybe, &mut self.excepted] {
            first_in_order(pile, |(thing, _)| rank(*thing));
        }
        let (certain, possible) = (self.yes.len(), self.yes.len() + self.maybe.len());
        if certain > most {
            for (thing, cover) in self.yes {
                answer.fail_with(cover, || reason(thing, Broken::Yes));
            }
        }
        if possible > most {
            for (thing, cover) in self.maybe {
                answer.unknown_with(cover, || reason(thing, Broken::Maybe));
            }
        } else {
            answer.pass(passed(certain));
        }
        for (thing, cover) in self.excepted {
            answer.fail_with(cover, || reason(thing, Broken::Yes));
        }
    }
}

/// Sorts those that are shown to the front; of the others only the number is told.
fn first_in_order<T, R: Ord>(pile: &mut [T], rank: impl Fn(&T) -> R) {
    let shown = if pile.len() > SHOWN {
        let (shown, _, _) = pile.select_nth_unstable_by_key(SHOWN, &rank);
        shown
    } else {
        pile
    };
    shown.sort_unstable_by_key(rank);
}
