//! What is signed here is verified here, by every kind of key and in every form.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking and says why it was skipped")]

use std::collections::BTreeMap;

use boltseal_evidence::{Digest, Standing};
use boltseal_trust::sign::{self, Proof, cosign_attestation, cosign_payload, cosign_signature};
use boltseal_trust::{
    Algorithm, Artifact, InToto, Key, Material, Signed, Signer as _, StatementVersion, Subject, verify,
};

#[test]
fn what_is_signed_here_is_verified_here_and_nothing_else_is() {
    let image = Digest::sha256_of(b"an image");
    let none = BTreeMap::new();
    for algorithm in Algorithm::MADE {
        let (key, other) = (Key::generate(algorithm).unwrap(), Key::generate(algorithm).unwrap());
        let proof = Proof::default();
        let signature = sign::statement(&key, &InToto::image_signature(&image, &none)).unwrap();
        let statement = InToto::new(
            StatementVersion::V01,
            Subject::new(&image),
            "https://example.com/p",
            serde_json::json!({ "a": 1 }),
        );
        let attestation = sign::statement(&key, &statement).unwrap();
        let payload = cosign_payload(&image, "registry.example/app", &none).unwrap();
        let legacy = key.sign(&payload).unwrap();
        let forms = [
            Signed::Bundle(signature.bundle(&proof).unwrap()),
            Signed::Bundle(attestation.bundle(&proof).unwrap()),
            cosign_signature(payload, &legacy, &proof).unwrap(),
            cosign_attestation(attestation.to_json().unwrap(), "https://example.com/p", &proof).unwrap(),
        ];
        let material = |key: &Key| Material {
            keys: vec![key.public_key().clone()],
            keys_need_no_log: true,
            now: 1_800_000_000,
            ..Material::default()
        };
        for signed in &forms {
            let judge = |digest: &Digest, key: &Key| verify(signed, "a test", Artifact::Digest(digest), &material(key));
            let held = judge(&image, &key);
            assert_eq!(held.standing, Standing::Verified, "{algorithm}: {held:#?}");
            assert_ne!(judge(&Digest::sha256_of(b"another"), &key).standing, Standing::Verified, "{algorithm}");
            assert_ne!(judge(&image, &other).standing, Standing::Verified, "{algorithm}");
        }
        let blob = sign::blob(&key, b"hello").unwrap();
        let bundle = Signed::Bundle(blob.bundle(&proof).unwrap());
        let judge = |bytes: &[u8]| verify(&bundle, "a test", Artifact::Bytes(bytes), &material(&key));
        assert_eq!(judge(b"hello").standing, Standing::Verified, "{algorithm}: {:#?}", judge(b"hello"));
        assert_ne!(judge(b"hullo").standing, Standing::Verified, "{algorithm}");
    }
}
