//! `boltseal gate`: allowed, denied and could not decide are three answers, in every form and for every reason.

use std::io::{Cursor, Write as _};

use boltseal_fixture::layout::{Image, TAG};
use boltseal_fixture::packages;
use boltseal_fixture::registry::{Canned, Options, Registry};
use serde_json::{Value, json};

use crate::program::{Outcome, Program};

/// The password of every key here; no output shows it.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
const WITH: [(&str, &str); 1] = [("BOLTSEAL_PASSWORD", PASSWORD)];

/// One rule on a vulnerability that the lab's image has not, and one on a signature.
pub(crate) const POLICY: &str = "\
version: 1
name: release
keys:
  release: {file: release.pub}
rules:
- id: signed
  signature: {any-of: [{key: release}]}
- id: no-exploited
  vulnerabilities: {kev: true}
";

/// A folder with an image in `layout` and in a registry, the keys `release` and `other`, a database and a policy.
pub(crate) struct Lab {
    pub(crate) program: Program,
    pub(crate) registry: Registry,
}

/// An image of Alpine's with one project of PyPI in this version.
pub(crate) fn image(version: &str) -> Image {
    let mut files = packages::dist_info("usr/lib/python3/site-packages", "lab-project", version);
    files.push(packages::os_release("alpine", "3.19.1"));
    files.push(packages::apk_installed(&[packages::System::new("zlib", "1.3.1-r1")]));
    Image::new().layer(packages::layer(files).unwrap())
}

/// A database that knows that `lab-project` before 1.2 is exploited.
fn with_database(program: &Program) {
    let advisory = json!({
        "schema_version": "1.6.0", "id": "PYSEC-2024-1", "modified": "2024-01-01T00:00:00Z", "aliases": ["CVE-2024-0001"],
        "summary": "a mistake", "database_specific": { "severity": "HIGH" }, "affected": [{
            "package": { "ecosystem": "PyPI", "name": "lab-project" },
            "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "0" }, { "fixed": "1.2" }] }]
        }]
    });
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("PYSEC-2024-1.json", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(advisory.to_string().as_bytes()).unwrap();
    program.write("mirror/osv/PyPI/all.zip", archive.finish().unwrap().into_inner());
    let alpine = json!({ "distroversion": "v3.19", "reponame": "main", "archs": ["x86_64"], "packages": [
        { "pkg": { "name": "zlib", "secfixes": { "1.3.1-r1": ["CVE-2024-0002"] } } }
    ]});
    program.write("mirror/alpine/v3.19/main.json", alpine.to_string());
    program.write("mirror/alpine/v3.19/community.json", alpine.to_string().replace("main", "community"));
    let kev = json!({ "title": "t", "catalogVersion": "2024.01.01", "dateReleased": "2024-01-01T00:00:00Z", "count": 1,
        "vulnerabilities": [{ "cveID": "CVE-2024-0001", "vendorProject": "lab", "product": "lab",
            "vulnerabilityName": "x", "dateAdded": "2024-01-02", "shortDescription": "x", "requiredAction": "x",
            "dueDate": "2024-01-23", "knownRansomwareCampaignUse": "Known", "notes": "" }] });
    program.write("mirror/cisa/known_exploited_vulnerabilities.json", kev.to_string());
    let update =
        ["db", "update", "--mirror", "mirror", "--feed", "osv/PyPI", "--feed", "alpine/v3.19", "--feed", "cisa-kev"];
    program.run(&update).expect_status(0);
}

impl Lab {
    /// An image of which nothing is known to be wrong.
    pub(crate) fn new() -> Self {
        Self::of("1.3", |_| Options::default())
    }

    /// The image with the project in this version, and a registry that departs so, given the image's digest.
    pub(crate) fn of(version: &str, options: impl FnOnce(&str) -> Options) -> Self {
        let program = Program::new();
        image(version).write(&program.path().join("layout")).unwrap();
        for key in ["release", "other"] {
            program.run_with(&["keys", "generate", "--output-prefix", key], &WITH).expect_status(0);
        }
        with_database(&program);
        program.write("policy.yaml", POLICY);
        let options = options(&tagged(&program, "layout"));
        let options = Options { referrers: true, writable: true, ..options };
        let registry = Registry::serve(&program.path().join("layout"), options).unwrap();
        Self { program, registry }
    }

    /// The image in the registry, by its tag.
    pub(crate) fn image(&self) -> String {
        self.registry.reference("team/app", TAG)
    }

    /// The digest of the image in the layout.
    pub(crate) fn digest(&self) -> String {
        tagged(&self.program, "layout")
    }

    pub(crate) fn sign(&self, key: &str, target: &str) {
        let key = format!("{key}.key");
        self.program.run_with(&["sign", "--no-log", "--key", &key, target], &WITH).expect_status(0);
    }

    /// Asks the gate about the image in the registry, with whatever else. No secret is ever told.
    pub(crate) fn gate(&self, more: &[&str]) -> Outcome {
        self.gate_on(&self.image(), more)
    }

    pub(crate) fn gate_on(&self, target: &str, more: &[&str]) -> Outcome {
        let arguments = [&["gate", "--insecure-no-log", "--trusted-root", "root.json", target], more].concat();
        self.program
            .write("root.json", boltseal_fixture::authority::Authority::new("lab", 1).trusted_root().to_string());
        let outcome = self.program.run_with(&arguments, &WITH);
        self.tells_no_secret(&outcome);
        outcome
    }

    /// Neither the password nor a private key is in the output.
    pub(crate) fn tells_no_secret(&self, outcome: &Outcome) {
        let said = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(!said.contains(PASSWORD), "{said}");
        for key in ["release.key", "other.key"] {
            let text = String::from_utf8(self.program.read(key)).unwrap();
            let secret = text.lines().nth(1).unwrap();
            assert!(!said.contains(secret), "{said}");
        }
    }
}

/// The digest that the first entry of a layout's index has.
pub(crate) fn tagged(program: &Program, layout: &str) -> String {
    let index: Value = serde_json::from_slice(&program.read(&format!("{layout}/index.json"))).unwrap();
    index["manifests"][0]["digest"].as_str().unwrap().to_owned()
}

/// The verdict, valid by its schema.
pub(crate) fn valid(outcome: &Outcome) -> Value {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/verdict-1.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let verdict = outcome.json();
    jsonschema::validate(&schema, &verdict).unwrap_or_else(|error| panic!("{error}\n{verdict:#}"));
    verdict
}

/// What a rule of a verdict came to.
pub(crate) fn outcome_of(verdict: &Value, rule: &str) -> String {
    let rules = verdict["rules"].as_array().unwrap();
    rules.iter().find(|found| found["rule"] == rule).unwrap()["outcome"].as_str().unwrap().to_owned()
}

/// The gate says so in each form.
#[track_caller]
fn says(lab: &Lab, target: &str, more: &[&str], decision: &str) -> Value {
    let (status, words) = match decision {
        "allowed" => (0, "allowed"),
        "denied" => (1, "denied"),
        _ => (3, "could not decide"),
    };
    for form in ["text", "markdown"] {
        let told = lab.gate_on(target, &[more, &["--format", form]].concat()).expect_status(status);
        assert!(told.stdout.contains(words), "{form}: {}", told.stdout);
    }
    let verdict = valid(&lab.gate_on(target, &[more, &["--format", "json"]].concat()).expect_status(status));
    assert_eq!(verdict["decision"], decision, "{verdict:#}");
    verdict
}

const RELEASE: [&str; 2] = ["--policy", "policy.yaml"];

#[test]
fn an_image_that_is_signed_and_sound_is_allowed_in_every_form() {
    let lab = Lab::new();
    lab.sign("release", &lab.image());
    let verdict = says(&lab, &lab.image(), &RELEASE, "allowed");
    assert_eq!(verdict["subject"]["digest"], lab.digest());
    assert_eq!(verdict["subject"]["tag"], TAG);
}

#[test]
fn an_image_that_nobody_or_somebody_else_signed_is_denied_in_every_form() {
    let lab = Lab::new();
    let verdict = says(&lab, &lab.image(), &RELEASE, "denied");
    assert_eq!(outcome_of(&verdict, "signed"), "failed");
    lab.sign("other", &lab.image());
    let verdict = says(&lab, &lab.image(), &RELEASE, "denied");
    assert_eq!(outcome_of(&verdict, "signed"), "failed");
    // Also where that key is one of those that signatures may be made with at all.
    says(&lab, &lab.image(), &[&RELEASE[..], &["--key", "other.pub"]].concat(), "denied");
}

#[test]
fn an_image_with_what_the_policy_forbids_is_denied_though_it_is_signed() {
    let lab = Lab::of("1.1", |_| Options::default());
    lab.sign("release", &lab.image());
    let verdict = says(&lab, &lab.image(), &RELEASE, "denied");
    assert_eq!(outcome_of(&verdict, "signed"), "passed");
    let reason = &verdict["rules"][1]["reasons"][0];
    assert_eq!(reason["about"], "CVE-2024-0001", "{verdict:#}");
    assert!(reason["evidence"].as_str().unwrap().starts_with("pkg:pypi/lab-project@1.1"), "{verdict:#}");
}

#[test]
fn a_signature_that_was_moved_from_another_image_is_denied() {
    let lab = Lab::new();
    // Another image in the same repository, signed in the form of before bundles, which lies under a tag.
    image("1.4").write(&lab.program.path().join("second")).unwrap();
    let second = tagged(&lab.program, "second");
    for folder in ["second/blobs/sha256"] {
        for file in std::fs::read_dir(lab.program.path().join(folder)).unwrap() {
            let file = file.unwrap();
            let to = lab.program.path().join("layout/blobs/sha256").join(file.file_name());
            std::fs::copy(file.path(), to).unwrap();
        }
    }
    let other = lab.registry.reference("team/app", &second);
    let sign = ["sign", "--no-log", "--format", "legacy", "--key", "release.key", &other];
    lab.program.run_with(&sign, &WITH).expect_status(0);
    says(&lab, &other, &RELEASE, "allowed");
    let tag = |digest: &str| format!("{}.sig", digest.replace(':', "-"));
    move_tag(&lab, &tag(&second), &tag(&lab.digest()));
    let verdict = says(&lab, &lab.image(), &RELEASE, "denied");
    let reasons = verdict["rules"][0]["reasons"].to_string();
    assert!(reasons.contains(&format!("names {second}, not {}", lab.digest())), "{reasons}");
}

/// Puts a tag on what another tag names.
pub(crate) fn move_tag(lab: &Lab, from: &str, to: &str) {
    let base = format!("http://{}/v2/team/app/manifests", lab.registry.address());
    let script = format!(
        "curl -sfS {base}/{from} -o moved.json && curl -sfS -X PUT -H 'Content-Type: \
         application/vnd.oci.image.manifest.v1+json' --data-binary @moved.json {base}/{to}"
    );
    let output = std::process::Command::new("timeout")
        .args(["60", "sh", "-c", &script])
        .current_dir(lab.program.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_is_not_known_is_neither_allowed_nor_denied() {
    let lab = Lab::new();
    lab.sign("release", &lab.image());
    // No images are known as bases.
    lab.program.write("bases.yaml", "version: 1\nrules:\n- id: base\n  base-image: {allow: ['docker.io/library/*']}\n");
    let verdict = says(&lab, &lab.image(), &["--policy", "bases.yaml"], "undecided");
    assert!(verdict["rules"][0]["advice"].is_string() || verdict.to_string().contains("--bases"), "{verdict:#}");
    // Only the starter set of advisories.
    let starter = Program::new();
    starter.write(
        "policy.yaml",
        "version: 1\nrules:\n- id: v\n  vulnerabilities: {kev: true, allow-not-assessed: true}\n",
    );
    let told = starter.run(&["gate", &lab.image(), "--policy", "policy.yaml", "--format", "json"]).expect_status(3);
    assert_eq!(valid(&told)["decision"], "undecided");
    assert!(told.stdout.contains("starter"), "{}", told.stdout);
}

#[test]
fn an_archive_without_a_manifest_has_no_signatures_that_could_be_told() {
    let lab = Lab::new();
    lab.sign("release", &lab.image());
    let archive = lab.program.path().join("saved.tar");
    let copy =
        ["copy", "--quiet", &format!("oci:layout:{TAG}"), &format!("docker-archive:{}:app:1", archive.display())];
    let Ok(output) = std::process::Command::new("skopeo").args(copy).current_dir(lab.program.path()).output() else {
        assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "`skopeo` is not installed");
        println!("skipped: `skopeo` is not installed");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verdict = says(&lab, "docker-archive:saved.tar", &RELEASE, "undecided");
    assert_eq!(outcome_of(&verdict, "signed"), "unknown");
    assert!(verdict.to_string().contains("docker save"), "{verdict:#}");
}

#[test]
fn a_registry_that_cannot_tell_what_is_signed_leaves_it_undecided() {
    let broken = |digest: &str| {
        let path = format!("/v2/team/app/referrers/{digest}");
        Options {
            canned: vec![Canned { path, status: 500, headers: Vec::new(), body: b"{}".to_vec() }],
            ..Options::default()
        }
    };
    let lab = Lab::of("1.3", broken);
    let verdict = says(&lab, &lab.image(), &RELEASE, "undecided");
    assert_eq!(outcome_of(&verdict, "signed"), "unknown");
    assert_eq!(outcome_of(&verdict, "no-exploited"), "passed");
    assert!(verdict.to_string().contains("500"), "{verdict:#}");
}

#[test]
fn a_policy_that_cannot_be_read_opens_nothing_and_is_shown_where_it_is_wrong() {
    let lab = Lab::new();
    lab.sign("release", &lab.image());
    lab.program.write("broken.yaml", "version: 1\nrules:\n- id: a\n  vulnerabilities: {severity: critcal}\n");
    let told = lab.gate(&["--policy", "broken.yaml"]).expect_status(3);
    assert!(told.stdout.is_empty(), "{}", told.stdout);
    assert!(
        told.stderr.contains("broken.yaml:4:") && told.stderr.contains("did you mean `critical`?"),
        "{}",
        told.stderr
    );
    for (text, expected) in [
        ("version: 1\n", "asks nothing"),
        ("version: 1\nkeys: {a: {file: absent.pub}}\nrules: []\n", "absent.pub"),
        ("version: 1\nkeys: {a: {file: release.key}}\nrules: []\n", "private key"),
        ("", "is empty"),
    ] {
        lab.program.write("broken.yaml", text);
        let told = lab.gate(&["--policy", "broken.yaml"]).expect_status(3);
        assert!(format!("{}{}", told.stdout, told.stderr).contains(expected), "{text:?}: {told:#?}");
    }
    // A policy that is not there is wrong usage, and so is a form that is none.
    lab.gate(&["--policy", "absent.yaml"]).expect_status(2);
    lab.gate(&["--format", "xml"]).expect_status(2);
}

#[test]
fn exceptions_hold_until_their_last_day_and_a_warning_stops_nothing() {
    let lab = Lab::of("1.1", |_| Options::default());
    lab.sign("release", &lab.image());
    let with = |expires: &str, mode: &str| {
        lab.program.write(
            "excepted.yaml",
            format!(
                "{}  mode: {mode}\nexceptions:\n- rule: no-exploited\n  subjects: ['{}']\n  covers: [CVE-2024-0001]\n  \
                 reason: not reached\n  owner: team@example.com\n  expires: {expires}\n",
                POLICY,
                lab.digest()
            ),
        );
        ["--policy", "excepted.yaml"]
    };
    let verdict = says(&lab, &lab.image(), &with("2099-12-31", "enforce"), "allowed");
    assert_eq!(outcome_of(&verdict, "no-exploited"), "excepted");
    let verdict = says(&lab, &lab.image(), &with("2020-01-31", "enforce"), "denied");
    assert!(verdict["problems"].to_string().contains("2020-01-31"), "{verdict:#}");
    let verdict = says(&lab, &lab.image(), &with("2020-01-31", "warn"), "allowed");
    assert_eq!(outcome_of(&verdict, "no-exploited"), "failed");
    let told = lab.gate(&with("2020-01-31", "warn")).expect_status(0).stdout;
    assert!(told.contains("no-exploited") && told.contains("CVE-2024-0001"), "{told}");
}
