//! Promise: `boltseal evidence verify` believes nothing of a folder but what it checks, and says what it takes on trust.

use boltseal_evidence::Digest;
use boltseal_fixture::layout::{Image, Layer, write_platforms};
use serde_json::{Value, json};

use crate::program::Program;

const IMAGE: &str = "oci:layout:attack";
const PASSWORD: [(&str, &str); 1] = [("BOLTSEAL_PASSWORD", "correct horse")];
const VERIFY: &[&str] = &["evidence", "verify", "folder", "--insecure-no-log"];

/// An image of two platforms, a key, and the folder of evidence on the image under a policy.
fn lab(policy: &str) -> Program {
    let program = Program::new();
    let image = || Image::new().layer(Layer::plain(&boltseal_fixture::entry::end()));
    write_platforms(&program.path().join("layout"), [("amd64", image()), ("arm64", image())]).unwrap();
    program.run_with(&["keys", "generate", "--output-prefix", "release"], &PASSWORD).expect_status(0);
    let sign = ["sign", "--key", "release.key", "--no-log", IMAGE];
    program.run_with(&sign, &PASSWORD).expect_status(0);
    program.write("policy.yaml", policy);
    let export = ["evidence", "export", IMAGE, "--policy", "policy.yaml", "--insecure-no-log", "-o", "folder"];
    program.run(&[&export[..], &["--platform", "linux/arm64"]].concat()).expect_status(0);
    program
}

fn blob(program: &Program, digest: &Value) -> Value {
    let path = format!("folder/blobs/{}", digest.as_str().unwrap().replace(':', "/"));
    serde_json::from_slice(&program.read(&path)).unwrap()
}

/// Files a document anew; its digest and size.
fn file(program: &Program, folder: &str, document: &Value) -> (Value, Value) {
    let bytes = serde_json::to_vec(document).unwrap();
    let digest = Digest::sha256_of(&bytes).to_string();
    program.write(&format!("{folder}/blobs/{}", digest.replace(':', "/")), &bytes);
    (digest.into(), bytes.len().into())
}

/// Changes a document of the folder, and every digest on the way to it.
fn change(program: &Program, name: &str, change: impl FnOnce(&mut Value)) {
    let mut index: Value = serde_json::from_slice(&program.read("folder/index.json")).unwrap();
    let entries = index["manifests"].as_array_mut().unwrap();
    let tagged = |entry: &&mut Value| entry["annotations"]["org.opencontainers.image.ref.name"] == "boltseal-evidence";
    let entry = entries.iter_mut().find(tagged).unwrap();
    let mut manifest = blob(program, &entry["digest"]);
    let layers = manifest["layers"].as_array_mut().unwrap();
    let titled = |layer: &&mut Value| layer["annotations"]["org.opencontainers.image.title"] == name;
    let layer = layers.iter_mut().find(titled).unwrap();
    let mut document = blob(program, &layer["digest"]);
    change(&mut document);
    (layer["digest"], layer["size"]) = file(program, "folder", &document);
    (entry["digest"], entry["size"]) = file(program, "folder", &manifest);
    program.write("folder/index.json", index.to_string());
}

const SIGNED: &str = "\
version: 1
keys: {release: {file: release.pub}}
rules:
- id: signed
  signature: {any-of: [{key: release}]}
";

#[test]
fn a_folder_allows_nothing_by_a_policy_of_its_own() {
    let program = lab("version: 1\nprofile: observe\n");
    let outcome = program.run(VERIFY).expect_status(3);
    assert!(outcome.stdout.contains("the policy in the folder"), "{}", outcome.stdout);
    program.run(&[VERIFY, &["--trust-included"]].concat()).expect_status(0);
    let outcome = program.run(&[VERIFY, &["--policy", "observe"]].concat()).expect_status(0);
    assert!(outcome.stderr.contains("are as the folder says"), "{}", outcome.stderr);
}

#[test]
fn the_keys_of_a_policy_in_a_folder_prove_nothing_until_they_are_trusted() {
    let program = lab(SIGNED);
    let outcome = program.run(VERIFY).expect_status(3);
    assert!(!outcome.stdout.contains("✓ verified"), "{}", outcome.stdout);
    for more in [&["--trust-included"][..], &["--policy", "policy.yaml"]] {
        let outcome = program.run(&[VERIFY, more].concat()).expect_status(0);
        assert!(outcome.stdout.contains("✓ verified"), "{}", outcome.stdout);
    }
}

#[test]
fn evidence_on_another_image_or_from_the_future_is_not_judged() {
    let other = Digest::sha256_of(b"another image").to_string();
    type Spoil = fn(&mut Value, &str);
    let changes: [(&str, Spoil); 5] = [
        ("about another image", |evidence, other| {
            evidence["subject"]["configuration"] = other.into();
            evidence["report"]["found"]["inventory"]["subject"]["id"] = other.into();
        }),
        ("not of the image there", |evidence, other| evidence["subject"]["manifest"] = other.into()),
        ("not of the image there", |evidence, _| evidence["subject"]["manifest"] = Value::Null),
        ("the image there is", |evidence, other| evidence["subject"]["digest"] = other.into()),
        ("has not come", |evidence, _| evidence["now"] = "2999-01-01T00:00:00Z".into()),
    ];
    let program = lab(SIGNED);
    let whole = program.read("folder/index.json");
    for (told, spoil) in changes {
        change(&program, "evidence.json", |evidence| spoil(evidence, &other));
        let outcome = program.run(&[VERIFY, &["--policy", "policy.yaml"]].concat()).expect_status(3);
        assert!(outcome.stderr.contains(told), "{told}: {}", outcome.stderr);
        program.write("folder/index.json", &whole);
    }
}

#[test]
fn what_hangs_on_an_image_does_not_speak_to_the_terminal() {
    let program = lab("version: 1\nprofile: observe\n");
    let mut index: Value = serde_json::from_slice(&program.read("layout/index.json")).unwrap();
    let entries = index["manifests"].as_array_mut().unwrap();
    let image = entries.iter().find(|it| it["annotations"]["org.opencontainers.image.ref.name"] == "attack").unwrap();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": "application/vnd.cncf.notary.signature",
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": image["digest"], "size": 2},
        "layers": [{"mediaType": "\u{1b}[2J\u{9b}1m\u{202e}\nverified: all is well", "digest": image["digest"], "size": 2}],
        "subject": image,
    });
    let (digest, size) = file(&program, "layout", &manifest);
    entries.push(json!({"mediaType": manifest["mediaType"], "digest": digest, "size": size}));
    program.write("layout/index.json", index.to_string());
    let nobody = ["verify", IMAGE, "--identity", "dev@example.com", "--issuer", "https://accounts.example.com"];
    let verified = program.run(&[&nobody[..], &["--insecure-no-log"]].concat()).expect_status(3);
    let gate = program.run(&["gate", IMAGE, "--policy", "strict"]);
    for text in [verified.stdout, verified.stderr, gate.stdout, gate.stderr] {
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{text:?}");
        assert!(text.lines().all(|line| !line.starts_with("verified")), "{text}");
    }
}
