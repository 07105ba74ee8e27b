//! Programs that others wrote: what they hang on an image is found, and they find what is hung on it here.
//!
//! On Debian's `docker-registry`, which has no referrers API, and on the fixture's, which has. `cosign`, `oras`, `crane`
//! and `docker-registry` are looked for on `PATH`; one that is missing is named and skipped, unless
//! `BOLTSEAL_VALIDATORS=required`. `cosign2`, which is cosign before it wrote bundles, is taken where it is there.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use boltseal_fixture::layout::TAG;
use boltseal_fixture::registry::{Options as Serve, Registry};
use boltseal_image::{Artifacts, Target};
use boltseal_seal::{Attachment, Discovered, attach, copy, discover};
use boltseal_trust::Signed;

use crate::lab::{options, platforms, sorted, target, writable};

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

/// A registry with an index of two platforms in it.
struct Real {
    dir: tempfile::TempDir,
    /// `127.0.0.1:PORT`.
    host: String,
    fixture: Option<Registry>,
    debian: Option<Child>,
}

impl Drop for Real {
    fn drop(&mut self) {
        if let Some(mut debian) = self.debian.take() {
            // The script ends with its input, and its registry with it.
            drop(debian.stdin.take());
            drop(debian.wait());
        }
    }
}

impl Real {
    /// Both kinds of registry, as far as they are installed.
    fn all() -> Vec<Self> {
        let mut all = vec![Self::fixture()];
        if have("docker-registry") && have("skopeo") {
            all.push(Self::debian());
        }
        all
    }

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        platforms(&dir.path().join("layout"));
        dir
    }

    fn fixture() -> Self {
        let dir = Self::folder();
        let registry = Registry::serve(&dir.path().join("layout"), Serve { referrers: true, ..writable() }).unwrap();
        let host = registry.address().to_string();
        Self { dir, host, fixture: Some(registry), debian: None }
    }

    fn debian() -> Self {
        let dir = Self::folder();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../cli/tests/real/start-registry.sh");
        let mut process = Command::new("bash")
            .args([script.as_ref(), dir.path().join("layout").as_os_str()])
            .args([TAG, "team/app"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut reference = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut reference).unwrap();
        let host = reference.split('/').next().unwrap().to_owned();
        assert!(!host.is_empty(), "the registry did not start");
        let real = Self { dir, host, fixture: None, debian: Some(process) };
        // `skopeo copy` pushes one platform; the index comes by what is tested here anyway.
        let layout = target(&format!("oci:{}:{TAG}", real.dir.path().join("layout").display()));
        copy(&layout, &real.target(), &options()).unwrap();
        real
    }

    fn reference(&self) -> String {
        format!("{}/team/app:{TAG}", self.host)
    }

    fn target(&self) -> Target {
        target(&self.reference())
    }

    /// `…@sha256:…`: what cosign wants to sign.
    fn by_digest(&self) -> String {
        let digest = Artifacts::open(&self.target(), &options()).unwrap().top().unwrap().digest().clone();
        format!("{}/team/app@{digest}", self.host)
    }

    fn name(&self) -> &'static str {
        if self.fixture.is_some() { "a registry with the referrers API" } else { "docker-registry" }
    }

    fn run(&self, program: &str, arguments: &[&str]) -> String {
        run(self.dir.path(), program, arguments).unwrap_or_else(|said| panic!("{}: {said}", self.name()))
    }

    /// Makes a key and signs and attests with it, in every way that cosign has.
    fn signed_by_cosign(&self) -> Discovered {
        let folder = self.dir.path();
        std::fs::write(folder.join("config.json"), SIGNING_CONFIG).unwrap();
        std::fs::write(folder.join("predicate.json"), r#"{"made":"here"}"#).unwrap();
        self.run("cosign", &["generate-key-pair"]);
        let image = self.by_digest();
        let bundle = ["--key=cosign.key", "--yes", "--signing-config=config.json"];
        let legacy = [
            "--key=cosign.key",
            "--yes",
            "--new-bundle-format=false",
            "--use-signing-config=false",
            "--tlog-upload=false",
        ];
        for flags in [bundle.as_slice(), &legacy] {
            self.run("cosign", &[&["sign"], flags, &[image.as_str()]].concat());
            let predicate = ["attest", "--type=custom", "--predicate=predicate.json"];
            self.run("cosign", &[&predicate, flags, &[image.as_str()]].concat());
        }
        discover(&self.target(), &options()).unwrap()
    }

    fn cosign_verifies(&self, reference: &str) {
        let flags = ["--key=cosign.pub", "--insecure-ignore-tlog", reference];
        let verified = self.run("cosign", &[&["verify"], flags.as_slice()].concat());
        assert!(verified.contains("docker-manifest-digest"), "{verified}");
        self.run("cosign", &[&["verify-attestation", "--type=custom"], flags.as_slice()].concat());
        let legacy = ["--new-bundle-format=false", "--private-infrastructure"];
        self.run("cosign", &[&["verify"], legacy.as_slice(), &flags].concat());
        self.run("cosign", &[&["verify-attestation", "--type=custom"], legacy.as_slice(), &flags].concat());
    }
}

/// No log, no timestamps: nothing beyond the loopback is asked.
const SIGNING_CONFIG: &str = r#"{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}"#;

/// Runs a program in a folder of its own, a minute at most; what it says.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("timeout")
        .args(["60", program])
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env("COSIGN_PASSWORD", "")
        // What is not on the loopback goes nowhere.
        .envs(["HTTP_PROXY", "HTTPS_PROXY"].map(|name| (name, "http://127.0.0.1:9")))
        .env_remove("ACTIONS_ID_TOKEN_REQUEST_URL")
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(said) } else { Err(format!("{program} {arguments:?}: {said}")) }
}

/// How many bundles, signatures and attestations there are.
fn kinds(found: &Discovered) -> (usize, usize, usize) {
    assert_eq!(found.problems, []);
    let count = |of: fn(&Signed) -> bool| found.found.iter().filter(|found| of(&found.signed)).count();
    (
        count(|signed| matches!(signed, Signed::Bundle(_))),
        count(|signed| matches!(signed, Signed::CosignSignature { .. })),
        count(|signed| matches!(signed, Signed::CosignAttestation { .. })),
    )
}

#[test]
fn what_cosign_attaches_is_found() {
    if !have("cosign") {
        return;
    }
    for real in Real::all() {
        assert_eq!(kinds(&real.signed_by_cosign()), (2, 1, 1), "{}", real.name());
        // Signing once more adds one, beside the others.
        let again = ["sign", "--key=cosign.key", "--yes", "--signing-config=config.json", "--recursive"];
        real.run("cosign", &[again.as_slice(), &[real.by_digest().as_str()]].concat());
        let found = discover(&real.target(), &options()).unwrap();
        let manifest = found.manifest.clone().unwrap();
        assert_eq!(kinds(&found), (4, 1, 1), "{}: the index and the manifest for the platform", real.name());
        assert_eq!(found.found.iter().filter(|found| found.subject == manifest).count(), 1, "{}", real.name());
    }
}

#[test]
fn what_cosign_attached_before_bundles_is_found() {
    if !have("cosign") {
        return;
    }
    if run(Path::new("."), "cosign2", &["version"]).is_err() {
        println!("skipped: `cosign2`, a cosign of version 2, is not on PATH");
        return;
    }
    for real in Real::all() {
        let signed = real.signed_by_cosign();
        let image = real.by_digest();
        let flags = ["--key=cosign.key", "--yes", "--tlog-upload=false"];
        // Its trial of the referrers API: a signature of the old kind as a referrer.
        let trial = ["COSIGN_EXPERIMENTAL=1", "cosign2", "sign", "--registry-referrers-mode=oci-1-1", &image];
        real.run("env", &[trial.as_slice(), &flags].concat());
        assert_eq!(kinds(&discover(&real.target(), &options()).unwrap()), (2, 2, 1), "{}", real.name());
        // It reads what is attached here as well; beside bundles it would ask for a trusted root.
        let there = Real::fixture();
        let old = signed.found.iter().filter(|found| !matches!(found.signed, Signed::Bundle(_)));
        for found in old {
            attach(&there.target(), &options(), &found.subject, Attachment::Signed(&found.signed), None).unwrap();
        }
        let flags = ["--key=cosign.pub", "--insecure-ignore-tlog", "--private-infrastructure", &there.reference()];
        real.run("cosign2", &[&["verify"], flags.as_slice()].concat());
        real.run("cosign2", &[&["verify-attestation", "--type=custom"], flags.as_slice()].concat());
    }
}

#[test]
fn cosign_oras_and_crane_read_what_is_attached_here() {
    if !have("cosign") || !have("oras") || !have("crane") {
        return;
    }
    for real in Real::all() {
        let signed = real.signed_by_cosign();
        for there in Real::all() {
            for found in &signed.found {
                let attachment = Attachment::Signed(&found.signed);
                attach(&there.target(), &options(), &found.subject, attachment, Some("2026-01-02T03:04:05Z")).unwrap();
            }
            real.cosign_verifies(&there.reference());
            let found = discover(&there.target(), &options()).unwrap();
            assert_eq!(sorted(&found), sorted(&signed), "{}", there.name());
            let listed = there.run("oras", &["discover", "--plain-http", "--format=json", &there.reference()]);
            let tags = there.run("crane", &["ls", "--insecure", &format!("{}/team/app", there.host)]);
            for found in &found.found {
                match found.source.split_once(' ').unwrap() {
                    ("referrer", digest) => assert!(listed.contains(digest), "{}: {listed}", there.name()),
                    (_, tag) => assert!(tags.lines().any(|line| line == tag), "{}: {tags}", there.name()),
                }
            }
            // What we wrote under the fallback tag, another client goes on with.
            let file = there.dir.path().join("note.txt");
            std::fs::write(&file, "a note").unwrap();
            let kind = ["attach", "--plain-http", "--artifact-type=application/vnd.example.note"];
            there.run("oras", &[kind.as_slice(), &[there.reference().as_str(), "note.txt:text/plain"]].concat());
            assert_eq!(sorted(&discover(&there.target(), &options()).unwrap()), sorted(&signed), "{}", there.name());
            let listed = Artifacts::open(&there.target(), &options()).unwrap().referrers(&found.digest);
            assert!(listed.documents.iter().any(|one| one.artifact_type() == "application/vnd.example.note"));
        }
    }
}

#[test]
fn copies_made_here_and_by_oras_hold_the_same() {
    if !have("cosign") || !have("oras") {
        return;
    }
    for real in Real::all() {
        let expect = real.signed_by_cosign();
        let layout = real.dir.path().join("mirror");
        let here = target(&format!("oci:{}:{TAG}", layout.display()));
        assert_eq!(copy(&real.target(), &here, &options()).unwrap().problems, []);
        assert_eq!(sorted(&discover(&here, &options()).unwrap()), sorted(&expect), "{}", real.name());
        for there in Real::all() {
            let mirror = format!("{}/mirror/app:1", there.host);
            copy(&here, &target(&mirror), &options()).unwrap();
            assert_eq!(sorted(&discover(&target(&mirror), &options()).unwrap()), sorted(&expect), "{}", there.name());
            real.cosign_verifies(&mirror);
        }
        // oras takes referrers along, and not cosign's tags.
        let arguments = ["copy", "-r", "--from-plain-http", "--to-oci-layout", &real.reference(), "oras:1"];
        real.run("oras", &arguments);
        let by_oras =
            discover(&target(&format!("oci:{}:1", real.dir.path().join("oras").display())), &options()).unwrap();
        assert_eq!(kinds(&by_oras), (2, 0, 0), "{}", real.name());
        // And oras reads the layout that is written here.
        let read = real.run("oras", &["discover", "--oci-layout", "--format=json", &format!("mirror:{TAG}")]);
        for found in expect.found.iter().filter_map(|found| found.source.strip_prefix("referrer ")) {
            assert!(read.contains(found), "{}: {read}", real.name());
        }
    }
}

#[test]
fn what_cosign_saves_is_read() {
    if !have("cosign") {
        return;
    }
    for real in Real::all() {
        real.signed_by_cosign();
        real.run("cosign", &["save", "--dir=saved", &real.by_digest()]);
        let saved = target(&format!("oci:{}", real.dir.path().join("saved").display()));
        let found = discover(&saved, &options()).unwrap();
        // cosign leaves bundles behind when it saves.
        assert_eq!(kinds(&found), (0, 1, 1), "{}", real.name());
    }
}
