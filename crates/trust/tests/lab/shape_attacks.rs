//! Attacks with Sigstore bundles: on who reads them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boltseal_fixture::authority::signing::IN_TOTO;
use boltseal_fixture::authority::{Asked, Version, What, statement};
use boltseal_trust::Signed;
use serde_json::json;

use crate::attack::Attack;
use crate::bundle_attacks::{OTHER, changed, made};
use crate::lab::{ARTIFACT, Case, ENTRY, NOW, PROVENANCE, about, blob, lab, put, sha256, take};
use crate::step;

const MATERIAL: &str = "/verificationMaterial";

pub(crate) fn all() -> Vec<Attack> {
    [shapes(), endless()].into_iter().flatten().collect()
}

fn shapes() -> Vec<Attack> {
    let bytes = |bytes: &[u8]| Case::of(Signed::Bundle(bytes.to_vec()), &lab());
    let good = made(&lab(), blob()).bundle(Version::V03).to_string();
    let format = &[step::FORMAT];
    vec![
        Attack::new("bundle-empty", "There is nothing in the bundle.", bytes(b"{}"), format),
        Attack::new(
            "bundle-truncated",
            "The bundle ends in the middle.",
            bytes(&good.as_bytes()[..good.len() / 2]),
            format,
        ),
        Attack::new("bundle-not-text", "The bundle is no text.", bytes(&[0xff, 0xfe, 0, 1, 2, 3]), format),
        Attack::new(
            "bundle-and-more",
            "Another bundle follows the first in the same file.",
            bytes(format!("{good}{good}").as_bytes()),
            format,
        ),
        Attack::new(
            "bundle-of-unknown-version",
            "The bundle is of a version that does not exist.",
            changed(blob(), |_, bundle| {
                put(bundle, "/mediaType", json!("application/vnd.dev.sigstore.bundle.v9.9+json"))
            }),
            format,
        ),
        Attack::new(
            "bundle-fields-twice",
            "The signature stands there twice: readers may differ in which they take.",
            {
                let other =
                    made(&lab(), What::Blob(OTHER.to_vec())).bundle(Version::V03)["messageSignature"].to_string();
                bytes(good.replacen('{', &format!("{{\"messageSignature\":{other},"), 1).as_bytes())
            },
            &[step::FORMAT, step::ARTIFACT],
        ),
        Attack::new(
            "bundle-chain-in-version-3",
            "A chain where version 0.3 has one certificate.",
            changed(blob(), |_, bundle| {
                let leaf = take(bundle, MATERIAL, "certificate");
                bundle["verificationMaterial"]["x509CertificateChain"] = json!({ "certificates": [leaf] });
            }),
            format,
        ),
        Attack::new(
            "bundle-numbers-beyond-bounds",
            "The index in the log does not fit any number.",
            changed(blob(), |_, bundle| {
                put(bundle, &format!("{ENTRY}/logIndex"), json!("99999999999999999999999999"));
            }),
            format,
        ),
    ]
}

/// Larger than anybody should read: made anew each time.
fn endless() -> Vec<Attack> {
    let authority = lab();
    let good = made(&authority, about(ARTIFACT)).bundle(Version::V03);
    let many = |pointer: &str, count: usize| {
        let mut bundle = good.clone();
        if pointer.ends_with("rfc3161Timestamps") {
            let stamp = authority.tsa.stamp(b"x", NOW, &Asked::default());
            bundle["verificationMaterial"]["timestampVerificationData"] =
                json!({ "rfc3161Timestamps": [{ "signedTimestamp": STANDARD.encode(stamp) }] });
        }
        let list = bundle.pointer_mut(pointer).unwrap().as_array_mut().unwrap();
        let one = list[0].clone();
        *list = vec![one; count];
        Case::bundle(&bundle, &authority)
    };
    let deep = |text: String| Case::of(Signed::Bundle(text.into_bytes()), &authority);
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let bounds = [step::FORMAT, step::ENTRY, step::TIMESTAMP];
    vec![
        Attack::new("endless-entries", "Ten thousand entries of the log.", many("/verificationMaterial/tlogEntries", 10_000), &bounds).see("CVE-2024-45395").generated(),
        Attack::new("endless-timestamps", "A hundred thousand timestamps.", many("/verificationMaterial/timestampVerificationData/rfc3161Timestamps", 100_000), &bounds).see("CVE-2024-45395").generated(),
        Attack::new("endless-signatures", "A hundred thousand signatures in one envelope.", many("/dsseEnvelope/signatures", 100_000), &bounds).generated(),
        Attack::new("endless-subjects", "A statement about fifty thousand artifacts, signed and logged, this not among them.", {
            let other = sha256(OTHER);
            let subjects: Vec<(&str, &str)> = vec![("artifact", &other); 50_000];
            let what = What::Statement(statement(&subjects, PROVENANCE, &json!({})));
            Case::bundle(&made(&authority, what).bundle(Version::V03), &authority)
        }, &[step::FORMAT, step::ARTIFACT, step::STATEMENT]).see("CVE-2024-45395").generated(),
        Attack::new("endless-proof", "An inclusion proof of a hundred thousand hashes.", {
            let mut bundle = good.clone();
            let hashes = bundle.pointer_mut(&format!("{ENTRY}/inclusionProof/hashes")).unwrap().as_array_mut().unwrap();
            let one = hashes[0].clone();
            *hashes = vec![one; 100_000];
            Case::bundle(&bundle, &authority)
        }, &[step::FORMAT, step::PROOF]).generated(),
        Attack::new("deep-bundle", "A field that no one knows, nested a million deep.", deep(good.to_string().replacen('{', &format!("{{\"x\":{},", nested(1_000_000)), 1)), &[step::FORMAT]).generated(),
        Attack::new("deep-predicate", "A statement whose predicate is nested a hundred thousand deep, signed and logged.", {
            let payload = format!("{{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{{\"name\":\"artifact\",\"digest\":{{\"sha256\":\"{}\"}}}}],\"predicateType\":\"{PROVENANCE}\",\"predicate\":{}}}", sha256(ARTIFACT), nested(100_000));
            let what = What::Envelope { payload_type: IN_TOTO.to_owned(), payload: payload.into_bytes() };
            Case::bundle(&made(&authority, what).bundle(Version::V03), &authority)
        }, &[step::FORMAT, step::STATEMENT, step::ARTIFACT]).generated(),
        Attack::new("huge-bundle", "A bundle of sixty-four megabytes.", deep(format!("{}{}", " ".repeat(64 << 20), good)), &[step::FORMAT]).see("CVE-2024-29902").generated(),
    ]
}
