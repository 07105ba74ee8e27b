//! What holds of all signatures and whatever is stated under them: who is less sure never allows more, and no payload
//! brings the gate down.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/evidence.rs"]
mod support;

use boltseal_evidence::{Decision, Signer, Verification};
use boltseal_gate::{Evidence, ImageFacts, Sought};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::*;

const TYPES: [&str; 6] = [
    "https://slsa.dev/provenance/v1",
    "https://slsa.dev/provenance/v0.2",
    "https://slsa.dev/verification_summary/v1",
    "https://cyclonedx.org/bom",
    "https://in-toto.io/attestation/vulns/v0.2",
    "https://sigstore.dev/cosign/sign/v1",
];

const ASKS: [&str; 12] = [
    "signature: {any-of: [{key: release}]}",
    "signature: {any-of: [{key: release}, {key: other}], count: 2}",
    "signature: {all-of: [{key: release}, {issuer: 'https://token.actions.githubusercontent.com', identity-regex: '.*'}]}",
    "signature: {any-of: [{issuer: 'https://token.actions.githubusercontent.com', repository: github.com/example/app, ref: refs/heads/main, runner: github-hosted}]}",
    "attestation: {type: vulnerabilities, signed-by: {any-of: [{key: release}]}, max-age: 7d}",
    "attestation: {type: cyclonedx, signed-by: {any-of: [{key: release}, {key: other}], count: 2}}",
    "provenance: {source: github.com/example/app}",
    "provenance: {source: github.com/example/app, branch: main, min-level: 2, allow-inputs: [a, b]}",
    "provenance: {signed-by: {any-of: [{key: release}]}, min-level: 1, allow-inputs: [a, b]}",
    "provenance: {source: github.com/example/app, builders: [{id: 'https://builder.example', signed-by: {any-of: [{key: other}]}, level: 3}], min-level: 3}",
    "verification-summary: {verifier: v, signed-by: {any-of: [{key: release}]}, min-level: 1}",
    "scorecard: {built-from: {any-of: [{key: release}]}, min-score: 1}",
];

/// Any JSON, often with the names that predicates have.
fn json() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "buildDefinition",
        "externalParameters",
        "workflow",
        "source",
        "uri",
        "repository",
        "ref",
        "path",
        "digest",
        "resolvedDependencies",
        "runDetails",
        "builder",
        "id",
        "metadata",
        "invocation",
        "configSource",
        "materials",
        "parameters",
        "environment",
        "verifier",
        "resourceUri",
        "verificationResult",
        "verifiedLevels",
        "components",
        "purl",
        "packages",
        "externalRefs",
        "scanFinishedOn",
        "timestamp",
        "Data",
        "gitCommit",
        "a",
        "repo",
        "name",
        "checks",
        "score",
        "date",
    ]);
    let text = prop::sample::select(vec![
        "",
        "https://github.com/example/app",
        "git+https://github.com/example/app@refs/heads/main",
        "refs/heads/main",
        "https://builder.example",
        "PASSED",
        "v",
        "SLSA_BUILD_LEVEL_3",
        "2026-11-20T12:00:00Z",
        "2999-01-01",
        "\u{0}",
        "pkg:npm/left-pad@1",
        "pkg:docker/%",
        "pkg:",
        "registry.example/app",
        "ghcr.io/example/app:1",
        "\u{1f980}",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| json!(number)),
        text.prop_map(|text| json!(text)),
        "\\PC{0,12}".prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|all| Value::Object(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())),
        ]
    })
}

/// Predicates that ask for something.
fn predicate() -> impl Strategy<Value = Value> {
    let source = prop::sample::select(vec!["https://github.com/example/app", "https://github.com/evil/app"]);
    let builder = prop::sample::select(vec![
        "https://builder.example",
        "https://github.com/example/app/.github/workflows/release.yml@refs/heads/main",
    ]);
    let written = (source, builder, json()).prop_map(|(source, builder, more)| {
        json!({
            "buildDefinition": {"externalParameters": {"source": source, "a": more}},
            "runDetails": {"builder": {"id": builder}},
            "verifier": {"id": "v"},
            "resourceUri": "ghcr.io/example/app",
            "verificationResult": "PASSED",
            "verifiedLevels": ["SLSA_BUILD_LEVEL_2"],
            "metadata": {"scanFinishedOn": "2026-11-20T12:00:00Z"}
        })
    });
    prop_oneof![2 => written, 1 => json()]
}

fn signer() -> impl Strategy<Value = Signer> {
    prop_oneof![
        Just(key("release")),
        Just(key("other")),
        Just(key("evil")),
        Just(release_workflow()),
        Just(keyless("someone", GITHUB)),
    ]
}

fn made() -> impl Strategy<Value = Verification> {
    let statement = prop::option::of((prop::sample::select(TYPES.to_vec()), predicate()));
    (signer(), statement, 0..8).prop_map(|(signer, statement, luck)| {
        let made = match statement {
            Some((kind, predicate)) => attestation(signer, kind, predicate),
            None => signature(signer),
        };
        match luck {
            0 => rejected(made),
            1 => unchecked(made),
            2 => Verification { subject: digest("another"), ..made },
            3 => Verification { signed_at: None, ..made },
            _ => made,
        }
    })
}

/// Makes something less sure.
fn doubt(verification: &mut Verification, way: usize) {
    match (way, &mut verification.signer) {
        (0, _) => *verification = unchecked(verification.clone()),
        (1, _) => *verification = rejected(verification.clone()),
        (2, signer) => *signer = None,
        (3, _) => verification.subject = digest("another"),
        (4, Some(Signer::Keyless { claims, .. })) => claims.source_repository_uri = None,
        (5, Some(Signer::Keyless { claims, .. })) => claims.source_repository_ref = None,
        (6, Some(Signer::Keyless { claims, .. })) => claims.runner_environment = None,
        (7, Some(Signer::Keyless { claims, .. })) => **claims = Default::default(),
        (8, _) => verification.statement = verification.statement.take().filter(|one| one.predicate_type != TYPES[5]),
        _ => {}
    }
}

fn cards() -> Sought<Vec<(String, Value)>> {
    Sought::Found(vec![("card".to_owned(), json!({"repo": {"name": "github.com/example/app"}, "score": 5}))])
}

fn decide(ask: &str, signatures: Sought<Vec<Verification>>) -> Decision {
    verdict(ask, &Evidence { signatures, scorecards: cards(), ..evidence() }).decision
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn who_is_less_sure_never_allows_more(
        ask in prop::sample::select(ASKS.to_vec()),
        mut made in prop::collection::vec(made(), 0..5),
        doubts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..8), 1..3),
    ) {
        let before = decide(ask, Sought::Found(made.clone()));
        for (which, way) in doubts {
            if !made.is_empty() {
                let at = which.index(made.len());
                doubt(&mut made[at], way);
            }
        }
        let after = decide(ask, Sought::Found(made));
        prop_assert!(before == Decision::Allowed || after != Decision::Allowed, "{before:?} became allowed: {ask}");
        prop_assert_ne!(decide(ask, Sought::Missing("it was lost".to_owned())), Decision::Allowed);
    }

    #[test]
    fn more_of_what_does_not_hold_never_allows_nor_stops_anything(
        ask in prop::sample::select(ASKS.to_vec()),
        made in prop::collection::vec(made(), 0..4),
        more in prop::collection::vec(made(), 1..3),
    ) {
        let before = decide(ask, Sought::Found(made.clone()));
        let all = made.into_iter().chain(more.into_iter().map(rejected)).collect();
        prop_assert_eq!(decide(ask, Sought::Found(all)), before);
    }

    #[test]
    fn any_predicate_of_somebody_wanted_is_judged(
        kind in prop::sample::select(TYPES.to_vec()),
        predicate in json(),
        by in signer(),
    ) {
        for ask in ASKS {
            decide(ask, Sought::Found(vec![attestation(by.clone(), kind, predicate.clone())]));
        }
        decide("base-image: {provenance-by: {any-of: [{key: release}]}, allow: [debian]}",
            Sought::Found(vec![attestation(by, kind, predicate)]));
    }

    #[test]
    fn any_scorecard_base_and_repository_is_judged(card in json(), name in "\\PC{0,40}", tag in "[a-z:@/.*]{0,20}") {
        let mut evidence = image(ImageFacts {
            diff_ids: vec![digest("a")],
            labels: [("org.opencontainers.image.base.name".to_owned(), name.clone())].into(),
            created: Some(name.clone()),
            ..ImageFacts::default()
        });
        evidence.scorecards = Sought::Found(vec![(name.clone(), card)]);
        evidence.bases = Sought::Found(vec![base(&tag, &["a"], Some(&name))]);
        evidence.subject.repository = Some(name);
        for ask in [
            "scorecard: {repository: github.com/example/app, min-score: 1, max-age: 1d}",
            "base-image: {allow: [debian], max-age: 1d, newer-exists: deny, believe-annotation: true}",
            "source: {allow: ['ghcr.io/example/**'], deny: [debian]}",
            "image-age: {max-age: 1d}",
        ] {
            verdict(ask, &evidence);
        }
    }
}
