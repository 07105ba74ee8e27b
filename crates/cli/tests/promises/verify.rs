//! Promise: `boltseal verify` says whose signature holds, offline, and why one does not.

use boltseal_fixture::authority::{Authority, Curve, Identity, Key, Logged, Signing, Version, What, Who};
use serde_json::Value;

use crate::program::Program;

/// 2025-06-01T12:00:00Z.
const NOW: i64 = 1_748_779_200;
const BLOB: &[u8] = b"an artifact\n";

/// A folder with a file, its keyless bundle, the root to verify it with, a key and what it signed.
fn lab() -> Program {
    let program = Program::new();
    let authority = Authority::new("lab", NOW);
    let identity = Identity::workflow();
    let signed = authority.sign(&Signing::new(Who::Identity(&identity), What::Blob(BLOB.to_vec())));
    let key = Key::from_seed(Curve::P256, "lab", "release");
    let by_key = Signing::new(Who::Key(&key), What::Blob(BLOB.to_vec())).logged(Logged::Nowhere);
    program.write("app.tar.gz", BLOB);
    program.write("app.tar.gz.sigstore.json", signed.bundle(Version::V03).to_string());
    program.write("root.json", authority.trusted_root().to_string());
    program.write("release.pub", key.public_pem());
    program.write("release.key", key.private_pem());
    program.write("app.sig", authority.sign(&by_key).signature);
    program
}

const WORKFLOW: &[&str] = &[
    "verify",
    "app.tar.gz",
    "--trusted-root",
    "root.json",
    "--identity-regex",
    "https://github.com/example/app/.*",
    "--issuer",
    "https://token.actions.githubusercontent.com",
];

#[test]
fn a_file_with_its_bundle_beside_it_is_verified_and_its_signer_is_told() {
    let program = lab();
    let outcome = program.run(WORKFLOW).expect_status(0);
    assert!(outcome.stdout.starts_with("verified: app.tar.gz (sha256:"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("2025-06-01T12:00:0"), "{}", outcome.stdout);
    let explained = program.run(&[WORKFLOW, &["--explain"]].concat()).expect_status(0).stdout;
    for step in ["signing time", "certificate log", "transparency log", "log entry"] {
        assert!(explained.contains(&format!("✓ {step}")), "{step}: {explained}");
    }
    let json = program.run(&[WORKFLOW, &["--format", "json"]].concat()).expect_status(0).json();
    assert_eq!((&json["verdict"], &json["signatures"][0]["counts"]), (&"verified".into(), &true.into()));
    assert_eq!(json["signatures"][0]["signer"]["kind"], "keyless");
}

#[test]
fn claims_are_asked_exactly_or_between_slashes() {
    let program = lab();
    for (flag, value, status) in [
        ("--repository", "https://github.com/example/app", 0),
        ("--repository", "https://github.com/example/ap", 1),
        ("--repository", "/https://github\\.com/example/.*/", 0),
        ("--ref", "/refs/tags/.*/", 0),
        ("--ref", "refs/heads/elsewhere", 1),
        ("--runner", "self-hosted", 1),
        ("--trigger", "push", 0),
        ("--trigger", "/pus/", 1),
    ] {
        program.run(&[WORKFLOW, &[flag, value]].concat()).expect_status(status);
    }
}

#[test]
fn a_changed_file_or_another_signer_is_1_and_says_so() {
    let program = lab();
    let other = ["verify", "app.tar.gz", "--trusted-root", "root.json", "--identity", "dev@example.com", "--issuer"];
    let outcome = program.run(&[&other[..], &["https://accounts.example.com"]].concat()).expect_status(1);
    assert!(outcome.stdout.contains("not wanted: the identity is"), "{}", outcome.stdout);
    program.write("app.tar.gz", b"something else\n");
    let outcome = program.run(WORKFLOW).expect_status(1);
    assert!(outcome.stdout.contains("artifact: "), "{}", outcome.stdout);
}

#[test]
fn keys_sign_without_a_log_only_where_that_is_accepted() {
    let program = lab();
    let detached = ["verify", "app.tar.gz", "--key", "release.pub", "--signature", "app.sig"];
    let outcome = program.run(&detached).expect_status(1);
    assert!(outcome.stdout.contains("--insecure-no-log"), "{}", outcome.stdout);
    program.run(&[&detached[..], &["--insecure-no-log"]].concat()).expect_status(0);
    // A key that is wanted is not replaced by an identity that nobody asked for.
    let outcome = program.run(&["verify", "app.tar.gz", "--trusted-root", "root.json", "--key", "release.pub"]);
    assert!(outcome.expect_status(1).stdout.contains("not wanted"));
}

#[test]
fn what_cannot_be_asked_is_wrong_usage_and_no_secret_is_repeated() {
    let program = lab();
    for arguments in [
        &["verify", "app.tar.gz"][..],
        &["verify", "app.tar.gz", "--identity", "dev@example.com"],
        &["verify", "app.tar.gz", "--issuer", "https://accounts.example.com"],
        &["verify", "app.tar.gz", "--key", "absent.pub"],
        &["verify", "app.tar.gz", "--key", "release.pub", "--annotation", "team"],
        &["verify", "app.tar.gz", "--identity-regex", "(", "--issuer", "x"],
    ] {
        program.run(arguments).expect_status(2);
    }
    let outcome = program.run(&["verify", "app.tar.gz", "--key", "release.key"]).expect_status(2);
    let secret = String::from_utf8(program.read("release.key")).unwrap();
    let secret = secret.lines().nth(1).unwrap();
    assert!(outcome.stderr.contains("it is a private key") && !outcome.stderr.contains(secret), "{}", outcome.stderr);
}

#[test]
fn a_root_that_cannot_be_used_is_3_and_without_any_the_built_in_one_is_told() {
    let program = lab();
    program.write("broken.json", b"{}");
    let asked = ["verify", "app.tar.gz", "--any-identity"];
    program.run(&[&asked[..], &["--trusted-root", "broken.json"]].concat()).expect_status(3);
    let outcome = program.run(&asked).expect_status(1);
    assert!(outcome.stderr.contains("built-in"), "{}", outcome.stderr);
    program.run(&[&asked[..], &["--trusted-root", "root.json"]].concat()).expect_status(0);
}

#[test]
fn the_schema_of_the_json_names_every_step() {
    let json: Value = lab().run(&[WORKFLOW, &["--format", "json"]].concat()).expect_status(0).json();
    let steps = json["signatures"][0]["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["name"].is_string() && step["detail"].is_string()), "{json}");
    assert!(steps.len() >= 9, "{json}");
}
