//! How well the source repository is kept, as far as somebody looked.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/evidence.rs"]
mod support;

use boltseal_evidence::RuleOutcome::{Failed, Passed, Unknown};
use boltseal_evidence::Signer;
use boltseal_gate::{Evidence, Sought};
use serde_json::{Value, json};
use support::*;

fn card(repository: &str, date: &str) -> Value {
    json!({
        "date": date,
        "repo": {"name": repository, "commit": COMMIT},
        "scorecard": {"version": "v5.2.1", "commit": "ab"},
        "score": 7.2,
        "checks": [
            {"name": "Maintained", "score": 10, "reason": "30 commits in the last 90 days"},
            {"name": "Code-Review", "score": 3, "reason": "found 3 of 10 changesets reviewed"},
            {"name": "Branch-Protection", "score": -1, "reason": "internal error: no permission"}
        ],
        "metadata": null
    })
}

fn app() -> Value {
    card("github.com/example/app", "2026-11-20T08:00:00Z")
}

fn cards(cards: impl IntoIterator<Item = Value>) -> Evidence {
    let cards = cards.into_iter().enumerate().map(|(number, card)| (format!("cards/{number}.json"), card));
    Evidence { scorecards: Sought::Found(cards.collect()), ..evidence() }
}

fn ask(more: &str) -> String {
    format!("scorecard: {{repository: github.com/example/app, {more}}}")
}

#[test]
fn scores_are_held_against_the_least_wanted() {
    check(&ask("min-score: 7"), &cards([app()]), Passed, "Scorecard is 7.2 of 10");
    check(&ask("min-score: 7.2"), &cards([app()]), Passed, "");
    check(&ask("min-score: 7.3"), &cards([app()]), Failed, "Scorecard is 7.2 of 10, at least 7.3 is wanted");
    check(&ask("checks: {Maintained: 10}"), &cards([app()]), Passed, "Maintained is 10 of 10");
    check(&ask("checks: {maintained: 5}"), &cards([app()]), Passed, "");
    check(
        &ask("checks: {Maintained: 5, Code-Review: 7}"),
        &cards([app()]),
        Failed,
        "found 3 of 10 changesets reviewed",
    );
    let reason = result(&ask("checks: {Code-Review: 7}"), &cards([app()])).reasons.remove(0);
    assert_eq!(reason.about.as_deref(), Some("Code-Review"));
    assert_eq!(reason.evidence.as_deref(), Some("cards/0.json"));
}

#[test]
fn what_scorecard_could_not_tell_is_unknown() {
    check(&ask("checks: {Branch-Protection: 0}"), &cards([app()]), Unknown, "could not be told: internal error");
    check(&ask("checks: {Signed-Releases: 1}"), &cards([app()]), Unknown, "Signed-Releases is not in the result");
    check(&ask("min-score: 1"), &evidence(), Unknown, "no Scorecard results are known");
    check(&ask("min-score: 1"), &cards([]), Unknown, "there is no result for `https://github.com/example/app`");
    let mut none = app();
    none["score"] = json!(-1);
    check(&ask("min-score: 0"), &cards([none.clone()]), Unknown, "Scorecard could not be told");
    none["score"] = Value::Null;
    check(&ask("min-score: 0"), &cards([none.clone()]), Unknown, "is not in the result");
    none["score"] = json!(99);
    check(&ask("min-score: 5"), &cards([none]), Unknown, "which is no score");
}

#[test]
fn a_result_of_another_repository_is_none() {
    for name in [
        "github.com/example/app2",
        "github.com/example",
        "gitlab.com/example/app",
        "github.com.evil.example/example/app",
    ] {
        check(&ask("min-score: 1"), &cards([card(name, "2026-11-20")]), Unknown, "there is no result for");
    }
    for name in ["github.com/Example/App", "https://github.com/example/app", "https://github.com/example/app.git"] {
        check(&ask("min-score: 1"), &cards([card(name, "2026-11-20")]), Passed, "");
    }
    check(
        &ask("min-score: 1"),
        &cards([card("github.com/example/other", "2026-11-20")]),
        Unknown,
        "`https://github.com/example/other`",
    );
    // What cannot be read is left out, and does no harm to the others.
    for broken in
        [json!([]), json!({"repo": {}}), json!({"repo": {"name": "g\u{456}thub.com/example/app"}}), json!("x")]
    {
        check(&ask("min-score: 1"), &cards([broken.clone()]), Unknown, "there is no result for");
        check(&ask("min-score: 1"), &cards([broken, app()]), Passed, "");
    }
}

#[test]
fn the_newest_result_counts_while_it_is_new_enough() {
    let mut old = card("github.com/example/app", "2026-01-01");
    old["score"] = json!(9.9);
    check(&ask("min-score: 8"), &cards([old.clone(), app()]), Failed, "7.2");
    check(&ask("min-score: 8"), &cards([app(), old.clone()]), Failed, "7.2");
    check(&ask("min-score: 8"), &cards([old.clone()]), Passed, "");
    check(&ask("min-score: 8, max-age: 90d"), &cards([old]), Unknown, "the result is 327 days old");
    check(&ask("min-score: 7, max-age: 90d"), &cards([app()]), Passed, "");
    check(&ask("min-score: 7, max-age: 90d"), &cards([card("github.com/example/app", "soon")]), Unknown, "from when");
    check(
        &ask("min-score: 7, max-age: 90d"),
        &cards([card("github.com/example/app", "2026-12-01")]),
        Failed,
        "not come",
    );
}

#[test]
fn who_is_believed_says_which_repository_it_is() {
    let built = |signer: Signer, cards_of: Vec<Value>| Evidence {
        signatures: Sought::Found(vec![signature(signer)]),
        ..cards(cards_of)
    };
    let ask = |more: &str| {
        format!(
            "scorecard: {{built-from: {{any-of: [{{issuer: '{GITHUB}', identity-regex: '.*'}}]}}, min-score: 5{more}}}"
        )
    };
    check(&ask(""), &built(release_workflow(), vec![app()]), Passed, "");
    check(&ask(""), &built(release_workflow(), vec![card("github.com/evil/app", "2026-11-20")]), Unknown, "no result");
    check(&ask(""), &built(key("release"), vec![app()]), Unknown, "says which repository");
    check(&ask(""), &cards([app()]), Unknown, "what it was built from is not known");
    check(&ask(", same-commit: true"), &built(release_workflow(), vec![app()]), Passed, "");
    let mut other = app();
    other["repo"]["commit"] = json!("f".repeat(40));
    check(&ask(", same-commit: true"), &built(release_workflow(), vec![other.clone()]), Unknown, "not of the commit");
    check(&ask(""), &built(release_workflow(), vec![other]), Passed, "");

    let provenance = |source: &str| {
        let predicate = json!({
            "buildDefinition": {"externalParameters": {"source": source}},
            "runDetails": {"builder": {"id": "https://builder.example"}}
        });
        let mut evidence = cards([app()]);
        evidence.signatures =
            Sought::Found(vec![attestation(key("release"), "https://slsa.dev/provenance/v1", predicate)]);
        evidence
    };
    let by_key = "scorecard: {built-from: {any-of: [{key: release}]}, min-score: 5}";
    check(by_key, &provenance("git+https://github.com/example/app@refs/heads/main"), Passed, "");
    check(
        by_key,
        &provenance("git+https://github.com/evil/app"),
        Unknown,
        "no result for `https://github.com/evil/app`",
    );
    check(&by_key.replace("release", "other"), &provenance("https://github.com/example/app"), Unknown, "");
}

#[test]
fn questions_without_sense_are_refused() {
    for (ask, told) in [
        ("scorecard: {}", "which repository"),
        ("scorecard: {repository: github.com/a/b}", "nothing is asked"),
        ("scorecard: {repository: github.com/a/b, min-score: 11}", "no score"),
        ("scorecard: {repository: github.com/a/b, checks: {Maintained: -1}}", "no score"),
        ("scorecard: {repository: 'github.com/a/*', min-score: 1}", "no repository"),
        ("scorecard: {repository: x, min-score: 1}", "no repository"),
        ("scorecard: {repository: github.com/a/b, built-from: {any-of: [{key: release}]}, min-score: 1}", "exclude"),
        ("scorecard: {repository: github.com/a/b, same-commit: true, min-score: 1}", "needs `built-from`"),
        ("scorecard: {built-from: {any-of: [{key: nobody}]}, min-score: 1}", "no key under `keys`"),
    ] {
        let mistake = mistake(ask);
        assert!(mistake.contains(told), "{ask}\nwanted: {told}\ntold: {mistake}");
    }
}
