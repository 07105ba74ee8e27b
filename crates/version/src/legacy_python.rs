//! Python versions from before PEP 440, in the order of setuptools' former `parse_version`. They all come before every
//! version that PEP 440 accepts.

use std::cmp::Ordering;

use crate::lexeme;

#[derive(Debug, Clone)]
pub(crate) struct LegacyVersion<'a>(Vec<Part<'a>>);

#[derive(Debug, Clone, Copy)]
enum Part<'a> {
    /// Words come before numbers, so that `1.0-rc` is before `1.0.1`.
    Word(&'a str),
    Number(&'a str),
}

/// What a hyphen turns into, and what every version ends with.
const HYPHEN: &str = "final-";
const FINAL: &str = "final";

impl<'a> LegacyVersion<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, next) = take_piece(rest);
            push(&mut parts, piece);
            rest = next;
        }
        push(&mut parts, FINAL);
        Some(Self(parts))
    }
}

impl LegacyVersion<'_> {
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let pairs = self.0.iter().zip(&other.0);
        let first_difference = pairs.map(|(left, right)| left.compare(right)).find(|order| order.is_ne());
        first_difference.unwrap_or_else(|| self.0.len().cmp(&other.0.len()))
    }
}

impl Part<'_> {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => lexeme::compare(left, right),
            (Self::Word(left), Self::Word(right)) => lexeme::compare_ignoring_case(left, right),
            (Self::Word(_), Self::Number(_)) => Ordering::Less,
            (Self::Number(_), Self::Word(_)) => Ordering::Greater,
        }
    }
}

/// A number, a run of letters, a dot, a hyphen, or a run of anything else.
fn take_piece(text: &str) -> (&str, &str) {
    let digits = lexeme::take_digits(text);
    let letters = lexeme::take_while(text, |byte| byte.is_ascii_alphabetic());
    if !digits.0.is_empty() {
        digits
    } else if !letters.0.is_empty() {
        letters
    } else if text.starts_with(['.', '-']) {
        text.split_at_checked(1).unwrap_or((text, ""))
    } else {
        let end = text.find(|c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-').unwrap_or(text.len());
        text.split_at_checked(end).unwrap_or((text, ""))
    }
}

fn push<'a>(parts: &mut Vec<Part<'a>>, piece: &'a str) {
    if piece == "." {
        return;
    }
    if lexeme::is_number(piece) {
        parts.push(Part::Number(piece));
        return;
    }
    let word = meaning(piece);
    // A word before `final` makes a hyphen before it meaningless; zeros before any word say nothing.
    if lexeme::compare_ignoring_case(word, FINAL).is_lt() {
        while matches!(parts.last(), Some(Part::Word(HYPHEN))) {
            parts.pop();
        }
    }
    while matches!(parts.last(), Some(Part::Number(digits)) if lexeme::is_zero(digits)) {
        parts.pop();
    }
    parts.push(Part::Word(word));
}

fn meaning(piece: &str) -> &str {
    const MEANINGS: [(&str, &str); 5] = [("pre", "c"), ("preview", "c"), ("rc", "c"), ("dev", "@"), ("-", HYPHEN)];
    MEANINGS.iter().find(|(word, _)| word.eq_ignore_ascii_case(piece)).map_or(piece, |(_, meaning)| meaning)
}

#[cfg(test)]
mod tests {
    use crate::{Scheme, testing::check};

    #[test]
    fn legacy_versions_come_before_all_others_in_the_order_of_setuptools() {
        for line in [
            "0.1-bulbasaur < 0.1-charmander",
            "9.9-ivysaur < 0.0.1.dev0",
            "1.0-unknown.2 < 1.0-unknown.10",
            "2004d-foo > 2004b-foo",
            "1.0.0-foo = 1.0-foo",
            "dev-r1 < final-r1",
        ] {
            check(Scheme::Pep440, line);
        }
        assert!(!crate::is_valid(Scheme::Pep440, ""));
        assert!(!crate::is_valid(Scheme::Pep440, "1.0 beta"));
    }
}
