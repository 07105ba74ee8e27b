//! Whose signatures count, and whose do not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/evidence.rs"]
mod support;

use boltseal_evidence::RuleOutcome::{Failed, Passed, Unknown};
use boltseal_evidence::{Decision, Signer, Verification};
use boltseal_gate::{Evidence, Sought};
use support::*;

const KEY: &str = "signature: {any-of: [{key: release}]}";

#[test]
fn a_wanted_signature_passes_and_another_does_not() {
    check(KEY, &with([signature(key("release"))]), Passed, "proved to be from 2026-11-20");
    check(KEY, &with([signature(key("other"))]), Failed, "not with `release`");
    check(KEY, &with([signature(release_workflow())]), Failed, "it is signed by an identity, wanted is a key");
    check(KEY, &with([signature(certificate("CN=release", "ca:example"))]), Failed, "wanted is a key");
}

#[test]
fn no_signature_is_a_broken_rule_and_one_that_was_not_looked_for_is_unknown() {
    check(KEY, &with([]), Failed, "there is no signature by key `release`");
    check(KEY, &evidence(), Unknown, "the test gives none");
    assert_eq!(verdict(KEY, &evidence()).decision, Decision::Undecided);
    assert_eq!(verdict(KEY, &with([])).decision, Decision::Denied);
}

#[test]
fn what_does_not_hold_never_counts_whoever_made_it() {
    check(KEY, &with([rejected(signature(key("release")))]), Failed, "subject: the payload names another digest");
    let keeps_signer = Verification { signer: Some(key("release")), ..rejected(signature(key("release"))) };
    check(KEY, &with([keeps_signer]), Failed, "it does not hold");
}

#[test]
fn what_cannot_be_checked_is_unknown_unless_enough_others_hold() {
    let open = || unchecked(signature(key("release")));
    check(KEY, &with([open()]), Unknown, "certificate chain: there is no trusted root");
    check(KEY, &with([open(), signature(key("release"))]), Passed, "key");
    check(KEY, &with([open(), signature(key("other"))]), Unknown, "could not be checked");
    // One whose signer is proved and not wanted changes nothing, whatever else cannot be told.
    let other = Verification { signer: Some(key("other")), ..open() };
    check(KEY, &with([other]), Failed, "not with `release`");
}

#[test]
fn a_signature_of_another_digest_is_a_replay() {
    let replay = Verification { subject: digest("another image"), ..signature(key("release")) };
    check(KEY, &with([replay]), Failed, "it is about another digest");
}

#[test]
fn a_verified_signature_of_nobody_is_nobodys() {
    let nobody = Verification { signer: None, ..signature(key("release")) };
    check(KEY, &with([nobody]), Failed, "nobody is proved");
}

#[test]
fn which_digest_of_an_index_is_signed_is_told_apart() {
    let of = |of: &str| Verification { subject: digest(of), ..signature(key("release")) };
    let index = |signature: Verification| {
        let mut evidence = with([signature]);
        evidence.subject.manifest = Some(digest("the manifest"));
        evidence
    };
    let ask = |about: &str| format!("signature: {{any-of: [{{key: release}}], about: {about}}}");
    for (about, signed, outcome) in [
        ("named", "the image", Passed),
        ("named", "the manifest", Failed),
        ("platform", "the manifest", Passed),
        ("platform", "the image", Failed),
        ("either", "the image", Passed),
        ("either", "the manifest", Passed),
        ("either", "another", Failed),
    ] {
        check(&ask(about), &index(of(signed)), outcome, "");
    }
    check(KEY, &index(of("the manifest")), Failed, "about the platform's manifest");
    // Where no index was named, the digest is the platform's.
    check(&ask("platform"), &with([of("the image")]), Passed, "");
}

#[test]
fn an_attestation_is_no_signature_and_cosigns_is() {
    let sbom = attestation(key("release"), "https://spdx.dev/Document", serde_json::json!({}));
    check(KEY, &with([sbom]), Failed, "there is no signature");
    let cosign = attestation(key("release"), "https://sigstore.dev/cosign/sign/v1", serde_json::json!({}));
    check(KEY, &with([cosign]), Passed, "");
}

#[test]
fn signers_are_counted_once() {
    let two = "signature: {any-of: [{key: release}, {key: other}], count: 2}";
    let (release, other) = (|| signature(key("release")), || signature(key("other")));
    check(two, &with([release(), other()]), Passed, "");
    check(two, &with([release(), release()]), Failed, "2 different signers");
    check(two, &with([release(), unchecked(other())]), Unknown, "cannot be told");
    check(two, &with([release(), rejected(other())]), Failed, "it counts, and more are wanted");

    let anyone = "signature: {any-of: [{identity-regex: '.*', issuer-regex: '.*'}], count: 2}";
    let main = || signature(release_workflow());
    let tag = signature(workflow(claims(
        "https://github.com/example/app/.github/workflows/release.yml@refs/tags/v1",
        "refs/tags/v1",
    )));
    check(anyone, &with([main(), tag]), Failed, "");
    let address = |text: &str| signature(keyless(text, "https://accounts.example"));
    check(anyone, &with([address("a@example.com"), address("A@EXAMPLE.com")]), Failed, "");
    check(anyone, &with([address("a@example.com"), main()]), Passed, "");
    let elsewhere = signature(keyless("a@example.com", "https://login.example"));
    check(anyone, &with([address("a@example.com"), elsewhere]), Passed, "");

    let store = "signature: {any-of: [{notation: {trust-store: 'ca:example'}}], count: 2}";
    let renewed = |serial: &str| {
        signature(Signer::Certificate {
            subject: "CN=release".to_owned(),
            fingerprint: digest(serial),
            trust_store: "ca:example".to_owned(),
        })
    };
    check(store, &with([renewed("1"), renewed("2")]), Failed, "");
}

#[test]
fn all_of_wants_everybody() {
    let all = "signature: {all-of: [{key: release}, {key: other}]}";
    let (release, other) = (|| signature(key("release")), || signature(key("other")));
    check(all, &with([release(), other()]), Passed, "");
    check(all, &with([release()]), Failed, "all of");
    check(all, &with([release(), unchecked(other())]), Unknown, "");
    check(all, &with([unchecked(other())]), Unknown, "");
    let known = Verification { signer: Some(key("release")), ..unchecked(release()) };
    check(all, &with([release(), known]), Failed, "");
}

#[test]
fn identity_and_issuer_both_count_and_whole() {
    let ask = "signature: {any-of: [{identity: release@example.com, issuer: 'https://accounts.example'}]}";
    let by = |identity: &str, issuer: &str| with([signature(keyless(identity, issuer))]);
    check(ask, &by("release@example.com", "https://accounts.example"), Passed, "");
    for (identity, issuer) in [
        ("release@example.com", "https://accounts.example.evil.example"),
        ("release@example.com", "https://accounts.example/"),
        ("release@example.com.evil.example", "https://accounts.example"),
        ("xrelease@example.com", "https://accounts.example"),
        ("rele\u{430}se@example.com", "https://accounts.example"),
        ("release@example.com\n", "https://accounts.example"),
    ] {
        check(ask, &by(identity, issuer), Failed, "");
    }
    let regex = "signature: {any-of: [{identity-regex: '[a-z]+@example\\.com', issuer: 'https://accounts.example'}]}";
    check(regex, &by("release@example.com", "https://accounts.example"), Passed, "");
    for identity in ["release@example.com.evil.example", "evil/release@example.com", "a@example.com\nb@example.com"] {
        check(regex, &by(identity, "https://accounts.example"), Failed, "");
    }
    // An alternative is not an escape from the anchors.
    let either = "signature: {any-of: [{identity-regex: 'a@x|b@x', issuer-regex: '.*'}]}";
    check(either, &by("b@x", "i"), Passed, "");
    for identity in ["a@x.evil", "evil.b@x"] {
        check(either, &by(identity, "i"), Failed, "");
    }
}

#[test]
fn claims_of_the_certificate_are_asked() {
    let ask = |more: &str| {
        format!("signature: {{any-of: [{{issuer: '{GITHUB}', repository: 'https://github.com/example/app'{more}}}]}}")
    };
    let by = |signer: Signer| with([signature(signer)]);
    let of = |workflow_uri: &str, reference: &str| by(workflow(claims(workflow_uri, reference)));
    let release = "https://github.com/example/app/.github/workflows/release.yml";
    let main = || of(&format!("{release}@refs/heads/main"), "refs/heads/main");
    let tag = || of(&format!("{release}@refs/tags/v1.0"), "refs/tags/v1.0");

    for more in [
        "",
        ", ref: refs/heads/main",
        ", ref: 'refs/heads/*'",
        ", runner: github-hosted",
        ", trigger: push",
        ", workflow: 'https://github.com/example/app/.github/workflows/release.yml'",
        ", workflow: 'https://github.com/example/app/.github/workflows/*.yml@refs/heads/main'",
    ] {
        check(&ask(more), &main(), Passed, "");
    }
    check(&ask(", ref: 'refs/tags/v*'"), &main(), Failed, "the ref is `refs/heads/main`");
    check(&ask(", ref: 'refs/tags/v*'"), &tag(), Passed, "");
    check(&ask(", ref: 'refs/heads/*'"), &of(release, "refs/heads/refs/tags/v1"), Failed, "");
    check(&ask(", runner: self-hosted"), &main(), Failed, "the runner is `github-hosted`");
    check(&ask(", trigger: release"), &main(), Failed, "the trigger is `push`");
    let workflow = ", workflow: 'https://github.com/example/app/.github/workflows/release.yml'";
    for uri in [
        "https://github.com/example/app/.github/workflows/release.yml.evil@refs/heads/main",
        "https://github.com/evil/app/.github/workflows/release.yml@refs/heads/main",
    ] {
        check(&ask(workflow), &of(uri, "refs/heads/main"), Failed, "the workflow is");
    }
    // A certificate that says nothing of a build is none of this repository.
    check(&ask(""), &by(keyless("someone", GITHUB)), Failed, "the certificate states no repository");

    for repository in
        ["github.com/example/app", "https://github.com/example/app.git", "https://github.com/example/app/"]
    {
        let ask = format!("signature: {{any-of: [{{issuer: '{GITHUB}', repository: '{repository}'}}]}}");
        check(&ask, &main(), Passed, "");
    }
    for repository in ["https://github.com/example/ap", "https://github.com/example", "https://github.com/*"] {
        let ask = format!("signature: {{any-of: [{{issuer: '{GITHUB}', repository: '{repository}'}}]}}");
        check(&ask, &main(), Failed, "the repository is `https://github.com/example/app`");
    }
}

#[test]
fn certificates_of_trust_stores_are_asked_by_subject_and_store() {
    let ask = "signature: {any-of: [{notation: {subject: 'CN=release, O=Example', trust-store: 'ca:example'}}]}";
    let by = |subject: &str, store: &str| with([signature(certificate(subject, store))]);
    check(ask, &by("CN=release, O=Example", "ca:example"), Passed, "");
    check(ask, &by("CN=release, O=Evil", "ca:example"), Failed, "the subject is");
    check(ask, &by("CN=release, O=Example", "ca:other"), Failed, "the trust store is");
    check(ask, &by("CN=release, O=Example", "tsa:example"), Failed, "");
}

#[test]
fn annotations_are_part_of_what_is_signed() {
    let ask = "signature: {any-of: [{key: release}], annotations: {environment: production}}";
    let annotated = |value: Option<&str>| {
        let mut signature = signature(key("release"));
        signature.annotations.extend(value.map(|value| ("environment".to_owned(), value.to_owned())));
        with([signature])
    };
    check(ask, &annotated(Some("production")), Passed, "");
    check(ask, &annotated(Some("test")), Failed, "its annotation `environment` is `test`");
    check(ask, &annotated(None), Failed, "it has no annotation `environment`");
}

#[test]
fn a_policy_that_wants_nobody_or_anybody_by_mistake_is_refused() {
    for (ask, told) in [
        ("signature: {}", "no signer is named"),
        ("signature: {any-of: []}", "`any-of` is empty"),
        ("signature: {all-of: []}", "`all-of` is empty"),
        ("signature: {any-of: [{key: release}], all-of: [{key: release}]}", "write two rules"),
        ("signature: {any-of: [{}]}", "a signer without a name"),
        ("signature: {any-of: [{identity: a@example.com}]}", "write `issuer`"),
        ("signature: {any-of: [{identity-regex: '.*'}]}", "write `issuer`"),
        ("signature: {any-of: [{issuer: 'https://accounts.example'}]}", "everybody that it knows"),
        ("signature: {any-of: [{issuer: 'https://accounts.example', runner: x}]}", "everybody that it knows"),
        ("signature: {any-of: [{identity: '', issuer: x}]}", "`identity` is empty"),
        ("signature: {any-of: [{identity: a, identity-regex: a, issuer: x}]}", "write one"),
        ("signature: {any-of: [{identity-regex: 'a)|(b', issuer: x}]}", "not a regular expression"),
        ("signature: {any-of: [{identity-regex: '(', issuer: x}]}", "not a regular expression"),
        ("signature: {any-of: [{issuer: x, repository: github.com/a/b, ref: main}]}", "write `refs/heads/main`"),
        ("signature: {any-of: [{issuer: x, repository: 'https://g\u{456}thub.com/a/b'}]}", "look like others"),
        ("signature: {any-of: [{key: release, identity: a, issuer: x}]}", "one entry for each"),
        ("signature: {any-of: [{notation: {subject: 'CN=a'}}]}", "needs the `trust-store`"),
        ("signature: {any-of: [{notation: {trust-store: 'tsa:example'}}]}", "no trust store of signers"),
        ("signature: {any-of: [{key: releese}]}", "did you mean `release`?"),
        ("signature: {any-of: [{key: release}], count: 0}", "wants nobody's signature"),
        ("signature: {any-of: [{key: release}], count: 2}", "can never be reached"),
        ("signature: {all-of: [{key: release}], count: 1}", "belongs to `any-of`"),
        ("signature: {anyof: [{key: release}]}", "did you mean `any-of`?"),
    ] {
        let mistake = mistake(ask);
        assert!(mistake.contains(told), "{ask}\nwanted: {told}\ntold: {mistake}");
    }
}

#[test]
fn the_way_out_is_that_of_the_step_that_failed() {
    let open = with([unchecked(signature(key("release")))]);
    assert_eq!(result(KEY, &open).advice.as_deref(), Some("run `boltseal trust update`"));
    assert_eq!(result(KEY, &with([])).advice.as_deref(), Some("add a signature by key `release`"));
}

#[test]
fn thousands_of_hostile_signatures_stay_bounded() {
    let many = (0..5_000).map(|_| rejected(signature(key("release"))));
    let evidence = Evidence { signatures: Sought::Found(many.collect()), ..evidence() };
    let result = result(KEY, &evidence);
    assert_eq!(result.outcome, Failed);
    assert!(result.reasons.len() <= 20 && result.omitted > 4_000, "{} {}", result.reasons.len(), result.omitted);
}
