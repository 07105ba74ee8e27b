//! The simple-signing payload: which manifest it names.

use std::collections::BTreeMap;

use boltseal_evidence::Digest;
use serde::Deserialize;
use serde_json::Value;

use crate::Artifact;
use crate::verify::payload::MAX_ANNOTATIONS;
use crate::verify::told;
use crate::verify::trail::{Obstacle, Question};

/// What cosign writes as the type, before and since its third version.
const TYPES: [&str; 2] = ["cosign container image signature", "https://sigstore.dev/cosign/sign/v1"];

/// A payload, taken apart.
#[derive(Debug)]
pub(super) struct Simple {
    /// What the signer called the image.
    pub(super) reference: String,
    /// The digest of the manifest.
    pub(super) digest: Digest,
    /// What the signer added.
    pub(super) optional: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Wire {
    critical: Critical,
    #[serde(default)]
    optional: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Critical {
    identity: Identity,
    image: Image,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    #[serde(rename = "docker-reference")]
    reference: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Image {
    #[serde(rename = "docker-manifest-digest", alias = "Docker-manifest-digest")]
    digest: String,
}

/// Reads a payload. A critical field that is not known makes it unreadable: whoever wrote it wants it to be heeded.
pub(super) fn read(payload: &[u8]) -> Result<Simple, Obstacle> {
    let failed = |detail: String| Obstacle::failed(Question::Payload, detail, "sign the image anew with cosign");
    let wire: Wire = serde_json::from_slice(payload)
        .map_err(|error| failed(format!("it is not a simple-signing payload: {error}")))?;
    if !TYPES.contains(&wire.critical.kind.as_str()) {
        return Err(failed(format!("its type is `{}`, expected is `{}`", wire.critical.kind, TYPES.join("` or `"))));
    }
    let digest = wire.critical.image.digest.parse().map_err(|error| failed(format!("what it names: {error}")))?;
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let optional = wire.optional.unwrap_or_default().into_iter().take(MAX_ANNOTATIONS);
    let optional = optional.map(|(name, value)| (name, text(value))).collect();
    Ok(Simple { reference: wire.critical.identity.reference, digest, optional })
}

impl Simple {
    /// What is wrong where it names another manifest than the artifact.
    pub(super) fn mismatch(&self, artifact: Artifact<'_>) -> Option<Obstacle> {
        let same = match artifact {
            Artifact::Bytes(bytes) => self.digest.matches(bytes),
            Artifact::Digest(digest) => self.digest == *digest,
        };
        (!same).then(|| {
            Obstacle::failed(
                Question::Artifact,
                format!("the payload names {}, not {}", self.digest, told::artifact(artifact)),
                "the signature of another image was put here: sign this one",
            )
        })
    }
}
