//! A version under its scheme, and the comparison of two.

use std::cmp::Ordering;

use crate::Scheme;
use crate::deb::DebVersion;
use crate::semver::SemVer;

/// A text is not a version under a scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a version under the {scheme} scheme")]
pub struct InvalidVersion {
    scheme: Scheme,
    text: String,
}

impl InvalidVersion {
    /// The text may be hostile and long: only its beginning is kept.
    fn new(scheme: Scheme, text: &str) -> Self {
        Self { scheme, text: text.chars().take(80).collect() }
    }

    /// The scheme under which the text was read.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The text, cut to its first 80 characters.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A parsed version, for comparing one installed version against many bounds without parsing it again.
///
/// Borrows the text that it was read from. White space around the text has no meaning in any scheme.
#[derive(Debug, Clone)]
pub struct Version<'a> {
    scheme: Scheme,
    parsed: Parsed<'a>,
}

#[derive(Debug, Clone)]
enum Parsed<'a> {
    Deb(DebVersion<'a>),
    SemVer(SemVer<'a>),
}

impl<'a> Version<'a> {
    /// Reads a version.
    ///
    /// # Errors
    /// [`InvalidVersion`] where the text has no place in the scheme's order.
    pub fn parse(scheme: Scheme, text: &'a str) -> Result<Self, InvalidVersion> {
        let trimmed = text.trim();
        let parsed = match scheme {
            Scheme::Deb => DebVersion::parse(trimmed).map(Parsed::Deb),
            Scheme::SemVer | Scheme::Npm | Scheme::Go | Scheme::Pub => SemVer::parse(trimmed).map(Parsed::SemVer),
            _ => None,
        };
        parsed.map(|parsed| Self { scheme, parsed }).ok_or_else(|| InvalidVersion::new(scheme, text))
    }

    /// The scheme under which the version was read.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The order of two versions under their scheme. Versions of different schemes are not comparable in any useful
    /// way; so that the order stays total, they are ordered by scheme.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (&self.parsed, &other.parsed) {
            (Parsed::Deb(left), Parsed::Deb(right)) => left.compare(right),
            (Parsed::SemVer(left), Parsed::SemVer(right)) => left.compare(right),
            _ => self.scheme.cmp(&other.scheme),
        }
    }
}

/// The order of two versions under a scheme: a total order of all valid versions, in which different texts can be
/// equal (`1.0` and `1.0.0` in most schemes).
///
/// # Errors
/// [`InvalidVersion`] naming the first of the two that has no place in the scheme's order.
///
/// # Example
/// ```
/// use boltseal_version::{Scheme, compare};
/// assert!(compare(Scheme::Deb, "1.1.1n-0+deb11u4", "1.1.1w-0+deb11u1")?.is_lt());
/// # Ok::<(), boltseal_version::InvalidVersion>(())
/// ```
pub fn compare(scheme: Scheme, left: &str, right: &str) -> Result<Ordering, InvalidVersion> {
    Ok(Version::parse(scheme, left)?.compare(&Version::parse(scheme, right)?))
}

/// The text is a version under the scheme.
pub fn is_valid(scheme: Scheme, text: &str) -> bool {
    Version::parse(scheme, text).is_ok()
}
