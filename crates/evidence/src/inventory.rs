//! What a subject holds, and what could not be looked at.

use serde::{Deserialize, Serialize};

use crate::{Digest, OperatingSystem, Package};

/// What kind of thing was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SubjectKind {
    /// A container image.
    Image,
    /// The root file system of a machine or an unpacked image.
    RootFs,
    /// A source tree.
    Directory,
    /// A software bill of materials.
    Sbom,
}

/// The platform of an image (OCI image specification, `config.md`).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Platform {
    /// `linux`, `windows`.
    pub os: String,
    /// `amd64`, `arm64`.
    pub architecture: String,
    /// `v7`, `v8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// What evidence is about, named so that it is the same whichever way it came.
///
/// An image is named by the digest of its configuration (its *image ID*), which a registry, an OCI layout and a
/// `docker save` archive share; manifests and compressed layers differ between transports and are told in
/// [`crate::Source`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Subject {
    /// What kind of thing it is.
    pub kind: SubjectKind,
    /// The digest that names it: for an image that of its configuration; absent for directories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Digest>,
    /// The image's platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// When the image says it was created, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
}

/// One layer of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Layer {
    /// The position, from 0 at the base.
    pub index: usize,
    /// The digest of the uncompressed tar, computed while it was read.
    pub diff_id: Digest,
    /// The Dockerfile instruction that made it, from the image's history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// The number of entries in the tar.
    pub entries: u64,
    /// The size of the uncompressed tar in bytes.
    pub size: u64,
}

/// Something that was met on the way and could not be used: a broken file costs one of these, not the scan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// The file, as in [`crate::Location::path`]; absent where the problem is of the whole layer or subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The layer's index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// What is wrong and, where there is one, the way out; one lower-case sentence without a period.
    pub message: String,
}

impl Problem {
    /// A problem of the file at `path`.
    pub fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: Some(path.into()), layer: None, message: message.into() }
    }

    /// A problem of the whole subject.
    pub fn general(message: impl Into<String>) -> Self {
        Self { path: None, layer: None, message: message.into() }
    }
}

/// Why something was not assessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NotAssessedReason {
    /// The advisory database holds no feed for this distribution, release or ecosystem.
    NoFeed,
    /// The package has no version that can be compared.
    NoVersion,
    /// The version is not one of its ecosystem.
    InvalidVersion,
    /// The operating system could not be told.
    UnknownOs,
    /// A package database or lock file was there and could not be read.
    Unreadable,
    /// A manifest leaves open which packages, or which versions of them, are installed.
    Unpinned,
    /// A limit on size, depth or count was reached.
    Limit,
    /// The advisories at hand are too few or too old to say "clean".
    Database,
    /// Only a template of it is here, and the program that renders it is not.
    Template,
    /// Its kind is one that no rule reads.
    UnknownKind,
}

/// Something that was not judged. Never the same as "nothing found".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotAssessed {
    /// Why.
    pub reason: NotAssessedReason,
    /// What: `deb packages of Ubuntu 22.04`, a path, a purl.
    pub what: String,
    /// The reason in a sentence, with the way out.
    pub detail: String,
    /// How many packages it concerns; 0 where that is not known.
    pub packages: usize,
}

/// Everything that was found in one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inventory {
    /// What was looked at.
    pub subject: Subject,
    /// Its operating system, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<OperatingSystem>,
    /// The layers of an image, base first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<Layer>,
    /// The packages, sorted by type, name, version and first location.
    pub packages: Vec<Package>,
    /// What could not be looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_assessed: Vec<NotAssessed>,
    /// What went wrong on the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}
