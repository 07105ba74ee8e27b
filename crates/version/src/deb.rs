//! Debian: `[epoch:]upstream[-revision]`, Debian policy section 5.6.12.

use std::cmp::Ordering;

use crate::number;

#[derive(Debug, Clone, Copy)]
pub(crate) struct DebVersion<'a> {
    epoch: &'a str,
    upstream: &'a str,
    revision: &'a str,
}

impl<'a> DebVersion<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        let plain = rest.bytes().all(|byte| byte.is_ascii_graphic());
        (number::is_number(epoch) && !upstream.is_empty() && plain).then_some(Self { epoch, upstream, revision })
    }
}

impl DebVersion<'_> {
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        number::compare(self.epoch, other.epoch)
            .then_with(|| compare_part(self.upstream, other.upstream))
            .then_with(|| compare_part(self.revision, other.revision))
    }
}

/// Alternates between a run without digits, compared by [`weight`], and a number. An absent revision equals `0`
/// because the empty number is zero.
fn compare_part(mut left: &str, mut right: &str) -> Ordering {
    loop {
        let (left_word, left_rest) = number::take_while(left, |byte| !byte.is_ascii_digit());
        let (right_word, right_rest) = number::take_while(right, |byte| !byte.is_ascii_digit());
        let (left_number, left_rest) = number::take_digits(left_rest);
        let (right_number, right_rest) = number::take_digits(right_rest);
        let order = compare_word(left_word, right_word).then_with(|| number::compare(left_number, right_number));
        if order.is_ne() || (left_rest.is_empty() && right_rest.is_empty()) {
            return order;
        }
        (left, right) = (left_rest, right_rest);
    }
}

fn compare_word(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.bytes(), right.bytes());
    loop {
        let (one, two) = (left.next(), right.next());
        let order = weight(one).cmp(&weight(two));
        if order.is_ne() || one.is_none() {
            return order;
        }
    }
}

/// `~` before the end, the end before letters, letters before everything else.
fn weight(byte: Option<u8>) -> u16 {
    match byte {
        Some(b'~') => 0,
        None => 1,
        Some(letter) if letter.is_ascii_alphabetic() => u16::from(letter) + 2,
        Some(other) => u16::from(other) + 256,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Scheme, testing::check};

    #[test]
    fn debian_policy_orders_epoch_upstream_revision() {
        for line in [
            "1.0~beta1 < 1.0",
            "~~ < ~~a",
            "~~a < ~",
            "0~ < 0",
            "1.0 < 1.0a",
            "1.0a < 1.0+",
            "1:0.4 > 10.3",
            "2.31-13+deb11u5 < 2.31-13+deb11u10",
            "1.1.1n-0+deb11u4 < 1.1.1w-0+deb11u1",
            "5.36.0-7 < 5.36.0-7+b1",
            "1.2-3-4 > 1.2-3",
            "00:1.01-02 = 1.1-2",
        ] {
            check(Scheme::Deb, line);
        }
    }

    #[test]
    fn texts_that_no_debian_package_has_are_refused() {
        for text in ["", "a:1", ":1", "1:", "-1", "1 2", "1.é"] {
            assert!(!crate::is_valid(Scheme::Deb, text), "{text}");
        }
    }
}
