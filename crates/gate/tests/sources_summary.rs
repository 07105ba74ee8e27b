//! What a verifier's summary is worth.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/evidence.rs"]
mod support;

use boltseal_evidence::RuleOutcome::{Failed, Passed, Unknown};
use boltseal_gate::Evidence;
use serde_json::{Value, json};
use support::*;

const TYPE: &str = "https://slsa.dev/verification_summary/v1";

fn ask(more: &str) -> String {
    format!(
        "verification-summary: {{verifier: 'https://verifier.example/', signed-by: {{any-of: [{{key: release}}]}}{more}}}"
    )
}

fn summary(change: impl FnOnce(&mut Value)) -> Evidence {
    let mut predicate = json!({
        "verifier": {"id": "https://verifier.example/"},
        "timeVerified": "2026-11-20T10:00:00Z",
        "resourceUri": "ghcr.io/example/app:1.2.3",
        "policy": {"uri": "https://verifier.example/policy", "digest": {"sha256": digest("policy").hex()}},
        "verificationResult": "PASSED",
        "verifiedLevels": ["SLSA_BUILD_LEVEL_2", "EXAMPLE_REVIEWED"],
        "slsaVersion": "1.1"
    });
    change(&mut predicate);
    with([attestation(key("release"), TYPE, predicate)])
}

fn set(name: &str, value: Value) -> Evidence {
    summary(|predicate| predicate[name] = value)
}

#[test]
fn a_summary_passes_as_its_verifier_says() {
    check(&ask(""), &summary(|_| {}), Passed, "verified `ghcr.io/example/app:1.2.3`: SLSA_BUILD_LEVEL_2");
    check(&ask(", min-level: 2"), &summary(|_| {}), Passed, "");
    check(&ask(", min-level: 3"), &summary(|_| {}), Failed, "SLSA build level 2, wanted is 3");
    check(&ask(", policy: 'https://verifier.example/policy'"), &summary(|_| {}), Passed, "");
    check(&ask(", policy: 'https://verifier.example/other'"), &summary(|_| {}), Failed, "its policy is");
    check(&ask(&format!(", policy-digest: '{}'", digest("policy"))), &summary(|_| {}), Passed, "");
    check(&ask(&format!(", policy-digest: '{}'", digest("other"))), &summary(|_| {}), Failed, "another digest");
    check(&ask(", max-age: 7d"), &summary(|_| {}), Passed, "");
    check(&ask(", max-age: 1d"), &summary(|_| {}), Failed, "4 days old");
}

#[test]
fn what_it_does_not_say_is_not_taken_for_granted() {
    check(&ask(""), &evidence(), Unknown, "attestations are not known");
    check(&ask(""), &with([]), Failed, "there is no verification summary");
    check(&ask(""), &set("verificationResult", json!("FAILED")), Failed, "did not pass");
    check(&ask(""), &set("verificationResult", json!("passed")), Failed, "did not pass");
    check(&ask(""), &set("verificationResult", Value::Null), Failed, "the predicate is no");
    check(&ask(""), &set("verifier", json!({"id": "https://verifier.example"})), Failed, "its verifier is");
    check(&ask(""), &set("verifier", json!({})), Failed, "the predicate is no");
    check(
        &ask(", min-level: 1"),
        &set("verifiedLevels", json!(["SLSA_BUILD_LEVEL_UNEVALUATED"])),
        Unknown,
        "names no level",
    );
    check(
        &ask(", min-level: 1"),
        &set("verifiedLevels", json!(["SLSA_BUILD_LEVEL_+9", "SLSA_SOURCE_LEVEL_3"])),
        Unknown,
        "",
    );
    check(&ask(", max-age: 7d"), &set("timeVerified", json!("2027-01-01T00:00:00Z")), Failed, "not come");
    let other = attestation(key("other"), TYPE, json!({}));
    check(&ask(""), &with([other]), Failed, "not with `release`");
}

#[test]
fn a_summary_is_about_the_name_that_was_asked_for() {
    for resource in ["ghcr.io/example/app", "oci://ghcr.io/example/app@sha256:00", "ghcr.io/example/app:1@sha256:00"] {
        check(&ask(""), &set("resourceUri", json!(resource)), Passed, "");
    }
    for resource in
        ["ghcr.io/example/app2", "ghcr.io.evil.example/example/app", "pkg:oci/app", "", "ghcr.io/example/app/x"]
    {
        check(&ask(""), &set("resourceUri", json!(resource)), Failed, "not about `ghcr.io/example/app`");
    }
    check(&ask(", resource: 'pkg:oci/app*'"), &set("resourceUri", json!("pkg:oci/app@1")), Passed, "");
    check(&ask(", resource: 'pkg:oci/app*'"), &summary(|_| {}), Failed, "wanted is");
    let mut archive = summary(|_| {});
    archive.subject.repository = None;
    check(&ask(""), &archive, Unknown, "comes from no repository");
}
