//! Signing without a key of one's own: a key for one signature, and a certificate that says who used it.

use aws_lc_rs::digest;
use boltseal_evidence::Digest;
use boltseal_trust::{Artifact, Material, Signed, verify};
use serde_json::Value;
use sigstore_verify::bundle::BundleV03;
use sigstore_verify::types::{
    Bundle, DerCertificate, DsseEnvelope, DsseSignature, KeyId, PayloadBytes, SignatureBytes, TimestampToken,
    TransparencyLogEntry, dsse,
};

use crate::fulcio::{Issued, certify};
use crate::http::Http;
use crate::key::{EphemeralKey, Holder as _, KeyError};
use crate::rekor::{Content, Entry, Verifier, enter};
use crate::service::{ServiceError, clean};
use crate::services::{Services, ServicesError};
use crate::timestamp::timestamp;
use crate::token::Token;

/// What to sign.
#[derive(Debug, Clone, Copy)]
pub enum ToSign<'a> {
    /// Bytes: a bundle with a message signature.
    Message(&'a [u8]),
    /// A payload in a DSSE envelope, such as an in-toto statement.
    Envelope {
        /// The type of the payload: `application/vnd.in-toto+json`.
        payload_type: &'a str,
        /// The payload.
        payload: &'a [u8],
    },
}

/// Everything that a bundle v0.3 needs.
#[derive(Debug, Clone)]
pub struct Keyless {
    /// The certificate, DER.
    pub certificate: Vec<u8>,
    /// What leads to the root, DER, next to the certificate first. A bundle v0.3 leaves it out.
    pub chain: Vec<Vec<u8>>,
    /// Whom the certificate names.
    pub identity: String,
    /// The OIDC issuer it names.
    pub issuer: String,
    /// The signature: of an envelope, over its pre-authentication encoding.
    pub signature: Vec<u8>,
    /// The DSSE envelope, JSON, where one was signed.
    pub envelope: Option<String>,
    /// What proves when it was made.
    pub witnesses: Witnesses,
    /// All of it as a Sigstore bundle v0.3, JSON.
    pub bundle: String,
}

/// What proves when a signature was made.
#[derive(Debug, Clone, Default)]
pub struct Witnesses {
    /// The entries of the logs with their proofs.
    pub entries: Vec<TransparencyLogEntry>,
    /// The answers of the timestamp authorities (`TimeStampResp`, RFC 3161), DER.
    pub timestamps: Vec<Vec<u8>>,
}

/// Nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum KeylessError {
    /// A service did not do its part.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The services do not make a signature that can be verified.
    #[error(transparent)]
    Services(#[from] ServicesError),
    /// There is no certificate authority among the services.
    #[error(
        "signing without a key needs a certificate authority, and no Fulcio is named: give its address, or run `boltseal trust update`"
    )]
    NoFulcio,
    /// There is neither a log nor a timestamp authority.
    #[error(
        "a certificate is valid for minutes, and neither a log nor a timestamp authority would prove when it was used: name one"
    )]
    NoWitness,
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// What the services gave does not hold.
    #[error(
        "what the services gave does not hold against the trusted root ({0}): run `boltseal trust update`, and see that services and root are of one instance"
    )]
    DoesNotHold(String),
    /// What the services gave makes no bundle.
    #[error("what the services gave makes no bundle: {0}")]
    NoBundle(String),
}

/// Signs with a key made for this signature, and gathers what proves whose it was and when.
///
/// With a trusted root in `material` everything that came is verified against it before it is given out: the chain, the proof of
/// certificate transparency, the entries and the timestamps.
///
/// # Errors
/// See [`KeylessError`]. An entry may be in a log all the same; it says that something was signed, and harms nobody.
pub fn sign_keyless(
    http: &Http,
    services: &Services,
    token: &Token,
    what: ToSign<'_>,
    material: Option<&Material>,
) -> Result<Keyless, KeylessError> {
    services.check()?;
    let fulcio = services.fulcio.as_ref().ok_or(KeylessError::NoFulcio)?;
    if services.logs.is_empty() && services.timestamps.is_empty() {
        return Err(KeylessError::NoWitness);
    }
    let key = EphemeralKey::generate()?;
    let issued = certify(http, fulcio, token, &key)?;
    let signature = match what {
        ToSign::Message(bytes) => key.sign(bytes),
        ToSign::Envelope { payload_type, payload } => key.sign(&dsse::pae(payload_type, payload)),
    }
    .map_err(|_| KeyError)?;
    drop(key);
    let envelope = match what {
        ToSign::Message(_) => None,
        ToSign::Envelope { payload_type, payload } => Some(DsseEnvelope::new(
            payload_type.to_owned(),
            PayloadBytes::from_bytes(payload),
            DsseSignature::new(SignatureBytes::from_bytes(&signature), KeyId::default()),
        )),
    };
    let text = envelope.as_ref().map(serde_json::to_string).transpose();
    let text = text.map_err(|error| KeylessError::NoBundle(error.to_string()))?;
    let imprint;
    let content = match (what, &text) {
        (ToSign::Envelope { payload_type, payload }, Some(envelope)) => {
            Content::Envelope { envelope, payload_type, payload }
        }
        (ToSign::Message(bytes) | ToSign::Envelope { payload: bytes, .. }, _) => {
            imprint = digest::digest(&digest::SHA256, bytes);
            Content::Digest(imprint.as_ref())
        }
    };
    let entry =
        Entry { content, signature: &signature, verifier: Verifier::Certificate(issued.certificate.as_slice()) };
    let witnesses = witness(http, services, &entry)?;
    let bundle = bundle(what, &issued.certificate, &signature, envelope, &witnesses);
    let bundle = bundle.to_json().map_err(|error| KeylessError::NoBundle(error.to_string()))?;
    if let Some(material) = material {
        hold(what, &bundle, material)?;
    }
    let Issued { certificate, chain, identity, issuer } = issued;
    Ok(Keyless { certificate, chain, identity, issuer, signature, envelope: text, witnesses, bundle })
}

/// Gathers what proves when a signature was made: entries of all logs, timestamps of all authorities. Also for a
/// signature with a key.
///
/// # Errors
/// A service did not do its part.
pub fn witness(http: &Http, services: &Services, entry: &Entry<'_>) -> Result<Witnesses, ServiceError> {
    let timestamps = services.timestamps.iter().map(|authority| timestamp(http, authority, entry.signature));
    let timestamps = timestamps.collect::<Result<_, _>>()?;
    let entries = services.logs.iter().map(|log| enter(http, log, entry)).collect::<Result<_, _>>()?;
    Ok(Witnesses { entries, timestamps })
}

fn bundle(
    what: ToSign<'_>,
    certificate: &[u8],
    signature: &[u8],
    envelope: Option<DsseEnvelope>,
    witnesses: &Witnesses,
) -> Bundle {
    let certificate = DerCertificate::from_bytes(certificate);
    let mut bundle = match (what, envelope) {
        (_, Some(envelope)) => BundleV03::with_certificate_and_dsse(certificate, envelope),
        (ToSign::Message(bytes) | ToSign::Envelope { payload: bytes, .. }, None) => {
            let digest = sigstore_verify::crypto::sha256(bytes);
            BundleV03::with_certificate_and_signature(certificate, SignatureBytes::from_bytes(signature), digest)
        }
    };
    for entry in &witnesses.entries {
        bundle = bundle.with_tlog_entry(entry.clone());
    }
    for timestamp in &witnesses.timestamps {
        bundle = bundle.with_rfc3161_timestamp(TimestampToken::from_bytes(timestamp));
    }
    bundle.into_bundle()
}

/// The bundle verifies, for whomever it names.
fn hold(what: ToSign<'_>, bundle: &str, material: &Material) -> Result<(), KeylessError> {
    let digest = match what {
        ToSign::Message(bytes) => Digest::sha256_of(bytes),
        ToSign::Envelope { payload, .. } => subject(payload).map_err(KeylessError::DoesNotHold)?,
    };
    let signed = Signed::Bundle(bundle.as_bytes().to_vec());
    let verification = verify(&signed, "what the services gave", Artifact::Digest(&digest), material);
    if verification.is_verified() {
        return Ok(());
    }
    let told = verification.obstacle().map(|step| format!("{}: {}", step.name, step.detail));
    Err(KeylessError::DoesNotHold(clean(&told.unwrap_or_default(), &[])))
}

/// The digest of the first subject of an in-toto statement.
fn subject(payload: &[u8]) -> Result<Digest, String> {
    let statement: Value = serde_json::from_slice(payload).map_err(|_| "the payload is no statement".to_owned())?;
    let digest = statement.pointer("/subject/0/digest/sha256").and_then(Value::as_str);
    let digest = digest.ok_or_else(|| "the statement has no subject with a SHA-256".to_owned())?;
    format!("sha256:{digest}").parse().map_err(|_| "its subject has no SHA-256".to_owned())
}
