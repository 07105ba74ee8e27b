//! What is attested, by whom, how old it is, and whether it matches what was found.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/evidence.rs"]
mod support;

use boltseal_evidence::RuleOutcome::{Failed, Passed, Unknown};
use boltseal_evidence::{
    Database, DatabaseKind, Inventory, NotAssessed, NotAssessedReason, Package, PackageType, Report, Subject,
    SubjectKind, Tool, Verification,
};
use boltseal_gate::{Evidence, Sought};
use serde_json::{Value, json};
use support::*;

const BOM: &str = "https://cyclonedx.org/bom";

fn ask(kind: &str, more: &str) -> String {
    format!("attestation: {{type: '{kind}', signed-by: {{any-of: [{{key: release}}]}}{more}}}")
}

fn of(predicate_type: &str, predicate: Value) -> Verification {
    attestation(key("release"), predicate_type, predicate)
}

/// A report of this image with these packages.
fn found(mut evidence: Evidence, packages: &[(PackageType, &str, &str)]) -> Evidence {
    let packages = packages.iter().map(|(kind, name, version)| {
        let mut package = Package::new(*kind, *name);
        package.version = Some((*version).to_owned());
        package
    });
    evidence.report = Sought::Found(Report {
        schema: 1,
        tool: Tool { name: "boltseal".to_owned(), version: "0".to_owned() },
        source: None,
        inventory: Inventory {
            subject: Subject {
                kind: SubjectKind::Image,
                id: evidence.subject.configuration.clone(),
                platform: None,
                created: None,
            },
            os: None,
            layers: Vec::new(),
            packages: packages.collect(),
            not_assessed: Vec::new(),
            problems: Vec::new(),
        },
        database: Database { kind: DatabaseKind::Full, digest: digest("database"), built: None, feeds: Vec::new() },
        findings: Vec::new(),
    });
    evidence
}

#[test]
fn kinds_have_short_names_and_predicate_types() {
    for (kind, predicate_type, passes) in [
        ("cyclonedx", BOM, true),
        ("cyclonedx", "https://cyclonedx.org/bom/v1.6", true),
        ("cyclonedx", "https://cyclonedx.org/bombastic", false),
        ("cyclonedx", "https://cyclonedx.org/bom/", false),
        ("cyclonedx", "https://spdx.dev/Document", false),
        ("spdx", "https://spdx.dev/Document/v2.3", true),
        ("sbom", BOM, true),
        ("sbom", "https://spdx.dev/Document", true),
        ("vulnerabilities", "https://in-toto.io/attestation/vulns/v0.2", true),
        ("vulnerabilities", "https://cosign.sigstore.dev/attestation/vuln/v1", true),
        ("vex", "https://openvex.dev/ns/v0.2.0", true),
        ("verdict", boltseal_trust::predicate::VERDICT, true),
        ("cyclonedx", boltseal_trust::predicate::CYCLONEDX, true),
        ("spdx", boltseal_trust::predicate::SPDX, true),
        ("vulnerabilities", boltseal_trust::predicate::VULNERABILITIES, true),
        ("vex", boltseal_trust::predicate::OPENVEX, true),
        ("provenance", "https://slsa.dev/provenance/v1", true),
        ("provenance", "https://slsa.dev/provenance/v1.evil", false),
        ("https://example.com/review/v1", "https://example.com/review/v1", true),
        ("https://example.com/review/v1", "https://example.com/review/v1/x", false),
    ] {
        let outcome = if passes { Passed } else { Failed };
        check(&ask(kind, ""), &with([of(predicate_type, json!({}))]), outcome, "");
    }
}

#[test]
fn none_by_somebody_wanted_is_a_broken_rule() {
    check(&ask("cyclonedx", ""), &evidence(), Unknown, "attestations are not known");
    check(&ask("cyclonedx", ""), &with([]), Failed, "there is no `cyclonedx` attestation by key `release`");
    check(&ask("cyclonedx", ""), &with([signature(key("release"))]), Failed, "");
    check(&ask("cyclonedx", ""), &with([attestation(key("other"), BOM, json!({}))]), Failed, "not with `release`");
    check(&ask("cyclonedx", ""), &with([rejected(of(BOM, json!({})))]), Failed, "does not hold");
    check(&ask("cyclonedx", ""), &with([unchecked(of(BOM, json!({})))]), Unknown, "no trusted root");
    // What cannot be opened may be one.
    let closed = Verification { statement: None, ..unchecked(of(BOM, json!({}))) };
    check(&ask("cyclonedx", ""), &with([closed]), Unknown, "no trusted root");
    let replay = Verification { subject: digest("another"), ..of(BOM, json!({})) };
    check(&ask("cyclonedx", ""), &with([replay]), Failed, "another digest");
    // Two attestations by one signer are one signer's word.
    let two = "attestation: {type: cyclonedx, signed-by: {any-of: [{key: release}, {key: other}], count: 2}}";
    check(two, &with([of(BOM, json!({})), of(BOM, json!({"a": 1}))]), Failed, "");
    check(two, &with([of(BOM, json!({})), attestation(key("other"), BOM, json!({}))]), Passed, "");
}

#[test]
fn the_older_of_both_times_is_its_age() {
    let scanned = |at: Option<&str>, signed: Option<&str>| {
        let predicate = at.map_or(json!({}), |at| json!({"metadata": {"scanFinishedOn": at}}));
        let mut verification = of("https://in-toto.io/attestation/vulns/v0.2", predicate);
        verification.signed_at = signed.map(str::to_owned);
        with([verification])
    };
    let ask = ask("vulnerabilities", ", max-age: 7d");
    let (young, old) = (Some("2026-11-20T12:00:00Z"), Some("2026-11-01T12:00:00Z"));
    check(&ask, &scanned(young, young), Passed, "it is 4 days old");
    check(&ask, &scanned(None, young), Passed, "");
    check(&ask, &scanned(young, None), Passed, "");
    check(&ask, &scanned(old, young), Failed, "it is 23 days old, at most 7 days are allowed");
    check(&ask, &scanned(young, old), Failed, "");
    check(&ask, &scanned(None, None), Unknown, "nothing says when");
    check(&ask, &scanned(Some("soon"), young), Unknown, "`soon`, cannot be read");
    check(&ask, &scanned(Some("2026-11-24T12:04:00Z"), young), Passed, "");
    check(&ask, &scanned(Some("2026-11-24T12:06:00Z"), young), Failed, "a time that has not come");
    check(&ask, &scanned(Some("2026-11-17T12:00:00Z"), None), Passed, "");
    check(&ask, &scanned(Some("2026-11-17T11:59:59Z"), None), Failed, "");
}

#[test]
fn values_are_compared_where_they_stand() {
    let ask = ask("https://example.com/review/v1", ", where: {/reviewed/by: alice, /ok: true}");
    let review = |predicate: Value| with([of("https://example.com/review/v1", predicate)]);
    check(&ask, &review(json!({"reviewed": {"by": "alice"}, "ok": true})), Passed, "");
    check(&ask, &review(json!({"reviewed": {"by": "alice"}, "ok": "true"})), Failed, "`/ok` is `\"true\"`");
    check(&ask, &review(json!({"reviewed": {"by": "mallory"}, "ok": true})), Failed, "`/reviewed/by` is");
    check(&ask, &review(json!({"reviewed": {"by": "alice"}})), Failed, "it has no `/ok`");
    // cosign once wrapped what it attested.
    check(&ask, &review(json!({"Data": {"reviewed": {"by": "alice"}, "ok": true}, "Timestamp": ""})), Passed, "");
}

#[test]
fn an_sbom_is_held_against_what_was_found() {
    let packages = [(PackageType::Npm, "left-pad", "1.3.0"), (PackageType::Deb, "g++", "4:12.2.0-3+b1")];
    let bom = |purls: &[&str]| {
        let components: Vec<Value> = purls.iter().map(|purl| json!({"purl": purl})).collect();
        with([of(BOM, json!({"components": [{"name": "root", "components": components}]}))])
    };
    let (both, deb) =
        (["pkg:npm/left-pad@1.3.0", "pkg:deb/g%2B%2B@4%3A12.2.0-3%2Bb1?arch=amd64"], "pkg:deb/g++@4:12.2.0-3+b1");
    let contains = ask("cyclonedx", ", matches-inventory: contains");
    let equals = ask("cyclonedx", ", matches-inventory: equals");
    for ask in [&contains, &equals] {
        check(ask, &found(bom(&both), &packages), Passed, "it lists all 2 packages");
        check(ask, &found(bom(&[both[0], deb, "pkg:oci/app@sha256:00"]), &packages), Passed, "");
        check(ask, &found(bom(&[both[0]]), &packages), Failed, "does not list 1 of 2 packages");
        check(
            ask,
            &found(bom(&["pkg:npm/left-pad@1.3.1", deb]), &packages),
            Failed,
            "`pkg:npm/left-pad@1.3.0` among them",
        );
        check(ask, &found(bom(&[]), &packages), Failed, "does not list 2 of 2");
        check(ask, &bom(&both), Unknown, "what is in the image is not known");
    }
    let more = || found(bom(&[both[0], both[1], "pkg:npm/extra@1"]), &packages);
    check(&contains, &more(), Passed, "");
    check(&equals, &more(), Failed, "it lists 1 packages that were not found, `pkg:npm/extra@1`");

    let spdx = json!({"packages": [{"externalRefs": [
        {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:x"},
        {"referenceType": "purl", "referenceLocator": both[0]}, {"referenceType": "purl", "referenceLocator": both[1]}
    ]}, {"name": "without"}]});
    let spdx = found(with([of("https://spdx.dev/Document", spdx)]), &packages);
    check(&ask("sbom", ", matches-inventory: equals"), &spdx, Passed, "");
    check(&contains, &found(with([of(BOM, json!("text"))]), &packages), Unknown, "neither CycloneDX nor SPDX");

    // A report of another image, or of a part of this one, shows nothing.
    let mut other = found(bom(&both), &packages);
    other.subject.configuration = Some(digest("other"));
    check(&contains, &other, Unknown, "about another image");
    let mut part = found(bom(&both), &packages);
    if let Sought::Found(report) = &mut part.report {
        report.inventory.not_assessed.push(NotAssessed {
            reason: NotAssessedReason::Unreadable,
            what: "var/lib/rpm".to_owned(),
            detail: "it is broken".to_owned(),
            packages: 0,
        });
    }
    check(&contains, &part, Unknown, "not looked at as a whole");
}

#[test]
fn attestations_that_make_no_sense_are_refused() {
    for (ask, told) in [
        (ask("cyclone", ""), "`cyclone` is no kind of attestation"),
        (ask("https://sigstore.dev/cosign/sign/v1", ""), "ask for it by `signature`"),
        (ask("vex", ", matches-inventory: equals"), "needs an SBOM"),
        (ask("vex", ", where: {builder: x}"), "no JSON pointer"),
        (ask("vex", ", max-age: 1"), "not a length of time"),
        ("attestation: {type: vex}".to_owned(), "`signed-by` is missing"),
        ("attestation: {type: vex, signed-by: {any-of: [{key: nobody}]}}".to_owned(), "no key under `keys`"),
    ] {
        let mistake = mistake(&ask);
        assert!(mistake.contains(told), "{ask}\nwanted: {told}\ntold: {mistake}");
    }
}

#[test]
fn an_expression_over_an_attestation_of_any_size_ends_soon() {
    let predicate = |count: usize, text: &str| {
        let components: Vec<Value> = (0..count).map(|number| json!({"name": format!("c{number}{text}")})).collect();
        with([attestation(key("release"), BOM, json!({ "components": components }))])
    };
    let all =
        |condition: &str| format!("expression: 'attestations.all(a, a.predicate.components.all(x, {condition}))'");
    let pairs = all("a.predicate.components.all(y, x.name != y.name || x == y)");
    check(&pairs, &predicate(20, ""), Passed, "");
    let begun = std::time::Instant::now();
    check(&pairs, &predicate(30_000, ""), Unknown, "steps");
    let joined = all("(a.predicate.components + a.predicate.components).all(y, x == y || y.name != \"\")");
    check(&joined, &predicate(30_000, ""), Unknown, "steps");
    let long = all("!x.name.contains(\"nowhere\") && !x.name.matches(\"n+o+w+h+e+r+e$\")");
    check(&long, &predicate(30_000, ""), Passed, "");
    assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
}
