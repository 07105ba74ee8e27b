//! The payload: which artifact it is about
//! (<https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md#payload>).

use std::collections::BTreeMap;

use boltseal_evidence::Digest;
use serde_json::{Map, Value};

use super::json;
use super::trail::Answer;
use crate::Artifact;

/// What is signed of the artifact beside its digest.
#[derive(Debug, Default)]
pub(super) struct Target {
    /// What the signer adds.
    pub(super) annotations: BTreeMap<String, String>,
}

const OTHER: &str = "this signature is of another artifact: use one that was made for this one";
const AGAIN: &str = "have it signed again with a tool that follows the Notary Project's specification";

/// Holds the payload against the artifact.
pub(super) fn judge(payload: &[u8], artifact: Artifact<'_>, subject: &Digest) -> Result<(Target, Answer), Answer> {
    let broken = |why: String| Answer::failed(format!("the payload cannot be read: {why}"), AGAIN);
    let document = json::parse(payload).map_err(|error| broken(error.to_string()))?;
    let target = document
        .get("targetArtifact")
        .and_then(Value::as_object)
        .ok_or_else(|| broken("`targetArtifact` is missing".to_owned()))?;
    let text = |name: &str| {
        let value = target.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
        value.ok_or_else(|| broken(format!("`targetArtifact.{name}` is missing")))
    };
    let (media_type, digest) = (text("mediaType")?, text("digest")?);
    let size = target
        .get("size")
        .and_then(Value::as_u64)
        .ok_or_else(|| broken("`targetArtifact.size` is missing".to_owned()))?;
    let annotations = annotations(target).map_err(broken)?;
    let own = match artifact {
        // Whatever algorithm the signer chose, the bytes are at hand.
        Artifact::Bytes(bytes) => digest_like(digest, bytes),
        Artifact::Digest(_) => Some(subject.to_string()),
    };
    if own.as_deref() != Some(digest) {
        return Err(Answer::failed(format!("it is about `{digest}`, and the artifact is `{subject}`"), OTHER));
    }
    let detail = match artifact {
        Artifact::Digest(_) => {
            format!("it is about `{digest}`; size and media type are not compared, only the digest is at hand")
        }
        Artifact::Bytes(bytes) => {
            if u64::try_from(bytes.len()).ok() != Some(size) {
                let detail = format!("it is about {size} bytes, and the artifact has {}", bytes.len());
                return Err(Answer::failed(detail, OTHER));
            }
            match stated_type(bytes) {
                Some(own) if own != media_type => {
                    return Err(Answer::failed(
                        format!("it is about `{media_type}`, and the artifact is `{own}`"),
                        OTHER,
                    ));
                }
                _ => format!("it is about `{digest}`, {size} bytes, `{media_type}`"),
            }
        }
    };
    Ok((Target { annotations }, Answer::passed(detail)))
}

/// The digest of the bytes by the algorithm of another digest.
fn digest_like(digest: &str, bytes: &[u8]) -> Option<String> {
    use aws_lc_rs::digest;
    let (name, algorithm) = match digest.split_once(':')?.0 {
        "sha256" => return Some(Digest::sha256_of(bytes).to_string()),
        "sha384" => ("sha384", &digest::SHA384),
        "sha512" => ("sha512", &digest::SHA512),
        _ => return None,
    };
    let hash = digest::digest(algorithm, bytes);
    let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{name}:{hex}"))
}

/// The media type that a manifest states of itself.
fn stated_type(bytes: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Manifest {
        schema_version: u64,
        media_type: String,
    }
    serde_json::from_slice::<Manifest>(bytes).ok().filter(|it| it.schema_version == 2).map(|it| it.media_type)
}

fn annotations(target: &Map<String, Value>) -> Result<BTreeMap<String, String>, String> {
    match target.get("annotations") {
        None | Some(Value::Null) => Ok(BTreeMap::new()),
        Some(Value::Object(annotations)) => annotations
            .iter()
            .map(|(name, value)| match value {
                Value::String(value) => Ok((name.clone(), value.clone())),
                _ => Err(format!("the annotation `{name}` is not a text")),
            })
            .collect(),
        Some(_) => Err("`targetArtifact.annotations` is not an object".to_owned()),
    }
}
