//! A version under its scheme, and the comparison of two.

use std::cmp::Ordering;

use crate::Scheme;
use crate::apk::ApkVersion;
use crate::dart::DartVersion;
use crate::deb::DebVersion;
use crate::go;
use crate::legacy_python::LegacyVersion;
use crate::maven::MavenVersion;
use crate::nuget::NuGetVersion;
use crate::number_list::NumberList;
use crate::packagist::ComposerVersion;
use crate::pep440::Pep440Version;
use crate::rpm::RpmVersion;
use crate::rubygems::GemVersion;
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
    Rpm(RpmVersion<'a>),
    Apk(ApkVersion<'a>),
    SemVer(SemVer<'a>),
    Pep440(Pep440Version<'a>),
    LegacyPython(LegacyVersion<'a>),
    Maven(MavenVersion<'a>),
    RubyGems(GemVersion<'a>),
    NuGet(NuGetVersion<'a>),
    Packagist(ComposerVersion<'a>),
    Numbers(NumberList<'a>),
    Dart(DartVersion<'a>),
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
            Scheme::Rpm => RpmVersion::parse(trimmed).map(Parsed::Rpm),
            Scheme::Apk => ApkVersion::parse(trimmed).map(Parsed::Apk),
            Scheme::SemVer | Scheme::Npm => SemVer::parse(trimmed).map(Parsed::SemVer),
            Scheme::Go => go::parse(trimmed).map(Parsed::SemVer),
            Scheme::Pep440 => Pep440Version::parse(trimmed)
                .map(Parsed::Pep440)
                .or_else(|| LegacyVersion::parse(trimmed).map(Parsed::LegacyPython)),
            Scheme::Maven => MavenVersion::parse(trimmed).map(Parsed::Maven),
            Scheme::RubyGems => GemVersion::parse(trimmed).map(Parsed::RubyGems),
            Scheme::NuGet => NuGetVersion::parse(trimmed).map(Parsed::NuGet),
            Scheme::Packagist => ComposerVersion::parse(trimmed).map(Parsed::Packagist),
            Scheme::Cran => NumberList::cran(trimmed).map(Parsed::Numbers),
            Scheme::Hackage => NumberList::hackage(trimmed).map(Parsed::Numbers),
            Scheme::Pub => DartVersion::parse(trimmed).map(Parsed::Dart),
        };
        parsed.map(|parsed| Self { scheme, parsed }).ok_or_else(|| InvalidVersion::new(scheme, text))
    }

    /// The scheme under which the version was read.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The order of two versions under their scheme, as the package manager itself sees it. Versions of different
    /// schemes are not comparable in any useful way and are ordered by scheme.
    ///
    /// A total order but under [`Scheme::Maven`], where Maven runs in a circle (`1.0.rc` < `1` < `1-1` < `1.0.rc`).
    /// To sort, use [`total_compare`](Self::total_compare).
    pub fn compare(&self, other: &Self) -> Ordering {
        if self.scheme != other.scheme {
            return self.scheme.cmp(&other.scheme);
        }
        match (&self.parsed, &other.parsed) {
            (Parsed::Deb(left), Parsed::Deb(right)) => left.compare(right),
            (Parsed::Rpm(left), Parsed::Rpm(right)) => left.compare(right),
            (Parsed::Apk(left), Parsed::Apk(right)) => left.compare(right),
            (Parsed::SemVer(left), Parsed::SemVer(right)) => left.compare(right),
            (Parsed::Pep440(left), Parsed::Pep440(right)) => left.compare(right),
            (Parsed::LegacyPython(left), Parsed::LegacyPython(right)) => left.compare(right),
            (Parsed::Maven(left), Parsed::Maven(right)) => left.compare(right),
            (Parsed::RubyGems(left), Parsed::RubyGems(right)) => left.compare(right),
            (Parsed::NuGet(left), Parsed::NuGet(right)) => left.compare(right),
            (Parsed::Packagist(left), Parsed::Packagist(right)) => left.compare(right),
            (Parsed::Numbers(left), Parsed::Numbers(right)) => left.compare(right),
            (Parsed::Dart(left), Parsed::Dart(right)) => left.compare(right),
            // One scheme gives one kind, but for Python, whose legacy versions come first.
            (left, right) => left.is_pep440().cmp(&right.is_pep440()),
        }
    }
}

impl Version<'_> {
    /// A total order of all valid versions, for sorting: [`compare`](Self::compare) with Maven's circle broken.
    pub fn total_compare(&self, other: &Self) -> Ordering {
        match (&self.parsed, &other.parsed) {
            (Parsed::Maven(left), Parsed::Maven(right)) => left.total_compare(right),
            _ => self.compare(other),
        }
    }
}

impl Parsed<'_> {
    fn is_pep440(&self) -> bool {
        matches!(self, Self::Pep440(_))
    }

    fn is_ordered(&self) -> bool {
        match self {
            Self::Packagist(version) => version.is_ordered(),
            _ => true,
        }
    }
}

/// The order of two versions under a scheme ([`Version::compare`]). Different texts can be equal: `1.0` and `1.0.0` in
/// most schemes.
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

/// The text is a version under the scheme, and so has its place in the total order.
///
/// Whatever is valid can be parsed. The converse has one exception: PHP compares texts with `#`, its placeholder for
/// any number, and so does [`compare`] under [`Scheme::Packagist`], but those are in no order.
pub fn is_valid(scheme: Scheme, text: &str) -> bool {
    Version::parse(scheme, text).is_ok_and(|version| version.parsed.is_ordered())
}
