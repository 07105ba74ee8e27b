//! Alpine, Wolfi, Chainguard: apk-tools 3 (`doc/apk-package.5`, `src/version.c`).
//!
//! `number{.number}{letter}{_suffix{number}}{~hash}{-r number}`. The walk over two versions goes on while they have
//! the same kinds of parts with equal values; then the value or the kind decides.
//!
//! Texts off the grammar are ordered too, since repositories hold some: what cannot be read counts less than the end
//! of the version, and several such rests are ordered as texts. A rest behind the `-` of the revision has no say
//! beyond that.

use std::cmp::Ordering;

use crate::lexeme;

#[derive(Debug, Clone, Copy)]
pub(crate) struct ApkVersion<'a>(&'a str);

impl<'a> ApkVersion<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
        (!text.is_empty() && plain).then_some(Self(text))
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (Reader::new(self.0), Reader::new(other.0));
        loop {
            let (one, two) = (left.next_part(), right.next_part());
            let order = one.compare(&two);
            if order.is_ne() || one.is_last() {
                return order;
            }
        }
    }
}

/// Suffixes from the earliest on; a version without suffix stands between `rc` and `cvs`.
const SUFFIXES: [(&str, i8); 9] =
    [("alpha", -4), ("beta", -3), ("pre", -2), ("rc", -1), ("cvs", 1), ("svn", 2), ("git", 3), ("hg", 4), ("p", 5)];

#[derive(Debug, Clone, Copy)]
enum Part<'a> {
    First(&'a str),
    Number(&'a str),
    Letter(&'a str),
    Suffix(i8),
    SuffixNumber(&'a str),
    Hash(&'a str),
    End(Revision<'a>),
    Unreadable(&'a str),
}

/// What a version ends with.
#[derive(Debug, Clone, Copy)]
struct Revision<'a> {
    number: &'a str,
    ending: Ending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ending {
    /// `-` and something that is no revision, or something behind the revision.
    Unreadable,
    Absent,
    Present,
}

impl Part<'_> {
    fn is_last(&self) -> bool {
        matches!(self, Self::End(_) | Self::Unreadable(_))
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => compare_number(left, right),
            (Self::First(left), Self::First(right)) | (Self::SuffixNumber(left), Self::SuffixNumber(right)) => {
                lexeme::compare(left, right)
            }
            (Self::Suffix(left), Self::Suffix(right)) => left.cmp(right),
            (Self::Letter(left), Self::Letter(right))
            | (Self::Hash(left), Self::Hash(right))
            | (Self::Unreadable(left), Self::Unreadable(right)) => left.cmp(right),
            (Self::End(left), Self::End(right)) => {
                lexeme::compare(left.number, right.number).then(left.ending.cmp(&right.ending))
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }

    /// Which part wins at the same place: the one that may be followed by more.
    fn rank(&self) -> u8 {
        match self {
            Self::Suffix(suffix) if *suffix < 0 => 0,
            Self::Unreadable(_) => 1,
            Self::End(_) => 2,
            Self::Hash(_) => 3,
            Self::SuffixNumber(_) => 4,
            Self::Suffix(_) => 5,
            Self::Letter(_) => 6,
            Self::Number(_) => 7,
            Self::First(_) => 8,
        }
    }
}

/// Numbers behind a dot are decimal fractions if one of them begins with a zero (`1.02 < 1.1`), as in Gentoo.
fn compare_number(left: &str, right: &str) -> Ordering {
    if left.starts_with('0') || right.starts_with('0') { left.cmp(right) } else { lexeme::compare(left, right) }
}

/// How far a version has been read: the parts that may follow depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Start,
    Numbers,
    Letter,
    Suffix,
    SuffixNumber,
    Hash,
}

struct Reader<'a> {
    rest: &'a str,
    stage: Stage,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text, stage: Stage::Start }
    }

    fn next_part(&mut self) -> Part<'a> {
        if self.rest.is_empty() {
            return Part::End(Revision { number: "", ending: Ending::Absent });
        }
        self.read().unwrap_or(Part::Unreadable(self.rest))
    }

    fn read(&mut self) -> Option<Part<'a>> {
        let lead = self.rest.bytes().next()?;
        match (lead, self.stage) {
            (b'0'..=b'9', Stage::Start) => Some(Part::First(self.digits(self.rest, Stage::Numbers)?)),
            (_, Stage::Start) => None,
            (b'.', Stage::Numbers) => Some(Part::Number(self.digits(self.rest.strip_prefix('.')?, Stage::Numbers)?)),
            (b'a'..=b'z', Stage::Numbers) => {
                let (letter, rest) = self.rest.split_at_checked(1)?;
                Some(Part::Letter(self.advance(letter, rest, Stage::Letter)))
            }
            (b'0'..=b'9', Stage::Suffix) => Some(Part::SuffixNumber(self.digits(self.rest, Stage::SuffixNumber)?)),
            (b'_', stage) if stage < Stage::Hash => {
                let (name, rest) = lexeme::take_while(self.rest.strip_prefix('_')?, |byte| byte.is_ascii_lowercase());
                let (_, weight) = SUFFIXES.iter().find(|(suffix, _)| *suffix == name)?;
                self.advance(name, rest, Stage::Suffix);
                Some(Part::Suffix(*weight))
            }
            (b'~', stage) if stage < Stage::Hash => {
                let (hash, rest) = lexeme::take_while(self.rest.strip_prefix('~')?, |byte| byte.is_ascii_hexdigit());
                (!hash.is_empty()).then(|| Part::Hash(self.advance(hash, rest, Stage::Hash)))
            }
            (b'-', _) => Some(Part::End(self.revision())),
            _ => None,
        }
    }

    fn revision(&self) -> Revision<'a> {
        let (number, rest) = self.rest.strip_prefix("-r").map_or(("", "-"), lexeme::take_digits);
        Revision { number, ending: if rest.is_empty() { Ending::Present } else { Ending::Unreadable } }
    }

    fn digits(&mut self, text: &'a str, stage: Stage) -> Option<&'a str> {
        let (digits, rest) = lexeme::take_digits(text);
        (!digits.is_empty()).then(|| self.advance(digits, rest, stage))
    }

    fn advance(&mut self, part: &'a str, rest: &'a str, stage: Stage) -> &'a str {
        (self.rest, self.stage) = (rest, stage);
        part
    }
}

#[cfg(test)]
mod tests {
    use crate::{Scheme, testing::check};

    #[test]
    fn apk_orders_numbers_letters_suffixes_revisions() {
        for line in [
            "1.2.3 < 1.2.3-r0",
            "1.2.3-r9 < 1.2.3-r10",
            "1.1.1l-r0 < 1.1.1m-r0",
            "1.2_rc1 < 1.2",
            "1.2 < 1.2_p1",
            "1.2_git20200101 < 1.2_p1",
            "1.2_p1 < 1.2a",
            "1.2a < 1.2.1",
            "1.2_alpha_pre2 < 1.2_alpha",
            "1.02 < 1.1",
            "1.2.3~0a1b < 1.2.3~0c",
            "1.2.3 < 1.2.3~0a1b-r1",
            "99999999999999999999.1 < 100000000000000000000",
        ] {
            check(Scheme::Apk, line);
        }
    }

    #[test]
    fn what_apk_cannot_read_counts_less_than_the_end() {
        for line in ["1.2_blah < 1.2", "1.2.x < 1.2", "1-r0x < 1-r0", "1-r-1 < 1", "x < 0", "1.2X = 1.2X"] {
            check(Scheme::Apk, line);
        }
        assert!(!crate::is_valid(Scheme::Apk, ""));
        assert!(!crate::is_valid(Scheme::Apk, "1.2 -r0"));
    }
}
