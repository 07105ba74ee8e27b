//! One way in for every kind of signature.

use boltseal_evidence::{Digest, SignatureFormat, Standing, Step, StepStatus, Verification};

use crate::{Artifact, Material, Signed};

/// Verifies one signature: everything that can be told of it without asking whose it should be.
///
/// `source` says where it was found, for the reader.
pub fn verify(signed: &Signed, source: &str, artifact: Artifact<'_>, material: &Material) -> Verification {
    let notation = |format, bytes: &[u8]| {
        crate::notation::verify(format, bytes, source, artifact, material.notation.as_deref(), material.now)
    };
    let subject = match artifact {
        Artifact::Bytes(bytes) => Digest::sha256_of(bytes),
        Artifact::Digest(digest) => digest.clone(),
    };
    let (format, bytes) = match signed {
        Signed::Bundle(bytes) => (SignatureFormat::SigstoreBundle, bytes),
        Signed::CosignSignature { payload, .. } => (SignatureFormat::CosignLegacy, payload),
        Signed::CosignAttestation { envelope, .. } => (SignatureFormat::CosignLegacy, envelope),
        Signed::NotationJws(bytes) => return notation(SignatureFormat::NotationJws, bytes),
        Signed::NotationCose(bytes) => return notation(SignatureFormat::NotationCose, bytes),
        Signed::Detached(bytes) => (SignatureFormat::CosignLegacy, bytes),
    };
    Verification {
        format,
        source: source.to_owned(),
        digest: Digest::sha256_of(bytes),
        subject,
        standing: Standing::Unknown,
        signer: None,
        signed_at: None,
        statement: None,
        annotations: std::collections::BTreeMap::new(),
        steps: vec![Step {
            name: "format".to_owned(),
            status: StepStatus::Unknown,
            detail: "signatures of this kind are not verified yet".to_owned(),
            advice: None,
        }],
    }
}
