//! In-toto statements: a predicate about subjects that digests name.

use std::collections::BTreeMap;

use boltseal_evidence::Digest;
use serde::Serialize;
use serde_json::Value;

use crate::sign::SignError;

/// A statement to be signed (<https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InToto {
    #[serde(rename = "_type")]
    version: StatementVersion,
    subject: Vec<Subject>,
    predicate_type: String,
    predicate: Value,
}

/// Which version of the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum StatementVersion {
    /// v1.
    #[serde(rename = "https://in-toto.io/Statement/v1")]
    V1,
    /// v0.1: what cosign wrote before bundles.
    #[serde(rename = "https://in-toto.io/Statement/v0.1")]
    V01,
}

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// What it is called: `ghcr.io/example/app`. Nothing is judged by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The digest, by its algorithm.
    pub digest: BTreeMap<String, String>,
    /// Annotations that are signed along.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Subject {
    /// A subject by its digest alone.
    pub fn new(digest: &Digest) -> Self {
        let text = digest.to_string();
        let (algorithm, value) = text.split_once(':').unwrap_or(("sha256", &text));
        Self {
            name: None,
            digest: BTreeMap::from([(algorithm.to_owned(), value.to_owned())]),
            annotations: BTreeMap::new(),
        }
    }

    /// The same with a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

impl InToto {
    /// What envelopes call it.
    pub const PAYLOAD_TYPE: &'static str = "application/vnd.in-toto+json";

    /// The type of the predicate with which cosign signs an image: it says nothing but that somebody did.
    pub const IMAGE_SIGNATURE: &'static str = "https://sigstore.dev/cosign/sign/v1";

    /// A statement about one subject.
    pub fn new(
        version: StatementVersion,
        subject: Subject,
        predicate_type: impl Into<String>,
        predicate: Value,
    ) -> Self {
        Self { version, subject: vec![subject], predicate_type: predicate_type.into(), predicate }
    }

    /// The statement that is an image's signature, as cosign 3 makes it.
    pub fn image_signature(image: &Digest, annotations: &BTreeMap<String, String>) -> Self {
        let subject = Subject { annotations: annotations.clone(), ..Subject::new(image) };
        Self::new(StatementVersion::V1, subject, Self::IMAGE_SIGNATURE, Value::Object(serde_json::Map::new()))
    }

    /// The kind of predicate.
    pub fn predicate_type(&self) -> &str {
        &self.predicate_type
    }

    /// The statement, JSON: the payload of an envelope.
    pub fn to_json(&self) -> Result<Vec<u8>, SignError> {
        serde_json::to_vec(self).map_err(|error| SignError::Unwritable(error.to_string()))
    }
}
