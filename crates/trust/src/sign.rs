//! Making signatures: what is signed, and how it is written down.
//!
//! Signing goes in three steps, so that services can be asked in between: something is signed ([`blob`],
//! [`statement`], [`cosign`]); a certificate, a log or a timestamp authority may add its [`Proof`]; what came of both
//! is written as a bundle or as cosign did before bundles.

mod bundle;
mod cosign;
mod dsse;

use sigstore_verify::types::bundle::TransparencyLogEntry;

use crate::{Algorithm, Hash, InToto, PublicKey};

pub use cosign::{CosignSigned, cosign};
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

impl SignedBlob {
    /// The Sigstore bundle, JSON, v0.3.
    pub fn bundle(&self, proof: &Proof) -> Result<Vec<u8>, SignError> {
        bundle::of_blob(self, proof)
    }
}
