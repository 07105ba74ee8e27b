//! Ranges of versions, and how an advisory's events become ranges.

use std::fmt;

use crate::{InvalidVersion, Scheme, Version};

mod events;

pub use events::{Event, ranges_of};

/// The upper end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound<S> {
    /// Affected below this version, which carries the fix (or is an OSV `limit`).
    Fixed(S),
    /// Affected up to and including this version.
    LastAffected(S),
    /// No version is known to be free of it.
    Open,
}

/// The versions from `introduced` up to `bound`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range<S> {
    /// The first affected version; `None`, like OSV's `"0"`, is the beginning of all versions.
    pub introduced: Option<S>,
    /// Where the range ends.
    pub bound: Bound<S>,
}

/// OSV's text for a version before all others.
pub(crate) const BEGINNING: &str = "0";

impl<S: AsRef<str>> Range<S> {
    /// The range holds the version.
    ///
    /// # Errors
    /// [`InvalidVersion`] for the version or for a bound that has no place in the scheme's order.
    pub fn contains(&self, scheme: Scheme, version: &str) -> Result<bool, InvalidVersion> {
        self.contains_parsed(&Version::parse(scheme, version)?)
    }

    /// The range holds a version that was parsed before.
    ///
    /// # Errors
    /// [`InvalidVersion`] for a bound that has no place in the order of the version's scheme.
    pub fn contains_parsed(&self, version: &Version<'_>) -> Result<bool, InvalidVersion> {
        let order = |bound: &S| Version::parse(version.scheme(), bound.as_ref()).map(|bound| version.compare(&bound));
        if let Some(introduced) = self.first()
            && order(introduced)?.is_lt()
        {
            return Ok(false);
        }
        match &self.bound {
            Bound::Fixed(fixed) if fixed.as_ref() == BEGINNING => Ok(false),
            Bound::Fixed(fixed) => Ok(order(fixed)?.is_lt()),
            Bound::LastAffected(last) => Ok(order(last)?.is_le()),
            Bound::Open => Ok(true),
        }
    }

    /// The version to upgrade to, if the advisory names one.
    pub fn fixed(&self) -> Option<&str> {
        match &self.bound {
            Bound::Fixed(fixed) => Some(fixed.as_ref()),
            Bound::LastAffected(_) | Bound::Open => None,
        }
    }

    fn first(&self) -> Option<&S> {
        self.introduced.as_ref().filter(|introduced| introduced.as_ref() != BEGINNING)
    }
}

impl<S: AsRef<str>> fmt::Display for Range<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let upper = match &self.bound {
            Bound::Fixed(fixed) => Some(("<", fixed.as_ref())),
            Bound::LastAffected(last) => Some(("<=", last.as_ref())),
            Bound::Open => None,
        };
        match (self.first().map(AsRef::as_ref), upper) {
            (None, None) => f.write_str("all versions"),
            (Some(first), None) => write!(f, ">= {first}"),
            (None, Some((sign, end))) => write!(f, "{sign} {end}"),
            (Some(first), Some((sign, end))) => write!(f, ">= {first}, {sign} {end}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range<'a>(introduced: Option<&'a str>, bound: Bound<&'a str>) -> Range<&'a str> {
        Range { introduced, bound }
    }

    #[test]
    fn ranges_print_as_people_write_them() {
        for (range, expect) in [
            (range(Some("3.0"), Bound::Fixed("3.2.4")), ">= 3.0, < 3.2.4"),
            (range(None, Bound::Fixed("1.2")), "< 1.2"),
            (range(Some("0"), Bound::LastAffected("2.0")), "<= 2.0"),
            (range(Some("1.0"), Bound::LastAffected("2.0")), ">= 1.0, <= 2.0"),
            (range(Some("1.0"), Bound::Open), ">= 1.0"),
            (range(Some("0"), Bound::Open), "all versions"),
        ] {
            assert_eq!(range.to_string(), expect);
        }
    }

    #[test]
    fn a_range_holds_its_first_version_and_not_its_fix() {
        let fixed = range(Some("1.0"), Bound::Fixed("2.0"));
        let last = range(None, Bound::LastAffected("2.0"));
        for (range, version, expect) in [
            (&fixed, "0.9", false),
            (&fixed, "1.0.0", true),
            (&fixed, "2.0.0-rc.1", true),
            (&fixed, "2.0.0", false),
            (&last, "0.0.0-0", true),
            (&last, "2.0.0", true),
            (&last, "2.0.1", false),
            (&range_of_nothing(), "0.0.1", false),
        ] {
            assert_eq!(range.contains(Scheme::SemVer, version), Ok(expect), "{version} in {range}");
        }
    }

    fn range_of_nothing() -> Range<&'static str> {
        range(Some("0"), Bound::Fixed("0"))
    }

    #[test]
    fn what_cannot_be_compared_is_an_error_and_no_answer() {
        let error = range(None, Bound::Fixed("soon")).contains(Scheme::SemVer, "1.0").unwrap_err();
        assert_eq!(error.to_string(), "`soon` is not a version under the semver scheme");
        assert!(range(None, Bound::Open).contains(Scheme::Go, "(devel)").is_err());
    }
}
