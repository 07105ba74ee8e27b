//! Changes to a bundle that holds, or to what is trusted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boltseal_fixture::authority::{Asked, Authority, Curve, Generation, Key, Signing, Version, Who};
use serde_json::{Value, json};

use crate::lab::{Case, ENTRY, Good, NOW, garble, lab, put, release_key, signature_at, take};
use crate::step;

/// A change, the bundles that it can be made to, and the step that must notice.
pub(crate) struct Tampering {
    pub(crate) name: &'static str,
    pub(crate) applies: fn(&Good) -> bool,
    pub(crate) change: fn(&Good, &mut Case, &mut Value),
    pub(crate) steps: &'static [&'static [&'static str]],
}

fn any(_: &Good) -> bool {
    true
}
fn logged(good: &Good) -> bool {
    good.is_first() || good.is_second()
}
fn is_certified(good: &Good) -> bool {
    good.identity.is_some()
}
fn is_stamped(good: &Good) -> bool {
    good.stamped.is_some()
}
fn is_envelope(good: &Good) -> bool {
    !good.is_blob()
}
fn of_version_3(good: &Good) -> bool {
    good.version == Version::V03
}

const PROOF: &str = "/verificationMaterial/tlogEntries/0/inclusionProof";
const CHECKPOINT: &str = "/verificationMaterial/tlogEntries/0/inclusionProof/checkpoint/envelope";
const STAMP: &str = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp";

/// The same thing signed by the same people once more, with a new key and signature.
fn again(good: &Good) -> Value {
    let authority = Authority::new("lab", NOW);
    // Not the keys that the bundle was made with.
    authority.skip(100);
    let key = release_key();
    let who = good.identity.as_ref().map_or(Who::Key(&key), Who::Identity);
    let mut signing = Signing::new(who, good.made.what.clone()).logged(good.logged);
    signing.stamped = good.stamped.map(|certificate| Asked { certificate, nonce: None });
    authority.sign(&signing).bundle(good.version)
}

fn swap(good: &Good, bundle: &mut Value, pointer: &str) {
    let other = again(good).pointer(pointer).unwrap_or_else(|| panic!("there is no {pointer}")).clone();
    assert_ne!(bundle.pointer(pointer), Some(&other), "{pointer} is the same");
    put(bundle, pointer, other);
}

fn leaf_at(good: &Good) -> &'static str {
    match good.version {
        Version::V03 => "/verificationMaterial/certificate/rawBytes",
        _ => "/verificationMaterial/x509CertificateChain/certificates/0/rawBytes",
    }
}

fn edit_checkpoint(bundle: &mut Value, edit: impl Fn(&str) -> String) {
    let text = bundle.pointer(CHECKPOINT).unwrap().as_str().unwrap().to_owned();
    let edited = edit(&text);
    assert_ne!(text, edited);
    put(bundle, CHECKPOINT, json!(edited));
}

fn number(bundle: &mut Value, pointer: &str, change: i64) {
    let old: i64 = bundle.pointer(pointer).unwrap().as_str().unwrap().parse().unwrap();
    put(bundle, pointer, json!((old + change).to_string()));
}

const SIGNATURE: &[&[&str]] = &[step::SIGNATURE, step::TIMESTAMP, step::ENTRY];

pub(crate) fn tamperings() -> Vec<Tampering> {
    let mut out = vec![
        Tampering {
            name: "another artifact",
            applies: any,
            change: |_, case, _| case.artifact = b"another".to_vec(),
            steps: &[step::ARTIFACT, step::SIGNATURE, step::ENTRY],
        },
        Tampering {
            name: "a bit of the signature",
            applies: any,
            change: |good, _, bundle| garble(bundle, signature_at(good)),
            steps: SIGNATURE,
        },
        Tampering {
            name: "the signature of another signing",
            applies: any,
            change: |good, _, bundle| swap(good, bundle, signature_at(good)),
            steps: SIGNATURE,
        },
        Tampering {
            name: "an empty signature",
            applies: any,
            change: |good, _, bundle| put(bundle, signature_at(good), json!("")),
            steps: &[step::SIGNATURE, step::TIMESTAMP, step::ENTRY, step::FORMAT],
        },
        Tampering {
            name: "no entry of the log",
            applies: logged,
            change: |_, _, bundle| put(bundle, "/verificationMaterial/tlogEntries", json!([])),
            steps: &[step::LOG],
        },
        Tampering {
            name: "an unknown media type",
            applies: any,
            change: |_, _, bundle| put(bundle, "/mediaType", json!("application/vnd.dev.sigstore.bundle.v9.9+json")),
            steps: &[step::FORMAT],
        },
        Tampering {
            name: "no media type",
            applies: any,
            change: |_, _, bundle| drop(take(bundle, "", "mediaType")),
            steps: &[step::FORMAT],
        },
        Tampering {
            name: "nothing signed",
            applies: any,
            change: |good, _, bundle| {
                drop(take(bundle, "", if good.is_blob() { "messageSignature" } else { "dsseEnvelope" }))
            },
            steps: &[step::FORMAT],
        },
        Tampering {
            name: "the certificate of another signing",
            applies: is_certified,
            change: |good, _, bundle| swap(good, bundle, leaf_at(good)),
            steps: &[step::SIGNATURE, step::ENTRY],
        },
        Tampering {
            name: "a bit of the certificate",
            applies: is_certified,
            change: |good, _, bundle| garble(bundle, leaf_at(good)),
            steps: &[step::CHAIN, step::FORMAT],
        },
        Tampering {
            name: "a key instead of the certificate",
            applies: |good| is_certified(good) && of_version_3(good),
            change: |_, _, bundle| {
                drop(take(bundle, "/verificationMaterial", "certificate"));
                bundle["verificationMaterial"]["publicKey"] = json!({ "hint": "release" });
            },
            steps: &[step::KEY],
        },
        Tampering {
            name: "a chain in version 0.3",
            applies: |good| is_certified(good) && of_version_3(good),
            change: |_, _, bundle| {
                let leaf = take(bundle, "/verificationMaterial", "certificate");
                bundle["verificationMaterial"]["x509CertificateChain"] = json!({ "certificates": [leaf] });
            },
            steps: &[step::FORMAT],
        },
        Tampering {
            name: "another key trusted",
            applies: |good| !is_certified(good),
            change: |_, case, _| {
                case.keys.clear();
                *case = case.clone().trusting("other.pub", &Key::from_seed(Curve::P256, "lab", "other"));
            },
            steps: &[step::KEY, step::ENTRY],
        },
        Tampering {
            name: "a key of another kind trusted",
            applies: |good| !is_certified(good),
            change: |_, case, _| {
                case.keys.clear();
                *case = case.clone().trusting("other.pub", &Key::from_seed(Curve::P384, "lab", "release"));
            },
            steps: &[step::KEY, step::ENTRY],
        },
        Tampering {
            name: "another digest in the message",
            applies: Good::is_blob,
            change: |_, _, bundle| garble(bundle, "/messageSignature/messageDigest/digest"),
            steps: &[step::ARTIFACT],
        },
        Tampering {
            name: "a payload with a space more",
            applies: is_envelope,
            change: |_, _, bundle| {
                let mut bytes = STANDARD.decode(bundle["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
                bytes.push(b' ');
                put(bundle, "/dsseEnvelope/payload", json!(STANDARD.encode(bytes)));
            },
            steps: &[step::SIGNATURE, step::ENTRY],
        },
        Tampering {
            name: "another type of payload",
            applies: is_envelope,
            change: |_, _, bundle| {
                put(bundle, "/dsseEnvelope/payloadType", json!("application/vnd.in-toto.bundle+json"))
            },
            steps: &[step::STATEMENT, step::SIGNATURE, step::ENTRY, step::FORMAT],
        },
        Tampering {
            name: "two signatures",
            applies: is_envelope,
            change: |good, _, bundle| {
                let other = again(good)["dsseEnvelope"]["signatures"][0].clone();
                bundle["dsseEnvelope"]["signatures"].as_array_mut().unwrap().push(other);
            },
            steps: &[step::FORMAT],
        },
        Tampering {
            name: "the same signature twice",
            applies: is_envelope,
            change: |_, _, bundle| {
                let same = bundle["dsseEnvelope"]["signatures"][0].clone();
                bundle["dsseEnvelope"]["signatures"].as_array_mut().unwrap().push(same);
            },
            steps: &[step::FORMAT],
        },
        Tampering {
            name: "no signatures",
            applies: is_envelope,
            change: |_, _, bundle| put(bundle, "/dsseEnvelope/signatures", json!([])),
            steps: &[step::FORMAT],
        },
    ];
    out.extend(log_tamperings());
    out.extend(time_tamperings());
    out.extend(root_tamperings());
    out
}

fn log_tamperings() -> Vec<Tampering> {
    fn first(good: &Good) -> bool {
        good.is_first()
    }
    vec![
        Tampering {
            name: "the entry of another signing",
            applies: logged,
            change: |good, _, bundle| swap(good, bundle, ENTRY),
            steps: &[step::ENTRY],
        },
        Tampering {
            name: "the body of another entry",
            applies: logged,
            change: |good, _, bundle| swap(good, bundle, &format!("{ENTRY}/canonicalizedBody")),
            steps: &[step::PROMISE, step::PROOF, step::ENTRY],
        },
        Tampering {
            name: "a bit of the promise",
            applies: first,
            change: |_, _, bundle| garble(bundle, &format!("{ENTRY}/inclusionPromise/signedEntryTimestamp")),
            steps: &[step::PROMISE],
        },
        Tampering {
            name: "an integrated time a second earlier",
            applies: first,
            change: |_, _, bundle| number(bundle, &format!("{ENTRY}/integratedTime"), -1),
            steps: &[step::PROMISE],
        },
        Tampering {
            name: "another index in the log",
            applies: first,
            change: |_, _, bundle| number(bundle, &format!("{ENTRY}/logIndex"), 1),
            steps: &[step::PROMISE],
        },
        Tampering {
            name: "another index in the tree",
            applies: first,
            change: |_, _, bundle| number(bundle, &format!("{PROOF}/logIndex"), -1),
            steps: &[step::PROOF],
        },
        Tampering {
            name: "another index in tiles",
            applies: Good::is_second,
            change: |_, _, bundle| number(bundle, &format!("{ENTRY}/logIndex"), -1),
            steps: &[step::PROOF],
        },
        Tampering {
            name: "a larger tree",
            applies: first,
            change: |_, _, bundle| number(bundle, &format!("{PROOF}/treeSize"), 64),
            steps: &[step::PROOF, step::CHECKPOINT],
        },
        Tampering {
            name: "another root",
            applies: first,
            change: |_, _, bundle| garble(bundle, &format!("{PROOF}/rootHash")),
            steps: &[step::PROOF, step::CHECKPOINT, step::FORMAT],
        },
        Tampering {
            name: "a bit of the proof",
            applies: logged,
            change: |_, _, bundle| garble(bundle, &format!("{PROOF}/hashes/0")),
            steps: &[step::PROOF],
        },
        Tampering {
            name: "a proof too short",
            applies: logged,
            change: |_, _, bundle| {
                bundle.pointer_mut(&format!("{PROOF}/hashes")).unwrap().as_array_mut().unwrap().pop();
            },
            steps: &[step::PROOF],
        },
        Tampering {
            name: "a proof too long",
            applies: logged,
            change: |_, _, bundle| {
                let hashes = bundle.pointer_mut(&format!("{PROOF}/hashes")).unwrap().as_array_mut().unwrap();
                let more = hashes[0].clone();
                hashes.push(more);
            },
            steps: &[step::PROOF],
        },
        Tampering {
            name: "no proof",
            applies: |good| logged(good) && good.version != Version::V01,
            change: |_, _, bundle| drop(take(bundle, ENTRY, "inclusionProof")),
            steps: &[step::PROOF, step::FORMAT],
        },
        Tampering {
            name: "a checkpoint that nobody signed",
            applies: logged,
            change: |_, _, bundle| {
                edit_checkpoint(bundle, |text| format!("{}\n\n", text.split("\n\n").next().unwrap()))
            },
            steps: &[step::CHECKPOINT, step::FORMAT],
        },
        Tampering {
            name: "a checkpoint of another origin",
            applies: logged,
            change: |_, _, bundle| edit_checkpoint(bundle, |text| format!("evil.{text}")),
            steps: &[step::CHECKPOINT],
        },
        Tampering {
            name: "a checkpoint of a larger tree",
            applies: logged,
            change: |_, _, bundle| {
                edit_checkpoint(bundle, |text| {
                    let mut lines: Vec<&str> = text.split('\n').collect();
                    lines[1] = "9999";
                    lines.join("\n")
                })
            },
            steps: &[step::CHECKPOINT, step::PROOF],
        },
        Tampering {
            name: "a checkpoint from before the entry",
            applies: logged,
            change: |good, _, bundle| {
                let authority = lab();
                let log = authority.log(if good.is_first() { Generation::V1 } else { Generation::V2 });
                put(bundle, CHECKPOINT, json!(log.checkpoint(5, NOW)));
            },
            steps: &[step::PROOF, step::CHECKPOINT, step::FORMAT],
        },
        Tampering {
            name: "the id of another log",
            applies: |good| good.is_first(),
            change: |_, _, bundle| {
                put(bundle, &format!("{ENTRY}/logId/keyId"), json!(STANDARD.encode(lab().tiles.id())))
            },
            steps: &[step::PROMISE, step::CHECKPOINT],
        },
        Tampering {
            name: "another kind of entry",
            applies: logged,
            change: |_, _, bundle| {
                put(bundle, &format!("{ENTRY}/kindVersion"), json!({ "kind": "rekord", "version": "0.0.1" }))
            },
            steps: &[step::ENTRY, step::FORMAT],
        },
        Tampering {
            name: "another entry beside the right one",
            applies: logged,
            change: |good, _, bundle| {
                let other = again(good).pointer(ENTRY).unwrap().clone();
                bundle["verificationMaterial"]["tlogEntries"].as_array_mut().unwrap().push(other);
            },
            steps: &[step::ENTRY, step::FORMAT, step::PROOF, step::CHECKPOINT],
        },
    ]
}

fn time_tamperings() -> Vec<Tampering> {
    /// A stamp by the lab, or by somebody whom nobody trusts, over what is given.
    fn stamp(by: &str, over: &[u8], at: i64) -> Value {
        json!(STANDARD.encode(Authority::new(by, NOW).tsa.stamp(over, at, &Asked { certificate: true, nonce: None })))
    }
    vec![
        Tampering {
            name: "a stamp over another signature",
            applies: is_stamped,
            change: |_, _, bundle| put(bundle, STAMP, stamp("lab", b"another signature", NOW)),
            steps: &[step::TIMESTAMP],
        },
        Tampering {
            name: "a stamp by a stranger",
            applies: is_stamped,
            change: |good, _, bundle| put(bundle, STAMP, stamp("stranger", &good.made.signature, NOW)),
            steps: &[step::TIMESTAMP],
        },
        Tampering {
            name: "a bit of the stamp",
            applies: is_stamped,
            change: |_, _, bundle| garble(bundle, STAMP),
            steps: &[step::TIMESTAMP],
        },
        Tampering {
            name: "a stamp from before the authority",
            applies: is_stamped,
            change: |good, _, bundle| put(bundle, STAMP, stamp("lab", &good.made.signature, NOW - 3 * 365 * 86_400)),
            steps: &[step::TIMESTAMP],
        },
        Tampering {
            name: "a stamp when the certificate was over",
            applies: |good| is_stamped(good) && is_certified(good),
            change: |good, _, bundle| put(bundle, STAMP, stamp("lab", &good.made.signature, NOW + 3_600)),
            steps: &[step::VALIDITY, step::TIMESTAMP],
        },
        Tampering {
            name: "a stamp before the certificate",
            applies: |good| is_stamped(good) && is_certified(good),
            change: |good, _, bundle| put(bundle, STAMP, stamp("lab", &good.made.signature, NOW - 3_600)),
            steps: &[step::VALIDITY, step::TIMESTAMP],
        },
        Tampering {
            name: "no proof of time",
            applies: |good| is_certified(good) && good.is_second(),
            change: |_, _, bundle| drop(take(bundle, "/verificationMaterial", "timestampVerificationData")),
            steps: &[step::TIMESTAMP],
        },
        Tampering {
            name: "no promise and no stamp",
            applies: |good| {
                is_certified(good) && good.is_first() && good.stamped.is_none() && good.version != Version::V01
            },
            change: |_, _, bundle| drop(take(bundle, ENTRY, "inclusionPromise")),
            steps: &[step::TIMESTAMP, step::PROMISE],
        },
        Tampering {
            name: "verified before it was signed",
            applies: |good| is_certified(good),
            change: |_, case, _| case.now = NOW - 3_600,
            steps: &[step::TIMESTAMP, step::PROMISE],
        },
    ]
}

fn root_tamperings() -> Vec<Tampering> {
    /// Ends what is trusted a day before it was signed.
    fn ended(case: &mut Case, pointer: &str) {
        let end = boltseal_fixture::authority::der::rfc3339(NOW - 86_400);
        case.root.as_mut().unwrap().pointer_mut(pointer).unwrap()["end"] = json!(end);
    }
    /// Trusts a stranger's instead.
    fn strange(case: &mut Case, part: &str) {
        case.root.as_mut().unwrap()[part] = Authority::new("stranger", NOW).trusted_root()[part].clone();
    }
    fn without(case: &mut Case, part: &str) {
        case.root.as_mut().unwrap()[part] = json!([]);
    }
    vec![
        Tampering {
            name: "another certificate authority trusted",
            applies: is_certified,
            change: |_, case, _| strange(case, "certificateAuthorities"),
            steps: &[step::CHAIN],
        },
        Tampering {
            name: "no certificate authority trusted",
            applies: is_certified,
            change: |_, case, _| without(case, "certificateAuthorities"),
            steps: &[step::CHAIN],
        },
        Tampering {
            name: "a certificate authority that had ended",
            applies: is_certified,
            change: |_, case, _| ended(case, "/certificateAuthorities/0/validFor"),
            steps: &[step::VALIDITY],
        },
        Tampering {
            name: "another log of certificates trusted",
            applies: is_certified,
            change: |_, case, _| strange(case, "ctlogs"),
            steps: &[step::SCT],
        },
        Tampering {
            name: "no log of certificates trusted",
            applies: is_certified,
            change: |_, case, _| without(case, "ctlogs"),
            steps: &[step::TRUST, step::SCT],
        },
        Tampering {
            name: "a log of certificates that had ended",
            applies: is_certified,
            change: |_, case, _| ended(case, "/ctlogs/0/publicKey/validFor"),
            steps: &[step::SCT],
        },
        Tampering {
            name: "other logs trusted",
            applies: logged,
            change: |_, case, _| strange(case, "tlogs"),
            steps: &[step::PROMISE, step::CHECKPOINT, step::ENTRY],
        },
        Tampering {
            name: "no logs trusted",
            applies: logged,
            change: |_, case, _| without(case, "tlogs"),
            steps: &[step::PROMISE, step::CHECKPOINT, step::ENTRY],
        },
        Tampering {
            name: "a log that had ended",
            applies: |good| good.is_first(),
            change: |_, case, _| ended(case, "/tlogs/0/publicKey/validFor"),
            steps: &[step::PROMISE, step::CHECKPOINT],
        },
        Tampering {
            name: "another timestamp authority trusted",
            applies: is_stamped,
            change: |_, case, _| strange(case, "timestampAuthorities"),
            steps: &[step::TIMESTAMP],
        },
        Tampering {
            name: "no timestamp authority trusted",
            applies: is_stamped,
            change: |_, case, _| without(case, "timestampAuthorities"),
            steps: &[step::TIMESTAMP],
        },
        Tampering {
            name: "a timestamp authority that had ended",
            applies: is_stamped,
            change: |_, case, _| ended(case, "/timestampAuthorities/0/validFor"),
            steps: &[step::TIMESTAMP],
        },
    ]
}
