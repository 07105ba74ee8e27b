//! NuGet: Semantic Versioning with an optional fourth number; letters compare without case, metadata has no say.

use std::cmp::Ordering;

use crate::lexeme;
use crate::semver::{Case, Prerelease};

#[derive(Debug, Clone, Copy)]
pub(crate) struct NuGetVersion<'a> {
    numbers: [&'a str; 4],
    pre: Prerelease<'a>,
}

impl<'a> NuGetVersion<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (text, _metadata) = text.split_once('+').unwrap_or((text, ""));
        let mut rest = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let mut numbers = [""; 4];
        for (position, number) in numbers.iter_mut().enumerate() {
            if position > 0 {
                let Some(next) = rest.strip_prefix('.') else { break };
                rest = next;
            }
            (*number, rest) = lexeme::take_digits(rest);
            if number.is_empty() {
                return None;
            }
        }
        let separated = rest.is_empty() || rest.starts_with('-');
        separated.then_some(Self { numbers, pre: Prerelease::parse(rest)? })
    }
}

impl NuGetVersion<'_> {
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let pairs = self.numbers.iter().zip(other.numbers);
        let numbers = pairs.map(|(left, right)| lexeme::compare(left, right)).find(|order| order.is_ne());
        numbers.unwrap_or_else(|| self.pre.compare(&other.pre, Case::Ignored))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Scheme, testing::check};

    #[test]
    fn four_numbers_and_letters_without_case() {
        for line in
            ["1.0 = 1.0.0.0", "1.0.0.1 > 1.0.0", "1.0.0-RC.1 = 1.0.0-rc.1+5", "13.0.1 < 13.0.2-Beta1", "1-a < 1"]
        {
            check(Scheme::NuGet, line);
        }
        for text in ["", "1.2.3.4.5", "1.2.3beta", "1.*", "[1.0,2.0)", "1.0-"] {
            assert!(!crate::is_valid(Scheme::NuGet, text), "{text}");
        }
    }
}
