//! What a Sigstore of our own signs is verified, and nothing that departs from it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking and says why it was skipped"
)]

use std::sync::Arc;

use boltseal_evidence::{Digest, Signer, Standing, StepStatus, Verification};
use boltseal_fixture::authority::{
    Authority, Curve, Identity, Key, Kind, Logged, Made, Signing, Version, What, Who, hex, simple_signing, statement,
};
use boltseal_trust::{Artifact, Material, PublicKey, Root, Signed, verify};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// 2025-06-01T12:00:00Z.
const NOW: i64 = 1_748_779_200;
const BLOB: &[u8] = b"an artifact\n";

fn material(authority: &Authority) -> Material {
    let root = Root::parse("trusted_root.json", authority.trusted_root().to_string().as_bytes()).unwrap();
    Material { root: Some(Arc::new(root)), now: NOW + 3600, ..Material::default() }
}

fn public(key: &Key) -> PublicKey {
    PublicKey { name: "release.pub".to_owned(), der: key.public_der() }
}

fn about_the_blob() -> What {
    let digest = hex(&Sha256::digest(BLOB));
    What::Statement(statement(&[("artifact", &digest)], "https://slsa.dev/provenance/v1", &json!({ "made": "here" })))
}

fn check(bundle: &Value, material: &Material) -> Verification {
    verify(&Signed::Bundle(bundle.to_string().into_bytes()), "a file", Artifact::Bytes(BLOB), material)
}

#[track_caller]
fn fails_at(verification: &Verification, standing: Standing, step: &str) {
    assert_eq!(verification.standing, standing, "{verification:#?}");
    let obstacle = verification.obstacle().unwrap();
    assert_eq!(obstacle.name, step, "{verification:#?}");
    assert!(obstacle.advice.is_some(), "{obstacle:?}");
    assert!(verification.signer.is_none() && verification.statement.is_none() && verification.signed_at.is_none());
    // Nothing is said to have passed after what stopped it.
    let after = verification.steps.iter().skip_while(|step| step.name != obstacle.name).skip(1);
    assert!(after.into_iter().all(|step| step.status != StepStatus::Passed), "{verification:#?}");
}

fn keyless(what: What, logged: Logged) -> (Authority, Made) {
    let authority = Authority::new("lab", NOW);
    let identity = Identity::workflow();
    let mut signing = Signing::new(Who::Identity(&identity), what).logged(logged);
    if matches!(logged, Logged::Second(_)) {
        signing = signing.stamped(true);
    }
    let made = authority.sign(&signing);
    (authority, made)
}

#[test]
fn an_identity_is_told_with_its_claims_time_and_statement() {
    for logged in [Logged::First(Kind::Dsse), Logged::Second(Kind::HashedRekord)] {
        let (authority, made) = keyless(about_the_blob(), logged);
        let verification = check(&made.bundle(Version::V03), &material(&authority));
        assert_eq!(verification.standing, Standing::Verified, "{verification:#?}");
        let Some(Signer::Keyless { identity, issuer, claims }) = &verification.signer else { panic!() };
        assert_eq!((identity, issuer), (&Identity::workflow().name, &Identity::workflow().issuer));
        assert_eq!(claims.source_repository_uri.as_deref(), Some("https://github.com/example/app"));
        assert!(verification.signed_at.as_deref().unwrap().starts_with("2025-06-01T12:00:0"));
        assert_eq!(verification.statement.unwrap().predicate, json!({ "made": "here" }));
    }
}

#[test]
fn without_a_root_or_a_key_nobody_can_tell() {
    let (_, made) = keyless(about_the_blob(), Logged::First(Kind::Dsse));
    let nothing = Material { now: NOW, ..Material::default() };
    fails_at(&check(&made.bundle(Version::V03), &nothing), Standing::Unknown, "trusted root");
    let authority = Authority::new("lab", NOW);
    let key = Key::from_seed(Curve::P256, "lab", "release");
    let made = authority.sign(&Signing::new(Who::Key(&key), about_the_blob()));
    let bundle = made.bundle(Version::V03);
    fails_at(&check(&bundle, &material(&authority)), Standing::Unknown, "key");
    let keys = Material { keys: vec![public(&key)], now: NOW, ..Material::default() };
    fails_at(&check(&bundle, &keys), Standing::Unknown, "trusted root");
}

#[test]
fn a_key_is_found_among_others_and_no_other_kind_of_signer_takes_its_place() {
    let authority = Authority::new("lab", NOW);
    for curve in [Curve::P256, Curve::P384, Curve::Ed25519] {
        let key = Key::from_seed(curve, "lab", "release");
        let other = PublicKey { name: "other.pub".to_owned(), ..public(&Key::from_seed(curve, "lab", "other")) };
        let made = authority.sign(&Signing::new(Who::Key(&key), about_the_blob()));
        let keys = vec![other.clone(), public(&key)];
        let verification = check(&made.bundle(Version::V03), &Material { keys, ..material(&authority) });
        assert!(verification.is_verified(), "{verification:#?}");
        assert!(matches!(verification.signer, Some(Signer::Key { name: Some(name), .. }) if name == "release.pub"));
        let wrong = Material { keys: vec![other], ..material(&authority) };
        fails_at(&check(&made.bundle(Version::V03), &wrong), Standing::Rejected, "signature");
    }
    // A certificate's own key at hand as a public key proves nothing about its identity, and the other way round.
    let (authority, made) = keyless(about_the_blob(), Logged::First(Kind::Dsse));
    let mut bundle = made.bundle(Version::V03);
    let stranger = Authority::new("elsewhere", NOW);
    fails_at(&check(&bundle, &material(&stranger)), Standing::Rejected, "signing time");
    bundle["verificationMaterial"]["publicKey"] = json!({ "hint": "" });
    fails_at(&check(&bundle, &material(&authority)), Standing::Rejected, "form");
}

#[test]
fn keys_without_a_log_hold_only_where_that_is_accepted() {
    let authority = Authority::new("lab", NOW);
    for curve in [Curve::P256, Curve::P384, Curve::Ed25519] {
        let key = Key::from_seed(curve, "lab", "release");
        for what in [about_the_blob(), What::Blob(BLOB.to_vec())] {
            let made = authority.sign(&Signing::new(Who::Key(&key), what.clone()).logged(Logged::Nowhere));
            let bundle = made.bundle(Version::V03);
            let strict = Material { keys: vec![public(&key)], ..material(&authority) };
            fails_at(&check(&bundle, &strict), Standing::Rejected, "transparency log");
            let lax = Material { keys_need_no_log: true, ..strict };
            for lax in [lax.clone(), Material { root: None, ..lax }] {
                assert!(check(&bundle, &lax).is_verified());
                let bytes = Signed::Bundle(bundle.to_string().into_bytes());
                let other = verify(&bytes, "a file", Artifact::Bytes(b"another"), &lax);
                assert_eq!(other.standing, Standing::Rejected, "{other:#?}");
                let digest = Digest::sha256_of(BLOB);
                let by_digest = verify(&bytes, "a file", Artifact::Digest(&digest), &lax);
                // Ed25519 signs the bytes themselves, P-384 their SHA-384: the SHA-256 does not tell.
                let whole = matches!(what, What::Blob(_)) && !matches!(curve, Curve::P256);
                assert_eq!(by_digest.is_verified(), !whole, "{by_digest:#?}");
            }
        }
    }
}

#[test]
fn nothing_from_the_future_is_believed() {
    let (authority, made) = keyless(about_the_blob(), Logged::First(Kind::Dsse));
    let early = Material { now: NOW - 60, ..material(&authority) };
    fails_at(&check(&made.bundle(Version::V03), &early), Standing::Rejected, "signing time");
}

#[test]
fn hostile_sizes_and_depths_end_before_anything_is_read() {
    let (authority, made) = keyless(about_the_blob(), Logged::First(Kind::Dsse));
    let material = material(&authority);
    let good = made.bundle(Version::V03);
    let mut many = good.clone();
    many["verificationMaterial"]["tlogEntries"] =
        vec![good["verificationMaterial"]["tlogEntries"][0].clone(); 17].into();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let cases = [many.to_string().into_bytes(), deep.into_bytes(), vec![b' '; (16 << 20) + 1], b"\xff".to_vec()];
    for bytes in cases {
        fails_at(
            &verify(&Signed::Bundle(bytes), "a file", Artifact::Bytes(BLOB), &material),
            Standing::Rejected,
            "form",
        );
    }
    let digest = hex(&Sha256::digest(BLOB));
    let nested = (0..125).fold(json!(1), |inner, _| json!([inner]));
    let what = What::Statement(statement(&[("artifact", &digest)], "https://example.com/deep", &nested));
    let (authority, made) = keyless(what, Logged::First(Kind::Dsse));
    fails_at(&check(&made.bundle(Version::V03), &self::material(&authority)), Standing::Rejected, "payload");
}

#[test]
fn an_entry_without_any_proof_does_not_ride_along() {
    let (authority, made) = keyless(about_the_blob(), Logged::First(Kind::Dsse));
    let mut bundle = made.bundle(Version::V03);
    let mut bare = bundle["verificationMaterial"]["tlogEntries"][0].clone();
    for field in ["inclusionProof", "inclusionPromise"] {
        bare.as_object_mut().unwrap().remove(field);
    }
    bundle["verificationMaterial"]["tlogEntries"].as_array_mut().unwrap().push(bare);
    fails_at(&check(&bundle, &material(&authority)), Standing::Rejected, "transparency log");
}

fn legacy(who: Who<'_>, authority: &Authority, digest: &Digest) -> Signed {
    let payload = simple_signing("registry.example/app", &digest.to_string(), &json!({ "team": "blue" }));
    let made = authority.sign(&Signing::new(who, What::Blob(payload.clone())));
    Signed::CosignSignature { payload, annotations: made.annotations() }
}

#[test]
fn cosign_signatures_from_before_bundles_are_about_one_digest() {
    let authority = Authority::new("lab", NOW);
    let (digest, other) = (Digest::sha256_of(b"{}"), Digest::sha256_of(b"[]"));
    let key = Key::from_seed(Curve::P256, "lab", "release");
    let identity = Identity::workflow();
    let known = Material { keys: vec![public(&key)], ..material(&authority) };
    for who in [Who::Key(&key), Who::Identity(&identity)] {
        let signed = legacy(who, &authority, &digest);
        let verification = verify(&signed, "tag", Artifact::Digest(&digest), &known);
        assert!(verification.is_verified(), "{verification:#?}");
        assert_eq!(verification.annotations["team"], "blue");
        fails_at(&verify(&signed, "tag", Artifact::Digest(&other), &known), Standing::Rejected, "artifact");
        // The entry of another signature proves nothing for this one.
        let Signed::CosignSignature { payload, mut annotations } = signed else { panic!() };
        let Signed::CosignSignature { annotations: others, .. } = legacy(who, &authority, &other) else { panic!() };
        let bundle = "dev.sigstore.cosign/bundle".to_owned();
        annotations.insert(bundle.clone(), others[&bundle].clone());
        let swapped = Signed::CosignSignature { payload: payload.clone(), annotations: annotations.clone() };
        let verification = verify(&swapped, "tag", Artifact::Digest(&digest), &known);
        assert_eq!(verification.standing, Standing::Rejected, "{verification:#?}");
        annotations.remove(&bundle);
        let bare = Signed::CosignSignature { payload, annotations };
        fails_at(&verify(&bare, "tag", Artifact::Digest(&digest), &known), Standing::Rejected, "transparency log");
        let lax = Material { keys_need_no_log: true, ..known.clone() };
        let by_key = matches!(who, Who::Key(_));
        assert_eq!(verify(&bare, "tag", Artifact::Digest(&digest), &lax).is_verified(), by_key);
    }
}

#[test]
fn cosign_attestations_from_before_bundles_state_what_they_state() {
    let authority = Authority::new("lab", NOW);
    let key = Key::from_seed(Curve::P256, "lab", "release");
    let identity = Identity::workflow();
    let known = Material { keys: vec![public(&key)], ..material(&authority) };
    for who in [Who::Key(&key), Who::Identity(&identity)] {
        for kind in [Kind::Dsse, Kind::InToto] {
            let made = authority.sign(&Signing::new(who, about_the_blob()).logged(Logged::First(kind)));
            let envelope = made.envelope().to_string().into_bytes();
            let signed = Signed::CosignAttestation { envelope, annotations: made.annotations() };
            let verification = verify(&signed, "tag", Artifact::Bytes(BLOB), &known);
            assert!(verification.is_verified(), "{verification:#?}");
            assert_eq!(verification.statement.unwrap().predicate_type, "https://slsa.dev/provenance/v1");
            let verification = verify(&signed, "tag", Artifact::Bytes(b"other"), &known);
            fails_at(&verification, Standing::Rejected, "artifact");
        }
    }
}

#[test]
fn a_detached_signature_holds_with_its_key_alone() {
    let authority = Authority::new("lab", NOW);
    let key = Key::from_seed(Curve::P384, "lab", "release");
    let made = authority.sign(&Signing::new(Who::Key(&key), What::Blob(BLOB.to_vec())).logged(Logged::Nowhere));
    let base64 = made.bundle(Version::V03)["messageSignature"]["signature"].as_str().unwrap().as_bytes().to_vec();
    let lax = Material { keys: vec![public(&key)], keys_need_no_log: true, now: NOW, ..Material::default() };
    let detached = |bytes: &[u8], artifact: &[u8], known: &Material| {
        verify(&Signed::Detached(bytes.to_vec()), "a file", Artifact::Bytes(artifact), known)
    };
    assert!(detached(&base64, BLOB, &lax).is_verified());
    assert!(detached(&made.signature, BLOB, &lax).is_verified());
    fails_at(&detached(&base64, b"other", &lax), Standing::Rejected, "signature");
    fails_at(&detached(b"", BLOB, &lax), Standing::Rejected, "form");
    let strict = Material { keys_need_no_log: false, ..lax };
    fails_at(&detached(&base64, BLOB, &strict), Standing::Rejected, "transparency log");
}

#[test]
fn a_file_that_is_no_public_key_is_told_for_what_it_is() {
    let cases: [(&[u8], &str); 6] = [
        (b"", "it is empty"),
        (b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n", "private key"),
        (b"{}", "it is JSON"),
        (b"ssh-ed25519 AAAA", "a key of SSH"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA", "no end"),
        (b"-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----", "not base64"),
    ];
    for (bytes, expected) in cases {
        let error = PublicKey::from_pem("k.pem", bytes).unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains("c2Vj"), "{error}");
    }
}

/// Every place in a bundle whose change has to be noticed: strings of base64 and numbers of entries.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                // The proof's own index and the hint are not signed, and nothing is judged by them.
                if !["hint", "keyid"].contains(&name.as_str()) {
                    places(inner, &format!("{path}/{name}"), found);
                }
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter().enumerate() {
                places(inner, &format!("{path}/{at}"), found);
            }
        }
        Value::String(_) => found.push(path.to_owned()),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_bundle_with_any_byte_changed_never_verifies(
        second in any::<bool>(), blob in any::<bool>(), place in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(), with in "[A-Za-z0-9+/]",
    ) {
        let what = if blob { What::Blob(BLOB.to_vec()) } else { about_the_blob() };
        let logged = match (second, blob) {
            (true, _) => Logged::Second(Kind::HashedRekord),
            (false, true) => Logged::First(Kind::HashedRekord),
            (false, false) => Logged::First(Kind::Dsse),
        };
        let (authority, made) = keyless(what, logged);
        let mut bundle = made.bundle(Version::V03);
        let mut found = Vec::new();
        places(&bundle, "", &mut found);
        // Of a timestamp only what is signed counts, which is not all of its bytes: who made it has tests of its own.
        found.retain(|path| !path.ends_with("/signedTimestamp"));
        // In the second generation the log's id and the numbers beside the checkpoint are told, not signed.
        let unsigned = ["/logId/keyId", "/inclusionProof/logIndex", "/inclusionProof/treeSize", "/inclusionProof/rootHash", "/integratedTime"];
        found.retain(|path| !second || !unsigned.iter().any(|end| path.ends_with(end)));
        let path = place.get(&found);
        let text = bundle.pointer(path).unwrap().as_str().unwrap().to_owned();
        prop_assume!(!text.is_empty());
        let mut changed: Vec<char> = text.chars().collect();
        // Of a checkpoint the text above the blank line is signed; the names of who signed are not.
        let signed = text.split("\n\n").next().unwrap().chars().count();
        let at = at.index(signed);
        prop_assume!(changed[at] != with.chars().next().unwrap());
        changed[at] = with.chars().next().unwrap();
        *bundle.pointer_mut(path).unwrap() = changed.into_iter().collect::<String>().into();
        let verification = check(&bundle, &material(&authority));
        prop_assert!(!verification.is_verified(), "{} at {} of `{}`", path, at, text);
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let known = Material { now: NOW, keys_need_no_log: true, ..Material::default() };
        for signed in [
            Signed::Bundle(bytes.clone()),
            Signed::Detached(bytes.clone()),
            Signed::CosignSignature { payload: bytes.clone(), annotations: Default::default() },
            Signed::CosignAttestation { envelope: bytes.clone(), annotations: Default::default() },
        ] {
            prop_assert!(!verify(&signed, "a file", Artifact::Bytes(BLOB), &known).is_verified());
        }
    }
}
