//! Maven: the POM reference's section *Version Order Specification*.
//!
//! The page (and Maven's `ComparableVersion` before 3.9, which most repositories were filled under) pads the shorter
//! version with whatever suits the longer one. Here the end of a version has one place among the tokens instead:
//! `.rc` < `-rc` < end < `.sp` < `-sp` < `-number` < `.number`, where `rc` stands for all words that come before a
//! release and `sp` for all others. One corner cannot be had that way, because Maven runs in a circle there:
//! `1.0.rc` < `1` < `1-1` < `1.0.rc`. [`MavenVersion::compare`] follows Maven; [`MavenVersion::total_compare`] breaks
//! the circle where it does least harm, keeping pre-releases before everything that follows their release.

use std::cmp::Ordering;

use crate::lexeme;

#[derive(Debug, Clone)]
pub(crate) struct MavenVersion<'a>(Vec<Token<'a>>);

#[derive(Debug, Clone, Copy)]
enum Token<'a> {
    /// A word of known or unknown meaning, behind a hyphen (or a digit) or behind a dot.
    Word { hyphen: bool, word: Word, text: &'a str },
    /// Zeros behind dots before a word that precedes a release: `1.0.0.RC1` is before `1`.
    ZeroBeforePrerelease,
    /// A number behind a hyphen, or next to a letter.
    Hyphen(&'a str),
    /// A number behind a dot, or the first one.
    Dot(&'a str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Alpha,
    Beta,
    Milestone,
    Candidate,
    Snapshot,
    /// `final`, `ga`, `release`: nothing before a release.
    Release,
    ServicePack,
    Other,
}

impl<'a> MavenVersion<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let mut tokens = Vec::new();
        let (mut rest, mut hyphen) = (text, false);
        loop {
            let (token, next) = take_token(rest, hyphen);
            // Empty values before a hyphen say nothing; the first token stays.
            if hyphen {
                trim(&mut tokens);
            } else if matches!(token, Token::Word { word, .. } if word < Word::Release) {
                lower_zeros(&mut tokens);
            }
            tokens.push(token);
            if next.is_empty() {
                break;
            }
            let unseparated = next.strip_prefix(['.', '-']);
            hyphen = !next.starts_with('.');
            rest = unseparated.unwrap_or(next);
        }
        trim(&mut tokens);
        Some(Self(tokens))
    }
}

impl MavenVersion<'_> {
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.compare_by(other, compare_as_maven)
    }

    pub(crate) fn total_compare(&self, other: &Self) -> Ordering {
        self.compare_by(other, compare_tokens)
    }

    fn compare_by<'s>(
        &'s self,
        other: &'s Self,
        compare: impl Fn(Option<&'s Token<'s>>, Option<&'s Token<'s>>) -> Ordering,
    ) -> Ordering {
        let (mut left, mut right) = (self.0.iter(), other.0.iter());
        loop {
            let (one, two) = (left.next(), right.next());
            let order = compare(one, two);
            if order.is_ne() || one.is_none() {
                return order;
            }
        }
    }
}

/// Reads a number or a word up to the next separator or transition; an empty token is `0`.
fn take_token(text: &str, hyphen: bool) -> (Token<'_>, &str) {
    let (digits, rest) = lexeme::take_digits(text);
    if !digits.is_empty() {
        return (if hyphen { Token::Hyphen(digits) } else { Token::Dot(digits) }, rest);
    }
    let end = text.find(|c: char| c == '.' || c == '-' || c.is_ascii_digit()).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    if word.is_empty() {
        return (if hyphen { Token::Hyphen("0") } else { Token::Dot("0") }, rest);
    }
    let before_digit = rest.starts_with(|c: char| c.is_ascii_digit());
    (Token::Word { hyphen, word: Word::of(word, before_digit), text: word }, rest)
}

fn trim(tokens: &mut Vec<Token<'_>>) {
    while tokens.len() > 1 && tokens.last().is_some_and(Token::is_empty) {
        tokens.pop();
    }
}

fn lower_zeros(tokens: &mut [Token<'_>]) {
    let zeros = tokens.iter_mut().skip(1).rev().take_while(|token| matches!(token, Token::Dot(_)) && token.is_empty());
    zeros.for_each(|token| *token = Token::ZeroBeforePrerelease);
}

impl Word {
    fn of(text: &str, before_digit: bool) -> Self {
        const KNOWN: [(&str, Word); 10] = [
            ("alpha", Word::Alpha),
            ("beta", Word::Beta),
            ("milestone", Word::Milestone),
            ("rc", Word::Candidate),
            ("cr", Word::Candidate),
            ("snapshot", Word::Snapshot),
            ("final", Word::Release),
            ("ga", Word::Release),
            ("release", Word::Release),
            ("sp", Word::ServicePack),
        ];
        const SHORT: [(&str, Word); 3] = [("a", Word::Alpha), ("b", Word::Beta), ("m", Word::Milestone)];
        let short = if before_digit { SHORT.as_slice() } else { &[] };
        let found = KNOWN.iter().chain(short).find(|(name, _)| name.eq_ignore_ascii_case(text));
        found.map_or(Self::Other, |(_, word)| *word)
    }
}

impl Token<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Word { word, .. } => *word == Word::Release,
            Self::ZeroBeforePrerelease => false,
            Self::Hyphen(digits) | Self::Dot(digits) => lexeme::is_zero(digits),
        }
    }
}

/// Maven holds any number behind a dot, zero as well, above what stands behind a hyphen.
fn compare_as_maven(one: Option<&Token<'_>>, two: Option<&Token<'_>>) -> Ordering {
    let follows_release = |token: Option<&Token<'_>>| {
        matches!(token, Some(Token::Hyphen(_)))
            || matches!(token, Some(Token::Word { word, .. }) if *word >= Word::Release)
    };
    match (one, two) {
        (Some(Token::ZeroBeforePrerelease), other) if follows_release(other) => Ordering::Greater,
        (other, Some(Token::ZeroBeforePrerelease)) if follows_release(other) => Ordering::Less,
        _ => compare_tokens(one, two),
    }
}

fn compare_tokens(one: Option<&Token<'_>>, two: Option<&Token<'_>>) -> Ordering {
    match (one, two) {
        (Some(Token::Dot(left)), Some(Token::Dot(right))) | (Some(Token::Hyphen(left)), Some(Token::Hyphen(right))) => {
            lexeme::compare(left, right)
        }
        (Some(Token::Word { text: left, .. }), Some(Token::Word { text: right, .. })) => {
            rank(one).cmp(&rank(two)).then_with(|| match rank(one) {
                (_, Word::Other) => lexeme::compare_ignoring_case(left, right),
                _ => Ordering::Equal,
            })
        }
        _ => rank(one).cmp(&rank(two)),
    }
}

/// The place of a token, or of the end, among those that can stand at the same position.
fn rank(token: Option<&Token<'_>>) -> (u8, Word) {
    match token {
        Some(Token::Word { hyphen, word, .. }) => {
            let group = match (*word < Word::Release, *hyphen) {
                (true, false) => 0,
                (true, true) => 1,
                (false, false) => 4,
                (false, true) => 5,
            };
            (group, *word)
        }
        Some(Token::ZeroBeforePrerelease) => (2, Word::Release),
        None => (3, Word::Release),
        Some(Token::Hyphen(_)) => (6, Word::Release),
        Some(Token::Dot(_)) => (7, Word::Release),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Scheme, testing::check};

    #[test]
    fn the_specifications_own_examples_hold() {
        for line in [
            "1 < 1.1",
            "1-snapshot < 1",
            "1 < 1-sp",
            "1-foo2 < 1-foo10",
            "1.foo < 1-foo",
            "1-foo < 1-1",
            "1-1 < 1.1",
            "1.ga = 1-ga",
            "1-ga = 1-0",
            "1-0 = 1.0",
            "1.0 = 1",
            "1-sp > 1-ga",
            "1-sp.1 > 1-ga.1",
            "1-sp-1 < 1-ga-1",
            "1-a1 = 1-alpha-1",
        ] {
            check(Scheme::Maven, line);
        }
    }

    #[test]
    fn real_release_lines_are_in_order() {
        for line in [
            "2.0-beta9 < 2.0-rc1",
            "2.0-rc2 < 2.0",
            "2.14.1 < 2.15.0",
            "4.1.42.Final < 4.1.108.Final",
            "9.0.0.M1 < 9.0.0",
            "5.3.17 < 5.3.18",
            "1.2.17-cloudera1 > 1.2.17",
            "1.0.0.RC1 < 1.0.0",
            "5.0.0.M1 < 5.0.0.RELEASE",
            "42.2.5 < 42.2.5.jre7",
            "3.1.0 < 3.1.0.0.pre",
            "31.1-android < 31.1-jre",
            "2.9.10.8 > 2.9.10",
        ] {
            check(Scheme::Maven, line);
        }
        assert!(!crate::is_valid(Scheme::Maven, ""));
    }

    #[test]
    fn mavens_circle_is_followed_but_never_sorted_by() {
        for line in ["1.0.rc < 1", "1 < 1-1", "1-1 < 1.0.rc"] {
            check(Scheme::Maven, line);
        }
        let parse = |text| crate::Version::parse(Scheme::Maven, text).unwrap();
        assert!(parse("1.0.rc").total_compare(&parse("1-1")).is_lt());
    }
}
