//! The public conformance cases of Sigstore get their verdicts, with the network denied, by path and by digest, and
//! those that fail do so at the step that their name speaks of.
//!
//! `BOLTSEAL_VECTORS` names the folder, by default `../shared/vectors` beside the workspace; none of it is committed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking and says why it was skipped"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use boltseal_evidence::{Digest, Verification};
use boltseal_trust::{Artifact, Material, Pattern, PublicKey, Root, Signed, SignerPattern, verify};

/// Set in the process that has no network.
const ALONE: &str = "BOLTSEAL_TEST_WITHOUT_NETWORK";
/// Who signs where a case names nobody.
const IDENTITY: &str = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER: &str = "https://token.actions.githubusercontent.com";

fn folder() -> Option<PathBuf> {
    let root = std::env::var_os("BOLTSEAL_VECTORS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors")), PathBuf::from)
        .join("sigstore-conformance/bundle-verify");
    if root.is_dir() {
        return Some(root);
    }
    assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "{} is no folder", root.display());
    println!("skipped: {} is no folder", root.display());
    None
}

/// Seconds since 1970 now: some cases rest on times that are in the past by any clock.
fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

struct Case {
    name: String,
    bundle: Vec<u8>,
    artifact: Vec<u8>,
    material: Material,
    wanted: SignerPattern,
}

impl Case {
    fn read(folder: &Path, public_good: &Arc<Root>) -> Self {
        let file = |name: &str| std::fs::read(folder.join(name)).ok();
        let text = |name: &str| file(name).map(|bytes| String::from_utf8(bytes).unwrap().trim().to_owned());
        let root = match file("trusted_root.json") {
            // A root that cannot be used is no root.
            Some(bytes) => Root::parse("trusted_root.json", &bytes).map(Arc::new).ok(),
            None => Some(Arc::clone(public_good)),
        };
        let given = file("key.pub");
        // A key that cannot be read is no key: what it should have verified is not verified.
        let key = given.as_deref().and_then(|pem| PublicKey::from_pem("key.pub", pem).ok());
        let exact = |text: String| Some(Pattern::Exact(text));
        let wanted = match &key {
            Some(key) => SignerPattern::Key { fingerprint: key.fingerprint(), name: "key.pub".to_owned() },
            None if given.is_some() => {
                SignerPattern::Key { fingerprint: Digest::sha256_of(b"no key"), name: "key.pub".to_owned() }
            }
            None => SignerPattern::Keyless {
                identity: exact(text("identity").unwrap_or_else(|| IDENTITY.to_owned())),
                issuer: exact(text("issuer").unwrap_or_else(|| ISSUER.to_owned())),
                repository: None,
                reference: None,
                workflow: None,
                runner: None,
                trigger: None,
            },
        };
        Self {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            bundle: file("bundle.sigstore.json").unwrap(),
            artifact: file("artifact").or_else(|| std::fs::read(folder.join("../a.txt")).ok()).unwrap(),
            material: Material { root, keys: key.into_iter().collect(), now: now(), ..Material::default() },
            wanted,
        }
    }

    fn verify(&self, artifact: Artifact<'_>) -> Verification {
        verify(&Signed::Bundle(self.bundle.clone()), "bundle.sigstore.json", artifact, &self.material)
    }

    /// Held, and of whom it should be.
    fn accepts(&self, verification: &Verification) -> bool {
        let signer = verification.signer.as_ref();
        verification.is_verified() && signer.is_some_and(|signer| self.wanted.mismatch(signer).is_none())
    }
}

/// The step at which a case fails, by what its name says. A case that is not in here has to fail, wherever.
const STEPS: &[(&str, &str)] = &[
    ("bundle-empty-certificate-chain", "form"),
    ("bundle-invalid-base64-signature", "form"),
    ("bundle-malformed-json", "form"),
    ("bundle-negative-log-index", "form"),
    ("bundle-unknown-version", "form"),
    ("bundle-with-root-cert", "form"),
    ("bundle-from-wrong-instance", "signing time"),
    ("incorrect-public-key", "signing time"),
    ("set-invalid-signature", "signing time"),
    ("rekor2-no-timestamp", "signing time"),
    ("rekor2-timestamp-outside-trust-root-tsa-validity", "signing time"),
    ("rekor2-timestamp-outside-tsa-cert-validity", "signing time"),
    ("rekor2-timestamp-payload-mismatch", "signing time"),
    ("rekor2-timestamp-untrusted-tsa-with-embedded-cert", "signing time"),
    ("rekor2-timestamp-untrusted-tsa-without-embedded-cert", "signing time"),
    ("integrated-time-in-future", "certificate"),
    ("intoto-expired-certificate", "certificate"),
    ("intoto-set-outside-signing-cert-validity", "certificate"),
    ("intoto-tsa-timestamp-outside-cert-validity", "certificate"),
    ("invalid-ct-key", "certificate log"),
    ("checkpoint-bad-keyhint", "transparency log"),
    ("checkpoint-wrong-roothash", "transparency log"),
    ("inclusion-proof-corrupted-hash", "transparency log"),
    ("intoto-missing-inclusion-proof", "transparency log"),
    ("invalid-checkpoint-signature", "transparency log"),
    ("invalid-inclusion-proof", "transparency log"),
    ("rekor2-checkpoint-missing-log-signature", "transparency log"),
    ("rekor2-checkpoint-missing-origin", "transparency log"),
    ("rekor2-checkpoint-missing-root-hash", "transparency log"),
    ("rekor2-checkpoint-missing-size", "transparency log"),
    ("rekor2-checkpoint-no-matching-signature", "transparency log"),
    ("rekor2-no-inclusion-proof", "transparency log"),
    ("message-digest-mismatch", "artifact"),
    ("wrong-material", "artifact"),
    ("dsse-invalid-sig", "signature"),
    ("rekor2-dsse-invalid-sig", "signature"),
    ("signature-mismatch", "signature"),
    ("dsse-mismatch-envelope", "log entry"),
    ("dsse-mismatch-sig", "log entry"),
    ("intoto-log-entry-mismatch", "log entry"),
    ("rekor2-dsse-mismatch-envelope", "log entry"),
    ("rekor2-dsse-mismatch-sig", "log entry"),
    ("wrong-hashedrekord-artifact", "log entry"),
    ("wrong-hashedrekord-cert-and-sig", "log entry"),
    ("wrong-hashedrekord-entry", "log entry"),
    ("managed-key-no-key", "key"),
    ("managed-key-wrong-key", "key"),
    ("trust-root-tlog-missing-validity-start", "trusted root"),
];

fn expected_step(name: &str) -> Option<&'static str> {
    let wanted = name.trim_end_matches("_fail");
    STEPS.iter().find(|(case, _)| *case == wanted).map(|(_, step)| *step)
}

#[test]
fn every_case_gets_its_verdict_without_a_network() {
    let Some(folder) = folder() else { return };
    if std::env::var_os(ALONE).is_some() {
        assert!(std::net::TcpStream::connect("127.0.0.1:9").is_err());
        judge_all(&folder);
        return;
    }
    let output = Command::new("unshare")
        .args(["--net", "--"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "every_case_gets_its_verdict_without_a_network", "--nocapture"])
        .env(ALONE, "1")
        .output();
    let denied = |why: &str| {
        assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "{why}");
        println!("the network cannot be denied here ({why}): judged with it");
        judge_all(&folder);
    };
    match output {
        Err(error) => denied(&error.to_string()),
        Ok(output) => {
            let (text, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            if text.is_empty() && errors.contains("unshare") {
                denied(errors.trim());
                return;
            }
            println!("{text}");
            assert!(output.status.success(), "{text}{errors}");
            assert!(text.contains("1 passed"), "{text}");
        }
    }
}

fn judge_all(folder: &Path) {
    let public_good = Arc::new(Root::public_good().unwrap());
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    let (mut wrong, mut count) = (Vec::new(), [0, 0]);
    for path in &cases {
        let case = Case::read(path, &public_good);
        let digest = Digest::sha256_of(&case.artifact);
        for (way, artifact) in [("path", Artifact::Bytes(&case.artifact)), ("digest", Artifact::Digest(&digest))] {
            let verification = case.verify(artifact);
            let accepted = case.accepts(&verification);
            count[usize::from(accepted)] += 1;
            let obstacle = verification.obstacle();
            let step = obstacle.map_or("", |step| step.name.as_str());
            let detail = obstacle.map_or("", |step| step.detail.as_str());
            println!("{:<62} {way:<6} {:?} {step:<18} {detail}", case.name, verification.standing);
            if accepted == case.name.ends_with("_fail") {
                wrong.push(format!("{} by {way}: {verification:#?}", case.name));
            }
            if let Some(expected) = expected_step(&case.name).filter(|expected| *expected != step) {
                wrong.push(format!("{} by {way} fails at `{step}`, not at `{expected}`: {detail}", case.name));
            }
        }
    }
    println!("{} cases: {} times accepted, {} times refused", cases.len(), count[1], count[0]);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count[0] > 50 && count[1] > 30, "only {count:?} in {}", folder.display());
}
