//! Signatures of the Notary Project: good ones in every form, and every tampering with the step that notices it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "notation/draft.rs"]
mod draft;
#[path = "notation/forge.rs"]
mod forge;
#[path = "notation/forms.rs"]
mod forms;
#[path = "notation/key.rs"]
mod key;
#[path = "notation/openssl.rs"]
mod openssl;
#[path = "notation/peer.rs"]
mod peer;
#[path = "notation/policies.rs"]
mod policies;
#[path = "notation/program.rs"]
mod program;
#[path = "notation/signing.rs"]
mod signing;
#[path = "notation/tampering.rs"]
mod tampering;
#[path = "notation/world.rs"]
mod world;

use boltseal_evidence::{Signer, Standing, StepStatus, Verification};
use boltseal_trust::{Artifact, verify};
use der::asn1::Any;
use der::{Encode, Tag};
use x509_cert::ext::pkix::crl::dp::IssuingDistributionPoint;

use self::draft::{Draft, Form};
use self::forge::{DAY, Paper, Stamp, crl};
use self::key::{Key, Kind};
use self::tampering::CASES;
use self::world::{Attempt, WORLD, file, policy};

const FORMS: [Form; 2] = [Form::Jws, Form::Cose];

/// Every step with its status, for a message.
fn told(verification: &Verification) -> String {
    let lines = verification.steps.iter().map(|step| format!("  {:?} {}: {}", step.status, step.name, step.detail));
    lines.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn holds(attempt: &Attempt) -> Verification {
    let verification = attempt.verify();
    assert_eq!(verification.standing, Standing::Verified, "\n{}", told(&verification));
    verification
}

#[track_caller]
fn step(verification: &Verification, name: &str) -> StepStatus {
    verification.steps.iter().find(|step| step.name == name).expect("a step of this name").status
}

#[test]
fn a_signature_of_every_kind_of_key_holds_in_both_forms() {
    let world = &*WORLD;
    for kind in Kind::ALL {
        let leaf = world.leaf_paper().issue(&Key::new(kind), Some(&world.middle));
        let draft = Draft::new(&leaf, &[&world.middle, &world.root], world.now);
        for form in FORMS {
            let verification = holds(&world.attempt_of(&draft, form));
            let Some(Signer::Certificate { subject, trust_store, .. }) = &verification.signer else {
                panic!("{kind:?} {form:?} has no signer");
            };
            assert_eq!(subject, "CN=release, O=Example, ST=WA, C=US");
            assert_eq!(trust_store, "ca:example");
            assert_eq!(verification.annotations["build"], "17");
            assert_eq!(verification.signed_at, None);
        }
    }
}

#[test]
fn every_tampering_is_noticed_by_the_step_that_should() {
    for case in CASES {
        for form in FORMS {
            let verification = (case.make)(&WORLD, form).verify();
            let context = format!("{} ({form:?})\n{}", case.name, told(&verification));
            let obstacle = verification.obstacle().unwrap_or_else(|| panic!("nothing fails: {context}"));
            assert_eq!((obstacle.name.as_str(), obstacle.status), (case.step, case.status), "{context}");
            assert!(obstacle.detail.contains(case.says), "not `{}`: {context}", case.says);
            let standing = if case.status == StepStatus::Failed { Standing::Rejected } else { Standing::Unknown };
            assert_eq!(verification.standing, standing, "{context}");
            assert!(obstacle.advice.is_some(), "{context}");
        }
    }
}

#[test]
fn a_signature_of_a_signing_authority_holds_with_its_time() {
    for form in FORMS {
        let mut attempt = WORLD.attempt_of(&WORLD.draft().by_authority(), form);
        attempt.policy = policy("strict", &["signingAuthority:example"], world::IDENTITY);
        attempt.files = vec![file("signingAuthority:example", &WORLD.root)];
        assert!(holds(&attempt).signed_at.is_some());
    }
}

#[test]
fn a_self_signed_leaf_holds_where_the_store_has_it() {
    for form in FORMS {
        let leaf = WORLD.leaf_paper().issue(&WORLD.spare, None);
        let mut attempt = WORLD.attempt_of(&Draft::new(&leaf, &[], WORLD.now), form);
        attempt.files = vec![file("ca:example", &leaf)];
        holds(&attempt);
    }
}

#[test]
fn a_timestamp_lets_a_signature_outlive_its_certificate() {
    for form in FORMS {
        let attempt = tampering::stamped(&WORLD, form, &Stamp::at(WORLD.now - 20 * DAY));
        let verification = holds(&attempt);
        assert_eq!(step(&verification, "authentic timestamp"), StepStatus::Passed);
        let day = verification.signed_at.expect("a time");
        assert_eq!(&day[10..11], "T", "{day}");
    }
}

#[test]
fn timestamps_may_count_only_after_a_certificate_is_over() {
    for form in FORMS {
        let mut attempt = WORLD.stamped(WORLD.draft().signed(form));
        attempt.policy["trustPolicies"][0]["signatureVerification"]["verifyTimestamp"] = "afterCertExpiry".into();
        holds(&attempt);
        let later = attempt.verify_at(WORLD.now + 400 * DAY);
        assert_eq!(step(&later, "authentic timestamp"), StepStatus::Failed, "{}", told(&later));
    }
}

#[test]
fn a_revocation_list_without_the_certificate_is_good_news() {
    for form in FORMS {
        let list = crl(&WORLD.middle, &[3], WORLD.now - DAY, WORLD.now + DAY);
        let verification = holds(&tampering::revocable(&WORLD, form, vec![list]));
        assert_eq!(step(&verification, "revocation"), StepStatus::Passed);
    }
}

#[test]
fn a_revocation_list_about_some_certificates_counts_for_these() {
    let whole = IssuingDistributionPoint {
        distribution_point: Some(tampering::place(tampering::LISTS)),
        only_contains_user_certs: true,
        only_contains_ca_certs: false,
        only_some_reasons: None,
        indirect_crl: false,
        only_contains_attribute_certs: false,
    };
    let elsewhere = Some(tampering::place("http://lists.example/other.crl"));
    let scopes = [
        (whole.clone(), StepStatus::Passed),
        (IssuingDistributionPoint { distribution_point: None, ..whole.clone() }, StepStatus::Passed),
        (IssuingDistributionPoint { distribution_point: elsewhere, ..whole.clone() }, StepStatus::Unknown),
        (IssuingDistributionPoint { indirect_crl: true, ..whole.clone() }, StepStatus::Unknown),
        (IssuingDistributionPoint { only_contains_attribute_certs: true, ..whole.clone() }, StepStatus::Unknown),
        (
            IssuingDistributionPoint { only_contains_user_certs: false, only_contains_ca_certs: true, ..whole },
            StepStatus::Unknown,
        ),
    ];
    for (scope, status) in scopes {
        let extension = forge::extension("2.5.29.28", true, &scope);
        let list = forge::crl_about(&WORLD.middle, &[], (WORLD.now - DAY, WORLD.now + DAY), Some(extension));
        let verification = tampering::revocable(&WORLD, Form::Jws, vec![list]).verify();
        assert_eq!(step(&verification, "revocation"), status, "{scope:?}");
    }
    // One about changes alone is not about all.
    let delta = forge::extension("2.5.29.27", true, &1_u8);
    let list = forge::crl_about(&WORLD.middle, &[], (WORLD.now - DAY, WORLD.now + DAY), Some(delta));
    let verification = tampering::revocable(&WORLD, Form::Jws, vec![list]).verify();
    assert_eq!(step(&verification, "revocation"), StepStatus::Unknown);
}

#[test]
fn a_timestamp_authority_may_be_revoked_too() {
    let (world, form) = (&*WORLD, Form::Cose);
    let paper = Paper {
        serial: 9,
        extra: vec![tampering::listed()],
        not_before: world.now - 1000 * DAY,
        ..Paper::timestamper("time", world.now)
    };
    let tsa = paper.issue(&world.spare, Some(&world.tsa_root));
    let stamp = Stamp::at(world.now - 20 * DAY);
    let signed = tampering::old_leaf(world).stamped(form, |it| stamp.over(it, &tsa, &[&world.tsa_root]));
    let mut attempt = world.stamped(signed);
    let judged = |attempt: &Attempt| {
        let verification = attempt.verify();
        (step(&verification, "authentic timestamp"), verification.standing, verification.signed_at.is_some())
    };
    assert_eq!(judged(&attempt), (StepStatus::Unknown, Standing::Unknown, false));
    for action in ["log", "skip"] {
        let overridden = serde_json::json!({ "revocation": action });
        attempt.policy["trustPolicies"][0]["signatureVerification"]["override"] = overridden;
        assert_eq!(judged(&attempt), (StepStatus::Passed, Standing::Verified, true), "{action}");
    }
    attempt.policy = policy("strict", &["ca:example", "tsa:example"], world::IDENTITY);
    for (revoked, expected) in
        [(3, (StepStatus::Passed, Standing::Verified, true)), (9, (StepStatus::Failed, Standing::Rejected, false))]
    {
        let mut attempt = attempt.clone();
        let list = crl(&world.tsa_root, &[revoked], world.now - DAY, world.now + DAY);
        attempt.files.push(("crl/time.crl".to_owned(), list));
        assert_eq!(judged(&attempt), expected);
    }
}

#[test]
fn a_timestamp_that_does_not_hold_proves_no_time_though_a_level_only_logs_it() {
    let stamp = Stamp { altered: true, ..Stamp::at(WORLD.now - 20 * DAY) };
    let mut attempt = tampering::stamped(&WORLD, Form::Jws, &stamp);
    attempt.policy["trustPolicies"][0]["signatureVerification"]["level"] = "permissive".into();
    let verification = holds(&attempt);
    assert_eq!(step(&verification, "authentic timestamp"), StepStatus::NotAsked);
    assert_eq!(verification.signed_at, None);
}

#[test]
fn a_certificate_or_timestamp_with_a_large_set_is_refused_at_once() {
    // As many pairs as fit, in one part of a name: they would be sorted by insertion.
    let pair = [0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, b'a'];
    let tlv = |tag: Tag, value: Vec<u8>| Any::new(tag, value).unwrap().to_der().unwrap();
    let large = tlv(Tag::Sequence, tlv(Tag::Set, pair.repeat(4_000)));
    let deep = (0..200).fold(Vec::new(), |inner, _| tlv(Tag::Sequence, inner));
    for (hostile, says) in [(large, "more than 64 elements"), (deep, "nested deeper")] {
        let mut draft = WORLD.draft();
        draft.chain[0] = hostile.clone();
        let verification = WORLD.attempt_of(&draft, Form::Cose).verify();
        let obstacle = verification.obstacle().unwrap();
        assert_eq!(obstacle.name, "certificate chain");
        assert!(obstacle.detail.contains(says), "{}", obstacle.detail);
        let verification = WORLD.stamped(WORLD.draft().stamped(Form::Jws, |_| hostile.clone())).verify();
        let obstacle = verification.obstacle().unwrap();
        assert_eq!(obstacle.name, "authentic timestamp");
        assert!(obstacle.detail.contains(says), "{}", obstacle.detail);
    }
}

#[test]
fn what_a_stranger_writes_is_told_shortly_and_without_control_characters() {
    let mut draft = WORLD.draft();
    draft.payload = draft::payload("\u{1b}[2Jx", &"y".repeat(10_000), 1);
    let detail = WORLD.attempt_of(&draft, Form::Jws).verify().obstacle().unwrap().detail.clone();
    assert!(detail.chars().count() < 700 && !detail.contains('\u{1b}'), "{detail}");
    let paper = Paper { subject: vec![("CN", "a\u{1b}[2Jb".to_owned())], ..WORLD.leaf_paper() };
    match WORLD.attempt_of(&WORLD.draft_by(paper), Form::Jws).verify().signer {
        Some(Signer::Certificate { subject, .. }) => assert_eq!(subject, "CN=a\\u{1b}[2Jb"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_a_trust_policy_only_integrity_is_told() {
    let material = boltseal_trust::Material { now: WORLD.now, ..Default::default() };
    let manifest = draft::manifest();
    let digest = boltseal_evidence::Digest::sha256_of(&manifest);
    for form in FORMS {
        let signed = WORLD.draft().signed(form);
        for artifact in [Artifact::Bytes(&manifest), Artifact::Digest(&digest)] {
            let verification = verify(&signed, "a test", artifact, &material);
            assert_eq!(verification.standing, Standing::Unknown);
            assert_eq!(step(&verification, "artifact"), StepStatus::Passed);
            assert_eq!(step(&verification, "trust policy"), StepStatus::Unknown);
            assert_eq!(step(&verification, "revocation"), StepStatus::NotReached);
            assert_eq!((verification.signer, verification.annotations.len()), (None, 0));
        }
        let other = boltseal_evidence::Digest::sha256_of(b"another");
        let verification = verify(&signed, "a test", Artifact::Digest(&other), &material);
        assert_eq!(verification.standing, Standing::Rejected);
    }
}

#[test]
fn what_a_level_only_logs_is_told_and_not_asked_for() {
    for form in FORMS {
        let mut draft = WORLD.draft().expires(WORLD.now - 3600);
        draft.signing_time = Some(WORLD.now - 7200);
        let mut attempt = WORLD.attempt_of(&draft, form);
        attempt.policy["trustPolicies"][0]["signatureVerification"]["level"] = "permissive".into();
        let verification = holds(&attempt);
        let expiry = verification.steps.iter().find(|step| step.name == "expiry").unwrap();
        assert_eq!(expiry.status, StepStatus::NotAsked);
        assert!(expiry.detail.contains("only logs"), "{}", expiry.detail);

        let mut attempt = tampering::revocable(&WORLD, form, Vec::new());
        for action in ["log", "skip"] {
            let overridden = serde_json::json!({ "revocation": action });
            attempt.policy["trustPolicies"][0]["signatureVerification"]["override"] = overridden;
            assert_eq!(step(&holds(&attempt), "revocation"), StepStatus::NotAsked, "{action}");
        }
    }
}

#[test]
fn a_signer_whom_nobody_trusts_is_never_verified_though_a_level_only_logs_it() {
    for form in FORMS {
        let leaf = WORLD.leaf_paper().issue(&WORLD.spare, Some(&WORLD.other_root));
        let mut attempt = WORLD.attempt_of(&Draft::new(&leaf, &[&WORLD.other_root], WORLD.now), form);
        attempt.policy = policy("audit", &["ca:example"], world::IDENTITY);
        let verification = attempt.verify();
        assert_eq!(verification.standing, Standing::Unknown, "{}", told(&verification));
        assert_eq!(verification.signer, None);
        assert!(verification.annotations.is_empty());
    }
}

#[test]
fn a_statement_that_skips_verifies_nothing() {
    let mut attempt = WORLD.attempt_of(&WORLD.draft(), Form::Jws);
    attempt.policy = serde_json::json!({ "version": "1.0", "trustPolicies": [{
        "name": "unsigned", "registryScopes": [world::REPOSITORY], "signatureVerification": { "level": "skip" },
    }]});
    let verification = attempt.verify();
    assert_eq!(verification.standing, Standing::Unknown);
    assert_eq!(verification.obstacle().unwrap().name, "trust policy");
}

#[test]
fn the_signer_is_told_only_where_a_store_vouches_for_the_chain() {
    let stranger = WORLD.leaf_paper().issue(&WORLD.spare, Some(&WORLD.other_root));
    let draft = Draft::new(&stranger, &[&WORLD.other_root], WORLD.now);
    assert_eq!(WORLD.attempt_of(&draft, Form::Jws).verify().signer, None);
    // Who is known, and is not wanted, is told: the answer to "who signed this" is proved.
    let paper = Paper { subject: vec![("CN", "somebody".to_owned())], ..WORLD.leaf_paper() };
    let verification = WORLD.attempt_of(&WORLD.draft_by(paper), Form::Jws).verify();
    assert_eq!(verification.standing, Standing::Rejected);
    assert!(matches!(verification.signer, Some(Signer::Certificate { subject, .. }) if subject == "CN=somebody"));
}
