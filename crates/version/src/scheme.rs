//! The version schemes, by name.

use std::fmt;
use std::str::FromStr;

/// A way of ordering versions, one for each family of package managers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Debian and its derivatives: Debian policy, section 5.6.12.
    Deb,
    /// RPM distributions: `epoch:version-release` by `rpmvercmp`.
    Rpm,
    /// Alpine, Wolfi, Chainguard: apk-tools 3.
    Apk,
    /// semver.org 2.0, read with tolerance; also crates.io.
    SemVer,
    /// Python: PEP 440, and setuptools' former order for what PEP 440 rejects.
    Pep440,
    /// npm: Semantic Versioning with npm's *loose* spellings.
    Npm,
    /// Maven: the POM reference, section *Version Order Specification*.
    Maven,
    /// RubyGems: `Gem::Version`.
    RubyGems,
    /// NuGet: Semantic Versioning with a fourth number, case-insensitive.
    NuGet,
    /// Composer: PHP's `version_compare` after Composer's normalisation.
    Packagist,
    /// Go modules, and Go releases (`go1.22rc1`) as the Go vulnerability database spells them (`1.22.0-rc.1`).
    Go,
    /// R: `package_version`.
    Cran,
    /// Haskell: `Data.Version`.
    Hackage,
    /// Dart: Semantic Versioning in which build metadata counts.
    Pub,
}

/// No scheme has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no version scheme is called `{0}`")]
pub struct UnknownScheme(String);

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 14] = [
        Self::Deb,
        Self::Rpm,
        Self::Apk,
        Self::SemVer,
        Self::Pep440,
        Self::Npm,
        Self::Maven,
        Self::RubyGems,
        Self::NuGet,
        Self::Packagist,
        Self::Go,
        Self::Cran,
        Self::Hackage,
        Self::Pub,
    ];

    /// The name that [`FromStr`] reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deb => "deb",
            Self::Rpm => "rpm",
            Self::Apk => "apk",
            Self::SemVer => "semver",
            Self::Pep440 => "pep440",
            Self::Npm => "npm",
            Self::Maven => "maven",
            Self::RubyGems => "rubygems",
            Self::NuGet => "nuget",
            Self::Packagist => "packagist",
            Self::Go => "go",
            Self::Cran => "cran",
            Self::Hackage => "hackage",
            Self::Pub => "pub",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Scheme {
    type Err = UnknownScheme;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.name() == text)
            .ok_or_else(|| UnknownScheme(text.chars().take(80).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_is_found_by_its_name() {
        for scheme in Scheme::ALL {
            assert_eq!(scheme.to_string().parse(), Ok(scheme));
        }
        assert_eq!("cobol".parse::<Scheme>().unwrap_err().to_string(), "no version scheme is called `cobol`");
    }
}
