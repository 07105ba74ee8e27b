//! RPM: `[epoch:]version[-release]`, each part by `rpmvercmp` with `~` and `^` (rpm's `rpmvercmp.c`, `rpm-version(7)`).

use std::cmp::Ordering;

use crate::lexeme;

#[derive(Debug, Clone, Copy)]
pub(crate) struct RpmVersion<'a> {
    epoch: &'a str,
    version: &'a str,
    /// Absent and empty differ: a version alone comes before the same version with any release.
    release: Option<&'a str>,
}

impl<'a> RpmVersion<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        // Only digits before a colon are an epoch; module labels put colons elsewhere.
        let (digits, rest) = lexeme::take_digits(text);
        let (epoch, rest) = rest.strip_prefix(':').map_or(("", text), |rest| (digits, rest));
        let (version, release) =
            rest.rsplit_once('-').map_or((rest, None), |(version, release)| (version, Some(release)));
        let plain = !rest.contains(|c: char| c.is_whitespace() || c.is_control());
        (!version.is_empty() && plain).then_some(Self { epoch, version, release })
    }
}

impl RpmVersion<'_> {
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        lexeme::compare(self.epoch, other.epoch).then_with(|| compare_part(self.version, other.version)).then_with(
            || match (self.release, other.release) {
                (Some(left), Some(right)) => compare_part(left, right),
                (left, right) => left.is_some().cmp(&right.is_some()),
            },
        )
    }
}

/// Segment by segment; at the same place `~` < end < `^` < letters < digits. Everything else only separates.
fn compare_part<'a>(mut left: &'a str, mut right: &'a str) -> Ordering {
    loop {
        (left, right) = (skip_separators(left), skip_separators(right));
        match (left.strip_prefix('~'), right.strip_prefix('~')) {
            (Some(next_left), Some(next_right)) => {
                (left, right) = (next_left, next_right);
                continue;
            }
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => {}
        }
        if left.is_empty() || right.is_empty() {
            return right.is_empty().cmp(&left.is_empty());
        }
        match (left.strip_prefix('^'), right.strip_prefix('^')) {
            (Some(next_left), Some(next_right)) => {
                (left, right) = (next_left, next_right);
                continue;
            }
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => {}
        }
        let order;
        (order, left, right) = compare_segment(left, right);
        if order.is_ne() {
            return order;
        }
    }
}

/// Takes a number or a word from both texts, which begin with a letter or a digit.
fn compare_segment<'a>(left: &'a str, right: &'a str) -> (Ordering, &'a str, &'a str) {
    let ((left_number, left_rest), (right_number, right_rest)) =
        (lexeme::take_digits(left), lexeme::take_digits(right));
    match (left_number.is_empty(), right_number.is_empty()) {
        (false, false) => (lexeme::compare(left_number, right_number), left_rest, right_rest),
        (false, true) => (Ordering::Greater, left, right),
        (true, false) => (Ordering::Less, left, right),
        (true, true) => {
            let (left_word, left_rest) = lexeme::take_while(left, |byte| byte.is_ascii_alphabetic());
            let (right_word, right_rest) = lexeme::take_while(right, |byte| byte.is_ascii_alphabetic());
            (left_word.cmp(right_word), left_rest, right_rest)
        }
    }
}

fn skip_separators(text: &str) -> &str {
    text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric() && c != '~' && c != '^')
}

#[cfg(test)]
mod tests {
    use crate::{Scheme, testing::check};

    #[test]
    fn rpmvercmp_orders_tilde_end_caret_letters_digits() {
        for line in [
            "1.0~rc1 < 1.0",
            "1.0 < 1.0^git1",
            "1.0^git1 < 1.0.1",
            "1.0^git1 < 1.0a",
            "1.0^~pre < 1.0^",
            "1.0a < 1.0.1",
            "2_0 = 2.0",
            "1:1.0-1 > 2.0-1",
            "0:1.0-1 = 1.0-1",
            ":1 = 1",
            "1.1.1k-9.el8_7 > 1.1.1k-9.el8",
            "3.0.7-27.el9 < 3.0.7-27.el9.0.2",
            "1.0 < 1.0-1",
        ] {
            check(Scheme::Rpm, line);
        }
    }

    #[test]
    fn texts_without_a_version_part_are_refused() {
        for text in ["", "-1", "1:", "1 2", "0:-1"] {
            assert!(!crate::is_valid(Scheme::Rpm, text), "{text}");
        }
    }
}
