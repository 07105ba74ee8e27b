//! The Notary Project's own libraries verify and sign.

use std::process::Command;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use boltseal_evidence::{Digest, StepStatus};
use boltseal_trust::Signed;
use serde_json::{Value, json};

use super::draft::{Draft, Form, MANIFEST_TYPE, manifest};
use super::forge::{DAY, Stamp, crl};
use super::key::{Key, Kind};
use super::program;
use super::tampering::{self, CASES, Peer};
use super::world::{Attempt, IDENTITY, WORLD, file, policy};
use super::{FORMS, told};

const MOST: Duration = Duration::from_secs(120);

fn media_type(form: Form) -> &'static str {
    match form {
        Form::Jws => "application/jose+json",
        Form::Cose => "application/cose",
    }
}

fn descriptor(manifest: &[u8]) -> Value {
    let digest = Digest::sha256_of(manifest).to_string();
    json!({ "mediaType": MANIFEST_TYPE, "digest": digest, "size": manifest.len() })
}

pub(crate) fn question(attempt: &Attempt) -> Value {
    let (form, envelope) = match &attempt.signed {
        Signed::NotationJws(bytes) => (Form::Jws, bytes),
        Signed::NotationCose(bytes) => (Form::Cose, bytes),
        other => panic!("{other:?}"),
    };
    let mut stores = serde_json::Map::new();
    let mut lists = Vec::new();
    for (path, der) in &attempt.files {
        let parts: Vec<&str> = path.split('/').collect();
        if parts[0] == "crl" {
            lists.push(STANDARD.encode(der));
            continue;
        }
        let store = stores.entry(format!("{}:{}", parts[2], parts[3])).or_insert_with(|| json!([]));
        store.as_array_mut().unwrap().push(STANDARD.encode(der).into());
    }
    json!({
        "mediaType": media_type(form),
        "envelope": STANDARD.encode(envelope),
        "policy": attempt.policy,
        "stores": stores,
        "lists": lists,
        "artifact": descriptor(&attempt.manifest),
        "reference": format!("{}@{}", attempt.repository, Digest::sha256_of(&attempt.manifest)),
    })
}

/// One answer for each line.
pub(crate) fn ask(mode: &str, lines: &[Value]) -> Option<Vec<String>> {
    let peer = program::notation()?;
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let output = program::run(Command::new(peer).arg(mode), input.into_bytes(), MOST).unwrap();
    let answers: Vec<String> = String::from_utf8(output).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(answers.len(), lines.len());
    Some(answers)
}

/// Signatures that are good, each with a name.
fn good() -> Vec<(String, Attempt)> {
    let world = &*WORLD;
    let mut good = Vec::new();
    for form in FORMS {
        for kind in Kind::ALL {
            let leaf = world.leaf_paper().issue(&Key::new(kind), Some(&world.middle));
            let draft = Draft::new(&leaf, &[&world.middle, &world.root], world.now).expires(world.now + DAY);
            good.push((format!("{kind:?} {form:?}"), world.attempt_of(&draft, form)));
        }
        let mut attempt = world.attempt_of(&world.draft().by_authority(), form);
        attempt.policy = policy("strict", &["signingAuthority:example"], IDENTITY);
        attempt.files = vec![file("signingAuthority:example", &world.root)];
        good.push((format!("a signing authority, {form:?}"), attempt));
        let stamp = Stamp::at(world.now - 20 * DAY);
        good.push((format!("a timestamp, {form:?}"), tampering::stamped(world, form, &stamp)));
        let list = crl(&world.middle, &[3], world.now - DAY, world.now + DAY);
        good.push((format!("a revocation list, {form:?}"), tampering::revocable(world, form, vec![list])));
        let leaf = world.leaf_paper().issue(&world.spare, None);
        let mut attempt = world.attempt_of(&Draft::new(&leaf, &[], world.now), form);
        attempt.files = vec![file("ca:example", &leaf)];
        good.push((format!("a self-signed leaf, {form:?}"), attempt));
    }
    good
}

#[test]
fn what_holds_here_holds_for_the_libraries_of_the_notary_project() {
    let good = good();
    let lines: Vec<Value> = good.iter().map(|(_, attempt)| question(attempt)).collect();
    let Some(answers) = ask("verify", &lines) else { return };
    for ((name, attempt), answer) in good.iter().zip(answers) {
        assert!(attempt.verify().is_verified(), "{name}: {}", told(&attempt.verify()));
        assert_eq!(answer, "verified", "{name}");
    }
}

#[test]
fn what_is_tampered_with_fails_there_too_but_for_what_is_named() {
    let cases: Vec<_> = CASES.iter().flat_map(|case| FORMS.map(|form| (case, form))).collect();
    let lines: Vec<Value> = cases.iter().map(|(case, form)| question(&(case.make)(&WORLD, *form))).collect();
    let Some(answers) = ask("verify", &lines) else { return };
    let mut differing = Vec::new();
    for ((case, form), answer) in cases.iter().zip(&answers) {
        let takes = match case.peer {
            Peer::Takes(_) => true,
            Peer::TakesIn(only, _) => only == *form,
            Peer::Rejects => false,
        };
        if (answer == "verified") != takes {
            differing.push(format!("{} ({form:?}): {answer}", case.name));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    println!("{} tampered signatures asked about", answers.len());
}

#[test]
fn what_the_libraries_of_the_notary_project_sign_holds_here() {
    let manifest = manifest();
    let mut orders = Vec::new();
    for form in FORMS {
        for key in ["P-256", "P-384", "P-521", "RSA 2048", "RSA 3072", "RSA 4096"] {
            for (scheme, expiry) in [("notary.x509", 0), ("notary.x509.signingAuthority", 3600)] {
                let order = json!({
                    "mediaType": media_type(form), "key": key, "scheme": scheme, "expirySeconds": expiry,
                    "artifact": descriptor(&manifest),
                });
                orders.push((form, scheme, order));
            }
        }
    }
    let lines: Vec<Value> = orders.iter().map(|(_, _, order)| order.clone()).collect();
    let Some(answers) = ask("sign", &lines) else { return };
    for ((form, scheme, order), answer) in orders.iter().zip(answers) {
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let bytes = |name: &str| STANDARD.decode(answer[name].as_str().unwrap()).unwrap();
        let envelope = bytes("envelope");
        let store = if *scheme == "notary.x509" { "ca" } else { "signingAuthority" };
        let attempt = Attempt {
            signed: match form {
                Form::Jws => Signed::NotationJws(envelope),
                Form::Cose => Signed::NotationCose(envelope),
            },
            policy: policy("strict", &[&format!("{store}:example")], IDENTITY),
            files: vec![(format!("truststore/x509/{store}/example/root.crt"), bytes("root"))],
            ..WORLD.attempt(Signed::NotationJws(Vec::new()))
        };
        // The peer signed after this test's own time was taken.
        let verification = attempt.verify_at(WORLD.now + 600);
        assert!(verification.is_verified(), "{order}\n{}", told(&verification));
        let other = Attempt { manifest: b"another artifact".to_vec(), ..attempt };
        let obstacle = other.verify_at(WORLD.now + 600).obstacle().cloned().unwrap();
        assert_eq!((obstacle.name.as_str(), obstacle.status), ("artifact", StepStatus::Failed));
    }
}
