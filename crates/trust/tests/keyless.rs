//! What a Sigstore of our own signs by identity or key, in every way the formats know, is verified, and the signer is
//! told as the certificate has it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

#[path = "lab/lab.rs"]
#[allow(dead_code, reason = "shared by several tests")]
mod lab;

use boltseal_evidence::{Signer, Standing};
use boltseal_fixture::authority::{Authority, Curve, Identity, Key, Kind, Logged, Signing, Version, What, Who};
use boltseal_trust::{Pattern, SignerPattern};
use lab::{ARTIFACT, Case, Good, NOW, PROVENANCE, about, blob, good, lab, release_key, told};

fn check(good: &Good) {
    for (way, verification) in [("bytes", good.case.verify()), ("digest", good.case.verify_digest())] {
        assert_eq!(verification.standing, Standing::Verified, "{} by {way}: {}", good.name, told(&verification));
        match (&good.identity, verification.signer.as_ref().unwrap()) {
            (Some(wanted), Signer::Keyless { identity, issuer, claims }) => {
                assert_eq!((identity, issuer), (&wanted.name, &wanted.issuer));
                let claim = |arc: u8| wanted.claims.iter().find(|(at, _)| *at == arc).map(|(_, text)| text.clone());
                assert_eq!(claims.build_signer_uri, claim(9));
                assert_eq!(claims.build_signer_digest, claim(10));
                assert_eq!(claims.runner_environment, claim(11));
                assert_eq!(claims.source_repository_uri, claim(12));
                assert_eq!(claims.source_repository_digest, claim(13));
                assert_eq!(claims.source_repository_ref, claim(14));
                assert_eq!(claims.source_repository_identifier, claim(15));
                assert_eq!(claims.source_repository_owner_uri, claim(16));
                assert_eq!(claims.source_repository_owner_identifier, claim(17));
                assert_eq!(claims.build_config_uri, claim(18));
                assert_eq!(claims.build_config_digest, claim(19));
                assert_eq!(claims.build_trigger, claim(20));
                assert_eq!(claims.run_invocation_uri, claim(21));
                assert_eq!(claims.source_repository_visibility, claim(22));
            }
            (None, Signer::Key { name, .. }) => assert_eq!(name.as_deref(), Some("release.pub")),
            (_, other) => panic!("{}: {other:?}", good.name),
        }
        let times = good.stamped.is_some() || good.is_first();
        assert_eq!(verification.signed_at.as_deref(), times.then_some("2025-06-01T12:00:00Z"), "{}", good.name);
        let statement = verification.statement.as_ref().map(|statement| statement.predicate_type.as_str());
        assert_eq!(statement, (!good.is_blob()).then_some(PROVENANCE), "{}", good.name);
    }
}

#[test]
fn every_way_of_signing_is_verified_and_the_signer_told() {
    let good = good(&lab());
    assert!(good.len() > 60, "{}", good.len());
    good.iter().for_each(check);
}

#[test]
fn an_authority_on_another_curve_with_another_kind_of_log_is_as_good() {
    good(&Authority::with("lab", NOW, Curve::P384, Curve::P256)).iter().for_each(check);
}

#[test]
fn keys_of_every_kind_sign_statements() {
    let authority = lab();
    for curve in [Curve::P256, Curve::P384, Curve::Ed25519] {
        let key = Key::from_seed(curve, "lab", "another");
        let made = authority.sign(&Signing::new(Who::Key(&key), about(ARTIFACT)));
        let case = Case::bundle(&made.bundle(Version::V03), &authority).trusting("another.pub", &key);
        let verification = case.verify();
        assert_eq!(verification.standing, Standing::Verified, "{curve:?} {}", told(&verification));
    }
}

#[test]
fn a_key_needs_no_log_only_where_that_is_said() {
    let authority = lab();
    let key = release_key();
    let made = authority.sign(&Signing::new(Who::Key(&key), blob()).logged(Logged::Nowhere));
    let mut case = Case::bundle(&made.bundle(Version::V03), &authority).trusting("release.pub", &key);
    assert_eq!(case.verify().standing, Standing::Rejected, "{}", told(&case.verify()));
    case.keys_need_no_log = true;
    assert_eq!(case.verify().standing, Standing::Verified, "{}", told(&case.verify()));
    case.root = None;
    assert_eq!(case.verify().standing, Standing::Verified, "{}", told(&case.verify()));
}

#[test]
fn an_identity_always_needs_a_log() {
    let authority = lab();
    let identity = Identity::workflow();
    let signing = Signing::new(Who::Identity(&identity), blob()).logged(Logged::Nowhere).stamped(true);
    let mut case = Case::bundle(&authority.sign(&signing).bundle(Version::V03), &authority);
    case.keys_need_no_log = true;
    assert_ne!(case.verify().standing, Standing::Verified, "{}", told(&case.verify()));
}

#[test]
fn without_anything_to_check_against_nobody_can_say() {
    for good in good(&lab()).iter().filter(|good| good.version == Version::V03) {
        let mut case = good.case.clone();
        (case.root, case.keys) = (None, Vec::new());
        assert_eq!(case.verify().standing, Standing::Unknown, "{}: {}", good.name, told(&case.verify()));
    }
}

#[test]
fn a_statement_about_several_things_is_about_each() {
    let authority = lab();
    let identity = Identity::workflow();
    let (this, other) = (lab::sha256(ARTIFACT), lab::sha256(b"other"));
    let what = What::Statement(boltseal_fixture::authority::statement(
        &[("other", &other), ("artifact", &this)],
        PROVENANCE,
        &serde_json::json!({}),
    ));
    let made = authority.sign(&Signing::new(Who::Identity(&identity), what));
    let case = Case::bundle(&made.bundle(Version::V03), &authority);
    assert_eq!(case.verify().standing, Standing::Verified, "{}", told(&case.verify()));
}

#[test]
fn a_promise_alone_is_enough_for_a_bundle_of_the_first_version() {
    let authority = lab();
    let identity = Identity::workflow();
    let made = authority.sign(&Signing::new(Who::Identity(&identity), blob()).shown(true, false));
    let case = Case::bundle(&made.bundle(Version::V01), &authority);
    assert_eq!(case.verify().standing, Standing::Verified, "{}", told(&case.verify()));
}

#[test]
fn what_the_second_generation_called_dsse_is_no_longer_taken() {
    // Rekor's second generation logs envelopes as `hashedrekord` alone; its earlier `dsse` 0.0.2 is history.
    let authority = lab();
    let identity = Identity::workflow();
    let signing =
        Signing::new(Who::Identity(&identity), about(ARTIFACT)).logged(Logged::Second(Kind::Dsse)).stamped(true);
    let case = Case::bundle(&authority.sign(&signing).bundle(Version::V03), &authority);
    assert_ne!(case.verify().standing, Standing::Verified, "{}", told(&case.verify()));
}

#[test]
fn a_verified_signature_is_only_as_good_as_its_signer() {
    let authority = lab();
    let identity = Identity::workflow();
    let made = authority.sign(&Signing::new(Who::Identity(&identity), blob()));
    let signer = Case::bundle(&made.bundle(Version::V03), &authority).verify().signer.unwrap();
    let exact = |text: &str| Some(Pattern::Exact(text.to_owned()));
    let wanted = |repository: &str, issuer: &str, runner: &str| SignerPattern::Keyless {
        identity: Some(Pattern::regex("https://github\\.com/example/app/\\.github/workflows/.*").unwrap()),
        issuer: exact(issuer),
        repository: exact(repository),
        reference: exact("refs/tags/v1.0.0"),
        workflow: None,
        runner: exact(runner),
        trigger: exact("push"),
    };
    const ACTIONS: &str = "https://token.actions.githubusercontent.com";
    const APP: &str = "https://github.com/example/app";
    for (pattern, mismatch) in [
        (wanted(APP, ACTIONS, "github-hosted"), None),
        (wanted("https://github.com/fork/app", ACTIONS, "github-hosted"), Some("repository")),
        (wanted(APP, "https://accounts.example.com", "github-hosted"), Some("issuer")),
        (wanted(APP, ACTIONS, "self-hosted"), Some("runner")),
    ] {
        let said = pattern.mismatch(&signer);
        assert_eq!(said.is_some(), mismatch.is_some(), "{said:?}");
        assert!(mismatch.is_none_or(|word| said.unwrap().contains(word)));
    }
}
