//! Attacks with Sigstore bundles: on certificates, logs and proofs of time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boltseal_fixture::authority::certificate::SERVER_AUTH;
use boltseal_fixture::authority::{Asked, Authority, Curve, Kind, Leaf, Logged, Sct, Signing, Version, What, Who};
use serde_json::json;

use crate::attack::Attack;
use crate::bundle_attacks::{OTHER, changed, departing, made, signed_with};
use crate::lab::{ARTIFACT, Case, ENTRY, NOW, about, blob, lab, put, release_key};
use crate::step;

pub(crate) fn all() -> Vec<Attack> {
    [certificates(), logs(), times()].into_iter().flatten().collect()
}

fn certificates() -> Vec<Attack> {
    let leaf = |change: fn(&mut Leaf)| {
        let mut leaf = Leaf::default();
        change(&mut leaf);
        departing(|signing| signing.leaf(leaf))
    };
    let stranger = || Authority::new("stranger", NOW);
    vec![
        Attack::new(
            "certificate-expired",
            "It was signed an hour after the certificate had ended.",
            departing(|mut signing| {
                signing.logged_after = 3_600;
                signing
            }),
            &[step::VALIDITY],
        ),
        Attack::new(
            "certificate-not-yet-valid",
            "It was signed a minute before the certificate begins.",
            leaf(|leaf| leaf.before = -60),
            &[step::VALIDITY],
        ),
        Attack::new(
            "certificate-for-servers",
            "The certificate is for TLS servers, not for signing code.",
            leaf(|leaf| leaf.usage = SERVER_AUTH.to_owned()),
            &[step::CHAIN],
        ),
        Attack::new(
            "certificate-without-sct",
            "The certificate was never logged.",
            leaf(|leaf| leaf.sct = Sct::Absent),
            &[step::SCT],
        ),
        Attack::new(
            "certificate-sct-garbled",
            "The certificate's proof of being logged does not hold.",
            leaf(|leaf| leaf.sct = Sct::Garbled),
            &[step::SCT],
        ),
        Attack::new(
            "certificate-sct-of-another",
            "The certificate's proof of being logged is another certificate's.",
            leaf(|leaf| leaf.sct = Sct::OfAnother),
            &[step::SCT],
        ),
        Attack::new(
            "certificate-sct-by-unknown-log",
            "The certificate was logged where nobody looks.",
            {
                let mut authority = lab();
                authority.ct = stranger().ct;
                let bundle = made(&authority, blob()).bundle(Version::V03);
                Case::bundle(&bundle, &lab())
            },
            &[step::SCT],
        ),
        Attack::new(
            "certificate-by-stranger",
            "The certificate is by an authority that is not trusted; all else is right.",
            {
                let mut authority = lab();
                authority.ca = stranger().ca;
                Case::bundle(&made(&authority, blob()).bundle(Version::V03), &lab())
            },
            &[step::CHAIN],
        ),
        Attack::new(
            "certificate-by-namesake",
            "The certificate is by an authority that has the trusted one's names and another key.",
            {
                let mut authority = lab();
                authority.ca = std::sync::Arc::new(boltseal_fixture::authority::CertificateAuthority::namesake(
                    &authority.ca,
                    Curve::P256,
                    "namesake",
                    NOW - 86_400,
                ));
                Case::bundle(&made(&authority, blob()).bundle(Version::V03), &lab())
            },
            &[step::CHAIN],
        ),
        Attack::new(
            "certificate-chain-brings-its-root",
            "The bundle brings the stranger's own root along, to be trusted.",
            {
                let mut authority = lab();
                authority.ca = stranger().ca;
                let mut bundle = made(&authority, blob()).bundle(Version::V02);
                let chain = bundle.pointer_mut("/verificationMaterial/x509CertificateChain/certificates").unwrap();
                chain.as_array_mut().unwrap().push(json!({ "rawBytes": STANDARD.encode(&authority.ca.root) }));
                Case::bundle(&bundle, &lab())
            },
            &[step::CHAIN, step::FORMAT],
        ),
        Attack::new(
            "certificate-swapped",
            "The certificate is another one of the same signer's.",
            changed(blob(), |authority, bundle| {
                let other = made(authority, blob()).bundle(Version::V03);
                put(bundle, "/verificationMaterial/certificate", other["verificationMaterial"]["certificate"].clone());
            }),
            &[step::SIGNATURE, step::ENTRY],
        ),
        Attack::new(
            "authority-had-ended",
            "The certificate authority was trusted until the day before.",
            {
                let mut case = departing(|signing| signing);
                let end = boltseal_fixture::authority::der::rfc3339(NOW - 86_400);
                put(
                    case.root.as_mut().unwrap(),
                    "/certificateAuthorities/0/validFor",
                    json!({ "start": "2024-01-01T00:00:00Z", "end": end }),
                );
                case
            },
            &[step::VALIDITY],
        ),
    ]
}

fn logs() -> Vec<Attack> {
    let proof = format!("{ENTRY}/inclusionProof");
    let checkpoint = format!("{proof}/checkpoint/envelope");
    vec![
        Attack::new(
            "log-entry-of-another-signature",
            "The entry of the log is right, and of another signature.",
            changed(blob(), |authority, bundle| {
                let other = made(authority, What::Blob(OTHER.to_vec())).bundle(Version::V03);
                put(bundle, ENTRY, other.pointer(ENTRY).unwrap().clone());
            }),
            &[step::ENTRY],
        )
        .see("CVE-2022-36056"),
        Attack::new(
            "log-entry-of-another-statement",
            "The entry of the log is right, and of another statement by the same signer.",
            changed(about(ARTIFACT), |authority, bundle| {
                let other = made(authority, about(OTHER)).bundle(Version::V03);
                put(bundle, ENTRY, other.pointer(ENTRY).unwrap().clone());
            }),
            &[step::ENTRY],
        )
        .see("CVE-2026-22703"),
        Attack::new(
            "log-entry-of-another-by-key",
            "Signed with a trusted key and never logged: the entry is of something else.",
            {
                let authority = lab();
                let key = release_key();
                let mut bundle = authority.sign(&Signing::new(Who::Key(&key), blob())).bundle(Version::V03);
                let other =
                    authority.sign(&Signing::new(Who::Key(&key), What::Blob(OTHER.to_vec()))).bundle(Version::V03);
                put(&mut bundle, ENTRY, other.pointer(ENTRY).unwrap().clone());
                Case::bundle(&bundle, &authority).trusting("release.pub", &key)
            },
            &[step::ENTRY],
        )
        .see("CVE-2026-22703"),
        Attack::new(
            "log-entry-missing",
            "It was never logged.",
            departing(|signing| signing.logged(Logged::Nowhere).stamped(true)),
            &[step::LOG],
        ),
        Attack::new(
            "inclusion-proof-missing",
            "The log promised to include it; that it did is not shown.",
            departing(|signing| signing.shown(true, false)),
            &[step::PROOF, step::FORMAT],
        ),
        Attack::new(
            "inclusion-proof-of-another-leaf",
            "The proof leads to the root, from another entry.",
            changed(blob(), |authority, bundle| {
                let other = made(authority, blob()).bundle(Version::V03);
                put(bundle, &proof, other.pointer(&proof).unwrap().clone());
            }),
            &[step::PROOF],
        ),
        Attack::new(
            "integrated-time-moved",
            "The time at which it was logged was moved to when the certificate was valid.",
            {
                let authority = lab();
                let made = signed_with(&authority, blob(), |mut signing| {
                    signing.logged_after = 3_600;
                    signing
                });
                let mut bundle = made.bundle(Version::V03);
                put(&mut bundle, &format!("{ENTRY}/integratedTime"), json!(NOW.to_string()));
                Case::bundle(&bundle, &authority)
            },
            &[step::PROMISE],
        ),
        Attack::new(
            "promise-missing",
            "Without the promise nobody vouches for the time at which it was logged.",
            departing(|signing| signing.shown(false, true)),
            &[step::PROMISE, step::TIMESTAMP],
        ),
        Attack::new(
            "checkpoint-unsigned",
            "The head of the log is signed by nobody.",
            changed(blob(), |_, bundle| {
                let text =
                    bundle.pointer(&checkpoint).unwrap().as_str().unwrap().split("\n\n").next().unwrap().to_owned();
                put(bundle, &checkpoint, json!(format!("{text}\n\n")));
            }),
            &[step::CHECKPOINT, step::FORMAT],
        ),
        Attack::new(
            "checkpoint-by-another-log",
            "The head of the log is of a log that the attacker keeps.",
            {
                let authority = lab();
                let mut theirs = lab();
                theirs.rekor = Authority::new("stranger", NOW).rekor;
                Case::bundle(&made(&theirs, blob()).bundle(Version::V03), &authority)
            },
            &[step::PROMISE, step::CHECKPOINT],
        ),
        Attack::new(
            "checkpoint-of-an-older-tree",
            "The head of the log is from before the entry.",
            changed(blob(), |authority, bundle| {
                put(bundle, &checkpoint, json!(authority.rekor.checkpoint(4, NOW)));
            }),
            &[step::CHECKPOINT, step::PROOF, step::FORMAT],
        ),
        Attack::new(
            "log-had-ended",
            "The log's key was trusted until the day before.",
            {
                let mut case = departing(|signing| signing);
                let end = boltseal_fixture::authority::der::rfc3339(NOW - 86_400);
                put(
                    case.root.as_mut().unwrap(),
                    "/tlogs/0/publicKey/validFor",
                    json!({ "start": "2024-01-01T00:00:00Z", "end": end }),
                );
                case
            },
            &[step::PROMISE, step::CHECKPOINT],
        ),
        Attack::new(
            "tiles-entry-of-another-signature",
            "The entry of the second generation is of another signature.",
            {
                let authority = lab();
                let tiled = |what: What| {
                    signed_with(&authority, what, |signing| {
                        signing.logged(Logged::Second(Kind::HashedRekord)).stamped(true)
                    })
                    .bundle(Version::V03)
                };
                let mut bundle = tiled(blob());
                put(&mut bundle, ENTRY, tiled(What::Blob(OTHER.to_vec())).pointer(ENTRY).unwrap().clone());
                Case::bundle(&bundle, &authority)
            },
            &[step::ENTRY],
        ),
    ]
}

fn times() -> Vec<Attack> {
    const STAMP: &str = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp";
    let tiled = |depart: fn(&mut Signing<'_>)| {
        departing(|signing| {
            let mut signing = signing.logged(Logged::Second(Kind::HashedRekord)).stamped(true);
            depart(&mut signing);
            signing
        })
    };
    let restamped = |by: &str, over: Option<&[u8]>| {
        let authority = lab();
        let made =
            signed_with(&authority, blob(), |signing| signing.logged(Logged::Second(Kind::HashedRekord)).stamped(true));
        let mut bundle = made.bundle(Version::V03);
        let asked = Asked { certificate: true, nonce: None };
        let stamp = Authority::new(by, NOW).tsa.stamp(over.unwrap_or(&made.signature), NOW, &asked);
        put(&mut bundle, STAMP, json!(STANDARD.encode(stamp)));
        Case::bundle(&bundle, &authority)
    };
    vec![
        Attack::new(
            "no-proof-of-time",
            "Logged by the second generation, which proves no time, and not stamped.",
            tiled(|signing| signing.stamped = None),
            &[step::TIMESTAMP],
        ),
        Attack::new(
            "timestamp-over-another-signature",
            "The timestamp is over another signature.",
            restamped("lab", Some(b"another")),
            &[step::TIMESTAMP],
        ),
        Attack::new(
            "timestamp-by-stranger",
            "The timestamp is by an authority that is not trusted.",
            restamped("stranger", None),
            &[step::TIMESTAMP],
        ),
        Attack::new(
            "timestamp-after-certificate",
            "It was stamped an hour after the certificate had ended: the key may be stolen.",
            tiled(|signing| signing.stamped_after = 3_600),
            &[step::VALIDITY, step::TIMESTAMP],
        ),
        Attack::new(
            "timestamp-contradicts-log",
            "The log's time is right and the timestamp is outside the certificate's.",
            departing(|signing| {
                let mut signing = signing.stamped(true);
                signing.stamped_after = 3_600;
                signing
            }),
            &[step::VALIDITY, step::TIMESTAMP],
        ),
    ]
}
