//! One way in for every kind of signature.

mod bounds;
mod bundle;
mod by_key;
mod by_root;
mod detached;
mod failure;
mod fulcio;
mod legacy;
mod payload;
mod told;
mod trail;

use boltseal_evidence::{Digest, SignatureFormat, Verification};

use crate::{Artifact, Material, Signed};

/// Verifies one signature: everything that can be told of it without asking whose it should be.
///
/// `source` says where it was found, for the reader.
pub fn verify(signed: &Signed, source: &str, artifact: Artifact<'_>, material: &Material) -> Verification {
    let notation = |format, bytes: &[u8]| {
        crate::notation::verify(format, bytes, source, artifact, material.notation.as_deref(), material.now)
    };
    let (format, bytes, outcome) = match signed {
        Signed::Bundle(bytes) => (SignatureFormat::SigstoreBundle, bytes, bundle::verify(bytes, artifact, material)),
        Signed::CosignSignature { payload, annotations } => {
            (SignatureFormat::CosignLegacy, payload, legacy::signature(payload, annotations, artifact, material))
        }
        Signed::CosignAttestation { envelope, annotations } => {
            (SignatureFormat::CosignLegacy, envelope, legacy::attestation(envelope, annotations, artifact, material))
        }
        Signed::NotationJws(bytes) => return notation(SignatureFormat::NotationJws, bytes),
        Signed::NotationCose(bytes) => return notation(SignatureFormat::NotationCose, bytes),
        Signed::Detached(bytes) => (SignatureFormat::CosignLegacy, bytes, detached::verify(bytes, artifact, material)),
    };
    let subject = match artifact {
        Artifact::Bytes(bytes) => Digest::sha256_of(bytes),
        Artifact::Digest(digest) => digest.clone(),
    };
    outcome.into_verification(format, source, Digest::sha256_of(bytes), subject)
}
