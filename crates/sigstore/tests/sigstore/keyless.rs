//! Signing without a key from end to end, and what is verified before anything is given out.

use boltseal_fixture::authority::{Authority, Identity};
use boltseal_sigstore::{
    AUDIENCE, Content, Entry, Holder, Services, ToSign, Token, Verifier, address, sign_keyless, witness,
};
use serde_json::{Value, json};
use sigstore_verify::types::{Artifact, Bundle, Sha256Hash};
use sigstore_verify::{VerificationPolicy, verify};

use crate::canned::{Canned, Response, forward};
use crate::lab::{Lab, MAIL, now};

const STATEMENT: &str = "application/vnd.in-toto+json";

fn statement() -> Vec<u8> {
    let digest = sigstore_verify::crypto::sha256(b"image").to_hex();
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "app", "digest": { "sha256": digest } }],
        "predicateType": "https://example.com/predicate/v1",
        "predicate": { "answer": 42 },
    })
    .to_string()
    .into_bytes()
}

#[test]
fn what_is_signed_verifies_whichever_log_and_form_it_has() {
    let lab = Lab::new("forms");
    let payload = statement();
    for rekor in [1, 2] {
        for envelope in [false, true] {
            let what = match envelope {
                false => ToSign::Message(b"image"),
                true => ToSign::Envelope { payload_type: STATEMENT, payload: &payload },
            };
            let signed = sign_keyless(&lab.http, &lab.services(rekor), &lab.token(), what, Some(&lab.material()))
                .unwrap_or_else(|error| panic!("{rekor} {envelope}: {error}"));
            assert_eq!((signed.identity.as_str(), signed.issuer.as_str()), (MAIL, lab.served.url().as_str()));
            assert_eq!((signed.witnesses.entries.len(), signed.witnesses.timestamps.len()), (1, 1));
            assert_eq!(signed.envelope.is_some(), envelope);
            let bundle: Value = serde_json::from_str(&signed.bundle).unwrap();
            assert_eq!(bundle["mediaType"], "application/vnd.dev.sigstore.bundle.v0.3+json");
            let kind = &bundle["verificationMaterial"]["tlogEntries"][0]["kindVersion"];
            let expected = match (rekor, envelope) {
                (1, true) => json!({"kind": "dsse", "version": "0.0.1"}),
                (1, false) => json!({"kind": "hashedrekord", "version": "0.0.1"}),
                _ => json!({"kind": "hashedrekord", "version": "0.0.2"}),
            };
            assert_eq!(*kind, expected);
            let bundle = Bundle::from_json(&signed.bundle).unwrap();
            let policy = VerificationPolicy::new(MAIL, lab.served.url());
            let digest = Sha256Hash::from_hex(&sigstore_verify::crypto::sha256(b"image").to_hex()).unwrap();
            let root = serde_json::from_value(lab.served.authority.trusted_root()).unwrap();
            verify(Artifact::from_digest(digest), &bundle, &policy, &root).unwrap();
        }
    }
    assert!(!lab.served.requests().iter().any(|request| request.contains("eyJ")));
}

#[test]
fn a_workflow_signs_with_what_its_token_says() {
    let lab = Lab::new("workflow");
    let mut identity = Identity::workflow();
    identity.issuer = lab.served.url();
    let token = lab.served.authority.token(&identity);
    let token = Token::parse(&token, "the test", AUDIENCE, now()).unwrap();
    assert!(token.identity().starts_with("repo:"), "{}", token.identity());
    let what = ToSign::Message(b"image");
    let signed = sign_keyless(&lab.http, &lab.services(2), &token, what, Some(&lab.material())).unwrap();
    assert!(signed.identity.starts_with("https://github.com/"), "{}", signed.identity);
}

#[test]
fn what_another_instance_gave_does_not_hold_and_is_not_given_out() {
    let (lab, other) = (Lab::new("one"), Lab::new("other"));
    let foreign = other.services(2);
    for (what, services, expected) in [
        ("everything", foreign.clone(), "does not hold"),
        ("logs", Services { logs: foreign.logs.clone(), ..lab.services(2) }, "does not hold"),
        ("timestamps", Services { timestamps: foreign.timestamps.clone(), ..lab.services(2) }, "does not hold"),
    ] {
        let token = if what == "everything" { other.token() } else { lab.token() };
        let told = sign_keyless(&lab.http, &services, &token, ToSign::Message(b"image"), Some(&lab.material()))
            .unwrap_err()
            .to_string();
        assert!(told.contains(expected) && told.contains("boltseal trust update"), "{what}: {told}");
        // Without a root nobody can tell.
        sign_keyless(&lab.http, &services, &token, ToSign::Message(b"image"), None).unwrap();
    }
}

#[test]
fn a_certificate_alone_is_not_enough() {
    let lab = Lab::new("alone");
    let bare = Services { logs: vec![], timestamps: vec![], ..lab.services(1) };
    let sign = |services: &Services| {
        sign_keyless(&lab.http, services, &lab.token(), ToSign::Message(b"image"), None).unwrap_err().to_string()
    };
    assert!(sign(&bare).contains("would prove when it was used"));
    assert!(sign(&Services { fulcio: None, ..lab.services(1) }).contains("no Fulcio is named"));
    assert!(sign(&Services { timestamps: vec![], ..lab.services(2) }).contains("name a timestamp authority"));
    assert!(lab.served.requests().is_empty(), "{:?}", lab.served.requests());
}

#[test]
fn a_key_of_ones_own_is_entered_too() {
    let lab = Lab::new("key");
    let key = Key::new();
    let payload = statement();
    for rekor in [1, 2] {
        for envelope in [false, true] {
            let digest = sigstore_verify::crypto::sha256(b"image");
            let pae = sigstore_verify::types::pae(STATEMENT, &payload);
            let signature = key.sign(if envelope { &pae } else { b"image" }).unwrap();
            let text = json!({
                "payloadType": STATEMENT,
                "payload": base64(&payload),
                "signatures": [{ "sig": base64(&signature) }],
            })
            .to_string();
            let content = match envelope {
                false => Content::Digest(digest.as_bytes()),
                true => Content::Envelope { envelope: &text, payload_type: STATEMENT, payload: &payload },
            };
            let entry = Entry { content, signature: &signature, verifier: Verifier::PublicKey(key.public_key()) };
            let witnesses = witness(&lab.http, &lab.services(rekor), &entry)
                .unwrap_or_else(|error| panic!("{rekor} {envelope}: {error}"));
            assert_eq!(witnesses.entries.len(), 1);
        }
    }
}

/// Every answer of the services, changed in every way that could hurt: nothing is given out.
#[test]
fn answers_that_were_tampered_with_are_refused_by_name() {
    type Change = fn(&mut Value);
    let cases: &[(&str, &str, u8, &str, Change)] = &[
        ("another signature", "another entry than", 1, "/api/v1/log/entries", |answer| {
            let body = &mut entry_of(answer)["body"];
            *body = json!(changed_body(body, "/spec/signature/content", json!("AAAA")));
        }),
        ("another digest", "another entry than", 2, "/api/v2/log/entries", |answer| {
            let body = &mut answer["canonicalizedBody"];
            *body = json!(changed_body(body, "/spec/hashedRekordV002/data/digest", json!("AAAA")));
        }),
        ("another certificate", "another entry than", 2, "/api/v2/log/entries", |answer| {
            let body = &mut answer["canonicalizedBody"];
            let place = "/spec/hashedRekordV002/signature/verifier/x509Certificate/rawBytes";
            *body = json!(changed_body(body, place, json!("AAAA")));
        }),
        ("no proof", "without a proof of inclusion", 1, "/api/v1/log/entries", |answer| {
            entry_of(answer)["verification"].as_object_mut().unwrap().remove("inclusionProof");
        }),
        ("no promise", "without a signed time", 1, "/api/v1/log/entries", |answer| {
            entry_of(answer)["verification"].as_object_mut().unwrap().remove("signedEntryTimestamp");
        }),
        ("no proof", "without a proof of inclusion", 2, "/api/v2/log/entries", |answer| {
            answer.as_object_mut().unwrap().remove("inclusionProof");
        }),
        ("another place in the tree", "inclusion proof", 2, "/api/v2/log/entries", |answer| {
            answer["logIndex"] = json!("7");
            answer["inclusionProof"]["logIndex"] = json!("7");
        }),
        ("another time", "SET verification failed", 1, "/api/v1/log/entries", |answer| {
            let time = entry_of(answer)["integratedTime"].as_i64().unwrap();
            entry_of(answer)["integratedTime"] = json!(time + 1);
        }),
        ("another kind", "entry of kind dsse 0.0.1", 2, "/api/v2/log/entries", |answer| {
            answer["kindVersion"] = json!({"kind": "dsse", "version": "0.0.1"});
        }),
        ("two entries", "not exactly one", 1, "/api/v1/log/entries", |answer| {
            let entry = entry_of(answer).clone();
            answer["ff"] = entry;
        }),
        ("no certificate", "empty chain", 1, "/api/v2/signingCert", |answer| {
            *answer = json!({ "signedCertificateEmbeddedSct": { "chain": { "certificates": [] } } });
        }),
        ("a detached proof", "let it embed the proof", 1, "/api/v2/signingCert", |answer| {
            let certificate = answer["signedCertificateEmbeddedSct"].clone();
            *answer = json!({ "signedCertificateDetachedSct": certificate });
        }),
        ("the certificate of the authority", "for another key", 1, "/api/v2/signingCert", |answer| {
            let chain = answer["signedCertificateEmbeddedSct"]["chain"]["certificates"].as_array_mut().unwrap();
            chain.remove(0);
        }),
    ];
    let lab = Lab::new("tampered");
    for (name, expected, rekor, path, change) in cases {
        let (target, path, change) = (lab.served.url(), *path, *change);
        let between = Canned::serve(move |request, _| {
            let mut response = forward(&target, request);
            if request.path == path {
                let mut answer: Value = serde_json::from_slice(&response.body).unwrap();
                change(&mut answer);
                response.body = answer.to_string().into_bytes();
            }
            response
        });
        let result = through(&lab, &between, *rekor);
        let told = result.expect_err(name);
        assert!(told.contains(expected) && !told.contains("eyJ"), "{name}: {told}");
    }
    // The way between alone does not harm.
    let target = lab.served.url();
    let between = Canned::serve(move |request, _| forward(&target, request));
    for rekor in [1, 2] {
        through(&lab, &between, rekor).unwrap();
    }
}

#[test]
fn a_timestamp_that_is_replayed_or_about_something_else_is_refused() {
    let lab = Lab::new("stamps");
    let target = lab.served.url();
    let authority = address(&lab.served.authority.urls.tsa).unwrap();
    let old = boltseal_sigstore::timestamp(&lab.http, &authority, b"signature").unwrap();
    for (about, expected) in [("signature", "the nonce is another"), ("else", "for something else")] {
        let old = old.clone();
        let canned = Canned::serve(move |_, _| Response::new(201, old.clone()));
        let url = address(&canned.url()).unwrap();
        let told = boltseal_sigstore::timestamp(&lab.http, &url, about.as_bytes()).unwrap_err().to_string();
        assert!(told.starts_with("the timestamp authority at") && told.contains(expected), "{told}");
    }
    // What an authority signed wrongly is noticed against the root.
    let between = Canned::serve(move |request, _| {
        let mut response = forward(&target, request);
        if request.path == "/api/v1/timestamp" {
            let last = response.body.len() - 1;
            response.body[last] ^= 1;
        }
        response
    });
    let told = through(&lab, &between, 2).unwrap_err();
    assert!(told.contains("does not hold"), "{told}");
}

#[test]
fn an_entry_that_a_log_has_already_is_fetched() {
    let lab = Lab::new("conflict");
    let target = lab.served.url();
    // The log takes the entry, and answers as if it had been there before.
    let known = std::sync::Mutex::new(String::new());
    let between = Canned::serve(move |request, _| {
        let response = forward(&target, request);
        if (request.method.as_str(), request.path.as_str()) == ("POST", "/api/v1/log/entries") {
            let answer: Value = serde_json::from_slice(&response.body).unwrap();
            let id = answer.as_object().unwrap().keys().next().unwrap().clone();
            known.lock().unwrap().clone_from(&id);
            return Response::new(409, r#"{"code":409,"message":"an equivalent entry already exists"}"#)
                .with("location", &format!("/api/v1/log/entries/{id}"));
        }
        response
    });
    through(&lab, &between, 1).unwrap();
    assert!(between.seen().iter().any(|request| request.path.starts_with("/api/v1/log/entries/")));
}

fn through(lab: &Lab, between: &Canned, rekor: u8) -> Result<(), String> {
    let base = address(&between.url()).unwrap();
    let mut services = lab.services(rekor);
    services.fulcio = Some(base.clone());
    services.logs[0].url = base.clone();
    services.timestamps = vec![base.join("api/v1/timestamp").unwrap()];
    sign_keyless(&lab.http, &services, &lab.token(), ToSign::Message(b"image"), Some(&lab.material()))
        .map(drop)
        .map_err(|error| error.to_string())
}

fn entry_of(answer: &mut Value) -> &mut Value {
    answer.as_object_mut().unwrap().values_mut().next().unwrap()
}

fn changed_body(body: &Value, place: &str, value: Value) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(body.as_str().unwrap()).unwrap();
    let mut body: Value = serde_json::from_slice(&bytes).unwrap();
    *body.pointer_mut(place).unwrap() = value;
    base64(body.to_string().as_bytes())
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A key that lasts.
struct Key(boltseal_fixture::authority::Key, Vec<u8>);

impl Key {
    fn new() -> Self {
        let key = boltseal_fixture::authority::Key::from_seed(boltseal_fixture::authority::Curve::P256, "own", "key");
        let der = key.public_der();
        Self(key, der)
    }
}

impl Holder for Key {
    fn public_key(&self) -> &[u8] {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        Ok(self.0.sign(message))
    }
}

/// The certificate is asked for by whoever can sign.
#[test]
fn a_key_of_ones_own_gets_a_certificate_and_a_foreign_one_does_not() {
    let lab = Lab::new("certify");
    let fulcio = lab.services(1).fulcio.unwrap();
    let issued = boltseal_sigstore::certify(&lab.http, &fulcio, &lab.token(), &Key::new()).unwrap();
    assert_eq!(issued.identity, MAIL);
    struct Thief(Key, Vec<u8>);
    impl Holder for Thief {
        fn public_key(&self) -> &[u8] {
            &self.1
        }
        fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
            self.0.sign(message)
        }
    }
    let stolen = Authority::new("victim", now()).rekor.key().public_der();
    let told = boltseal_sigstore::certify(&lab.http, &fulcio, &lab.token(), &Thief(Key::new(), stolen)).unwrap_err();
    assert!(told.to_string().contains("answers 40"), "{told}");
}
