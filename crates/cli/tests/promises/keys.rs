//! `boltseal keys`: files that only their owner reads, keys of other programs, and secrets that stay inside.

use std::os::unix::fs::PermissionsExt;

use crate::program::{Outcome, Program};
use crate::sign::peer;

const PASSWORD: &str = "correct horse battery staple";
const WITH: [(&str, &str); 1] = [("BOLTSEAL_PASSWORD", PASSWORD)];

#[track_caller]
fn says(outcome: &Outcome, text: &str) {
    assert!(outcome.stderr.contains(text), "{}", outcome.stderr);
}

#[test]
fn a_key_pair_is_written_for_its_owner_alone_and_never_over_another() {
    let program = Program::new();
    program.run_with(&["keys", "generate", "-o", "deep/er"], &WITH).expect_status(0);
    let mode = std::fs::metadata(program.path().join("deep/er.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let (key, public) = (program.read("deep/er.key"), program.read("deep/er.pub"));
    says(&program.run_with(&["keys", "generate", "-o", "deep/er"], &WITH).expect_status(2), "--force");
    // A public key alone is in the way too: it may be the only one of its kind.
    std::fs::remove_file(program.path().join("deep/er.key")).unwrap();
    program.run_with(&["keys", "generate", "-o", "deep/er"], &WITH).expect_status(2);
    assert_eq!(program.read("deep/er.pub"), public);
    program.run_with(&["keys", "generate", "-o", "deep/er", "--force"], &WITH).expect_status(0);
    assert_ne!(program.read("deep/er.key"), key);
}

#[test]
fn without_a_password_or_somebody_to_ask_there_is_no_key() {
    let program = Program::new();
    says(&program.run(&["keys", "generate"]).expect_status(2), "--password-file");
    assert!(!program.path().join("boltseal.key").exists());
    says(&program.run(&["keys", "generate", "--no-password"]).expect_status(2), "pkcs8");
    let plain = program.run(&["keys", "generate", "--no-password", "--format", "pkcs8"]).expect_status(0);
    says(&plain, "whoever can read");
}

#[test]
fn a_wrong_password_is_told_from_a_missing_one_and_neither_is_shown() {
    let program = Program::new();
    program.write("password", format!("{PASSWORD}\r\nsecond line\n"));
    for format in ["cosign", "pkcs8"] {
        let arguments = ["keys", "generate", "--force", "--format", format, "--password-file", "password"];
        program.run(&arguments).expect_status(0);
        let shown = program.run_with(&["keys", "public", "boltseal.key"], &WITH).expect_status(0);
        assert_eq!(shown.stdout.as_bytes(), program.read("boltseal.pub"));
        says(&program.run(&["keys", "public", "boltseal.key"]).expect_status(2), "--password-file");
        let wrong = [("COSIGN_PASSWORD", "hunter2hunter2")];
        let wrong = program.run_with(&["keys", "public", "boltseal.key"], &wrong).expect_status(2);
        says(&wrong, "does not open");
        for text in [&wrong.stderr, &wrong.stdout] {
            assert!(!text.contains("hunter2") && !text.contains(PASSWORD), "{text}");
        }
    }
}

#[test]
fn a_key_file_is_described_with_and_without_its_password() {
    let program = Program::new();
    for (kind, told) in [("ecdsa-p384", "ECDSA P-384"), ("ed25519", "Ed25519"), ("rsa-3072", "RSA 3072")] {
        program.run_with(&["keys", "generate", "--type", kind, "--force"], &WITH).expect_status(0);
        let closed = program.run(&["keys", "show", "boltseal.key", "--json"]).expect_status(0).json();
        assert_eq!((&closed["encrypted"], &closed["algorithm"]), (&true.into(), &serde_json::Value::Null));
        let open = program.run_with(&["keys", "show", "boltseal.key", "--json"], &WITH).expect_status(0).json();
        let public = program.run(&["keys", "show", "boltseal.pub", "--json"]).expect_status(0).json();
        assert_eq!(open["algorithm"], told);
        assert_eq!(open["fingerprint"], public["fingerprint"]);
    }
}

#[test]
fn what_is_no_key_is_said_so_and_not_repeated() {
    let program = Program::new();
    let cases = [
        ("", "no PEM block"),
        ("hello", "no PEM block"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "PKCS#8"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "ssh-keygen"),
        (
            "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
            "JSON",
        ),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "PBES2"),
    ];
    for (text, expected) in cases {
        program.write("bad.key", text);
        says(&program.run_with(&["keys", "public", "bad.key"], &WITH).expect_status(2), expected);
    }
    says(&program.run(&["keys", "public", "awskms://alias/x"]).expect_status(2), "plugin:");
}

#[test]
fn keys_of_openssl_are_taken_over_and_cosign_uses_them() {
    if !peer("openssl") || !peer("cosign") {
        return;
    }
    let program = Program::new();
    let shell = |line: &str| {
        let output = std::process::Command::new("sh").args(["-c", line]).current_dir(program.path()).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    shell(
        "openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -passout pass:theirs -out theirs.key",
    );
    program.write("theirs", "theirs");
    let arguments = ["keys", "import", "theirs.key", "-o", "ours", "--source-password-file", "theirs"];
    program.run_with(&arguments, &WITH).expect_status(0);
    let public = shell("openssl pkey -in theirs.key -passin pass:theirs -pubout");
    assert_eq!(program.read("ours.pub"), public.as_bytes());
    let cosigns = shell(&format!("COSIGN_PASSWORD='{PASSWORD}' timeout 60 cosign public-key --key ours.key"));
    assert_eq!(cosigns.trim(), public.trim());
}

#[test]
fn nothing_of_a_private_key_is_in_any_output() {
    let program = Program::new();
    program.run_with(&["keys", "generate", "--no-password", "--format", "pkcs8", "-o", "plain"], &[]).expect_status(0);
    program.write("blob", "hello");
    let pem = String::from_utf8(program.read("plain.key")).unwrap();
    let secret: Vec<&str> = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let key = ("BOLTSEAL_TEST_KEY", pem.as_str());
    let runs: [&[&str]; 7] = [
        &["keys", "show", "plain.key"],
        &["keys", "show", "plain.key", "--json"],
        &["keys", "public", "env://BOLTSEAL_TEST_KEY"],
        &["keys", "import", "plain.key", "-o", "again"],
        &["sign", "blob", "--key", "plain.key", "--json"],
        &["sign", "blob", "--key", "env://BOLTSEAL_TEST_KEY"],
        &["sign", "nowhere", "--key", "plain.key"],
    ];
    for arguments in runs {
        let outcome = program.run_with(arguments, &[key, WITH[0]]);
        let all = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(!all.is_empty());
        assert!(!all.contains(PASSWORD), "{arguments:?}: {all}");
        assert!(secret.iter().all(|line| !all.contains(line)), "{arguments:?}: {all}");
    }
    let written = format!(
        "{}{}",
        String::from_utf8_lossy(&program.read("blob.sigstore.json")),
        String::from_utf8_lossy(&program.read("again.key"))
    );
    assert!(secret.iter().all(|line| !written.contains(line)));
}
