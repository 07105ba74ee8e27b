//! Composer: PHP's `version_compare` (`ext/standard/versioning.c`), without Composer's leading `v`.
//!
//! The text falls into numbers and words; the place of the end is fixed: unknown words < `dev` < `alpha` < `beta` <
//! `RC` < end < numbers < `pl`. A word counts by how it begins, and case matters but for `RC`, as in PHP. `#` stands for any number in PHP, which
//! no order can satisfy: texts with it compare, but are not valid.

use std::cmp::Ordering;

use crate::lexeme;

#[derive(Debug, Clone, Copy)]
pub(crate) struct ComposerVersion<'a>(&'a str);

impl<'a> ComposerVersion<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let bare = text.strip_prefix(['v', 'V']).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let text = bare.unwrap_or(text);
        let readable = parts(text).next().is_some() && !text.contains(|c: char| c.is_whitespace() || c.is_control());
        readable.then_some(Self(text))
    }

    /// Not so where PHP's placeholder for any number stands in the text.
    pub(crate) fn is_ordered(&self) -> bool {
        !self.0.contains('#')
    }
}

impl ComposerVersion<'_> {
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (parts(self.0), parts(other.0));
        loop {
            let (one, two) = (left.next(), right.next());
            let order = compare_parts(one, two);
            if order.is_ne() || (one.is_none() && two.is_none()) {
                return order;
            }
        }
    }
}

/// Runs of digits and runs of anything else; `.`, `-`, `_`, `+` and the transitions separate.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(SEPARATORS);
        let digits = lexeme::take_digits(rest);
        let (part, next) = if digits.0.is_empty() {
            let end = rest.find(|c: char| c.is_ascii_digit() || SEPARATORS.contains(&c)).unwrap_or(rest.len());
            rest.split_at_checked(end)?
        } else {
            digits
        };
        rest = next;
        (!part.is_empty()).then_some(part)
    })
}

const SEPARATORS: [char; 4] = ['.', '-', '_', '+'];

/// The place of the end, and of `#`.
const END: u8 = 5;
const NUMBER: u8 = 6;

fn compare_parts(left: Option<&str>, right: Option<&str>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) if lexeme::is_number(left) && lexeme::is_number(right) => {
            lexeme::compare(left, right)
        }
        (Some(any), Some(other)) | (Some(other), Some(any)) if any.starts_with('#') && lexeme::is_number(other) => {
            Ordering::Equal
        }
        _ => rank(left).cmp(&rank(right)),
    }
}

fn rank(part: Option<&str>) -> u8 {
    const WORDS: [(&str, u8); 7] = [("dev", 1), ("a", 2), ("b", 3), ("rc", 4), ("RC", 4), ("#", END), ("p", 7)];
    let Some(part) = part else { return END };
    if lexeme::is_number(part) {
        return NUMBER;
    }
    WORDS.iter().find(|(word, _)| part.starts_with(word)).map_or(0, |(_, rank)| *rank)
}

#[cfg(test)]
mod tests {
    use crate::{Scheme, testing::check};

    #[test]
    fn stability_words_stand_before_the_release_and_patches_behind() {
        for line in [
            "v5.4.20 < 5.4.21",
            "1.0.0-dev < 1.0.0-alpha1",
            "1.0.0-rc1 = 1.0.0-RC1",
            "1.0.0-b1 = 1.0.0-beta1",
            "1.0.0-beta11 > 1.0.0-beta2",
            "1.0.0-RC1 < 1.0.0",
            "1.0.0-patch1 > 1.0.0",
            "dev-main < 0.0.1",
            "4.8.28 > 4.8.27",
        ] {
            check(Scheme::Packagist, line);
        }
        for text in ["", ".", "1 2", "1.#"] {
            assert!(!crate::is_valid(Scheme::Packagist, text), "{text}");
        }
    }
}
