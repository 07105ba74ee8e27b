//! What cosign wrote before bundles (<https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md>): a payload
//! or an envelope as a layer, all else in its annotations. Rewritten as a bundle v0.1, which says the same, and verified
//! as one.

mod annotations;
mod simple;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sigstore_verify::types::{Bundle, SignatureBytes, TimestampToken};

use self::annotations::Annotations;
use super::bundle::{Enclosed, verify_parsed};
use super::trail::{Obstacle, Outcome, Question, Trail};
use super::{bounds, told};
use crate::{Artifact, Material};

const SIGNATURE: &str = "a simple-signing payload, its signature and what proves it in annotations";
const ATTESTATION: &str = "a DSSE envelope, and what proves it in annotations";
const ORDER: &[Question] = &[
    Question::Form,
    Question::Payload,
    Question::Key,
    Question::Root,
    Question::Log,
    Question::Signature,
    Question::Artifact,
];

/// Verifies a simple-signing payload and the signature in its annotations.
pub(super) fn signature(
    payload: &[u8],
    annotations: &BTreeMap<String, String>,
    artifact: Artifact<'_>,
    material: &Material,
) -> Outcome {
    let read = || {
        bounds::check("payload", payload, bounds::MAX_DEPTH).map_err(form)?;
        let annotations = Annotations::read(annotations).map_err(form)?;
        let signature = annotations.signature.clone();
        let signature = signature.ok_or_else(|| form("the layer has no signature in its annotations".to_owned()))?;
        let digest = base64_of(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, payload).as_ref());
        let content = json!({ "messageDigest": { "algorithm": "SHA2_256", "digest": digest }, "signature": signature });
        let bundle = rewrite(&annotations, material, "messageSignature", content, true)?;
        let simple = simple::read(payload)?;
        Ok((bundle, simple))
    };
    let (bundle, simple) = match read() {
        Ok(read) => read,
        Err(obstacle) => return Trail::default().end(obstacle, ORDER),
    };
    let enclosed = Enclosed {
        payload: format!("a simple-signing payload for `{}` about {}", simple.reference, simple.digest),
        about: format!("{} is what the payload names", told::artifact(artifact)),
        obstacle: simple.mismatch(artifact),
    };
    let mut outcome = verify_parsed(&bundle, Artifact::Bytes(payload), material, Some(SIGNATURE), Some(enclosed));
    outcome.annotations = simple.optional;
    outcome
}

/// Verifies a DSSE envelope, and the log's entry in its annotations.
pub(super) fn attestation(
    envelope: &[u8],
    annotations: &BTreeMap<String, String>,
    artifact: Artifact<'_>,
    material: &Material,
) -> Outcome {
    let read = || {
        bounds::check("envelope", envelope, bounds::MAX_DEPTH).map_err(form)?;
        let annotations = Annotations::read(annotations).map_err(form)?;
        let content: Value = serde_json::from_slice(envelope)
            .map_err(|error| form(format!("the layer is not a DSSE envelope: {error}")))?;
        let bundle = rewrite(&annotations, material, "dsseEnvelope", content, false)?;
        Ok((bundle, annotations))
    };
    let (bundle, annotations) = match read() {
        Ok(read) => read,
        Err(obstacle) => return Trail::default().end(obstacle, ORDER),
    };
    let mut outcome = verify_parsed(&bundle, artifact, material, Some(ATTESTATION), None);
    if let Some(token) = &annotations.timestamp
        && let Err(obstacle) = stamped(token, envelope, material)
    {
        outcome.trail.meet(obstacle);
    }
    outcome
}

/// The timestamp of an attestation is over the envelope as a whole, that of a signature over the signature: only the
/// latter has a place in a bundle.
fn stamped(token: &str, envelope: &[u8], material: &Material) -> Result<(), Obstacle> {
    const ADVICE: &str = "name the root that has its authority with `--trusted-root`, or attest anew";
    let authorities = material.root.as_deref().map(|root| root.parsed().tsa_authorities()).unwrap_or_default();
    if authorities.is_empty() && material.keys_need_no_log {
        return Ok(());
    }
    let failed = |detail: String| Obstacle::failed(Question::Time, detail, ADVICE);
    let token = TimestampToken::from_base64(token).map_err(|error| failed(format!("the timestamp: {error}")))?;
    let signed = SignatureBytes::from_bytes(envelope);
    let mut why = "the trusted root names no timestamp authority".to_owned();
    for authority in &authorities {
        match sigstore_verify::tsa::verify_timestamp_for_authority(&token, &signed, authority) {
            Ok(time) if time.as_second() <= material.now => return Ok(()),
            Ok(time) => why = format!("{time} lies in the future"),
            Err(error) => why = error.to_string(),
        }
    }
    Err(failed(format!("the timestamp does not hold: {why}")))
}

/// A bundle v0.1 that says what the annotations say.
fn rewrite(
    annotations: &Annotations,
    material: &Material,
    kind: &str,
    content: Value,
    stamped: bool,
) -> Result<Bundle, Obstacle> {
    let Some(entry) = &annotations.entry else {
        let keyless = !annotations.certificates.is_empty();
        if keyless || !material.keys_need_no_log {
            return Err(Obstacle::failed(
                Question::Log,
                "there is no entry of a log in the annotations",
                match keyless {
                    true => {
                        "an identity's signature counts only with a log's proof of when it was made: sign again with one"
                    }
                    false => "sign again with a log, or accept keys without one with `--insecure-no-log`",
                },
            ));
        }
        return assemble(annotations, None, kind, content, stamped);
    };
    assemble(annotations, Some(entry), kind, content, stamped)
}

fn assemble(
    annotations: &Annotations,
    entry: Option<&annotations::Entry>,
    kind: &str,
    content: Value,
    stamped: bool,
) -> Result<Bundle, Obstacle> {
    let mut shown = if annotations.certificates.is_empty() {
        json!({ "publicKey": { "hint": "" } })
    } else {
        let certificates: Vec<Value> =
            annotations.certificates.iter().map(|der| json!({ "rawBytes": base64_of(der) })).collect();
        json!({ "x509CertificateChain": { "certificates": certificates } })
    };
    if let Some(object) = shown.as_object_mut() {
        object.insert("tlogEntries".to_owned(), entry.map(annotations::Entry::as_in_bundle).into_iter().collect());
        if let Some(token) = annotations.timestamp.as_ref().filter(|_| stamped) {
            object.insert(
                "timestampVerificationData".to_owned(),
                json!({ "rfc3161Timestamps": [{ "signedTimestamp": token }] }),
            );
        }
    }
    let mut bundle = json!({
        "mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.1",
        "verificationMaterial": shown,
    });
    if let Some(object) = bundle.as_object_mut() {
        object.insert(kind.to_owned(), content);
    }
    serde_json::from_value(bundle).map_err(|error| {
        let error = error.to_string();
        if error.contains("unsupported Rekor entry") {
            return Obstacle::unknown(
                Question::Form,
                format!("its entry of the log is of a kind that cannot be verified: {error}"),
                "sign again with a client of this decade: it logs `dsse` or `hashedrekord` entries",
            );
        }
        form(format!("it cannot be taken apart: {error}"))
    })
}

fn form(detail: String) -> Obstacle {
    Obstacle::failed(Question::Form, detail, "get it again from where it was published, or sign anew")
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
