//! Making signatures: what is signed, and how it is written down.
//!
//! Signing goes in three steps, so that services can be asked in between: something is signed ([`blob`],
//! [`statement`], [`cosign_payload`]); a certificate, a log or a timestamp authority may add its [`Proof`]; what came of both
//! is written as a bundle or as cosign did before bundles.

mod bundle;
mod cosign;
mod dsse;

use sigstore_verify::types::bundle::TransparencyLogEntry;

use crate::{Algorithm, Hash, InToto, PublicKey};

pub use cosign::{cosign_attestation, cosign_payload, cosign_signature};
pub use dsse::Envelope;

/// Who signs: a key, or a program that keeps one.
pub trait Signer {
    /// The public half.
    fn public_key(&self) -> &PublicKey;
    /// What kind of key it is.
    fn algorithm(&self) -> Algorithm;
    /// Signs a message: hashes it as the [`Algorithm`] says, and signs the hash.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The signer did not sign.
    #[error("nothing was signed: {0}")]
    Refused(String),
    /// What should be signed cannot be written down.
    #[error("what should be signed cannot be written: {0}")]
    Unwritable(String),
}

/// What services add to a signature, so that it can be verified without asking them.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// The certificate of the signer, DER. Without one, the signature is by a key.
    pub certificate: Option<Vec<u8>>,
    /// The certificates above it, from its issuer to the root, DER. Only cosign's form before bundles holds them.
    pub chain: Vec<Vec<u8>>,
    /// Entries of transparency logs.
    pub entries: Vec<TransparencyLogEntry>,
    /// Timestamps of the signature: a TimeStampResp (RFC 3161) each, DER.
    pub timestamps: Vec<Vec<u8>>,
}

impl Proof {
    /// Takes over what services answered: certificates and timestamps as DER, entries as JSON
    /// (`TransparencyLogEntry` of Sigstore's protobuf specification).
    pub fn of(
        certificate: Option<Vec<u8>>,
        chain: Vec<Vec<u8>>,
        entries: Vec<serde_json::Value>,
        timestamps: Vec<Vec<u8>>,
    ) -> Result<Self, SignError> {
        let entries = entries
            .into_iter()
            .map(serde_json::from_value)
            .collect::<Result<_, _>>()
            .map_err(|error| SignError::Unwritable(format!("the log's entry cannot be read: {error}")))?;
        Ok(Self { certificate, chain, entries, timestamps })
    }
}

/// A signature over bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBlob {
    /// The hash of the bytes.
    pub hash: Hash,
    /// Its value.
    pub digest: Vec<u8>,
    /// The signature: DER for ECDSA, else raw.
    pub signature: Vec<u8>,
    /// By which key.
    pub public_key: PublicKey,
}

/// Signs bytes.
pub fn blob(signer: &dyn Signer, bytes: &[u8]) -> Result<SignedBlob, SignError> {
    let hash = signer.algorithm().hash();
    Ok(SignedBlob {
        hash,
        digest: hash.of(bytes),
        signature: signer.sign(bytes)?,
        public_key: signer.public_key().clone(),
    })
}

/// Signs an in-toto statement: a DSSE envelope.
pub fn statement(signer: &dyn Signer, statement: &InToto) -> Result<Envelope, SignError> {
    Envelope::sign(signer, InToto::PAYLOAD_TYPE, statement.to_json()?)
}

/// Whether a signature over a message is one by this key: what a program gave that keeps a key is held against it
/// before it is written anywhere.
pub fn is_by(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
        VerificationAlgorithm,
    };
    let algorithm: &'static dyn VerificationAlgorithm = match Algorithm::of_public_key(&key.der) {
        Ok(Algorithm::EcdsaP256) => &ECDSA_P256_SHA256_ASN1,
        Ok(Algorithm::EcdsaP384) => &ECDSA_P384_SHA384_ASN1,
        Ok(Algorithm::Ed25519) => &ED25519,
        Ok(Algorithm::Rsa(_)) => &RSA_PKCS1_2048_8192_SHA256,
        Err(_) => return false,
    };
    ParsedPublicKey::new(algorithm, &key.der).is_ok_and(|key| key.verify_sig(message, signature).is_ok())
}

impl SignedBlob {
    /// The Sigstore bundle, JSON, v0.3.
    pub fn bundle(&self, proof: &Proof) -> Result<Vec<u8>, SignError> {
        bundle::of_blob(self, proof)
    }
}
