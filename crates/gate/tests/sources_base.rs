//! Which base an image is built on, by what shows it, and how old that is.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/evidence.rs"]
mod support;

use boltseal_evidence::RuleOutcome::{Failed, Passed, Unknown};
use boltseal_evidence::{Database, DatabaseKind, Inventory, Report, Subject, SubjectKind, Tool};
use boltseal_gate::{Evidence, ImageFacts, KnownBase, Sought};
use serde_json::json;
use support::*;

const ALLOW: &str = "base-image: {allow: ['docker.io/library/debian:13*', 'ghcr.io/example/base']}";
const NAME: &str = "org.opencontainers.image.base.name";
const DIGEST: &str = "org.opencontainers.image.base.digest";

fn known() -> Vec<KnownBase> {
    vec![
        base("docker.io/library/debian:13", &["debian 13"], Some("2026-11-01T00:00:00Z")),
        base("docker.io/library/debian:12", &["debian 12"], Some("2026-11-01T00:00:00Z")),
        base("docker.io/library/python:3.14", &["debian 13", "python"], Some("2026-10-01T00:00:00Z")),
        base("docker.io/library/nothing:1", &[], Some("2026-11-01T00:00:00Z")),
    ]
}

fn layers(layers: &[&str]) -> Evidence {
    let facts = ImageFacts { diff_ids: layers.iter().map(|layer| digest(layer)).collect(), ..ImageFacts::default() };
    Evidence { bases: Sought::Found(known()), ..image(facts) }
}

/// An image on layers that nobody knows, which says this of itself.
fn claiming(name: &str, in_manifest: bool) -> Evidence {
    let mut evidence = layers(&["strange", "app"]);
    if let Sought::Found(facts) = &mut evidence.image {
        let to = if in_manifest { &mut facts.annotations } else { &mut facts.labels };
        to.insert(NAME.to_owned(), name.to_owned());
    }
    evidence
}

#[test]
fn layers_show_the_base() {
    check(
        ALLOW,
        &layers(&["debian 13", "app"]),
        Passed,
        "its layers begin with those of `docker.io/library/debian:13`",
    );
    check(ALLOW, &layers(&["debian 13"]), Passed, "");
    check(ALLOW, &layers(&["debian 12", "app"]), Failed, "`docker.io/library/debian:12` is allowed by no pattern");
    // The longest match is the base, not what that one is built on.
    check(ALLOW, &layers(&["debian 13", "python", "app"]), Failed, "`docker.io/library/python:3.14` is allowed by no");
    check(ALLOW, &layers(&["app", "debian 13"]), Unknown, "begin with those of no base that is known");
    check(ALLOW, &layers(&["strange"]), Unknown, "no base that is known");
}

#[test]
fn what_is_not_known_is_unknown() {
    check(ALLOW, &evidence(), Unknown, "what the image is made of is not known");
    let mut no_bases = layers(&["debian 13", "app"]);
    no_bases.bases = Sought::Missing("no list was given".to_owned());
    check(ALLOW, &no_bases, Unknown, "no list was given");
    no_bases.bases = Sought::Found(Vec::new());
    check(ALLOW, &no_bases, Unknown, "no base that is known");
    for ask in ["base-image: {deny: [debian]}", "base-image: {max-age: 30d}", "base-image: {newer-exists: deny}"] {
        check(ask, &layers(&["strange"]), Unknown, "");
    }
}

#[test]
fn denied_bases_are_denied_however_far_below() {
    let deny = "base-image: {deny: ['docker.io/library/debian:13']}";
    check(deny, &layers(&["debian 13", "app"]), Failed, "is denied by");
    check(deny, &layers(&["debian 13", "python", "app"]), Failed, "its base is built on it");
    check(deny, &layers(&["debian 12", "app"]), Passed, "");
    check("base-image: {allow: ['**'], deny: [debian]}", &layers(&["debian 13", "app"]), Failed, "");
}

#[test]
fn a_base_of_several_names_is_judged_by_all() {
    let mut evidence = layers(&["debian 13", "app"]);
    if let Sought::Found(bases) = &mut evidence.bases {
        bases.insert(0, base("docker.io/library/debian:trixie", &["debian 13"], None));
        bases.push(base("no base / at all", &["debian 13"], None));
    }
    check(ALLOW, &evidence, Passed, "");
    check("base-image: {allow: ['debian:trixie']}", &evidence, Passed, "");
    check("base-image: {allow: [debian], deny: ['debian:trixie']}", &evidence, Failed, "");
    if let Sought::Found(bases) = &mut evidence.bases {
        bases.retain(|base| base.name == "no base / at all");
    }
    check(ALLOW, &evidence, Failed, "cannot be read");
    check("base-image: {deny: [debian]}", &evidence, Unknown, "cannot be read");
}

#[test]
fn what_an_image_claims_is_only_a_claim() {
    let believing = ALLOW.replace("{allow", "{believe-annotation: true, allow");
    for in_manifest in [true, false] {
        let honest = claiming("docker.io/library/debian:13-slim", in_manifest);
        check(ALLOW, &honest, Unknown, "nothing proves it");
        check(&believing, &honest, Passed, "it claims to be built on");
        let other = claiming("evil.example/debian:13", in_manifest);
        check(ALLOW, &other, Failed, "it says so itself");
        check(&believing, &other, Failed, "");
        check("base-image: {deny: ['evil.example/**']}", &other, Failed, "denied");
    }
    check(&believing, &claiming("docker.io.evil.example/library/debian:13", true), Failed, "");
    check(&believing, &claiming("debian:13\u{200b}", true), Failed, "");
    check(&believing, &claiming("d\u{435}bian:13", true), Failed, "cannot be read");
    check(&believing, &claiming("debian:13@sha256:00", true), Failed, "cannot be read");
}

#[test]
fn a_claim_that_the_layers_refute_is_a_lie() {
    let lie = |in_manifest: bool| {
        let mut evidence = layers(&["debian 12", "app"]);
        if let Sought::Found(facts) = &mut evidence.image {
            let to = if in_manifest { &mut facts.annotations } else { &mut facts.labels };
            to.insert(NAME.to_owned(), "docker.io/library/debian:13".to_owned());
            to.insert(DIGEST.to_owned(), known()[0].digest.clone().unwrap().to_string());
        }
        evidence
    };
    let ask = "base-image: {allow: [debian]}";
    check(ask, &lie(true), Failed, "it claims to be built on `docker.io/library/debian:13`, and its layers are others");
    // A label may be inherited, and be about the base's own base.
    check(ask, &lie(false), Passed, "");
}

#[test]
fn provenance_names_images_that_went_into_the_build() {
    let built = |signer: &str, images: &[&str]| {
        let materials: Vec<_> =
            images.iter().map(|uri| json!({"uri": uri, "digest": {"sha256": digest(uri).hex()}})).collect();
        let predicate = json!({"builder": {"id": "https://builder.example"}, "materials": materials});
        let mut evidence = layers(&["strange", "app"]);
        evidence.signatures =
            Sought::Found(vec![attestation(key(signer), "https://slsa.dev/provenance/v0.2", predicate)]);
        evidence
    };
    let ask = ALLOW.replace("{allow", "{provenance-by: {any-of: [{key: release}]}, allow");
    let (debian, go) = ("pkg:docker/debian@13.2?platform=linux%2Famd64", "pkg:docker/golang@1.25");
    check(&ask, &built("release", &[debian]), Passed, "went into the build, as provenance says");
    check(&ask, &built("release", &[debian, "git+https://github.com/example/app"]), Passed, "");
    check(&ask, &built("release", &[go]), Failed, "`docker.io/library/golang:1.25` is allowed by no pattern");
    check(&ask, &built("release", &[debian, go]), Unknown, "only used to build");
    check(&ask, &built("release", &["git+https://github.com/example/app"]), Unknown, "no base that is known");
    check(&ask, &built("release", &["pkg:docker/d%D0%B5bian@13"]), Failed, "cannot be read");
    // Provenance by anybody else says nothing, and without a word on whom to believe neither does this.
    check(&ask, &built("other", &[debian]), Unknown, "no base that is known");
    check(ALLOW, &built("release", &[debian]), Unknown, "no base that is known");
    let deny = ask.replace("allow: [", "deny: [golang], allow: [");
    check(&deny, &built("release", &[debian, go]), Failed, "denied by");
}

#[test]
fn no_base_at_all_has_to_be_allowed() {
    let nothing = scanned(layers(&[]));
    check(ALLOW, &nothing, Failed, "`scratch` is allowed by no pattern");
    check("base-image: {scratch: true, allow: []}", &nothing, Passed, "it has no layers");
    check("base-image: {scratch: true, allow: []}", &layers(&["debian 13"]), Failed, "");
    check("base-image: {scratch: true, allow: []}", &claiming("scratch", true), Unknown, "nothing proves it");
    check(ALLOW, &claiming("scratch", true), Failed, "");
}

#[test]
fn layers_that_could_not_be_read_are_not_layers_that_are_not_there() {
    for ask in ["base-image: {scratch: true, allow: []}", "base-image: {deny: [debian]}", ALLOW] {
        let mut unread = layers(&[]);
        unread.report = Sought::Missing("the image could not be scanned: layer 1 is broken".to_owned());
        check(ask, &unread, Unknown, "layer 1 is broken");
        // A claim does not make up for it.
        let mut claiming = claiming("docker.io/library/debian:13", true);
        if let Sought::Found(facts) = &mut claiming.image {
            facts.diff_ids.clear();
        }
        assert!(result(ask, &claiming).outcome >= Unknown, "{ask}");
    }
    let unread = layers(&[]);
    check("expression: 'image.layers < 50'", &unread, Unknown, "");
    check("expression: 'image.layers < 50'", &scanned(layers(&[])), Passed, "");
    let mut another = scanned(layers(&[]));
    another.subject.configuration = Some(digest("another"));
    check("base-image: {deny: [debian]}", &another, Unknown, "about another image");
}

/// The same, with a report that found nothing.
fn scanned(mut evidence: Evidence) -> Evidence {
    let subject =
        Subject { kind: SubjectKind::Image, id: evidence.subject.configuration.clone(), platform: None, created: None };
    evidence.report = Sought::Found(Report {
        schema: 1,
        tool: Tool { name: "boltseal".to_owned(), version: "0".to_owned() },
        source: None,
        inventory: Inventory {
            subject,
            os: None,
            layers: Vec::new(),
            packages: Vec::new(),
            not_assessed: Vec::new(),
            problems: Vec::new(),
        },
        database: Database { kind: DatabaseKind::Full, digest: digest("database"), built: None, feeds: Vec::new() },
        findings: Vec::new(),
    });
    evidence
}

#[test]
fn the_age_of_a_base_is_that_in_the_list() {
    let on = |created: Option<&str>| {
        let mut evidence = layers(&["debian 13", "app"]);
        if let Sought::Found(bases) = &mut evidence.bases {
            bases[0].created = created.map(str::to_owned);
        }
        evidence
    };
    let ask = "base-image: {max-age: 30d}";
    check(ask, &on(Some("2026-11-01T00:00:00Z")), Passed, "is 23 days old");
    check(ask, &on(Some("2026-10-01")), Failed, "at most 30 days are allowed");
    check(ask, &on(Some("2026-12-01T00:00:00Z")), Failed, "has not come");
    check(ask, &on(None), Unknown, "when its base was made is not known");
    check(ask, &on(Some("soon")), Unknown, "");
}

#[test]
fn a_newer_base_of_the_same_name_is_noticed() {
    let beside = |name: &str, created: Option<&str>| {
        let mut evidence = layers(&["debian 13", "app"]);
        if let Sought::Found(bases) = &mut evidence.bases {
            bases.push(base(name, &["debian 13, newer"], created));
        }
        evidence
    };
    let (deny, warn) = ("base-image: {newer-exists: deny}", "base-image: {newer-exists: warn}");
    let newer = || beside("docker.io/library/debian:13", Some("2026-11-20T00:00:00Z"));
    check(deny, &newer(), Failed, "a newer `docker.io/library/debian:13` is known");
    check(warn, &newer(), Passed, "a newer `docker.io/library/debian:13` is known");
    check(deny, &beside("debian:13", Some("2026-11-20T00:00:00Z")), Failed, "");
    check(deny, &beside("docker.io/library/debian:14", Some("2026-11-20T00:00:00Z")), Passed, "no newer");
    check(deny, &beside("docker.io/library/debian:13", Some("2026-10-20T00:00:00Z")), Passed, "");
    check(deny, &beside("docker.io/library/debian:13", None), Unknown, "another");
    check(deny, &layers(&["debian 13", "app"]), Passed, "no newer");
}

#[test]
fn bases_are_asked_for_sensibly() {
    for (ask, told) in [
        ("base-image: {}", "nothing is asked"),
        ("base-image: {allow: []}", "`allow` is empty"),
        ("base-image: {allow: [scratch]}", "write `scratch: true`"),
        ("base-image: {allow: ['debian@sha256:00']}", "digest"),
        ("base-image: {newer-exists: maybe}", "`warn` or `deny`"),
        ("base-image: {deny: [x], provenance-by: {any-of: [{key: nobody}]}}", "no key under `keys`"),
    ] {
        let mistake = mistake(ask);
        assert!(mistake.contains(told), "{ask}\nwanted: {told}\ntold: {mistake}");
    }
}
