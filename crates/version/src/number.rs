//! Numbers of any length, compared as they stand in the text.

use std::cmp::Ordering;

/// Compares two runs of ASCII digits by value. No run is too long; the empty one counts as zero.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// The run has the value zero.
pub(crate) fn is_zero(digits: &str) -> bool {
    digits.bytes().all(|byte| byte == b'0')
}

/// The text is one or more ASCII digits and nothing else.
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Splits off the longest beginning whose bytes all satisfy `belongs`, which must hold for ASCII bytes only.
pub(crate) fn take_while(text: &str, belongs: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii() || !belongs(byte)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Splits off the leading ASCII digits.
pub(crate) fn take_digits(text: &str) -> (&str, &str) {
    take_while(text, |byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value_whatever_their_length() {
        for (left, right, expect) in [
            ("9", "10", Ordering::Less),
            ("007", "7", Ordering::Equal),
            ("", "0", Ordering::Equal),
            ("99999999999999999999999999", "100000000000000000000000000", Ordering::Less),
        ] {
            assert_eq!(compare(left, right), expect, "{left} {right}");
        }
    }

    #[test]
    fn splitting_stops_at_the_first_other_character() {
        assert_eq!(take_digits("12é3"), ("12", "é3"));
        assert_eq!(take_digits("é"), ("", "é"));
        assert_eq!(take_digits("42"), ("42", ""));
    }
}
