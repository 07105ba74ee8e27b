//! Keys cross over to cosign and back, and cosign verifies what is signed here.
//!
//! `cosign` is found on `PATH`; without it the tests say so and are skipped, unless `BOLTSEAL_VALIDATORS=required`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking and says why it was skipped")]

use std::path::Path;
use std::process::{Command, Output};

use boltseal_trust::sign::{self, Proof};
use boltseal_trust::{Algorithm, Key, KeyFile, Signer as _};

fn run(program: &str, folder: &Path, password: &str, arguments: &[&str]) -> Output {
    Command::new("timeout")
        .arg("60")
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        .env("COSIGN_PASSWORD", password)
        .output()
        .unwrap()
}

fn missing(program: &str) -> bool {
    if Command::new(program).arg("version").output().is_ok() {
        return false;
    }
    assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "`{program}` is not installed");
    println!("skipped: `{program}` is not installed");
    true
}

#[track_caller]
fn expect(output: &Output, success: bool, what: &str) {
    assert_eq!(output.status.success(), success, "{what}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn cosign_verifies_bundles_of_blobs_by_every_kind_of_key() {
    if missing("cosign") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), b"hello").unwrap();
    std::fs::write(folder.path().join("b.txt"), b"hullo").unwrap();
    for algorithm in Algorithm::MADE {
        let key = Key::generate(algorithm).unwrap();
        std::fs::write(folder.path().join("k.pub"), key.public_pem()).unwrap();
        let bundle = sign::blob(&key, b"hello").unwrap().bundle(&Proof::default()).unwrap();
        std::fs::write(folder.path().join("b.json"), bundle).unwrap();
        let verify = |blob: &str| {
            let hash = algorithm.hash().name();
            let arguments = [
                "verify-blob",
                "--key",
                "k.pub",
                "--insecure-ignore-tlog",
                "--signature-digest-algorithm",
                hash,
                "--bundle",
                "b.json",
                blob,
            ];
            run("cosign", folder.path(), "", &arguments)
        };
        expect(&verify("a.txt"), true, &algorithm.to_string());
        expect(&verify("b.txt"), false, &algorithm.to_string());
    }
}

#[test]
fn cosign_signs_with_keys_made_here() {
    if missing("cosign") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), b"hello").unwrap();
    for algorithm in Algorithm::MADE {
        let key = Key::generate(algorithm).unwrap();
        std::fs::write(folder.path().join("k.key"), key.to_cosign(b"open sesame").unwrap().as_bytes()).unwrap();
        let public = run("cosign", folder.path(), "open sesame", &["public-key", "--key", "k.key"]);
        expect(&public, true, &algorithm.to_string());
        assert_eq!(String::from_utf8(public.stdout).unwrap().trim(), key.public_pem().trim(), "{algorithm}");
        let wrong = run("cosign", folder.path(), "wrong", &["public-key", "--key", "k.key"]);
        expect(&wrong, false, &algorithm.to_string());
    }
}

#[test]
fn keys_that_cosign_makes_are_opened_here() {
    if missing("cosign") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    expect(&run("cosign", folder.path(), "open sesame", &["generate-key-pair"]), true, "generate-key-pair");
    let file = KeyFile::parse(&std::fs::read(folder.path().join("cosign.key")).unwrap()).unwrap();
    let key = file.open(Some(b"open sesame")).unwrap();
    assert_eq!(key.public_pem(), std::fs::read_to_string(folder.path().join("cosign.pub")).unwrap());
    assert_eq!(key.algorithm(), Algorithm::EcdsaP256);
}

#[test]
fn keys_that_openssl_writes_are_opened_here() {
    if missing("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let shell = |line: &str| {
        let output = Command::new("sh").args(["-c", line]).current_dir(folder.path()).output().unwrap();
        expect(&output, true, line);
        output
    };
    let commands = [
        ("ecparam -name prime256v1 -genkey -noout", "EC PRIVATE KEY"),
        ("ecparam -name secp384r1 -genkey -noout", "EC PRIVATE KEY"),
        ("genrsa -traditional 2048", "RSA PRIVATE KEY"),
        ("genpkey -algorithm ed25519", "PRIVATE KEY"),
    ];
    for (command, label) in commands {
        shell(&format!("openssl {command} > k.pem 2>log && openssl pkey -in k.pem -pubout -out k.pub"));
        let text = std::fs::read_to_string(folder.path().join("k.pem")).unwrap();
        assert!(text.contains(&format!("-----BEGIN {label}-----")), "{command}: another form than the test is about");
        let public = std::fs::read_to_string(folder.path().join("k.pub")).unwrap();
        assert_eq!(KeyFile::parse(text.as_bytes()).unwrap().open(None).unwrap().public_pem(), public, "{command}");
        for how in ["-v2 aes-256-cbc", "-v2 aes-128-cbc -v2prf hmacWithSHA512", "-scrypt"] {
            shell(&format!("openssl pkcs8 -topk8 {how} -passout pass:pw -in k.pem -out e.pem"));
            let file = KeyFile::parse(&std::fs::read(folder.path().join("e.pem")).unwrap()).unwrap();
            assert_eq!(file.open(Some(b"pw")).unwrap().public_pem(), public, "{command} {how}");
        }
        // What is written here, openssl reads.
        let key = KeyFile::parse(text.as_bytes()).unwrap().open(None).unwrap();
        std::fs::write(folder.path().join("o.pem"), key.to_pkcs8(Some(b"pw")).unwrap().as_bytes()).unwrap();
        let read = shell("openssl pkey -in o.pem -passin pass:pw -pubout");
        assert_eq!(String::from_utf8(read.stdout).unwrap(), public, "{command}");
    }
    // A certificate or a public key before the private one does not hide it.
    shell("cat k.pub k.pem > both.pem");
    KeyFile::parse(&std::fs::read(folder.path().join("both.pem")).unwrap()).unwrap();
}
