//! Sigstore bundles, v0.3 (`sigstore_bundle.proto` of Sigstore's protobuf specification), as cosign 3 writes them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use sigstore_verify::types::bundle::TransparencyLogEntry;

use super::dsse::{Envelope, EnvelopeJson};
use super::{Proof, SignError, SignedBlob};
use crate::PublicKey;

const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bundle<'a> {
    media_type: &'static str,
    verification_material: Material<'a>,
    #[serde(flatten)]
    content: Content,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Material<'a> {
    #[serde(flatten)]
    by: By,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tlog_entries: &'a [TransparencyLogEntry],
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp_verification_data: Option<Timestamps>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum By {
    PublicKey {
        hint: String,
    },
    #[serde(rename_all = "camelCase")]
    Certificate {
        raw_bytes: String,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Timestamps {
    rfc3161_timestamps: Vec<Timestamp>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Timestamp {
    signed_timestamp: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Content {
    #[serde(rename_all = "camelCase")]
    MessageSignature {
        message_digest: MessageDigest,
        signature: String,
    },
    DsseEnvelope(EnvelopeJson),
}

#[derive(Serialize)]
struct MessageDigest {
    algorithm: &'static str,
    digest: String,
}

pub(super) fn of_blob(blob: &SignedBlob, proof: &Proof) -> Result<Vec<u8>, SignError> {
    let content = Content::MessageSignature {
        message_digest: MessageDigest {
            algorithm: blob.hash.in_bundles(),
            digest: BASE64_STANDARD.encode(&blob.digest),
        },
        signature: BASE64_STANDARD.encode(&blob.signature),
    };
    write(content, &blob.public_key, proof)
}

pub(super) fn of_envelope(envelope: &Envelope, proof: &Proof) -> Result<Vec<u8>, SignError> {
    write(Content::DsseEnvelope(envelope.json()), &envelope.public_key, proof)
}

fn write(content: Content, key: &PublicKey, proof: &Proof) -> Result<Vec<u8>, SignError> {
    let by = match &proof.certificate {
        Some(der) => By::Certificate { raw_bytes: BASE64_STANDARD.encode(der) },
        None => By::PublicKey { hint: hint(key) },
    };
    let timestamps = || Timestamps {
        rfc3161_timestamps: proof
            .timestamps
            .iter()
            .map(|der| Timestamp { signed_timestamp: BASE64_STANDARD.encode(der) })
            .collect(),
    };
    let verification_material = Material {
        by,
        tlog_entries: &proof.entries,
        timestamp_verification_data: (!proof.timestamps.is_empty()).then(timestamps),
    };
    let bundle = Bundle { media_type: MEDIA_TYPE, verification_material, content };
    serde_json::to_vec(&bundle).map_err(|error| SignError::Unwritable(error.to_string()))
}

/// What cosign writes as a hint to the key: the SHA-256 of its DER, base64. Nothing may be trusted by it.
fn hint(key: &PublicKey) -> String {
    BASE64_STANDARD.encode(crate::Hash::Sha256.of(&key.der))
}
