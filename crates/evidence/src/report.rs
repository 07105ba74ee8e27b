//! The whole answer about one subject.

use serde::{Deserialize, Serialize};

use crate::{Digest, Finding, Inventory};

/// The program that made a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tool {
    /// `boltseal`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Which advisories were at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DatabaseKind {
    /// The set built into the program: some 300 vulnerabilities, no statement about any other.
    Starter,
    /// A database made by `boltseal db update` or `db import`.
    Full,
}

/// One feed of the advisory database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedInfo {
    /// Its name: `osv/PyPI`, `wolfi`.
    pub name: String,
    /// Where it was fetched from.
    pub source: String,
    /// The number of advisories taken in.
    pub advisories: u64,
    /// The newest change in it, RFC 3339, where the records say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// When it was last fetched or found unchanged, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched: Option<String>,
}

/// The advisory database behind a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Database {
    /// Which.
    pub kind: DatabaseKind,
    /// The digest of the index file.
    pub digest: Digest,
    /// When it was built, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<String>,
    /// Its feeds, by name.
    pub feeds: Vec<FeedInfo>,
}

/// How the subject came: the part of an answer that differs between transports, given only when asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source {
    /// The target as the user wrote it.
    pub target: String,
    /// The digest of the image's manifest, where the transport has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Digest>,
}

/// The whole answer about one subject: the same subject, advisories and ignore file give the same value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// The version of this format: 1.
    pub schema: u32,
    /// Who made it.
    pub tool: Tool,
    /// How the subject came, where asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What was found.
    #[serde(flatten)]
    pub inventory: Inventory,
    /// The advisories that were at hand.
    pub database: Database,
    /// The vulnerabilities, sorted by package, then id.
    pub findings: Vec<Finding>,
}
