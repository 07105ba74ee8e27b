//! What is wrong with one form of envelope alone, and what a changed byte does to both.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use boltseal_evidence::{Standing, StepStatus, Verification};
use boltseal_trust::Signed;
use ciborium::value::Value as Cbor;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::draft::{Form, encoded};
use super::tampering;
use super::world::WORLD;
use super::{FORMS, told};

fn jws(bytes: impl Into<Vec<u8>>) -> Verification {
    WORLD.attempt(Signed::NotationJws(bytes.into())).verify()
}

fn cose(bytes: impl Into<Vec<u8>>) -> Verification {
    WORLD.attempt(Signed::NotationCose(bytes.into())).verify()
}

#[track_caller]
fn fails(name: &str, verification: &Verification, step: &str, says: &str) {
    let obstacle = verification.obstacle().unwrap_or_else(|| panic!("nothing fails: {name}"));
    let context = format!("{name}\n{}", told(verification));
    assert_eq!((obstacle.name.as_str(), obstacle.status), (step, StepStatus::Failed), "{context}");
    assert!(obstacle.detail.contains(says), "not `{says}`: {context}");
    assert_eq!(verification.standing, Standing::Rejected, "{context}");
}

fn with(edit: impl FnOnce(&mut Json)) -> String {
    let mut envelope = WORLD.draft().jws();
    edit(&mut envelope);
    envelope.to_string()
}

/// With a field of the protected header doubled or changed, and signed like that.
fn protected(edit: impl FnOnce(String) -> String) -> String {
    let draft = WORLD.draft();
    draft.jws_of(edit(draft.protected_json().to_string()).as_bytes()).to_string()
}

#[test]
fn jws_envelopes_are_one_flattened_signature_and_nothing_else() {
    let plain = WORLD.draft().jws().to_string();
    assert!(jws(plain.clone()).is_verified());
    let other = URL_SAFE_NO_PAD.encode(b"{\"targetArtifact\":{}}");
    let cases: Vec<(&str, String, &str, &str)> = vec![
        ("nothing", String::new(), "envelope", "cannot be read"),
        ("no object", "[]".to_owned(), "envelope", "not a JSON object"),
        ("bytes after it", format!("{plain} {{}}"), "envelope", "trailing"),
        ("several signatures", with(|it| it["signatures"] = json!([])), "envelope", "`signatures` has no place"),
        ("a field of one's own", with(|it| it["extra"] = json!(1)), "envelope", "`extra` has no place"),
        ("no header", with(|it| it["header"] = Json::Null), "envelope", "`header` is not an object"),
        ("no signature", with(|it| it["signature"] = json!("")), "envelope", "`signature` is empty"),
        ("padding", with(|it| it["signature"] = json!(URL_SAFE.encode([1; 64]))), "envelope", "not base64url"),
        ("another payload", with(|it| it["payload"] = json!(other)), "signature", "changed after it was signed"),
        (
            "two payloads",
            plain.replacen('{', &format!("{{\"payload\":\"{other}\","), 1),
            "envelope",
            "`payload` is there twice",
        ),
        (
            "an algorithm that nobody signs",
            with(|it| it["header"]["alg"] = json!("none")),
            "envelope",
            "`alg` is in the header that nobody signs",
        ),
        (
            "a scheme that nobody signs",
            with(|it| it["header"]["io.cncf.notary.signingScheme"] = json!("notary.x509")),
            "envelope",
            "nobody signs",
        ),
        ("no algorithm at all", protected(|it| it.replace("ES256", "none")), "signed attributes", "`none`"),
        ("two algorithms", protected(|it| it.replacen('{', "{\"alg\":\"none\",", 1)), "envelope", "there twice"),
        ("an unencoded payload", protected(|it| it.replacen('{', "{\"b64\":false,", 1)), "envelope", "`b64`"),
        (
            "critical attributes that are no names",
            protected(|it| it.replace("[\"io.cncf.notary.signingScheme\"]", "[1]")),
            "envelope",
            "`crit`",
        ),
        ("a time that is none", protected(|it| it.replace("Z\"", "\"")), "envelope", "is not a time"),
        ("endless depth", format!("{{\"header\":{}", "[".repeat(100_000)), "envelope", "recursion limit"),
        (
            "a protected header of endless depth",
            protected(|it| it.replacen('{', &format!("{{\"x\":{}{},", "[".repeat(5000), "]".repeat(5000)), 1)),
            "envelope",
            "recursion limit",
        ),
        ("too many bytes", with(|it| it["header"]["x"] = json!("x".repeat(2 << 20))), "envelope", "more than"),
        (
            "too many entries",
            with(|it| (0..100).for_each(|at| it["header"][format!("x{at}")] = json!(1))),
            "envelope",
            "more than 64 entries",
        ),
        ("certificates that are no base64", with(|it| it["header"]["x5c"][0] = json!("%")), "envelope", "x5c[0]"),
        (
            "a timestamp that is no base64",
            with(|it| it["header"]["io.cncf.notary.timestampSignature"] = json!("%")),
            "envelope",
            "not base64",
        ),
    ];
    for (name, envelope, step, says) in cases {
        fails(name, &jws(envelope), step, says);
    }
}

fn parts(edit: impl FnOnce(&mut Vec<Cbor>)) -> Vec<u8> {
    let Cbor::Tag(tag, mut inner) = WORLD.draft().cose() else { panic!("it is tagged") };
    edit(inner.as_array_mut().unwrap());
    encoded(&Cbor::Tag(tag, inner))
}

/// With another protected header, signed like that.
fn header(edit: impl FnOnce(&mut Vec<(Cbor, Cbor)>)) -> Vec<u8> {
    let draft = WORLD.draft();
    let mut header = draft.protected_cbor();
    edit(&mut header);
    encoded(&draft.cose_of(&encoded(&Cbor::Map(header))))
}

fn text(text: &str) -> Cbor {
    Cbor::Text(text.to_owned())
}

fn at(header: &[(Cbor, Cbor)], name: &str) -> usize {
    header.iter().position(|(label, _)| *label == text(name)).unwrap()
}

#[test]
fn cose_envelopes_are_one_tagged_signature_and_nothing_else() {
    let plain = encoded(&WORLD.draft().cose());
    assert!(cose(plain.clone()).is_verified());
    let Cbor::Tag(_, inner) = WORLD.draft().cose() else { panic!("it is tagged") };
    let number = |number: i64| Cbor::Integer(number.into());
    // A countersignature within a countersignature, each within a byte string.
    let nested = (0..20_000).fold(Vec::new(), |inner: Vec<u8>, _| {
        let mut outer = vec![0xa1, 0x07, 0x83, 0x5a];
        outer.extend(u32::try_from(inner.len()).unwrap().to_be_bytes());
        outer.extend(inner);
        outer.extend([0xa0, 0x40]);
        outer
    });
    let deep = [vec![0xd2], vec![0x81; 100_000], vec![0x00]].concat();
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("nothing", Vec::new(), "envelope", "cannot be read"),
        ("no tag", encoded(&inner), "envelope", "not tagged"),
        ("the tag of several signatures", encoded(&Cbor::Tag(98, inner.clone())), "envelope", "not tagged"),
        ("a tag in a tag", encoded(&Cbor::Tag(18, Box::new(Cbor::Tag(18, inner)))), "envelope", "not a list"),
        ("bytes after it", [plain.clone(), vec![0]].concat(), "envelope", "bytes come after"),
        ("five parts", parts(|it| it.push(Cbor::Null)), "envelope", "5 parts"),
        ("no payload", parts(|it| it[2] = Cbor::Null), "envelope", "the payload"),
        ("no signature", parts(|it| it[3] = Cbor::Bytes(Vec::new())), "envelope", "signature is empty"),
        ("another payload", parts(|it| it[2] = Cbor::Bytes(b"{}".to_vec())), "signature", "changed after"),
        (
            "an algorithm that nobody signs",
            parts(|it| it[1].as_map_mut().unwrap().push((number(1), number(-7)))),
            "envelope",
            "must be signed",
        ),
        (
            "a scheme that nobody signs",
            parts(|it| it[1].as_map_mut().unwrap().push((text("io.cncf.notary.signingScheme"), text("notary.x509")))),
            "envelope",
            "nobody signs",
        ),
        ("two algorithms", header(|it| it.insert(0, (number(1), number(-35)))), "envelope", "twice"),
        ("an algorithm in words", header(|it| it[0].1 = text("ES256")), "signed attributes", "not a number"),
        ("a critical number", header(|it| it[1].1 = Cbor::Array(vec![number(42)])), "signed attributes", "`42`"),
        (
            "a time without its tag",
            header(|it| {
                let at = at(it, "io.cncf.notary.signingTime");
                it[at].1 = number(WORLD.now);
            }),
            "envelope",
            "with tag 1",
        ),
        (
            "a time in words",
            header(|it| {
                let at = at(it, "io.cncf.notary.signingTime");
                it[at].1 = Cbor::Tag(0, Box::new(text("2026-01-01T00:00:00Z")));
            }),
            "envelope",
            "with tag 1",
        ),
        ("a payload that is only hashed", header(|it| it.push((number(258), number(-16)))), "envelope", "hash"),
        ("endless depth", deep, "envelope", "cannot be read"),
        ("countersignatures of endless depth", [vec![0xd2, 0x84, 0x40], nested].concat(), "envelope", "cannot be read"),
        (
            "too many bytes",
            parts(|it| it[1].as_map_mut().unwrap().push((text("x"), Cbor::Bytes(vec![0; 2 << 20])))),
            "envelope",
            "more than",
        ),
        (
            "too many entries",
            parts(|it| it[1].as_map_mut().unwrap().extend((100..200).map(|at| (number(at), Cbor::Null)))),
            "envelope",
            "more than 64",
        ),
        (
            "one certificate outside a list",
            parts(|it| it[1].as_map_mut().unwrap()[0].1 = Cbor::Bytes(WORLD.leaf.der.clone())),
            "envelope",
            "not a list",
        ),
    ];
    for (name, envelope, step, says) in cases {
        fails(name, &cose(envelope), step, says);
    }
}

#[test]
fn a_signature_for_one_form_is_none_for_the_other() {
    let (json, cbor) = (WORLD.draft().jws().to_string().into_bytes(), encoded(&WORLD.draft().cose()));
    fails("JSON as CBOR", &cose(json), "envelope", "");
    fails("CBOR as JSON", &jws(cbor), "envelope", "");
}

#[test]
fn no_flipped_bit_of_what_is_signed_goes_unnoticed() {
    let Cbor::Tag(_, inner) = WORLD.draft().cose() else { panic!("it is tagged") };
    for part in [0, 2, 3] {
        let length = inner.as_array().unwrap()[part].as_bytes().unwrap().len();
        for at in 0..length {
            let mut changed = inner.clone();
            changed.as_array_mut().unwrap()[part].as_bytes_mut().unwrap()[at] ^= 1 << (at % 8);
            let verification = cose(encoded(&Cbor::Tag(18, changed)));
            assert_eq!(verification.standing, Standing::Rejected, "part {part}, byte {at}");
        }
    }
    let envelope = WORLD.draft().jws();
    for part in ["protected", "payload", "signature"] {
        let bytes = URL_SAFE_NO_PAD.decode(envelope[part].as_str().unwrap()).unwrap();
        for at in 0..bytes.len() {
            let (mut changed, mut bytes) = (envelope.clone(), bytes.clone());
            bytes[at] ^= 1 << (at % 8);
            changed[part] = URL_SAFE_NO_PAD.encode(bytes).into();
            assert_eq!(jws(changed.to_string()).standing, Standing::Rejected, "{part}, byte {at}");
        }
    }
}

#[test]
fn no_flipped_bit_of_a_certificate_goes_unnoticed() {
    for (number, der) in WORLD.draft().chain.iter().enumerate() {
        for at in (0..der.len()).step_by(2) {
            let mut draft = WORLD.draft();
            draft.chain[number][at] ^= 1 << (at % 8);
            let verification = WORLD.attempt_of(&draft, Form::Cose).verify();
            assert!(!verification.is_verified(), "certificate {number}, byte {at}");
        }
    }
}

#[test]
fn no_flipped_bit_of_a_timestamp_lets_another_time_count() {
    let stamp = super::Stamp::at(WORLD.now - 20 * super::DAY);
    let good = tampering::stamped(&WORLD, Form::Jws, &stamp);
    let Signed::NotationJws(bytes) = &good.signed else { panic!("a JWS") };
    let envelope: Json = serde_json::from_slice(bytes).unwrap();
    let name = "io.cncf.notary.timestampSignature";
    let token = STANDARD.decode(envelope["header"][name].as_str().unwrap()).unwrap();
    let time = good.verify().signed_at;
    assert!(time.is_some());
    for at in (0..token.len()).step_by(2) {
        let (mut envelope, mut token) = (envelope.clone(), token.clone());
        token[at] ^= 1 << (at % 8);
        envelope["header"][name] = STANDARD.encode(token).into();
        let mut attempt = good.clone();
        attempt.signed = Signed::NotationJws(envelope.to_string().into_bytes());
        let verification = attempt.verify();
        // Nobody signs some of the bytes (the version, the other certificates).
        assert!(!verification.is_verified() || verification.signed_at == time, "byte {at}: {}", told(&verification));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_judged_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        prop_assert_eq!(jws(bytes.clone()).standing, Standing::Rejected);
        prop_assert_eq!(cose(bytes).standing, Standing::Rejected);
    }

    #[test]
    fn changed_bytes_never_make_another_statement(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        for form in FORMS {
            let signed = WORLD.draft().signed(form);
            let (Signed::NotationJws(mut bytes) | Signed::NotationCose(mut bytes)) = signed else { unreachable!() };
            for (at, value) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *value;
            }
            let judge = |bytes: Vec<u8>| if form == Form::Jws { jws(bytes) } else { cose(bytes) };
            let verification = judge(bytes.clone());
            if verification.is_verified() {
                prop_assert_eq!(verification.annotations.get("build").map(String::as_str), Some("17"));
            }
            bytes.truncate(cut.index(bytes.len()));
            prop_assert_eq!(judge(bytes).standing, Standing::Rejected);
        }
    }
}
