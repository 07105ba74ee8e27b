//! The statement inside a DSSE envelope.

use std::collections::BTreeMap;

use boltseal_evidence::{Algorithm, Hasher, Statement};
use serde::Deserialize;
use serde_json::Value;
use sigstore_verify::types::DsseEnvelope;

use super::bounds;
use super::trail::{Obstacle, Question};
use crate::Artifact;

const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// Both versions of the statement say the same about subjects
/// (<https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>).
const TYPES: [&str; 2] = ["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"];

/// How many signed annotations are kept.
pub(super) const MAX_ANNOTATIONS: usize = 256;

/// A statement and whom it is about.
#[derive(Debug)]
pub(super) struct Stated {
    pub(super) statement: Statement,
    pub(super) subjects: Vec<Subject>,
}

/// What a statement names as its subject.
#[derive(Debug, Deserialize)]
pub(super) struct Subject {
    #[serde(default)]
    digest: BTreeMap<String, String>,
    /// Signed along (<https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md>).
    #[serde(default)]
    annotations: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "_type")]
    kind: String,
    #[serde(default)]
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    #[serde(default = "nothing")]
    predicate: Value,
}

fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}

/// Reads the statement of an envelope; nothing about signatures is asked.
pub(super) fn read(envelope: &DsseEnvelope) -> Result<Stated, Obstacle> {
    const ADVICE: &str = "only in-toto statements about a digest can be held against an image or a file";
    let failed = |detail: String| Obstacle::failed(Question::Payload, detail, ADVICE);
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(failed(format!("the payload is `{}`, not `{PAYLOAD_TYPE}`", envelope.payload_type)));
    }
    let bytes = envelope.payload.as_bytes();
    bounds::check("statement", bytes, bounds::MAX_PREDICATE_DEPTH).map_err(failed)?;
    let wire: Wire = serde_json::from_slice(bytes)
        .map_err(|error| failed(format!("the payload is not an in-toto statement: {error}")))?;
    if !TYPES.contains(&wire.kind.as_str()) {
        return Err(failed(format!("the payload is `{}`, not an in-toto statement", wire.kind)));
    }
    if wire.subject.is_empty() {
        return Err(failed("the statement names no subject".to_owned()));
    }
    if wire.predicate_type.is_empty() {
        return Err(failed("the statement does not say of what kind its predicate is".to_owned()));
    }
    let statement = Statement { predicate_type: wire.predicate_type, predicate: wire.predicate };
    Ok(Stated { statement, subjects: wire.subject })
}

impl Stated {
    /// One of the subjects has the artifact's digest. The artifact is hashed once for each algorithm, however many
    /// subjects there are.
    pub(super) fn is_about(&self, artifact: Artifact<'_>) -> bool {
        self.subject(artifact).is_some()
    }

    /// What the signer added about the artifact, in words.
    pub(super) fn annotations(&self, artifact: Artifact<'_>) -> BTreeMap<String, String> {
        let given = self.subject(artifact).and_then(|subject| subject.annotations.as_ref()).into_iter().flatten();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        given.take(MAX_ANNOTATIONS).map(|(name, value)| (name.clone(), text(value))).collect()
    }

    fn subject(&self, artifact: Artifact<'_>) -> Option<&Subject> {
        let known = match artifact {
            Artifact::Digest(digest) => vec![digest.clone()],
            Artifact::Bytes(bytes) => [Algorithm::Sha256, Algorithm::Sha512]
                .into_iter()
                .map(|algorithm| {
                    let mut hasher = Hasher::new(algorithm);
                    hasher.update(bytes);
                    hasher.finish()
                })
                .collect(),
        };
        self.subjects.iter().find(|subject| {
            known.iter().any(|digest| {
                let named = subject.digest.get(digest.algorithm().name());
                named.is_some_and(|hex| hex.eq_ignore_ascii_case(digest.hex()))
            })
        })
    }

    /// Its subjects for people: the first, and how many more.
    pub(super) fn told(&self) -> String {
        let first = self.subjects.iter().flat_map(|subject| &subject.digest).next();
        let first = first.map_or_else(|| "nothing".to_owned(), |(algorithm, hex)| format!("{algorithm}:{hex}"));
        match self.subjects.len() {
            0 | 1 => first,
            more => format!("{first} and {} more", more - 1),
        }
    }
}
