//! `boltseal attest`: cosign verifies the attestations, and predicates have the form that their specifications ask for.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::program::Program;
use crate::sign::{expect, run_peer, with_registry};

const WITH: [(&str, &str); 1] = [("BOLTSEAL_PASSWORD", "correct horse battery staple")];
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
/// An environment of no CI, wherever this test runs.
const BARE: [(&str, &str); 2] = [("GITHUB_ACTIONS", ""), ("GITLAB_CI", "")];

fn lab() -> Program {
    let program = Program::new();
    program.run(&["demo", "--keep", "lab"]).expect_status(0);
    program
}

/// A database that knows log4j-core alone.
fn with_database(program: &Program) {
    let advisory = json!({
        "schema_version": "1.6.0", "id": "GHSA-xxxx-yyyy-zzzz", "modified": "2024-01-01T00:00:00Z",
        "aliases": ["CVE-2021-44228"], "summary": "a mistake", "affected": [{
            "package": { "ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core" },
            "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "0" }, { "fixed": "2.15.0" }] }]
        }]
    });
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("a.json", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(advisory.to_string().as_bytes()).unwrap();
    program.write("mirror/osv/Maven/all.zip", archive.finish().unwrap().into_inner());
    program.run(&["db", "update", "--mirror", "mirror", "--feed", "osv/Maven"]).expect_status(0);
}

fn print(program: &Program, arguments: &[&str]) -> Value {
    let all = [&["attest"], arguments, &["--print", "--platform", "linux/amd64", "oci:lab:lab"]].concat();
    program.run_with(&all, &BARE).expect_status(0).json()
}

fn digest_of_lab(program: &Program) -> String {
    let index: Value = serde_json::from_slice(&program.read("lab/index.json")).unwrap();
    index["manifests"][0]["digest"].as_str().unwrap().to_owned()
}

#[test]
fn cosign_verifies_attestations_of_every_type_in_both_forms() {
    let Some((program, registry)) = with_registry() else { return };
    program.write("p.json", r#"{"a": 1}"#);
    let image = registry.reference.as_str();
    let own: &[&str] = &["--predicate", "p.json", "--type", "https://example.com/predicate/v1"];
    let built: &[&str] = &[
        "provenance",
        "--builder-id",
        "https://ci.example/builder",
        "--source-uri",
        "https://git.example/app",
        "--source-commit",
        COMMIT,
    ];
    let cases: [(&[&str], &str); 5] = [
        (own, "https://example.com/predicate/v1"),
        (&["--predicate", "p.json"], "custom"),
        (&["sbom"], "cyclonedx"),
        (&["sbom", "--sbom-format", "spdx"], "spdxjson"),
        (built, "slsaprovenance1"),
    ];
    let verify = |kind: &str, key: &str| {
        let line = ["cosign", "verify-attestation", "--key", key, "--insecure-ignore-tlog", "--type", kind, image];
        run_peer(&program, &line)
    };
    program.run_with(&["keys", "generate", "-o", "other"], &WITH).expect_status(0);
    // The older form first: where there are bundles, cosign looks no further.
    for form in ["legacy", "bundle"] {
        for (arguments, kind) in cases {
            let more = ["--no-log", "--key", "boltseal.key", "--format", form, "--platform", "linux/amd64", image];
            let all = [&["attest"], arguments, &more].concat();
            program.run_with(&all, &[WITH[0], BARE[0], BARE[1]]).expect_status(0);
            expect(&verify(kind, "boltseal.pub"), true);
            expect(&verify(kind, "other.pub"), false);
            if form == "legacy" {
                continue;
            }
        }
    }
    expect(&verify("openvex", "boltseal.pub"), false);
}

#[test]
fn a_vulnerability_attestation_says_what_was_found_by_which_advisories_and_what_was_not_assessed() {
    let program = lab();
    let starter = program.run(&["attest", "vulnerabilities", "--print", "oci:lab:lab"]).expect_status(3);
    assert!(starter.stderr.contains("db update"), "{}", starter.stderr);
    with_database(&program);
    program.write("ignore.toml", "[[ignore]]\nid = \"CVE-2021-44228\"\nreason = \"lookups are off\"\n");
    let statement = print(&program, &["vulnerabilities", "--ignore-file", "ignore.toml"]);
    assert_eq!(statement["predicateType"], "https://in-toto.io/attestation/vulns/v0.2");
    assert_eq!(
        format!("sha256:{}", statement["subject"][0]["digest"]["sha256"].as_str().unwrap()),
        digest_of_lab(&program)
    );
    let predicate = &statement["predicate"];
    for place in ["/scanner/uri", "/scanner/db/lastUpdate", "/metadata/scanStartedOn", "/metadata/scanFinishedOn"] {
        assert!(predicate.pointer(place).is_some_and(Value::is_string), "{place} is missing");
    }
    let result = predicate["scanner"]["result"].as_array().unwrap();
    for one in result {
        assert!(one["id"].is_string() && one["annotations"].is_array(), "{one}");
        for severity in one["severity"].as_array().unwrap() {
            assert!(severity["method"].is_string() && severity["score"].is_string(), "{one}");
        }
    }
    let log4shell = result.iter().find(|one| one["id"] == "CVE-2021-44228").unwrap();
    assert_eq!(log4shell["annotations"][0]["status"], "suppressed");
    assert!(!predicate["metadata"]["notAssessed"].as_array().unwrap().is_empty());
}

#[test]
fn decisions_become_openvex_only_where_they_cover_something() {
    let program = lab();
    with_database(&program);
    program.write("ignore.toml", "[[ignore]]\nid = \"CVE-2021-44228\"\nreason = \"lookups are off\"\n");
    let from = ["vex", "--from-ignore", "ignore.toml", "--author", "security@example.com"];
    let statement = print(&program, &from);
    assert_eq!(statement["predicateType"], "https://openvex.dev/ns");
    let stated = &statement["predicate"]["statements"][0];
    assert_eq!((&stated["status"], &stated["impact_statement"]), (&"not_affected".into(), &"lookups are off".into()));
    let hash = stated["products"][0]["hashes"]["sha-256"].as_str().unwrap();
    assert_eq!(format!("sha256:{hash}"), digest_of_lab(&program));
    let put_up_with = print(&program, &[&from[..], &["--status", "affected"]].concat());
    let stated = &put_up_with["predicate"]["statements"][0];
    assert_eq!((&stated["status"], &stated["action_statement"]), (&"affected".into(), &"lookups are off".into()));
    assert!(stated.get("impact_statement").is_none());

    // What was made is a document that is taken, and a broken one is not.
    program.write("vex.json", statement["predicate"].to_string());
    assert_eq!(print(&program, &["vex", "--file", "vex.json"])["predicate"], statement["predicate"]);
    let mut broken = statement["predicate"].clone();
    broken["statements"][0].as_object_mut().unwrap().remove("impact_statement");
    program.write("broken.json", broken.to_string());
    let refused = program.run(&["attest", "vex", "--file", "broken.json", "--print", "oci:lab:lab"]).expect_status(2);
    assert!(refused.stderr.contains("statement 1"), "{}", refused.stderr);

    program.write("ignore.toml", "[[ignore]]\nid = \"CVE-1999-0001\"\nreason = \"x\"\n");
    let nothing = [&["attest"], &from[..], &["--print", "oci:lab:lab"]].concat();
    program.run(&nothing).expect_status(3);
}

#[test]
fn provenance_comes_from_the_job_and_holds_none_of_its_secrets() {
    let program = lab();
    let job = [
        ("GITLAB_CI", ""),
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "example/app"),
        ("GITHUB_SHA", COMMIT),
        ("GITHUB_REF", "refs/tags/v1"),
        ("GITHUB_WORKFLOW_REF", "example/app/.github/workflows/release.yml@refs/tags/v1"),
        ("GITHUB_RUN_ID", "42"),
        ("GITHUB_TOKEN", "s3cr3t-token"),
    ];
    let arguments = ["attest", "provenance", "--parameter", "channel=stable", "--print", "oci:lab:lab"];
    let outcome = program.run_with(&arguments, &job).expect_status(0);
    assert!(!outcome.stdout.contains("s3cr3t"), "{}", outcome.stdout);
    let statement = outcome.json();
    assert_eq!(statement["predicateType"], "https://slsa.dev/provenance/v1");
    let definition = &statement["predicate"]["buildDefinition"];
    assert_eq!(definition["externalParameters"]["inputs"]["channel"], "stable");
    assert_eq!(definition["resolvedDependencies"][0]["digest"]["gitCommit"], COMMIT);
    let told = program.run_with(&["attest", "provenance", "--print", "oci:lab:lab"], &BARE).expect_status(2);
    assert!(told.stderr.contains("--builder-id"), "{}", told.stderr);
}

#[test]
fn a_verdict_is_attested_to_its_own_image_and_no_other() {
    let program = lab();
    let verdict = |digest: &str| {
        json!({
            "schema": 1, "tool": { "name": "boltseal", "version": "0" }, "decision": "allowed",
            "subject": { "digest": digest }, "day": "2026-01-01", "rules": [],
            "policy": { "name": "p", "digest": format!("sha256:{}", "0".repeat(64)) },
        })
        .to_string()
    };
    program.write("own.json", verdict(&digest_of_lab(&program)));
    program.write("other.json", verdict(&format!("sha256:{}", "1".repeat(64))));
    program.write("none.json", r#"{"decision": "allowed"}"#);
    let statement = print(&program, &["verdict", "--file", "own.json"]);
    assert_eq!(statement["predicateType"], "https://boltseal.dev/verdict/v1");
    for file in ["other.json", "none.json"] {
        program.run(&["attest", "verdict", "--file", file, "--print", "oci:lab:lab"]).expect_status(2);
    }
}

#[test]
fn an_attestation_needs_an_image_and_a_type() {
    let program = lab();
    program.write("p.json", "{}");
    program.write("list.json", "[]");
    let cases: [&[&str]; 6] = [
        &["attest", "--print", "oci:lab:lab"],
        &["attest", "--print", "--predicate", "p.json", "--type", "sbom", "oci:lab:lab"],
        &["attest", "--print", "--predicate", "list.json", "--type", "vuln", "oci:lab:lab"],
        &["attest", "--print", "--predicate", "absent.json", "oci:lab:lab"],
        &["attest", "--print", "--predicate", "p.json", "dir:lab"],
        &["attest", "vex", "oci:lab:lab"],
    ];
    for arguments in cases {
        program.run(arguments).expect_status(2);
    }
}
