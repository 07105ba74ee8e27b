//! `boltseal sign`: cosign verifies what is signed here, in every form and by every kind of key.

use std::process::{Command, Output};

use crate::program::Program;
use crate::real::registry::Debian;

const PASSWORD: &str = "correct horse battery staple";
const WITH: [(&str, &str); 1] = [("BOLTSEAL_PASSWORD", PASSWORD)];

/// A program of somebody else is there, or the reason to skip is printed. With `BOLTSEAL_VALIDATORS=required` it must.
pub(crate) fn peer(name: &str) -> bool {
    if Command::new("sh").args(["-c", &format!("command -v {name}")]).output().unwrap().status.success() {
        return true;
    }
    assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "`{name}` is not installed");
    println!("skipped: `{name}` is not installed");
    false
}

/// Runs a program of somebody else in the folder, bounded in time.
pub(crate) fn run_peer(program: &Program, line: &[&str]) -> Output {
    Command::new("timeout")
        .arg("120")
        .args(line)
        .current_dir(program.path())
        .env("HOME", program.path())
        .output()
        .unwrap()
}

#[track_caller]
pub(crate) fn expect(output: &Output, success: bool) -> String {
    let all = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.success(), success, "{all}");
    all
}

/// The lab image in a registry of Debian's, and a key; or a printed reason to skip.
pub(crate) fn with_registry() -> Option<(Program, Debian)> {
    let there = ["cosign", "docker-registry", "skopeo"].map(peer);
    if there.contains(&false) {
        return None;
    }
    let program = Program::new();
    program.run(&["demo", "--keep", "lab"]).expect_status(0);
    program.run_with(&["keys", "generate"], &WITH).expect_status(0);
    let registry = Debian::serve(&program.path().join("lab"), "lab").unwrap();
    Some((program, registry))
}

fn verify<'a>(key: &'a str, hash: &'a str, more: &[&'a str], image: &'a str) -> Vec<&'a str> {
    let mut line =
        vec!["cosign", "verify", "--key", key, "--insecure-ignore-tlog", "--signature-digest-algorithm", hash];
    line.extend(more);
    line.push(image);
    line
}

#[test]
fn cosign_verifies_images_signed_by_every_kind_of_key_as_bundles() {
    let Some((program, registry)) = with_registry() else { return };
    for kind in ["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-3072"] {
        let hash = if kind == "ecdsa-p384" { "sha384" } else { "sha256" };
        program.run_with(&["keys", "generate", "-o", kind, "-t", kind], &WITH).expect_status(0);
        let (key, public) = (format!("{kind}.key"), format!("{kind}.pub"));
        let arguments = ["sign", "--no-log", "--key", &key, "-a", "stage=test", "--json", &registry.reference];
        let told = program.run_with(&arguments, &WITH).expect_status(0).json();
        assert!(told[0]["places"][0].as_str().unwrap().starts_with("referrer sha256:"), "{told}");
        let asked = verify(&public, hash, &["-a", "stage=test"], &registry.reference);
        let output = run_peer(&program, &asked);
        expect(&output, true);
        assert!(String::from_utf8_lossy(&output.stdout).contains(told[0]["digest"].as_str().unwrap()));
        let other = verify(&public, hash, &["-a", "stage=production"], &registry.reference);
        expect(&run_peer(&program, &other), false);
    }
    // A key that signed nothing finds nothing.
    expect(&run_peer(&program, &verify("boltseal.pub", "sha256", &[], &registry.reference)), false);
    // The same again is not attached twice where signatures come out the same.
    let again = ["sign", "--no-log", "--key", "ed25519.key", "-a", "stage=test", "--json", &registry.reference];
    assert_eq!(program.run_with(&again, &WITH).expect_status(0).json()[0]["was-there"], true);
}

#[test]
fn cosign_verifies_images_signed_as_before_bundles() {
    let Some((program, registry)) = with_registry() else { return };
    let sign = ["sign", "--no-log", "--key", "boltseal.key", "--format", "legacy", "-a", "a=b", &registry.reference];
    let told = program.run_with(&sign, &WITH).expect_status(0).stdout;
    assert!(told.contains("wrote   tag sha256-"), "{told}");
    let asked = verify("boltseal.pub", "sha256", &["-a", "a=b"], &registry.reference);
    let all = expect(&run_peer(&program, &asked), true);
    assert!(all.contains("cosign container image signature"), "{all}");
    let other = verify("boltseal.pub", "sha256", &["-a", "a=c"], &registry.reference);
    expect(&run_peer(&program, &other), false);
}

#[test]
fn an_index_is_signed_with_all_that_is_in_it() {
    let Some((program, registry)) = with_registry() else { return };
    // An index of the same image for two platforms.
    let manifest: serde_json::Value = serde_json::from_slice(&program.read("lab/index.json")).unwrap();
    let image = &manifest["manifests"][0];
    let entry = |architecture: &str| {
        serde_json::json!({
            "mediaType": image["mediaType"], "digest": image["digest"], "size": image["size"],
            "platform": { "os": "linux", "architecture": architecture }
        })
    };
    let index = serde_json::json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [entry("amd64"), entry("arm64")]
    });
    let bytes = serde_json::to_vec(&index).unwrap();
    program.write("index.json", &bytes);
    let (place, _) = registry.reference.rsplit_once(':').unwrap();
    let (host, repository) = place.split_once('/').unwrap();
    let url = format!("http://{host}/v2/{repository}/manifests/all");
    let kind = "Content-Type: application/vnd.oci.image.index.v1+json";
    expect(&run_peer(&program, &["curl", "-sfS", "-X", "PUT", "-H", kind, "--data-binary", "@index.json", &url]), true);
    let all = format!("{place}:all");
    let sign = ["sign", "--no-log", "--recursive", "--json", "--key", "boltseal.key", &all];
    let told = program.run_with(&sign, &WITH).expect_status(0).json();
    assert_eq!(told.as_array().unwrap().len(), 2, "the index and the one image that it names twice: {told}");
    expect(&run_peer(&program, &verify("boltseal.pub", "sha256", &[], &all)), true);
    expect(&run_peer(&program, &verify("boltseal.pub", "sha256", &[], &registry.reference)), true);
}

#[test]
fn files_are_signed_as_bundle_and_as_bare_signature() {
    let program = Program::new();
    program.run_with(&["keys", "generate"], &WITH).expect_status(0);
    program.write("release.bin", "hello");
    program.write("other.bin", "hullo");
    let sign = |more: &[&str]| {
        let arguments = [&["sign", "--no-log", "--key", "boltseal.key"], more].concat();
        program.run_with(&arguments, &WITH)
    };
    let told = sign(&["release.bin"]).expect_status(0).stdout;
    assert!(told.contains("wrote   release.bin.sigstore.json"), "{told}");
    sign(&["release.bin", "--bundle", "b.json", "--output-signature", "s.sig"]).expect_status(0);
    sign(&["release.bin", "other.bin", "--bundle", "b.json"]).expect_status(2);
    sign(&["release.bin", "-a", "a=b"]).expect_status(2);
    sign(&["absent.bin/x"]).expect_status(3);
    if peer("openssl") {
        let check = "base64 -d s.sig | openssl dgst -sha256 -verify boltseal.pub -signature /dev/stdin release.bin";
        expect(&run_peer(&program, &["sh", "-c", check]), true);
    }
    if peer("cosign") {
        let verify = |blob: &str, bundle: &str| {
            let line =
                ["cosign", "verify-blob", "--key", "boltseal.pub", "--insecure-ignore-tlog", "--bundle", bundle, blob];
            run_peer(&program, &line)
        };
        expect(&verify("release.bin", "release.bin.sigstore.json"), true);
        expect(&verify("release.bin", "b.json"), true);
        expect(&verify("other.bin", "b.json"), false);
    }
}

#[test]
fn nobody_signs_without_a_key_or_a_token() {
    let program = Program::new();
    program.write("blob", "hello");
    // Also within a CI's job, as this test may run in one.
    let bare = [("GITHUB_ACTIONS", ""), ("SIGSTORE_ID_TOKEN", ""), ("ACTIONS_ID_TOKEN_REQUEST_URL", "")];
    let outcome = program.run_with(&["sign", "blob"], &bare).expect_status(2);
    assert!(outcome.stderr.contains("--key") && outcome.stderr.contains("--identity-token"), "{}", outcome.stderr);
    assert!(!program.path().join("blob.sigstore.json").exists());
}

/// A program that signs with a key of openssl's, and misbehaves when told to.
const PLUGIN: &str = r#"#!/bin/sh
mode=$1; shift
test "$BOLTSEAL_PLUGIN_PROTOCOL" = 1 || exit 9
test -z "$BOLTSEAL_PASSWORD" || exit 8
case $mode-$1 in
*-public-key) cat token.pub ;;
good-sign) openssl dgst -sha256 -sign token.pem | base64 ;;
deaf-sign) exec <&-; echo "$5" | cut -d: -f2 | xxd -r -p > d; openssl pkeyutl -sign -inkey token.pem -in d | base64 ;;
other-sign) openssl dgst -sha256 -sign other.pem | base64 ;;
noise-sign) echo 'no signature!' ;;
slow-sign) exec sleep 30 ;;
flood-sign) yes | head -c 10000000 ;;
fail-sign) printf 'the token is locked\033[2J' >&2; exit 1 ;;
esac
"#;

#[test]
fn a_plug_in_signs_and_one_that_lies_is_found_out() {
    if !peer("openssl") || !peer("xxd") {
        return;
    }
    let program = Program::new();
    program.write("blob", vec![b'x'; 1 << 20]);
    program.write("plugin.sh", PLUGIN);
    let make = "openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out token.pem && cp token.pem other.pem \
                && openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out other.pem \
                && openssl pkey -in token.pem -pubout -out token.pub";
    expect(&run_peer(&program, &["sh", "-c", make]), true);
    let sign = |mode: &str| {
        let key = format!("plugin:sh plugin.sh {mode}");
        let arguments = ["sign", "--no-log", "--key", &key, "blob", "--output-signature", "s.sig"];
        let patience = if mode == "slow" { "1" } else { "60" };
        program.run_with(&arguments, &[WITH[0], ("BOLTSEAL_PLUGIN_TIMEOUT", patience)])
    };
    for mode in ["good", "deaf"] {
        sign(mode).expect_status(0);
        let check = "base64 -d s.sig | openssl dgst -sha256 -verify token.pub -signature /dev/stdin blob";
        expect(&run_peer(&program, &["sh", "-c", check]), true);
        std::fs::remove_file(program.path().join("s.sig")).unwrap();
    }
    for (mode, expected) in [
        ("other", "does not hold for its own public key"),
        ("noise", "no signature in base64"),
        ("flood", "more than 64 KiB"),
        ("fail", "the token is locked"),
        ("slow", "within 1 s"),
    ] {
        let outcome = sign(mode).expect_status(3);
        assert!(outcome.stderr.contains(expected), "{mode}: {}", outcome.stderr);
        assert!(!outcome.stderr.contains('\u{1b}'), "{}", outcome.stderr);
        assert!(!program.path().join("s.sig").exists());
    }
}

/// What `docs/plugins.md` shows for tokens of PKCS#11.
const TOKEN: &str = r#"#!/bin/sh
set -eu
module=$1; shift
pkcs11() { pkcs11-tool --module "$module" --token-label boltseal --id 01 "$@" 2>/dev/null; }
case $1 in
public-key)
    pkcs11 --read-object --type pubkey | openssl pkey -pubin -inform DER -pubout ;;
sign)
    work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
    printf %s "${5#sha256:}" | xxd -r -p >"$work/digest"
    pkcs11 --login --pin "$TOKEN_PIN" --sign --mechanism ECDSA --signature-format openssl \
        --input-file "$work/digest" --output-file "$work/signature" >&2
    base64 "$work/signature" ;;
esac
"#;

#[test]
fn a_key_that_never_leaves_its_token_signs() {
    let there = ["openssl", "xxd", "softhsm2-util", "pkcs11-tool"].map(peer);
    if there.contains(&false) {
        return;
    }
    let find = "ls /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so 2>/dev/null | head -n 1";
    let program = Program::new();
    let module = String::from_utf8(run_peer(&program, &["sh", "-c", find]).stdout).unwrap();
    let module = module.trim();
    assert!(!module.is_empty(), "softhsm2 is installed, and its module is not found");
    let folder = program.path().display().to_string();
    program.write("tokens/.keep", "");
    program.write("softhsm2.conf", format!("directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n"));
    program.write("token.sh", TOKEN);
    program.write("blob", "hello");
    let make = format!(
        "export SOFTHSM2_CONF=$PWD/softhsm2.conf; softhsm2-util --init-token --free --label boltseal --pin 4711 --so-pin 0815 \
         && pkcs11-tool --module {module} --token-label boltseal --login --pin 4711 --keypairgen --key-type EC:prime256v1 --id 01"
    );
    expect(&run_peer(&program, &["sh", "-c", &make]), true);
    let key = format!("plugin:sh token.sh {module}");
    let configuration = format!("{folder}/softhsm2.conf");
    let environment = [("SOFTHSM2_CONF", configuration.as_str()), ("TOKEN_PIN", "4711")];
    let outcome = program.run_with(&["sign", "--no-log", "--key", &key, "blob"], &environment).expect_status(0);
    assert!(!format!("{}{}", outcome.stdout, outcome.stderr).contains("4711"));
    let public = program.run_with(&["keys", "public", &key], &environment).expect_status(0);
    program.write("token.pub", public.stdout);
    if peer("cosign") {
        let line = ["cosign", "verify-blob", "--key", "token.pub", "--insecure-ignore-tlog", "--bundle"];
        let line = [&line[..], &["blob.sigstore.json", "blob"]].concat();
        expect(&run_peer(&program, &line), true);
    }
}
