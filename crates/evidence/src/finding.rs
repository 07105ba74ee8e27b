//! One vulnerability of one package, with the reason why.

use serde::{Deserialize, Serialize};

use crate::{Location, PackageType, Rating, Severity};

/// The package that a finding is about, as far as a reader of the finding needs it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PackageRef {
    /// The purl, equal to that of a package of the inventory.
    pub purl: String,
    /// The purl type.
    #[serde(rename = "type")]
    pub kind: PackageType,
    /// The name as people write it ([`crate::Package::full_name`]).
    pub name: String,
    /// The installed version.
    pub version: String,
    /// The file that lists the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The layer that first brought this version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
}

/// Whether and where the vulnerability is fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FixState {
    /// Fixed in these versions, the nearest one above the installed version first.
    Fixed {
        /// Versions of the package (or its source package) in its own scheme.
        versions: Vec<String>,
    },
    /// The advisory names no fixed version.
    NotFixed,
    /// The vendor says that it will not be fixed.
    WontFix,
}

impl FixState {
    /// There is a version to upgrade to.
    pub fn is_fixed(&self) -> bool {
        matches!(self, Self::Fixed { versions } if !versions.is_empty())
    }
}

/// Why a record applies: which advisory, which of its ranges, matched against what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Why {
    /// The feed that the record came from: `osv/PyPI`, `alpine/v3.19/main`, `starter`.
    pub feed: String,
    /// The record's own id: `PYSEC-2021-9`, `DSA-5380-1`.
    pub advisory: String,
    /// The name that was matched, where it is not the package's own (a source package, an origin).
    pub matched_name: String,
    /// The version that was compared.
    pub matched_version: String,
    /// The range that holds it, in words: `>= 3.0, < 3.2.4`.
    pub range: String,
}

/// CISA's catalogue says that the vulnerability is being exploited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KnownExploited {
    /// The day it entered the catalogue, `YYYY-MM-DD`.
    pub date_added: String,
    /// The day by which United States agencies must have acted, `YYYY-MM-DD`.
    pub due_date: String,
    /// Known to be used in ransomware campaigns.
    pub ransomware: bool,
}

/// FIRST's Exploit Prediction Scoring System.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Epss {
    /// The probability of exploitation in the next 30 days, 0 to 1.
    pub probability: f64,
    /// The share of vulnerabilities scored the same or lower, 0 to 1.
    pub percentile: f64,
}

/// A person's decision not to act on a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Suppression {
    /// Why.
    pub reason: String,
    /// Who decided, where the file says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day it holds, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Where the decision is written: file and line.
    pub source: String,
}

/// Whether a finding counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Status {
    /// The package is affected.
    Affected,
    /// The language's advisory matches, but an OS package owns the files, and the distribution, which back-ports
    /// fixes, answers for it.
    VendorAnswers {
        /// The purl of the owning OS package.
        owner: String,
        /// What the vendor's data says, in a sentence.
        detail: String,
    },
    /// A person decided not to act on it.
    Suppressed(Suppression),
}

impl Status {
    /// The finding counts against a threshold.
    pub fn counts(&self) -> bool {
        matches!(self, Self::Affected)
    }
}

/// One vulnerability of one package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The id to show: the CVE where there is one, else the advisory's own.
    pub id: String,
    /// Every other id of the same vulnerability, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The package.
    pub package: PackageRef,
    /// The severity that counts: the distribution's own rating for an OS package where it gives one, else the worst of
    /// the ratings.
    pub severity: Severity,
    /// Every source's rating, sorted by source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ratings: Vec<Rating>,
    /// Whether it is fixed, and where.
    pub fix: FixState,
    /// One line that says what it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Where to read more; the first is the best.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// When it was published, RFC 3339 or `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Why it is reported: at least one.
    pub why: Vec<Why>,
    /// CISA's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_exploited: Option<KnownExploited>,
    /// FIRST's estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epss: Option<Epss>,
    /// Whether it counts.
    pub status: Status,
}
