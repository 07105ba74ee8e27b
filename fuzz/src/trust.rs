//! Signatures and what comes along with them: none of it is anybody's who is trusted.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use boltseal_trust::{Artifact, Material, PublicKey, Root, Signed, verify};

/// What is signed in the seed.
pub(crate) const ARTIFACT: &[u8] = b"an artifact\n";

/// One input as every kind of signature; the number of steps that passed.
///
/// # Panics
/// Bytes that nobody signed verify, or something that is rejected names a signer.
pub(crate) fn trust_bundle(data: &[u8]) -> usize {
    static MATERIAL: OnceLock<Material> = OnceLock::new();
    let material = MATERIAL.get_or_init(|| Material {
        root: Root::public_good().ok().map(Arc::new),
        keys: vec![PublicKey { name: "broken.pub".to_owned(), der: vec![0x30, 0] }],
        keys_need_no_log: true,
        now: 1_900_000_000,
        ..Material::default()
    });
    let text = String::from_utf8_lossy(data);
    let (payload, entry) = text.split_once('\n').unwrap_or((&text, ""));
    let annotations = BTreeMap::from([
        ("dev.cosignproject.cosign/signature".to_owned(), "AAAA".to_owned()),
        ("dev.sigstore.cosign/bundle".to_owned(), entry.to_owned()),
        ("dev.sigstore.cosign/certificate".to_owned(), entry.to_owned()),
    ]);
    let payload = payload.as_bytes().to_vec();
    let mut passed = 0;
    for signed in [
        Signed::Bundle(data.to_vec()),
        Signed::Detached(data.to_vec()),
        Signed::CosignSignature { payload: payload.clone(), annotations: annotations.clone() },
        Signed::CosignAttestation { envelope: payload, annotations },
    ] {
        let verification = verify(&signed, "fuzz", Artifact::Bytes(ARTIFACT), material);
        assert!(!verification.is_verified() && verification.signer.is_none());
        let steps = verification.steps.iter();
        let held = steps.filter(|step| step.status == boltseal_evidence::StepStatus::Passed && step.name != "form");
        // A detached signature is any bytes at all.
        passed += if matches!(signed, Signed::Detached(_)) { 0 } else { held.count() };
    }
    let _ = PublicKey::from_pem("fuzz", data);
    let _ = Root::parse("fuzz", data);
    passed
}
