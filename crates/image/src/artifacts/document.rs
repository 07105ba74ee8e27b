//! Manifests and indexes of artifacts: what a verified document says of itself.

use std::collections::BTreeMap;

use boltseal_evidence::Digest;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::image::manifest::kind;
use crate::image::media_type::{self, DocumentKind};

/// Names content (OCI image specification, `descriptor.md`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What the content is.
    #[serde(default)]
    pub media_type: String,
    /// Its digest, as claimed.
    pub digest: Digest,
    /// Its size in bytes, as claimed.
    pub size: u64,
    /// What kind of artifact it is said to be. A hint: on fallback tags it may be wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// What else is said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
}

impl Descriptor {
    /// Names these bytes.
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest: Digest::sha256_of(bytes),
            size: bytes.len() as u64,
            artifact_type: None,
            annotations: None,
        }
    }

    /// An annotation.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(name).map(String::as_str)
    }
}

/// A manifest or an index, whose digest was computed here.
#[derive(Debug, Clone)]
pub struct Document {
    digest: Digest,
    media_type: String,
    bytes: Vec<u8>,
    outline: Outline,
    is_index: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Outline {
    media_type: Option<String>,
    artifact_type: Option<String>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    blobs: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
    subject: Option<Descriptor>,
    annotations: Option<BTreeMap<String, String>>,
}

impl Document {
    /// Reads a document. `digest` was computed of the bytes; `served` is the media type by which they came.
    pub(crate) fn read(bytes: Vec<u8>, digest: Digest, served: Option<&str>, place: &str) -> Result<Self, Error> {
        let malformed = |error: serde_json::Error| Error::Malformed {
            what: "the manifest",
            place: format!("{place} ({digest})"),
            message: error.to_string(),
        };
        let outline: Outline = serde_json::from_slice(&bytes).map_err(malformed)?;
        let stated = outline.media_type.as_deref().or(served).unwrap_or_default();
        let is_artifact_manifest = stated == media_type::ARTIFACT_MANIFEST;
        let is_index = !is_artifact_manifest && kind(&bytes, place)? == DocumentKind::Index;
        let media_type = match outline.media_type.as_deref() {
            Some(stated) if !stated.is_empty() => stated.to_owned(),
            _ if is_artifact_manifest => stated.to_owned(),
            _ if is_index => media_type::INDEX.to_owned(),
            _ => media_type::MANIFEST.to_owned(),
        };
        Ok(Self { digest, media_type, bytes, outline, is_index })
    }

    /// A document that is made here.
    ///
    /// # Errors
    /// It is neither a manifest nor an index.
    pub fn of_json(document: &serde_json::Value, place: &str) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(document).unwrap_or_default();
        let digest = Digest::sha256_of(&bytes);
        Self::read(bytes, digest, None, place)
    }

    /// Its digest, computed.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// What it says it is.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// It lists manifests.
    pub fn is_index(&self) -> bool {
        self.is_index
    }

    /// A descriptor of it: what a referrer names as its subject.
    pub fn descriptor(&self) -> Descriptor {
        Descriptor {
            media_type: self.media_type.clone(),
            digest: self.digest.clone(),
            size: self.bytes.len() as u64,
            artifact_type: None,
            annotations: None,
        }
    }

    /// What kind of artifact it is: by its own `artifactType`, or by the media type of its configuration.
    pub fn artifact_type(&self) -> &str {
        let own = self.outline.artifact_type.as_deref().filter(|kind| !kind.is_empty());
        own.or(self.outline.config.as_ref().map(|config| config.media_type.as_str())).unwrap_or_default()
    }

    /// What it says it is about.
    pub fn subject(&self) -> Option<&Descriptor> {
        self.outline.subject.as_ref()
    }

    /// Its configuration.
    pub fn config(&self) -> Option<&Descriptor> {
        self.outline.config.as_ref()
    }

    /// Its layers; the blobs of an artifact manifest from before OCI 1.1.
    pub fn layers(&self) -> &[Descriptor] {
        self.outline.layers.as_deref().or(self.outline.blobs.as_deref()).unwrap_or_default()
    }

    /// The manifests of an index.
    pub fn manifests(&self) -> &[Descriptor] {
        self.outline.manifests.as_deref().unwrap_or_default()
    }

    /// Its annotations.
    pub fn annotations(&self) -> Option<&BTreeMap<String, String>> {
        self.outline.annotations.as_ref()
    }
}
