//! Every folder under `attacks/` is something that must never be verified.
//!
//! `UPDATE_ATTACKS=1 cargo test -p boltseal-trust --test attacks` writes the folders anew, with the same keys and times;
//! signatures differ, since ECDSA draws a random number for each. Folders whose format begins with `notation` have
//! their own test.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "a test")]

#[path = "lab/attack.rs"]
mod attack;
#[path = "lab/bundle_attacks.rs"]
mod bundle_attacks;
#[path = "lab/lab.rs"]
#[allow(dead_code, reason = "shared by several tests")]
mod lab;
#[path = "lab/legacy_attacks.rs"]
mod legacy_attacks;
#[path = "lab/log_attacks.rs"]
mod log_attacks;
#[path = "lab/shape_attacks.rs"]
mod shape_attacks;
#[path = "lab/step.rs"]
#[allow(dead_code, reason = "shared by several tests")]
mod step;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use attack::{Attack, describe, folders, read, write};
use boltseal_evidence::Standing;
use lab::{obstacle, told};

/// Longer than this nothing hostile may keep us, also without optimisation.
const PATIENCE: Duration = Duration::from_secs(20);

fn attacks() -> Vec<Attack> {
    [bundle_attacks::all(), log_attacks::all(), shape_attacks::all(), legacy_attacks::all()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn no_attack_is_verified_and_the_right_step_says_why() {
    let attacks = attacks();
    if std::env::var_os("UPDATE_ATTACKS").is_some() {
        attacks.iter().for_each(write);
    }
    let made: BTreeMap<&str, &Attack> = attacks.iter().map(|attack| (attack.name, attack)).collect();
    assert_eq!(made.len(), attacks.len(), "two attacks have the same name");
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for folder in std::fs::read_dir(folders()).unwrap() {
        let folder = folder.unwrap().path();
        let described = describe(&folder);
        if described.format.starts_with("notation") {
            continue;
        }
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(attack) = made.get(name.as_str()) else { panic!("`{name}` is written nowhere: take the folder away") };
        assert_eq!(described.generated, attack.generated, "{name}");
        assert!(described.about.ends_with('.') && described.reference.as_deref() == attack.reference, "{name}");
        let case = if described.generated { attack.case.clone() } else { read(&folder, &described) };
        let start = Instant::now();
        let verifications = [case.verify(), case.verify_digest()];
        assert!(start.elapsed() < PATIENCE, "{name} took {:?}", start.elapsed());
        let expected = if described.expected == "unknown" { Standing::Unknown } else { Standing::Rejected };
        for verification in verifications {
            let noticed = described.steps.iter().any(|step| step == obstacle(&verification));
            if verification.standing != expected || !noticed {
                wrong.push(format!("{name}: {}", told(&verification)));
                break;
            }
        }
        seen.insert(name);
    }
    let missing: Vec<_> = made.keys().filter(|name| !seen.contains(**name)).collect();
    assert!(missing.is_empty(), "write these with UPDATE_ATTACKS=1: {missing:?}");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), seen.len(), wrong.join("\n"));
    assert!(seen.len() >= 40, "{}", seen.len());
}

/// What cosign makes of the folders with bundles, offline: it must say no to each, or it is no attack.
///
/// `cosign` is looked for on `PATH`; where it is missing this is skipped, unless `BOLTSEAL_VALIDATORS=required`.
#[test]
fn cosign_says_no_to_them_as_well() {
    let mut asked = 0;
    let home = tempfile::tempdir().unwrap();
    for folder in std::fs::read_dir(folders()).unwrap() {
        let folder = folder.unwrap().path();
        let described = describe(&folder);
        // Without a root it would ask the network.
        if described.format != "bundle" || described.generated || !folder.join("trusted_root.json").exists() {
            continue;
        }
        let bundle = String::from_utf8_lossy(&std::fs::read(folder.join("bundle.sigstore.json")).unwrap()).into_owned();
        let mut command = std::process::Command::new("timeout");
        command.args(["60", "cosign"]).env("HOME", home.path()).current_dir(&folder);
        match bundle.contains("dsseEnvelope") {
            true => command.args(["verify-blob-attestation", "--type=slsaprovenance1"]),
            false => command.arg("verify-blob"),
        };
        command.args(["--bundle=bundle.sigstore.json", "--trusted-root=trusted_root.json"]);
        let keys: Vec<_> = std::fs::read_dir(folder.join("keys")).into_iter().flatten().collect();
        match keys.first() {
            Some(key) => command.arg("--key").arg(key.as_ref().unwrap().path()),
            None => command.args(["--certificate-identity-regexp=.*", "--certificate-oidc-issuer-regexp=.*"]),
        };
        if described.keys_need_no_log {
            command.arg("--insecure-ignore-tlog");
        }
        if bundle.contains("rfc3161Timestamps") {
            command.arg("--use-signed-timestamps");
        }
        let output = command.arg("artifact").output().unwrap();
        // What `timeout` says of a program that is not there.
        if output.status.code() == Some(127) {
            assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "`cosign` is not on PATH");
            println!("skipped: `cosign` is not on PATH");
            return;
        }
        assert_eq!(output.status.code(), Some(1), "{}: {}", folder.display(), String::from_utf8_lossy(&output.stderr));
        asked += 1;
    }
    assert!(asked >= 50, "{asked}");
}
