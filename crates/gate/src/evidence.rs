//! What a policy is asked about: everything that is known of one subject.

use std::collections::BTreeMap;

use boltseal_evidence::{CheckReport, Digest, JudgedSubject, Problem, Report, Verification};
use serde::{Deserialize, Serialize};

/// Evidence that was looked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sought<T> {
    /// It is here.
    Found(T),
    /// It is not, for this reason; never the same as "nothing wrong".
    Missing(String),
}

impl<T> Default for Sought<T> {
    fn default() -> Self {
        Self::Missing("it was not looked for".to_owned())
    }
}

impl<T> Sought<T> {
    /// What was found, or why not.
    pub fn as_result(&self) -> Result<&T, &str> {
        match self {
            Self::Found(found) => Ok(found),
            Self::Missing(reason) => Err(reason),
        }
    }
}

/// Everything that is known of one subject. Serialised, it is a *recorded subject*, which another policy can be asked
/// about later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The version of this form: 1.
    pub schema: u32,
    /// What it is about.
    pub subject: JudgedSubject,
    /// What the image says of itself.
    pub image: Sought<ImageFacts>,
    /// Packages and vulnerabilities.
    pub report: Sought<Report>,
    /// Misconfiguration and secrets in the image's configuration.
    pub check: Sought<CheckReport>,
    /// Signatures and attestations of the digest, those that do not hold too.
    pub signatures: Sought<Vec<Verification>>,
    /// Images that are known as bases.
    pub bases: Sought<Vec<KnownBase>>,
    /// Scorecard results as imported (<https://github.com/ossf/scorecard>, `--format json`), with where each is from.
    pub scorecards: Sought<Vec<(String, serde_json::Value)>>,
    /// The moment of judgement, RFC 3339 in UTC: ages and expiry are judged by it.
    pub now: String,
    /// What went wrong while it was gathered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// Bytes of a recorded subject.
const LARGEST: usize = 512 << 20;

impl Evidence {
    /// Reads a recorded subject: what serialising gave.
    ///
    /// # Errors
    /// It is none, or one of another version.
    pub fn from_json(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > LARGEST {
            return Err(format!("it is larger than {LARGEST} bytes"));
        }
        let evidence: Self =
            serde_json::from_slice(bytes).map_err(|error| format!("it is not a recorded subject: {error}"))?;
        match evidence.schema {
            1 => Ok(evidence),
            other => {
                Err(format!("it is a recorded subject of version {other}, which is not known here: record it anew"))
            }
        }
    }

    /// The report, where it is one of this subject: a report about another image says nothing.
    ///
    /// # Errors
    /// Why there is none.
    pub fn own_report(&self) -> Result<&Report, String> {
        let report = self.report.as_result()?;
        match (&report.inventory.subject.id, &self.subject.configuration) {
            (Some(told), Some(own)) if told == own => Ok(report),
            (Some(told), Some(_)) => Err(format!("the report is about another image, {told}")),
            (Some(_), None) => Err("nothing says which configuration the subject has".to_owned()),
            (None, _) => Err("the report does not say which image it is about".to_owned()),
        }
    }
}

/// What an image says of itself: its configuration and its manifest, both of which the digest covers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageFacts {
    /// When it says that it was made, RFC 3339.
    pub created: Option<String>,
    /// `linux/amd64`.
    pub platform: String,
    /// Labels of the configuration.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the manifest.
    pub annotations: BTreeMap<String, String>,
    /// The digests of the uncompressed layers, base first, computed.
    pub diff_ids: Vec<Digest>,
}

/// An image that is known as a base: images built on it start with its layers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KnownBase {
    /// Its name: `docker.io/library/debian:13`.
    pub name: String,
    /// The digest of its manifest, where known.
    #[serde(default)]
    pub digest: Option<Digest>,
    /// The digests of its uncompressed layers, base first.
    pub diff_ids: Vec<Digest>,
    /// When it was made, RFC 3339.
    #[serde(default)]
    pub created: Option<String>,
}

impl KnownBase {
    /// Reads a list of bases, YAML or JSON, as a policy names one.
    ///
    /// # Errors
    /// Why it is none, with the line.
    pub fn list(path: &str, bytes: &[u8]) -> Result<Vec<Self>, String> {
        crate::policy::known_bases(path, bytes)
    }
}
