//! Semantic Versioning 2.0, section 11, read with the tolerance that registries and advisories need.
//!
//! Accepted beyond the specification: a leading `v` or `=`, one or two missing numbers (zero), numbers of any length,
//! a pre-release without its hyphen (`1.2.3beta`, npm's *loose* form), and more than three numbers, of which the
//! surplus counts as build metadata.

use std::cmp::Ordering;

use crate::number;

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SemVer<'a> {
    pub(crate) numbers: [&'a str; 3],
    pub(crate) pre: Prerelease<'a>,
    pub(crate) build: &'a str,
}

impl<'a> SemVer<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix('=').unwrap_or(text).trim_start();
        let mut rest = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let mut version = Self::default();
        for (position, number) in version.numbers.iter_mut().enumerate() {
            if position > 0 {
                let Some(next) = rest.strip_prefix('.') else { break };
                rest = next;
            }
            (*number, rest) = number::take_digits(rest);
            if number.is_empty() {
                return None;
            }
        }
        if let Some(surplus) = rest.strip_prefix('.') {
            version.build = surplus;
        } else {
            let (pre, build) = rest.split_once('+').unwrap_or((rest, ""));
            version.pre = Prerelease::parse(pre)?;
            version.build = build;
        }
        version.build.bytes().all(|byte| byte.is_ascii_graphic()).then_some(version)
    }

    /// Precedence: numbers, then pre-release; build metadata has no say.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.compare_numbers(other).then_with(|| self.pre.compare(&other.pre))
    }

    fn compare_numbers(&self, other: &Self) -> Ordering {
        let pairs = self.numbers.iter().zip(other.numbers);
        pairs.map(|(left, right)| number::compare(left, right)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

/// Dot-separated identifiers; none for a release.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Prerelease<'a> {
    pub(crate) identifiers: &'a str,
    /// A last identifier that stands elsewhere in the text than behind a dot (`rc` and `1` of `go1.22rc1`).
    pub(crate) last: &'a str,
}

impl<'a> Prerelease<'a> {
    /// Reads what stands between the numbers and the build metadata, the hyphen included.
    fn parse(text: &'a str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let identifiers = text.strip_prefix('-').unwrap_or(text);
        let well_formed = identifiers.bytes().all(|byte| byte.is_ascii_graphic())
            && identifiers.split('.').all(|identifier| !identifier.is_empty());
        well_formed.then_some(Self { identifiers, last: "" })
    }

    fn iter(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.identifiers.split('.').chain([self.last]).filter(|identifier| !identifier.is_empty())
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self.identifiers.is_empty(), other.identifiers.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => compare_identifiers(self.iter(), other.iter(), Case::Counts),
        }
    }
}

/// Whether letters differ by case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Counts,
    Ignored,
}

/// Numeric identifiers by value and below the others, the others by byte, the shorter list first.
pub(crate) fn compare_identifiers<'a>(
    mut left: impl Iterator<Item = &'a str>,
    mut right: impl Iterator<Item = &'a str>,
    case: Case,
) -> Ordering {
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => match (number::is_number(left), number::is_number(right)) {
                (true, true) => number::compare(left, right),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => compare_words(left, right, case),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn compare_words(left: &str, right: &str, case: Case) -> Ordering {
    match case {
        Case::Counts => left.cmp(right),
        Case::Ignored => {
            left.bytes().map(|b| b.to_ascii_lowercase()).cmp(right.bytes().map(|b| b.to_ascii_lowercase()))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Scheme, testing::check};

    #[test]
    fn precedence_follows_semver_org() {
        for line in [
            "1.0.0-alpha < 1.0.0-alpha.1",
            "1.0.0-alpha.1 < 1.0.0-alpha.beta",
            "1.0.0-rc.1 < 1.0.0",
            "1.0.0+a = 1.0.0+b",
            "1.0.0--a > 1.0.0-1",
            "v1.2 = 1.2.0",
            "1.2.3beta = 1.2.3-beta",
            "=v1.2.3 = 1.2.3",
        ] {
            check(Scheme::SemVer, line);
            check(Scheme::Npm, line);
        }
    }

    #[test]
    fn texts_without_a_version_are_refused() {
        for text in ["", "v", "latest", "1.", "1.x", "1.2.3-", "1.2.3-a..b", "1.2.3-é", "1.2.3 4", "-1", "*"] {
            assert!(!crate::is_valid(Scheme::SemVer, text), "{text}");
        }
    }
}
