//! Lists of numbers: R's `package_version` and Haskell's `Data.Version`.
//!
//! The first difference decides, and a longer list comes after its beginning: `1.0 < 1.0.0`.

use std::cmp::Ordering;

use crate::lexeme;

#[derive(Debug, Clone, Copy)]
pub(crate) struct NumberList<'a> {
    text: &'a str,
    separators: &'static [char],
}

impl<'a> NumberList<'a> {
    /// R: numbers separated by `.` or `-`, which mean the same.
    pub(crate) fn cran(text: &'a str) -> Option<Self> {
        Self::parse(text, &['.', '-'])
    }

    /// Haskell: numbers separated by `.`.
    pub(crate) fn hackage(text: &'a str) -> Option<Self> {
        Self::parse(text, &['.'])
    }

    fn parse(text: &'a str, separators: &'static [char]) -> Option<Self> {
        text.split(separators).all(lexeme::is_number).then_some(Self { text, separators })
    }
}

impl NumberList<'_> {
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (self.text.split(self.separators), other.text.split(other.separators));
        loop {
            let order = match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (Some(left), Some(right)) => lexeme::compare(left, right),
                (left, right) => left.is_some().cmp(&right.is_some()),
            };
            if order.is_ne() {
                return order;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Scheme, testing::check};

    #[test]
    fn longer_lists_come_after_their_beginning() {
        check(Scheme::Cran, "1.0 < 1.0-0");
        check(Scheme::Cran, "0.75 > 0.9");
        check(Scheme::Cran, "1-2.3 = 1.2-3");
        check(Scheme::Hackage, "1.0 < 1.0.0");
        assert!(!crate::is_valid(Scheme::Cran, "1.0a"));
        assert!(!crate::is_valid(Scheme::Hackage, "1.0-1"));
        assert!(!crate::is_valid(Scheme::Hackage, ""));
    }
}
