//! Signatures as cosign attached them before bundles: a simple-signing payload, the rest in annotations
//! (<https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md>).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use boltseal_evidence::Digest;
use serde::Serialize;
use serde_json::json;

use super::{Proof, SignError};
use crate::Signed;

const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
const CERTIFICATE: &str = "dev.sigstore.cosign/certificate";
const CHAIN: &str = "dev.sigstore.cosign/chain";
const BUNDLE: &str = "dev.sigstore.cosign/bundle";
const TIMESTAMP: &str = "dev.sigstore.cosign/rfc3161timestamp";

#[derive(Serialize)]
struct Payload<'a> {
    critical: Critical<'a>,
    optional: Option<&'a BTreeMap<String, String>>,
}

#[derive(Serialize)]
struct Critical<'a> {
    identity: Identity<'a>,
    image: Image,
    r#type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Identity<'a> {
    docker_reference: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Image {
    docker_manifest_digest: String,
}

/// What is signed of an image: its digest, where it is (`ghcr.io/example/app`), and annotations. JSON.
pub fn cosign_payload(
    image: &Digest,
    repository: &str,
    annotations: &BTreeMap<String, String>,
) -> Result<Vec<u8>, SignError> {
    let payload = Payload {
        critical: Critical {
            identity: Identity { docker_reference: repository },
            image: Image { docker_manifest_digest: image.to_string() },
            r#type: "cosign container image signature",
        },
        optional: (!annotations.is_empty()).then_some(annotations),
    };
    serde_json::to_vec(&payload).map_err(|error| SignError::Unwritable(error.to_string()))
}

/// A payload of [`cosign_payload`] and the signature over it, as cosign attached them.
pub fn cosign_signature(payload: Vec<u8>, signature: &[u8], proof: &Proof) -> Result<Signed, SignError> {
    let mut annotations = annotations(proof)?;
    annotations.insert(SIGNATURE.to_owned(), BASE64_STANDARD.encode(signature));
    Ok(Signed::CosignSignature { payload, annotations })
}

/// An envelope, JSON, as cosign attached attestations.
pub fn cosign_attestation(envelope: Vec<u8>, predicate_type: &str, proof: &Proof) -> Result<Signed, SignError> {
    let mut annotations = annotations(proof)?;
    annotations.insert(SIGNATURE.to_owned(), String::new());
    annotations.insert("predicateType".to_owned(), predicate_type.to_owned());
    Ok(Signed::CosignAttestation { envelope, annotations })
}

fn annotations(proof: &Proof) -> Result<BTreeMap<String, String>, SignError> {
    let mut annotations = BTreeMap::new();
    if let Some(certificate) = &proof.certificate {
        annotations.insert(CERTIFICATE.to_owned(), armored(std::slice::from_ref(certificate)));
        annotations.insert(CHAIN.to_owned(), armored(&proof.chain));
    }
    if let Some(entry) = proof.entries.first() {
        // Rekor v2 gives no promise, and this form has no place for a proof of inclusion.
        let (Some(promise), Some(time)) = (&entry.inclusion_promise, entry.integrated_time) else {
            return Err(SignError::Unwritable(
                "the log gave a proof of inclusion alone, for which only bundles have a place".to_owned(),
            ));
        };
        let bundle = json!({
            "SignedEntryTimestamp": promise.signed_entry_timestamp.to_base64(),
            "Payload": {
                "body": entry.canonicalized_body.to_base64(),
                "integratedTime": time.as_second(),
                "logIndex": entry.log_index.get(),
                "logID": hex(entry.log_id.key_id.as_bytes()),
            },
        });
        annotations.insert(BUNDLE.to_owned(), bundle.to_string());
    }
    if let Some(timestamp) = proof.timestamps.first() {
        let timestamp = json!({ "SignedRFC3161Timestamp": BASE64_STANDARD.encode(timestamp) });
        annotations.insert(TIMESTAMP.to_owned(), timestamp.to_string());
    }
    Ok(annotations)
}

fn armored(certificates: &[Vec<u8>]) -> String {
    let lf = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    certificates.iter().map(|der| pem::encode_config(&pem::Pem::new("CERTIFICATE", der.as_slice()), lf)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
