//! Attacks with Sigstore bundles: on what is signed and with which key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boltseal_fixture::authority::signing::IN_TOTO;
use boltseal_fixture::authority::{
    Authority, Curve, Identity, Key, Logged, Made, Signing, Version, What, Who, hex, statement,
};
use serde_json::{Value, json};

use crate::attack::Attack;
use crate::lab::{ARTIFACT, Case, NOW, PROVENANCE, about, blob, lab, put, release_key, sha256, take};
use crate::step;

pub(crate) const OTHER: &[u8] = b"another artifact\n";

pub(crate) fn all() -> Vec<Attack> {
    [contents(), statements(), keys()].into_iter().flatten().collect()
}

pub(crate) fn signed_with(authority: &Authority, what: What, depart: impl FnOnce(Signing<'_>) -> Signing<'_>) -> Made {
    let identity = Identity::workflow();
    authority.sign(&depart(Signing::new(Who::Identity(&identity), what)))
}

pub(crate) fn made(authority: &Authority, what: What) -> Made {
    signed_with(authority, what, |signing| signing)
}

/// A case whose bundle is changed after it was made.
pub(crate) fn changed(what: What, change: impl FnOnce(&Authority, &mut Value)) -> Case {
    let authority = lab();
    let mut bundle = made(&authority, what).bundle(Version::V03);
    change(&authority, &mut bundle);
    Case::bundle(&bundle, &authority)
}

pub(crate) fn departing(depart: impl FnOnce(Signing<'_>) -> Signing<'_>) -> Case {
    let authority = lab();
    Case::bundle(&signed_with(&authority, blob(), depart).bundle(Version::V03), &authority)
}

fn contents() -> Vec<Attack> {
    let authority = lab();
    vec![
        Attack::new(
            "replayed-bundle",
            "The bundle of another artifact, right in itself, is shown for this one.",
            Case::bundle(&made(&authority, What::Blob(OTHER.to_vec())).bundle(Version::V03), &authority),
            &[step::ARTIFACT],
        ),
        Attack::new(
            "message-digest-of-this-signature-of-another",
            "The digest that the bundle states is this artifact's, what is signed and logged is another's.",
            changed(What::Blob(OTHER.to_vec()), |_, bundle| {
                let digest = json!(STANDARD.encode(unhex(&sha256(ARTIFACT))));
                put(bundle, "/messageSignature/messageDigest/digest", digest);
            }),
            &[step::SIGNATURE, step::ENTRY],
        ),
        Attack::new(
            "message-digest-of-another",
            "The digest that the bundle states is not the artifact's, though the signature is.",
            changed(blob(), |_, bundle| {
                let digest = json!(STANDARD.encode(unhex(&sha256(OTHER))));
                put(bundle, "/messageSignature/messageDigest/digest", digest);
            }),
            &[step::ARTIFACT],
        ),
        Attack::new(
            "swapped-signature",
            "The signature is of another bundle by the same signer.",
            changed(blob(), |authority, bundle| {
                let other = made(authority, What::Blob(OTHER.to_vec())).bundle(Version::V03);
                put(bundle, "/messageSignature/signature", other["messageSignature"]["signature"].clone());
            }),
            &[step::SIGNATURE, step::ENTRY],
        ),
        Attack::new(
            "two-signatures-one-good",
            "The envelope has a stranger's signature first and a good one after it.",
            changed(about(ARTIFACT), |authority, bundle| {
                let other = made(authority, about(ARTIFACT)).bundle(Version::V03);
                let signatures = bundle.pointer_mut("/dsseEnvelope/signatures").unwrap().as_array_mut().unwrap();
                signatures.insert(0, other["dsseEnvelope"]["signatures"][0].clone());
            }),
            &[step::FORMAT],
        ),
        Attack::new(
            "signed-as-bytes-shown-as-statement",
            "What was signed as bytes is put into an envelope, whose signature is over more than its payload.",
            {
                let statement = statement(&[("artifact", &sha256(ARTIFACT))], PROVENANCE, &json!({})).to_string();
                changed(What::Blob(statement.clone().into_bytes()), |_, bundle| {
                    let signature = take(bundle, "", "messageSignature")["signature"].clone();
                    bundle["dsseEnvelope"] = json!({
                        "payload": STANDARD.encode(&statement),
                        "payloadType": IN_TOTO,
                        "signatures": [{ "sig": signature }],
                    });
                })
            },
            &[step::SIGNATURE, step::ENTRY],
        ),
    ]
}

fn statements() -> Vec<Attack> {
    let of = |statement: Value| {
        let authority = lab();
        Case::bundle(&made(&authority, What::Statement(statement)).bundle(Version::V03), &authority)
    };
    let wrong = [step::ARTIFACT, step::STATEMENT];
    let sha = sha256(ARTIFACT);
    let mut weak = statement(&[], PROVENANCE, &json!({}));
    weak["subject"] = json!([{ "name": "artifact", "digest": { "sha1": &sha[..40], "gitCommit": &sha[..40] } }]);
    let mut named = statement(&[], PROVENANCE, &json!({}));
    named["subject"] = json!([{ "name": format!("sha256:{sha}"), "digest": { "sha256": sha256(OTHER) } }]);
    let mut prefix = statement(&[], PROVENANCE, &json!({}));
    prefix["subject"] = json!([{ "name": "artifact", "digest": { "sha256": &sha[..8] } }]);
    let mut disputed = statement(&[], PROVENANCE, &json!({}));
    disputed["subject"] = json!([{ "name": "artifact", "digest": { "sha256": sha256(OTHER), "sha512": hex(&[7; 64]), "sha1": &sha[..40] } }]);
    vec![
        Attack::new(
            "replayed-statement",
            "An attestation about another artifact is shown for this one.",
            of(statement(&[("artifact", &sha256(OTHER))], PROVENANCE, &json!({}))),
            &wrong,
        ),
        Attack::new(
            "statement-without-subject",
            "The statement is about nothing.",
            of(statement(&[], PROVENANCE, &json!({}))),
            &wrong,
        ),
        Attack::new(
            "statement-about-many-others",
            "The statement is about a hundred artifacts, and this is none of them.",
            {
                let others: Vec<String> = (0..100).map(|number: u32| sha256(&number.to_be_bytes())).collect();
                let subjects: Vec<(&str, &str)> = others.iter().map(|digest| ("artifact", digest.as_str())).collect();
                of(statement(&subjects, PROVENANCE, &json!({})))
            },
            &wrong,
        ),
        Attack::new(
            "statement-with-weak-digests",
            "The subject has digests only of kinds that say nothing.",
            of(weak),
            &wrong,
        ),
        Attack::new(
            "statement-with-digest-as-name",
            "The subject is only called after the artifact's digest.",
            of(named),
            &wrong,
        ),
        Attack::new(
            "statement-with-digest-prefix",
            "The subject's digest is the first digits of the artifact's.",
            of(prefix),
            &wrong,
        ),
        Attack::new(
            "statement-with-disputed-digests",
            "One of the subject's digests is no digest of the artifact.",
            of(disputed),
            &wrong,
        ),
        Attack::new(
            "statement-not-a-statement",
            "The payload is said to be a statement and is a list.",
            of(json!([1, 2, 3])),
            &[step::STATEMENT, step::ARTIFACT, step::FORMAT],
        ),
        Attack::new(
            "payload-of-another-type",
            "A statement in an envelope that says that it is plain text: signed for another purpose.",
            {
                let authority = lab();
                let payload = statement(&[("artifact", &sha)], PROVENANCE, &json!({})).to_string().into_bytes();
                let what = What::Envelope { payload_type: "text/plain".to_owned(), payload };
                Case::bundle(&made(&authority, what).bundle(Version::V03), &authority)
            },
            &[step::STATEMENT, step::ARTIFACT, step::FORMAT],
        ),
        Attack::new(
            "payload-type-changed",
            "The type of the payload was changed after it was signed.",
            changed(about(ARTIFACT), |_, bundle| {
                put(bundle, "/dsseEnvelope/payloadType", json!("application/vnd.in-toto+json;v=2"))
            }),
            &[step::SIGNATURE, step::ENTRY, step::STATEMENT],
        ),
    ]
}

fn keys() -> Vec<Attack> {
    let by_key = |key: &Key, what: What| lab().sign(&Signing::new(Who::Key(key), what));
    let mallory = Key::from_seed(Curve::P256, "stranger", "mallory");
    vec![
        Attack::new(
            "key-hint-of-another",
            "Signed by a stranger's key, and said to be by the trusted one.",
            {
                let mut made = by_key(&mallory, blob());
                made.hint = STANDARD.encode(release_key().id());
                Case::bundle(&made.bundle(Version::V03), &lab()).trusting("release.pub", &release_key())
            },
            &[step::KEY, step::ENTRY],
        ),
        Attack::new(
            "key-brought-along",
            "The bundle brings the key that it should be checked with.",
            {
                let mut bundle = by_key(&mallory, blob()).bundle(Version::V03);
                bundle["verificationMaterial"]["publicKey"] =
                    json!({ "hint": mallory.public_pem(), "rawBytes": STANDARD.encode(mallory.public_der()) });
                Case::bundle(&bundle, &lab()).trusting("release.pub", &release_key())
            },
            &[step::KEY, step::ENTRY, step::FORMAT],
        ),
        Attack::new(
            "key-of-another-curve",
            "The trusted key is on another curve than the one that signed.",
            {
                let made = by_key(&mallory, about(ARTIFACT));
                Case::bundle(&made.bundle(Version::V03), &lab())
                    .trusting("release.pub", &Key::from_seed(Curve::P384, "lab", "release"))
            },
            &[step::KEY, step::ENTRY],
        ),
        Attack::new(
            "key-public-as-secret",
            "The signature is made of the public key alone, as if the key were a shared secret.",
            {
                let key = release_key();
                let mut bundle = by_key(&key, blob()).bundle(Version::V03);
                let forged = aws_lc_rs::hmac::sign(
                    &aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key.public_pem().as_bytes()),
                    ARTIFACT,
                );
                put(&mut bundle, "/messageSignature/signature", json!(STANDARD.encode(forged.as_ref())));
                Case::bundle(&bundle, &lab()).trusting("release.pub", &key)
            },
            &[step::KEY, step::ENTRY],
        ),
        Attack::new(
            "key-without-log",
            "Signed by a trusted key and logged nowhere, where a log is asked for.",
            {
                let key = release_key();
                let made = lab().sign(&Signing::new(Who::Key(&key), blob()).logged(Logged::Nowhere));
                Case::bundle(&made.bundle(Version::V03), &lab()).trusting("release.pub", &key)
            },
            &[step::LOG],
        ),
        Attack::new(
            "signature-of-zeros",
            "An ECDSA signature whose numbers are zero.",
            {
                let key = release_key();
                let mut bundle = by_key(&key, blob()).bundle(Version::V03);
                put(&mut bundle, "/messageSignature/signature", json!(STANDARD.encode([0x30, 6, 2, 1, 0, 2, 1, 0])));
                let mut case = Case::bundle(&bundle, &lab()).trusting("release.pub", &key);
                case.keys_need_no_log = true;
                case
            },
            &[step::KEY, step::ENTRY],
        )
        .see("CVE-2022-21449"),
        Attack::new(
            "certificate-where-only-a-key-is-trusted",
            "A certificate by somebody's own authority, where one key is trusted and no root.",
            {
                let theirs = Authority::new("stranger", NOW);
                let mut case = Case::bundle(&made(&theirs, blob()).bundle(Version::V03), &theirs)
                    .trusting("release.pub", &release_key());
                case.root = None;
                case
            },
            &[step::CHAIN, step::TRUST],
        )
        .unknown(),
        Attack::new(
            "nothing-trusted",
            "A good bundle, and nothing to check it against.",
            {
                let mut case = departing(|signing| signing);
                case.root = None;
                case
            },
            &[step::CHAIN, step::TRUST],
        )
        .unknown(),
    ]
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}
