//! `boltseal evidence`: what was known of an image travels, and is checked again without a network, believing nothing.

use std::path::PathBuf;
use std::process::{Command, Output};

use boltseal_fixture::layout::TAG;
use boltseal_fixture::registry::Options;
use serde_json::Value;

use crate::gate::{Lab, image, tagged, valid};
use crate::program::Outcome;

/// A lab whose image is signed, with the evidence on it in `out`.
fn exported(version: &str, more: &[&str]) -> Lab {
    let lab = Lab::of(version, |_| Options::default());
    lab.sign("release", &lab.image());
    export(&lab, "out", &lab.image(), more).expect_status(0);
    lab
}

fn export(lab: &Lab, folder: &str, target: &str, more: &[&str]) -> Outcome {
    let line = ["evidence", "export", "--insecure-no-log", "--policy", "policy.yaml", "--output", folder, target];
    let outcome = lab.program.run(&[&line[..], more].concat());
    lab.tells_no_secret(&outcome);
    outcome
}

fn verify(lab: &Lab, more: &[&str]) -> Outcome {
    let outcome = lab.program.run(&[&["evidence", "verify", "out"], more].concat());
    lab.tells_no_secret(&outcome);
    outcome
}

/// What the receiver trusts.
const OWN: [&str; 4] = ["--insecure-no-log", "--key", "release.pub", "--trust-included"];

/// The program in a network of its own, in which nothing is.
fn without_network(lab: &Lab, arguments: &[&str]) -> Option<Output> {
    if !Command::new("unshare").args(["-rn", "true"]).status().is_ok_and(|status| status.success()) {
        println!("skipped: `unshare` is not allowed here");
        return None;
    }
    let output = Command::new("timeout")
        .args(["120", "unshare", "-rn", env!("CARGO_BIN_EXE_boltseal")])
        .args(arguments)
        .current_dir(lab.program.path())
        .env("HOME", lab.program.path().join("elsewhere"))
        .env("BOLTSEAL_CACHE_DIR", lab.program.path().join("elsewhere/cache"))
        .env("BOLTSEAL_DB_DIR", lab.program.path().join("elsewhere/db"))
        .output();
    Some(output.unwrap())
}

/// The blobs of the folder, sorted.
fn blobs(lab: &Lab) -> Vec<PathBuf> {
    let folder = lab.program.path().join("out/blobs/sha256");
    let mut all: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    all.sort();
    all
}

/// Puts another document into the folder in place of the one with this name, every digest as it should be.
fn replace(lab: &Lab, name: &str, bytes: &[u8]) {
    let index: Value = serde_json::from_slice(&lab.program.read("out/index.json")).unwrap();
    let put = |bytes: &[u8]| {
        let digest = boltseal_evidence::Digest::sha256_of(bytes);
        lab.program.write(&format!("out/blobs/sha256/{}", digest.hex()), bytes);
        digest.to_string()
    };
    let mut index = index;
    for entry in index["manifests"].as_array_mut().unwrap() {
        if entry["annotations"]["org.opencontainers.image.ref.name"] != "boltseal-evidence" {
            continue;
        }
        let place = entry["digest"].as_str().unwrap().replace(':', "/");
        let mut manifest: Value = serde_json::from_slice(&lab.program.read(&format!("out/blobs/{place}"))).unwrap();
        for layer in manifest["layers"].as_array_mut().unwrap() {
            if layer["annotations"]["org.opencontainers.image.title"] == name {
                layer["digest"] = put(bytes).into();
                layer["size"] = bytes.len().into();
            }
        }
        let manifest = serde_json::to_vec(&manifest).unwrap();
        entry["digest"] = put(&manifest).into();
        entry["size"] = manifest.len().into();
    }
    lab.program.write("out/index.json", serde_json::to_vec(&index).unwrap());
}

/// The document with this name.
fn document(lab: &Lab, folder: &str, name: &str) -> Value {
    let index: Value = serde_json::from_slice(&lab.program.read(&format!("{folder}/index.json"))).unwrap();
    let entry = index["manifests"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["annotations"]["org.opencontainers.image.ref.name"] == "boltseal-evidence");
    let place = |entry: &Value| format!("{folder}/blobs/{}", entry["digest"].as_str().unwrap().replace(':', "/"));
    let manifest: Value = serde_json::from_slice(&lab.program.read(&place(entry.unwrap()))).unwrap();
    let layers = manifest["layers"].as_array().unwrap();
    let layer = layers.iter().find(|layer| layer["annotations"]["org.opencontainers.image.title"] == name).unwrap();
    serde_json::from_slice(&lab.program.read(&place(layer))).unwrap()
}

#[test]
fn a_folder_is_checked_without_a_network_and_says_what_was_said() {
    for (version, status, word) in [("1.3", 0, "allowed"), ("1.1", 1, "denied")] {
        let lab = exported(version, &[]);
        let before = document(&lab, "out", "verdict.json");
        let line = [&["evidence", "verify", "out"], &OWN[..]].concat();
        let Some(output) = without_network(&lab, &line) else { return };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(status), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains(word) && said.contains(&lab.digest()), "{said}");
        assert_eq!(before["decision"], word);
    }
}

#[test]
fn whatever_is_changed_by_one_byte_is_refused() {
    let lab = exported("1.3", &["--with-layers"]);
    verify(&lab, &OWN).expect_status(0);
    let all = blobs(&lab);
    assert!(all.len() >= 10, "{all:?}");
    for blob in all {
        let whole = std::fs::read(&blob).unwrap();
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&blob, &bytes).unwrap();
        let outcome = verify(&lab, &OWN).expect_status(3);
        let name = blob.file_name().unwrap().to_str().unwrap();
        assert!(outcome.stderr.contains(name) && outcome.stdout.is_empty(), "{outcome:#?}");
        std::fs::write(&blob, &whole).unwrap();
        // One that is missing is missing, unless nothing rests on it: layers, and an empty configuration.
        std::fs::remove_file(&blob).unwrap();
        let gone = verify(&lab, &OWN);
        let needless = whole == b"{}" || whole.starts_with(&[0x1f, 0x8b]);
        assert!(needless || gone.status != Some(0), "{}: {gone:#?}", blob.display());
        std::fs::write(&blob, &whole).unwrap();
    }
    verify(&lab, &OWN).expect_status(0);
}

#[test]
fn documents_of_another_image_are_refused_though_every_digest_is_right() {
    let lab = exported("1.1", &[]);
    verify(&lab, &OWN).expect_status(1);
    // The same policy allows the other image.
    image("1.3").write(&lab.program.path().join("second")).unwrap();
    lab.sign("release", &format!("oci:second:{TAG}"));
    export(&lab, "other", &format!("oci:second:{TAG}"), &[]).expect_status(0);
    let (own, other) = (document(&lab, "out", "evidence.json"), document(&lab, "other", "evidence.json"));
    let bytes = |value: &Value| serde_json::to_vec(value).unwrap();
    // All of it.
    replace(&lab, "evidence.json", &bytes(&other));
    verify(&lab, &OWN).expect_status(3);
    // Its report alone; the verdict too.
    let mut mixed = own.clone();
    mixed["report"] = other["report"].clone();
    replace(&lab, "evidence.json", &bytes(&mixed));
    let refused = verify(&lab, &OWN).expect_status(3);
    assert!(refused.stderr.contains("another image"), "{}", refused.stderr);
    replace(&lab, "verdict.json", &bytes(&document(&lab, "other", "verdict.json")));
    verify(&lab, &OWN).expect_status(3);
    let mut mixed = own.clone();
    mixed["report"] = other["report"].clone();
    mixed["subject"]["configuration"] = other["subject"]["configuration"].clone();
    replace(&lab, "evidence.json", &bytes(&mixed));
    verify(&lab, &OWN).expect_status(3);
    // A verdict that says otherwise than the evidence is not believed, and told.
    let verdict = serde_json::to_string(&document(&exported("1.1", &[]), "out", "verdict.json")).unwrap();
    replace(&lab, "evidence.json", &bytes(&own));
    replace(&lab, "verdict.json", verdict.replace("denied", "allowed").as_bytes());
    let told = verify(&lab, &OWN).expect_status(1);
    assert!(told.stderr.contains("verdict in the folder is another"), "{}", told.stderr);
    // Signatures that the evidence claims are not believed either.
    let mut claimed = own;
    claimed["signatures"] = other["signatures"].clone();
    replace(&lab, "evidence.json", &bytes(&claimed));
    verify(&lab, &OWN).expect_status(1);
}

#[test]
fn a_key_that_the_folder_brings_counts_only_where_that_is_said() {
    // The policy in the folder names its key, and that is the sender's word as well.
    let lab = exported("1.3", &["--key", "release.pub"]);
    let without = verify(&lab, &["--insecure-no-log"]).expect_status(3);
    assert!(!without.stdout.contains("✓ verified"), "{}", without.stdout);
    assert!(without.stdout.contains("whose sender may have written any"), "{}", without.stdout);
    verify(&lab, &["--insecure-no-log", "--key", "other.pub"]).expect_status(1);
    verify(&lab, &OWN).expect_status(0);
    verify(&lab, &["--insecure-no-log", "--trust-included"]).expect_status(0);
    // A policy of the receiver's own names keys that the receiver trusts.
    verify(&lab, &["--insecure-no-log", "--policy", "policy.yaml"]).expect_status(0);
    lab.program.write("own.yaml", crate::gate::POLICY.replace("release.pub", "other.pub"));
    let denied = verify(&lab, &["--insecure-no-log", "--policy", "own.yaml"]);
    assert!(matches!(denied.status, Some(1 | 3)), "{denied:#?}");
    // Without a log, a signature by a key counts only where that is accepted.
    let logless = verify(&lab, &["--key", "release.pub"]);
    assert!(matches!(logless.status, Some(1 | 3)), "{logless:#?}");
}

#[test]
fn with_its_layers_the_image_is_scanned_and_gated_from_the_folder_and_without_it_is_undecided() {
    let lab = exported("1.1", &["--with-layers"]);
    let target = format!("oci:out@{}", lab.digest());
    let report = lab.program.run(&["scan", "--format", "json", &target]).expect_status(0).json();
    assert_eq!(report["findings"][0]["id"], "CVE-2024-0001");
    let told = lab.gate_on(&target, &["--policy", "policy.yaml", "--format", "json", "--no-cache"]).expect_status(1);
    assert_eq!(valid(&told)["decision"], "denied");
    let lab = exported("1.3", &[]);
    let target = format!("oci:out@{}", lab.digest());
    let told = lab.gate_on(&target, &["--policy", "policy.yaml", "--format", "json", "--no-cache"]).expect_status(3);
    assert_eq!(valid(&told)["decision"], "undecided");
    assert_eq!(crate::gate::outcome_of(&told.json(), "signed"), "passed");
}

#[test]
fn a_folder_that_is_there_or_is_none_is_told_apart() {
    let lab = exported("1.3", &[]);
    export(&lab, "out", &lab.image(), &[]).expect_status(2);
    lab.program.write("taken/file", "x");
    export(&lab, "taken", &lab.image(), &[]).expect_status(2);
    std::fs::create_dir(lab.program.path().join("empty")).unwrap();
    export(&lab, "empty", &lab.image(), &[]).expect_status(0);
    lab.program.run(&["evidence", "verify", "layout"]).expect_status(3);
    lab.program.run(&["evidence", "verify", "absent"]).expect_status(3);
    // A policy of the receiver's own goes before the one in the folder.
    lab.program.write("own.yaml", "version: 1\nrules:\n- id: never\n  source: {allow: ['ghcr.io/example/*']}\n");
    verify(&lab, &["--insecure-no-log", "--policy", "own.yaml"]).expect_status(1);
}

#[test]
fn the_report_of_an_index_belongs_to_one_of_its_images() {
    let lab = Lab::new();
    let folder = lab.program.path().join("platforms");
    boltseal_fixture::layout::write_platforms(&folder, [("amd64", image("1.1")), ("arm64", image("1.1"))]).unwrap();
    let target = format!("oci:platforms:{TAG}");
    lab.sign("release", &target);
    export(&lab, "out", &target, &["--platform", "linux/arm64"]).expect_status(0);
    // Also where it is not the platform of this machine.
    verify(&lab, &OWN).expect_status(1);
    export(&lab, "other", &lab.image(), &[]).expect_status(0);
    let (mut own, other) = (document(&lab, "out", "evidence.json"), document(&lab, "other", "evidence.json"));
    own["report"] = other["report"].clone();
    own["subject"]["configuration"] = other["subject"]["configuration"].clone();
    replace(&lab, "evidence.json", &serde_json::to_vec(&own).unwrap());
    verify(&lab, &OWN).expect_status(3);
    assert_ne!(tagged(&lab.program, "platforms"), lab.digest());
}
