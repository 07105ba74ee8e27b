//! RubyGems: `Gem::Version`.

use std::cmp::Ordering;

use crate::lexeme;

/// The segments: runs of digits or letters, without the zeros that say nothing.
#[derive(Debug, Clone)]
pub(crate) struct GemVersion<'a>(Vec<&'a str>);

impl<'a> GemVersion<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        if !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let mut segments = Vec::new();
        let mut in_letters = false;
        for (position, piece) in text.split('-').enumerate() {
            // RubyGems reads a hyphen as `.pre.`.
            if position > 0 {
                push(&mut segments, &mut in_letters, "pre");
            }
            for mut run in piece.split('.') {
                if run.is_empty() {
                    return None;
                }
                while !run.is_empty() {
                    let digits = lexeme::take_digits(run);
                    let (segment, rest) = if digits.0.is_empty() {
                        lexeme::take_while(run, |byte| byte.is_ascii_alphabetic())
                    } else {
                        digits
                    };
                    if segment.is_empty() {
                        return None;
                    }
                    push(&mut segments, &mut in_letters, segment);
                    run = rest;
                }
            }
        }
        trim_zeros(&mut segments);
        Some(Self(segments))
    }
}

impl GemVersion<'_> {
    /// Missing segments are zero; letters come before numbers.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (self.0.iter(), other.0.iter());
        loop {
            let order = match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (left, right) => compare_segments(left.unwrap_or(&"0"), right.unwrap_or(&"0")),
            };
            if order.is_ne() {
                return order;
            }
        }
    }
}

/// Zeros before the first letters count for nothing (`1.0.a` is `1.a`).
fn push<'a>(segments: &mut Vec<&'a str>, in_letters: &mut bool, segment: &'a str) {
    if !*in_letters && !lexeme::is_number(segment) {
        *in_letters = true;
        trim_zeros(segments);
    }
    segments.push(segment);
}

fn trim_zeros(segments: &mut Vec<&str>) {
    while segments.last().is_some_and(|segment| lexeme::is_zero(segment)) {
        segments.pop();
    }
}

fn compare_segments(left: &str, right: &str) -> Ordering {
    match (lexeme::is_number(left), lexeme::is_number(right)) {
        (true, true) => lexeme::compare(left, right),
        (false, false) => left.cmp(right),
        (left, right) => left.cmp(&right),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Scheme, testing::check};

    #[test]
    fn letters_make_a_prerelease_and_zeros_at_the_end_say_nothing() {
        for line in [
            "5.2.4.rc1 < 5.2.4",
            "5.2.4 < 5.2.4.1",
            "1.0 = 1",
            "1.0.a = 1.a",
            "0.beta.1 = 0.0.beta.1",
            "1.0.0-1 = 1.0.0.pre.1",
            "1.0.rc1 > 1.0.beta10",
            "1.a.0 = 1.a",
        ] {
            check(Scheme::RubyGems, line);
        }
    }

    #[test]
    fn texts_that_rubygems_rejects_are_refused() {
        for text in ["", "a", "1.", "1..2", "1_2", "1.é", "v1", "1.0-x86_64-linux"] {
            assert!(!crate::is_valid(Scheme::RubyGems, text), "{text}");
        }
    }
}
