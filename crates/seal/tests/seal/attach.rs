//! Attaching.

use std::collections::BTreeMap;

use boltseal_evidence::Digest;
use boltseal_fixture::registry::{Options as Serve, Token};
use boltseal_image::{Artifacts, Credentials, Listing, Options};
use boltseal_seal::{Attachment, attach, discover};
use boltseal_trust::Signed;

use crate::lab::{Lab, PLACES, bundle, every_kind, options, writable};

#[test]
fn the_same_bytes_are_not_attached_twice() {
    for place in PLACES {
        let lab = Lab::new(place);
        for signed in every_kind() {
            let first = lab.attach(&signed);
            let before = lab.requests().len();
            let second = lab.attach(&signed);
            assert!(!first.was_there && second.was_there, "{place}: {signed:?}");
            assert_eq!((first.source, first.manifest), (second.source, second.manifest), "{place}: {signed:?}");
            let written = lab.requests().split_off(before).into_iter().filter(|line| line.contains("/manifests/"));
            let written: Vec<String> = written.filter(|line| line.starts_with("PUT")).collect();
            assert!(written.is_empty(), "{place}: {written:?}");
        }
        assert_eq!(lab.discover().found.len(), every_kind().len(), "{place}");
    }
}

#[test]
fn a_second_signature_joins_the_first_on_the_tag() {
    for place in PLACES {
        let lab = Lab::new(place);
        let signed = |text: &str| Signed::CosignSignature {
            payload: b"{}".to_vec(),
            annotations: BTreeMap::from([("dev.cosignproject.cosign/signature".to_owned(), text.to_owned())]),
        };
        // One payload, two signatures of it.
        lab.attach(&signed("b25l"));
        let second = lab.attach(&signed("dHdv"));
        let found = lab.discover();
        assert_eq!(
            found.found.iter().map(|found| found.signed.clone()).collect::<Vec<_>>(),
            [signed("b25l"), signed("dHdv")]
        );
        assert!(found.found.iter().all(|found| found.source == second.source), "{place}");
        let artifacts = Artifacts::open(&lab.target(), &options()).unwrap();
        let manifest = artifacts.document(&second.manifest).unwrap().unwrap();
        let config: serde_json::Value =
            serde_json::from_slice(&artifacts.blob(manifest.config().unwrap()).unwrap()).unwrap();
        assert_eq!(config["rootfs"]["diff_ids"].as_array().unwrap().len(), manifest.layers().len(), "{place}");
    }
}

#[test]
fn a_bundle_hangs_as_cosign_hangs_it() {
    let statement = r#"{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/provenance/v1"}"#;
    // base64 of the statement
    let payload = base64(statement.as_bytes());
    let dsse = Signed::Bundle(format!(r#"{{"dsseEnvelope":{{"payload":"{payload}"}}}}"#).into());
    let message = Signed::Bundle(br#"{"messageSignature":{}}"#.to_vec());
    let lab = Lab::new("a registry with the referrers API");
    let artifacts = Artifacts::open(&lab.target(), &options()).unwrap();
    let annotations = |signed: &Signed| {
        let manifest = artifacts.document(&lab.attach(signed).manifest).unwrap().unwrap();
        assert_eq!(manifest.artifact_type(), "application/vnd.dev.sigstore.bundle.v0.3+json");
        assert_eq!(manifest.config().unwrap().media_type, "application/vnd.oci.empty.v1+json");
        assert_eq!(manifest.subject().unwrap().digest, lab.digest());
        manifest.annotations().unwrap().clone()
    };
    let all = annotations(&dsse);
    assert_eq!(all["dev.sigstore.bundle.content"], "dsse-envelope");
    assert_eq!(all["dev.sigstore.bundle.predicateType"], "https://slsa.dev/provenance/v1");
    assert_eq!(all["org.opencontainers.image.created"], "2026-01-02T03:04:05Z");
    let all = annotations(&message);
    assert_eq!(all["dev.sigstore.bundle.content"], "message-signature");
    assert!(!all.contains_key("dev.sigstore.bundle.predicateType"));
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn any_artifact_is_attached_and_is_no_signature() {
    for place in PLACES {
        let lab = Lab::new(place);
        let attachment = Attachment::Artifact {
            artifact_type: "application/vnd.example.report",
            media_type: "application/json",
            bytes: b"{}",
            annotations: &BTreeMap::from([("org.example.kind".to_owned(), "report".to_owned())]),
        };
        let attached = attach(&lab.target(), &options(), &lab.digest(), attachment, None).unwrap();
        let found = lab.discover();
        assert!(found.found.is_empty() && found.problems.is_empty(), "{place}: {found:?}");
        let listed = Artifacts::open(&lab.target(), &options()).unwrap().referrers(&lab.digest());
        assert_eq!(listed.documents.len(), 1, "{place}");
        assert_eq!(*listed.documents[0].digest(), attached.manifest);
        assert_eq!(listed.documents[0].artifact_type(), "application/vnd.example.report");
    }
}

#[test]
fn many_who_attach_at_once_lose_nothing() {
    let places = [
        Lab::new("a layout"),
        Lab::new("a registry with the referrers API"),
        Lab::served(Serve { etags: true, ..writable() }),
    ];
    for lab in &places {
        std::thread::scope(|scope| {
            for number in 0..6 {
                scope.spawn(move || lab.attach(&bundle(number)));
            }
        });
        let found = lab.discover();
        assert_eq!((found.found.len(), found.problems), (6, vec![]), "{:?}", lab.target());
    }
}

#[test]
fn what_somebody_else_writes_in_between_stays() {
    let places = [Lab::new("a layout"), Lab::served(Serve { etags: true, ..writable() })];
    for lab in &places {
        let attached: Vec<_> = (1..4).map(|number| lab.attach(&bundle(number)).manifest).collect();
        let ours = Artifacts::open(&lab.target(), &options()).unwrap();
        let documents: Vec<_> = attached.iter().map(|digest| ours.document(digest).unwrap().unwrap()).collect();
        ours.put_document(&documents[0], Listing::Tag("shared")).unwrap();
        let mut seen = Vec::new();
        ours.update_tag("shared", &mut |there| {
            let there = there.unwrap().digest().clone();
            if there == attached[2] {
                return Ok(None);
            }
            // A layout is locked meanwhile, so there only a registry has others.
            if seen.is_empty() && lab.registry.is_some() {
                let theirs = Artifacts::open(&lab.target(), &options()).unwrap();
                theirs.put_document(&documents[1], Listing::Tag("shared")).unwrap();
            }
            seen.push(there);
            Ok(Some(documents[2].clone()))
        })
        .unwrap();
        let expect = if lab.registry.is_some() { &attached[..2] } else { &attached[..1] };
        assert_eq!(seen, expect, "what they wrote is read before it is written over");
        assert_eq!(*ours.tagged("shared").unwrap().unwrap().digest(), attached[2]);
    }
}

#[test]
fn a_token_for_writing_is_asked_for_when_something_is_written() {
    let token = Token { value: "s3cr3t".to_owned(), credentials: Some("robot:hunter2".to_owned()) };
    for scopeless in [false, true] {
        check_tokens(&Lab::served(Serve { token: Some(token.clone()), scopeless, ..writable() }));
    }
}

fn check_tokens(lab: &Lab) {
    let credentials = |password: &str| Options {
        credentials: Some(Credentials { username: "robot".to_owned(), password: password.to_owned() }),
        ..options()
    };
    let digest = boltseal_seal::discover(&lab.target(), &credentials("hunter2")).unwrap().digest;
    let asked = |push: bool| {
        let requests = lab.requests();
        requests.iter().any(|line| line.starts_with("GET /token") && line.contains("push") == push)
    };
    assert!(asked(false) && !asked(true), "{:?}", lab.requests());
    let signed = bundle(1);
    let attachment = Attachment::Signed(&signed);
    attach(&lab.target(), &credentials("hunter2"), &digest, attachment, None).unwrap();
    assert!(asked(true), "{:?}", lab.requests());
    assert_eq!(discover(&lab.target(), &credentials("hunter2")).unwrap().found.len(), 1);
    let error = attach(&lab.target(), &credentials("wr0ng"), &digest, attachment, None).unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(told.contains("log in") && !told.contains("wr0ng") && !told.contains("s3cr3t"), "{told}");
}

#[test]
fn a_registry_that_denies_what_a_token_for_reading_tries_is_asked_for_the_other_at_once() {
    let token = Token { value: "s3cr3t".to_owned(), credentials: None };
    let lab = Lab::served(Serve { token: Some(token), forbids: true, ..writable() });
    lab.attach(&bundle(1));
    assert_eq!(lab.discover().found.len(), 1);
    let source = Lab::new("a layout");
    boltseal_seal::copy(&source.target(), &lab.target(), &options()).unwrap();
}

#[test]
fn what_cannot_be_attached_is_said() {
    let lab = Lab::served(Serve::default());
    let attach = |digest: &Digest, signed: &Signed| {
        attach(&lab.target(), &options(), digest, Attachment::Signed(signed), None).unwrap_err().to_string()
    };
    let read_only = attach(&lab.digest(), &bundle(1));
    assert!(read_only.contains("405"), "{read_only}");
    let absent = attach(&Digest::sha256_of(b"absent"), &bundle(1));
    assert!(absent.contains("push the image before its signatures"), "{absent}");
    let detached = attach(&lab.digest(), &Signed::Detached(Vec::new()));
    assert!(detached.contains("attach a Sigstore bundle"), "{detached}");
}
