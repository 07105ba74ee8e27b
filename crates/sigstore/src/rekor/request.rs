//! What a log is asked to enter, by the version of its API, and how the answer is recognised.

use aws_lc_rs::digest;
use aws_lc_rs::rsa::PublicKey as RsaPublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sigstore_verify::crypto::{KeyAlgorithm, parse_certificate_info};
use sigstore_verify::types::{DerCertificate, DerPublicKey, KindVersion, dsse};

use crate::inspect::{base64, hex, sha256};

/// A signature to enter in a log.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What is signed.
    pub content: Content<'a>,
    /// The signature, as it is in the bundle.
    pub signature: &'a [u8],
    /// What it is verified with.
    pub verifier: Verifier<'a>,
}

/// What is signed.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// Bytes with this digest: SHA-256, 384 or 512, told by its length. It has to be the digest that the signature is
    /// made over.
    Digest(&'a [u8]),
    /// The payload of a DSSE envelope.
    Envelope {
        /// The envelope, JSON, as it is in the bundle.
        envelope: &'a str,
        /// The type of the payload.
        payload_type: &'a str,
        /// The payload.
        payload: &'a [u8],
    },
}

/// What a signature is verified with.
#[derive(Debug, Clone, Copy)]
pub enum Verifier<'a> {
    /// A certificate, DER.
    Certificate(&'a [u8]),
    /// A public key: SubjectPublicKeyInfo, DER.
    PublicKey(&'a [u8]),
}

impl Verifier<'_> {
    fn pem(&self) -> String {
        match self {
            Self::Certificate(der) => DerCertificate::from_bytes(der).to_pem(),
            Self::PublicKey(der) => DerPublicKey::from_bytes(der).to_pem(),
        }
    }

    fn der(&self) -> &[u8] {
        match self {
            Self::Certificate(der) | Self::PublicKey(der) => der,
        }
    }

    fn public_key(&self) -> Result<DerPublicKey, String> {
        match self {
            Self::PublicKey(der) => Ok(DerPublicKey::from_bytes(der)),
            Self::Certificate(der) => parse_certificate_info(&DerCertificate::from_bytes(der))
                .map(|info| info.public_key)
                .map_err(|error| error.to_string()),
        }
    }
}

/// What the answer has to say: values at places of the entry's body.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) kind: KindVersion,
    values: Vec<(&'static str, String)>,
    /// Where the verifier is, and its DER.
    verifier: (&'static str, Vec<u8>),
}

impl Expected {
    /// The body of an entry, JSON, says all of it.
    pub(super) fn is_in(&self, body: &[u8]) -> bool {
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return false };
        let text = |place: &str| body.pointer(place).and_then(Value::as_str);
        let (place, der) = &self.verifier;
        self.values.iter().all(|(place, value)| text(place) == Some(value))
            && text(place).and_then(der_of).is_some_and(|found| found == *der)
    }
}

/// The DER in base64, or in a PEM file in base64.
fn der_of(text: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(text).ok()?;
    let Ok(pem) = std::str::from_utf8(&bytes) else { return Some(bytes) };
    if !pem.starts_with("-----BEGIN") {
        return Some(bytes);
    }
    let lines = pem.lines().skip(1).take_while(|line| !line.starts_with("-----"));
    STANDARD.decode(lines.map(str::trim).collect::<String>()).ok()
}

/// `hashedrekord` 0.0.1 and `dsse` 0.0.1 (<https://github.com/sigstore/rekor/tree/main/pkg/types>).
pub(super) fn v1(entry: &Entry<'_>) -> Result<(Value, Expected), String> {
    let verifier = base64(entry.verifier.pem().as_bytes());
    let der = entry.verifier.der().to_vec();
    match entry.content {
        Content::Digest(digest) => {
            let algorithm = match digest.len() {
                32 => "sha256",
                48 => "sha384",
                64 => "sha512",
                other => return Err(format!("a digest of {other} bytes is of no algorithm that it knows")),
            };
            let request = json!({
                "apiVersion": "0.0.1",
                "kind": "hashedrekord",
                "spec": {
                    "data": { "hash": { "algorithm": algorithm, "value": hex(digest) } },
                    "signature": { "content": base64(entry.signature), "publicKey": { "content": verifier } },
                },
            });
            let values =
                vec![("/spec/data/hash/value", hex(digest)), ("/spec/signature/content", base64(entry.signature))];
            let verifier = ("/spec/signature/publicKey/content", der);
            Ok((request, Expected { kind: KindVersion::HashedRekordV001, values, verifier }))
        }
        Content::Envelope { envelope, payload, .. } => {
            let request = json!({
                "apiVersion": "0.0.1",
                "kind": "dsse",
                "spec": { "proposedContent": { "envelope": envelope, "verifiers": [verifier] } },
            });
            let values = vec![
                ("/spec/payloadHash/value", sha256(payload)),
                ("/spec/signatures/0/signature", base64(entry.signature)),
            ];
            let verifier = ("/spec/signatures/0/verifier", der);
            Ok((request, Expected { kind: KindVersion::DsseV001, values, verifier }))
        }
    }
}

/// `hashedrekord` 0.0.2, the only kind that Rekor v2 takes; of an envelope it holds the digest of what was signed, the
/// pre-authentication encoding (<https://github.com/sigstore/rekor-tiles/blob/main/CLIENTS.md>).
pub(super) fn v2(entry: &Entry<'_>) -> Result<(Value, Expected), String> {
    let key = entry.verifier.public_key()?;
    let (details, algorithm) = details(&key)?;
    let digest = match entry.content {
        Content::Digest(digest) => digest.to_vec(),
        Content::Envelope { payload_type, payload, .. } => {
            digest::digest(algorithm, &dsse::pae(payload_type, payload)).as_ref().to_vec()
        }
    };
    if digest.len() != algorithm.output_len() {
        return Err(format!("a key of this kind signs digests of {} bytes", algorithm.output_len()));
    }
    let (name, place) = match entry.verifier {
        Verifier::Certificate(_) => {
            ("x509Certificate", "/spec/hashedRekordV002/signature/verifier/x509Certificate/rawBytes")
        }
        Verifier::PublicKey(_) => ("publicKey", "/spec/hashedRekordV002/signature/verifier/publicKey/rawBytes"),
    };
    let request = json!({
        "hashedRekordRequestV002": {
            "digest": base64(&digest),
            "signature": {
                "content": base64(entry.signature),
                "verifier": { "keyDetails": details, name: { "rawBytes": base64(entry.verifier.der()) } },
            },
        },
    });
    let values = vec![
        ("/spec/hashedRekordV002/data/digest", base64(&digest)),
        ("/spec/hashedRekordV002/signature/content", base64(entry.signature)),
    ];
    let verifier = (place, entry.verifier.der().to_vec());
    Ok((request, Expected { kind: KindVersion::HashedRekordV002, values, verifier }))
}

/// What the specification calls a key (`PublicKeyDetails`), and the digest that it signs.
fn details(key: &DerPublicKey) -> Result<(&'static str, &'static digest::Algorithm), String> {
    match KeyAlgorithm::from_spki(key).map_err(|error| error.to_string())? {
        KeyAlgorithm::EcdsaP256 => Ok(("PKIX_ECDSA_P256_SHA_256", &digest::SHA256)),
        KeyAlgorithm::EcdsaP384 => Ok(("PKIX_ECDSA_P384_SHA_384", &digest::SHA384)),
        KeyAlgorithm::Rsa => {
            let key = RsaPublicKey::from_der(key.as_bytes()).map_err(|error| error.to_string())?;
            match key.modulus_len() {
                256 => Ok(("PKIX_RSA_PKCS1V15_2048_SHA256", &digest::SHA256)),
                384 => Ok(("PKIX_RSA_PKCS1V15_3072_SHA256", &digest::SHA256)),
                512 => Ok(("PKIX_RSA_PKCS1V15_4096_SHA256", &digest::SHA256)),
                other => Err(format!("a log of version 2 takes no RSA keys of {} bits", other * 8)),
            }
        }
        KeyAlgorithm::Ed25519 => {
            Err("a log of version 2 takes only signatures over a digest, and Ed25519 makes none: use an ECDSA key"
                .to_owned())
        }
        _ => Err("a log of version 2 takes no keys of this kind".to_owned()),
    }
}
