//! What `boltseal sign` hangs on an image, other programs find where they look for it and verify.
//!
//! `cosign`, `oras`, `docker-registry` and `skopeo` are looked for on `PATH`; one that is missing is named and skipped,
//! unless `BOLTSEAL_VALIDATORS=required`.

use std::process::Command;

use boltseal_fixture::layout::{Image, Layer, Layout, TAG, write_platforms};
use boltseal_fixture::registry::{Options, Registry};
use serde_json::Value;

use crate::program::Program;
use crate::real::registry::Debian;

/// Whether a program is there; says why not.
fn have(program: &str) -> bool {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()));
    if !found {
        assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "`{program}` is not on PATH");
        println!("skipped: `{program}` is not on PATH");
    }
    found
}

const PASSWORD: [(&str, &str); 1] = [("BOLTSEAL_PASSWORD", "correct horse")];

/// An image of two platforms in `layout`, and a key pair `release`.
fn prepared() -> Program {
    let program = Program::new();
    let image = || Image::new().layer(Layer::plain(&boltseal_fixture::entry::end()));
    write_platforms(&program.path().join("layout"), [("amd64", image()), ("arm64", image())]).unwrap();
    program.run_with(&["keys", "generate", "--output-prefix", "release"], &PASSWORD).expect_status(0);
    program
}

/// Runs another program in the folder; what it says.
fn run(program: &Program, name: &str, arguments: &[&str]) -> String {
    let output = Command::new("timeout")
        .args(["60", name])
        .args(arguments)
        .current_dir(program.path())
        .env("HOME", program.path())
        .env("COSIGN_PASSWORD", PASSWORD[0].1)
        // What is not on the loopback goes nowhere.
        .envs(["HTTP_PROXY", "HTTPS_PROXY"].map(|name| (name, "http://127.0.0.1:9")))
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name} {arguments:?}: {said}");
    said
}

fn sign(program: &Program, target: &str, more: &[&str]) -> Value {
    let arguments = [&["sign", "--key", "release.key", "--json", target], more].concat();
    program.run_with(&arguments, &PASSWORD).expect_status(0).json()
}

fn cosign_verifies(program: &Program, image: &str, legacy: bool) {
    let form: &[&str] = if legacy { &["--new-bundle-format=false", "--private-infrastructure"] } else { &[] };
    let flags = ["verify", "--key=release.pub", "--insecure-ignore-tlog", image];
    let said = run(program, "cosign", &[&flags, form].concat());
    assert!(said.contains("docker-manifest-digest"), "{said}");
}

fn fixture(program: &Program, referrers: bool) -> Registry {
    let options = Options { referrers, writable: true, ..Options::default() };
    Registry::serve(&program.path().join("layout"), options).unwrap()
}

#[test]
fn cosign_finds_and_verifies_what_is_signed_here_in_both_forms_and_on_every_registry() {
    if !have("cosign") || !have("docker-registry") || !have("skopeo") {
        return;
    }
    for form in ["bundle", "legacy"] {
        for referrers in [true, false] {
            let program = prepared();
            let registry = fixture(&program, referrers);
            let image = registry.reference("team/app", TAG);
            sign(&program, &image, &["--format", form]);
            cosign_verifies(&program, &image, form == "legacy");
        }
        let program = prepared();
        let registry = Debian::serve(&program.path().join("layout"), TAG).unwrap();
        sign(&program, &registry.reference, &["--format", form]);
        cosign_verifies(&program, &registry.reference, form == "legacy");
    }
}

#[test]
fn every_image_of_an_index_is_signed_when_that_is_asked_for() {
    if !have("cosign") {
        return;
    }
    let program = prepared();
    let registry = fixture(&program, true);
    let image = registry.reference("team/app", TAG);
    sign(&program, &image, &["--recursive"]);
    let index: Value = serde_json::from_slice(&program.read("layout/index.json")).unwrap();
    let top = index["manifests"][0]["digest"].as_str().unwrap().to_owned();
    let list: Value =
        serde_json::from_slice(&program.read(&format!("layout/blobs/{}", top.replace(':', "/")))).unwrap();
    let children =
        list["manifests"].as_array().unwrap().iter().map(|entry| entry["digest"].as_str().unwrap().to_owned());
    let all: Vec<String> = std::iter::once(top).chain(children).collect();
    assert_eq!(all.len(), 3);
    for digest in all {
        cosign_verifies(&program, &registry.reference("team/app", &digest), false);
    }
}

#[test]
fn a_layout_that_is_signed_here_is_pushed_with_its_signatures_by_oras() {
    if !have("cosign") || !have("oras") {
        return;
    }
    let program = prepared();
    sign(&program, &format!("oci:layout:{TAG}"), &[]);
    // A registry of its own: what is there already, oras does not push.
    let empty = program.path().join("empty");
    Layout::create(&empty).unwrap().index(&[]).unwrap();
    let registry = Registry::serve(&empty, Options { writable: true, ..Options::default() }).unwrap();
    let image = registry.reference("mirror/app", "1");
    run(&program, "oras", &["copy", "-r", "--from-oci-layout", "--to-plain-http", &format!("layout:{TAG}"), &image]);
    cosign_verifies(&program, &image, false);
}

#[test]
fn an_image_that_is_signed_twice_has_both_signatures() {
    if !have("cosign") {
        return;
    }
    let program = prepared();
    program.run_with(&["keys", "generate", "--output-prefix", "second"], &PASSWORD).expect_status(0);
    let registry = fixture(&program, false);
    let image = registry.reference("team/app", TAG);
    for form in ["bundle", "legacy"] {
        sign(&program, &image, &["--format", form]);
        let arguments = ["sign", "--key", "second.key", "--format", form, &image];
        program.run_with(&arguments, &PASSWORD).expect_status(0);
        for key in ["release.pub", "second.pub"] {
            let legacy: &[&str] =
                if form == "legacy" { &["--new-bundle-format=false", "--private-infrastructure"] } else { &[] };
            let flags = ["verify", "--key", key, "--insecure-ignore-tlog", &image];
            run(&program, "cosign", &[&flags, legacy].concat());
        }
    }
}

#[test]
fn what_cosign_signs_is_found_and_verified_here_on_every_registry() {
    if !have("cosign") || !have("docker-registry") || !have("skopeo") {
        return;
    }
    let config = r#"{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}"#;
    let bundle = ["--signing-config=config.json"].as_slice();
    let legacy = ["--new-bundle-format=false", "--use-signing-config=false", "--tlog-upload=false"].as_slice();
    for form in [bundle, legacy] {
        let program = prepared();
        program.write("config.json", config);
        // Of docker-registry, the referrers are on the fallback tag.
        let debian = Debian::serve(&program.path().join("layout"), TAG).unwrap();
        let registry = fixture(&program, true);
        for image in [debian.reference.clone(), registry.reference("team/app", TAG)] {
            let verify = ["verify", "--key", "release.pub", "--insecure-no-log", "--platform", "linux/amd64", &image];
            program.run(&verify).expect_status(1);
            let flags = ["sign", "--key=release.key", "--yes", &image];
            run(&program, "cosign", &[&flags, form].concat());
            program.run(&verify).expect_status(0);
        }
    }
}

#[test]
fn a_signature_that_was_moved_to_the_tag_of_another_image_is_refused() {
    if !have("crane") {
        return;
    }
    let program = prepared();
    let registry = fixture(&program, false);
    let list = registry_index(&program);
    let [one, other] = [0, 1].map(|place| list["manifests"][place]["digest"].as_str().unwrap().to_owned());
    let verify = |digest: &str, status: i32| {
        let image = registry.reference("team/app", digest);
        program.run(&["verify", "--key", "release.pub", "--insecure-no-log", &image]).expect_status(status)
    };
    sign(&program, &registry.reference("team/app", &one), &["--format", "legacy"]);
    verify(&one, 0);
    verify(&other, 1);
    let tag = |digest: &str| registry.reference("team/app", &format!("{}.sig", digest.replace(':', "-")));
    run(&program, "crane", &["copy", "--insecure", &tag(&one), &tag(&other)]);
    let refused = verify(&other, 1);
    let said = format!("{}{}", refused.stdout, refused.stderr);
    assert!(said.contains(&one) || said.contains("digest"), "it says what is wrong: {said}");
}

/// The index that the layout holds.
fn registry_index(program: &Program) -> Value {
    let index: Value = serde_json::from_slice(&program.read("layout/index.json")).unwrap();
    let top = index["manifests"][0]["digest"].as_str().unwrap().replace(':', "/");
    serde_json::from_slice(&program.read(&format!("layout/blobs/{top}"))).unwrap()
}
