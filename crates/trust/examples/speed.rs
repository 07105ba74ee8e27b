//! How many signatures are verified a second on one core, beside the public-key operations alone.
//!
//! `cargo run --release -p boltseal-trust --example speed [SECONDS]`; `cargo xtask bench trust` runs it.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::indexing_slicing, reason = "a program for measurements")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use boltseal_fixture::authority::{Authority, Curve, Identity, Kind, Logged, Signing, Version, What, Who};
use boltseal_trust::{Artifact, Material, PublicKey, Root, Signed, verify};

/// 2025-06-01T12:00:00Z.
const NOW: i64 = 1_748_779_200;

fn main() {
    let seconds: f64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2.0);
    let span = Duration::from_secs_f64(seconds);

    // What Sigstore's public instance has: its authorities on P-384, everything else on P-256.
    let authority = Authority::with("speed", NOW, Curve::P384, Curve::Ed25519);
    let identity = Identity::person("dev@example.com", "https://accounts.example.com");
    let root = Arc::new(Root::parse("speed", authority.trusted_root().to_string().as_bytes()).unwrap());
    let keyless = Material { root: Some(Arc::clone(&root)), now: NOW + 3600, ..Material::default() };
    let blob = b"a blob that somebody signed".to_vec();

    let key = boltseal_fixture::authority::Key::from_seed(Curve::P256, "speed", "signer");
    let public = PublicKey::from_pem("signer.pub", key.public_pem().as_bytes()).unwrap();
    let keyed = Material { root: Some(root), keys: vec![public], now: NOW + 3600, ..Material::default() };

    let floor = floor(span);
    println!("{:44} {floor:9.0} /s", "floor: one ECDSA P-256 verification");
    let someone = Who::Identity(&identity);
    let first = Logged::First(Kind::HashedRekord);
    let second = Logged::Second(Kind::HashedRekord);
    for (name, signing, material) in [
        ("keyless, first log", Signing::new(someone, What::Blob(blob.clone())).logged(first), &keyless),
        (
            "keyless, second log and timestamp",
            Signing::new(someone, What::Blob(blob.clone())).logged(second).stamped(true),
            &keyless,
        ),
        ("key, first log", Signing::new(Who::Key(&key), What::Blob(blob.clone())).logged(first), &keyed),
    ] {
        let bundle = Signed::Bundle(authority.sign(&signing).bundle(Version::V03).to_string().into_bytes());
        let rate = rate(span, || {
            let verification = verify(black_box(&bundle), "bench", Artifact::Bytes(&blob), material);
            assert!(verification.is_verified(), "{:#?}", verification.steps);
        });
        println!("{name:44} {rate:9.0} /s  {:5.1} × the floor's work", floor / rate);
    }
}

/// Runs a second for the time that is given, and says how many a second.
fn rate(span: Duration, mut run: impl FnMut()) -> f64 {
    run();
    let start = Instant::now();
    let mut count = 0u32;
    while start.elapsed() < span {
        run();
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

/// What no verification can do without.
fn floor(span: Duration) -> f64 {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref()).unwrap();
    let signature = pair.sign(&random, b"message").unwrap();
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, pair.public_key().as_ref().to_vec());
    rate(span, || public.verify(black_box(b"message"), signature.as_ref()).unwrap())
}
