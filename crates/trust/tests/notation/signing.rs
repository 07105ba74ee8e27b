//! What is signed here holds here and for the Notary Project's libraries.

use std::collections::BTreeMap;

use boltseal_evidence::Digest;
use boltseal_trust::notation::{Made, Target, sign};
use boltseal_trust::sign::SignError;
use boltseal_trust::{Key, Signed};

use super::draft::{MANIFEST_TYPE, manifest};
use super::forge::{DAY, Holder, Paper};
use super::key::{self, Kind};
use super::peer;
use super::told;
use super::world::WORLD;

fn made(leaf: &Holder, key: &key::Key, annotations: &[(&str, &str)], expires: Option<i64>) -> Result<Made, SignError> {
    let manifest = manifest();
    let annotations = annotations.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let target = Target {
        media_type: MANIFEST_TYPE,
        digest: &Digest::sha256_of(&manifest),
        size: manifest.len() as u64,
        annotations: &annotations,
    };
    let chain = [&leaf.der, &WORLD.middle.der, &WORLD.root.der].map(Clone::clone);
    sign(&target, &chain, &Key::from_pkcs8(key.pkcs8()).unwrap(), WORLD.now - 60, expires)
}

#[test]
fn what_is_signed_here_holds_here_and_there() {
    let mut lines = Vec::new();
    for kind in [Kind::P256, Kind::P384] {
        let key = key::Key::new(kind);
        let leaf = WORLD.leaf_paper().issue(&key, Some(&WORLD.middle));
        // Often enough for numbers that begin with zeros.
        for round in 0..300 {
            let expires = (round % 2 == 0).then_some(WORLD.now + DAY);
            let made = made(&leaf, &key, &[("build", "17")], expires).unwrap();
            let attempt = WORLD.attempt(made.signed);
            let verification = attempt.verify();
            assert!(verification.is_verified(), "{}", told(&verification));
            assert_eq!(verification.annotations, BTreeMap::from([("build".to_owned(), "17".to_owned())]));
            let (name, value) = made.annotation;
            assert_eq!(name, "io.cncf.notary.x509chain.thumbprint#S256");
            let prints: Vec<String> = serde_json::from_str(&value).unwrap();
            assert_eq!((prints.len(), &prints[0]), (3, &Digest::sha256_of(&leaf.der).hex().to_owned()));
            if round < 4 {
                lines.push(peer::question(&attempt));
            }
        }
    }
    let Some(answers) = peer::ask("verify", &lines) else { return };
    assert!(answers.iter().all(|answer| answer == "verified"), "{answers:?}");
}

#[test]
fn nothing_is_signed_that_would_not_hold() {
    let key = key::Key::new(Kind::P256);
    let leaf = WORLD.leaf_paper().issue(&key, Some(&WORLD.middle));
    let refused = |leaf: &Holder, key: &key::Key, annotations: &[(&str, &str)], expires| {
        made(leaf, key, annotations, expires).expect_err("it would not hold").to_string()
    };
    let over = Paper { not_after: WORLD.now - DAY, ..WORLD.leaf_paper() }.issue(&key, Some(&WORLD.middle));
    let authority = Paper::authority("x", WORLD.now).issue(&key, Some(&WORLD.middle));
    let rsa = key::Key::new(Kind::Rsa2048);
    let by_rsa = WORLD.leaf_paper().issue(&rsa, Some(&WORLD.middle));
    let reserved = [("io.cncf.notary.x", "y")];
    for (message, says) in [
        (refused(&leaf, &WORLD.spare, &[], None), "is not the certificate of the key that signs"),
        (refused(&over, &key, &[], None), "was valid until"),
        (refused(&authority, &key, &[], None), "certificate authority"),
        (refused(&by_rsa, &rsa, &[], None), "RSA 2048 keys do not sign"),
        (refused(&leaf, &key, &reserved, None), "Notary Project's own"),
        (refused(&leaf, &key, &[], Some(WORLD.now - DAY)), "would expire"),
    ] {
        assert!(message.contains(says), "not `{says}`: {message}");
    }
    assert!(matches!(made(&leaf, &key, &[], None).unwrap().signed, Signed::NotationJws(_)));
}
