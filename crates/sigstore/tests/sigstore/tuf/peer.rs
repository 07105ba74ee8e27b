//! A repository that python-tuf makes, which others' clients read.

use std::path::PathBuf;
use std::process::Command;

use boltseal_sigstore::{Anchor, Connection, Folder, Http, Origin, refresh};

use super::repository::{DAY, NOW, time, trusted_root};

/// A Python that has python-tuf: the one of PyPI's `sigstore`, which needs it, or any other; or a printed reason to skip.
fn python() -> Option<PathBuf> {
    let paths: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let beside = paths
        .iter()
        .filter_map(|folder| folder.join("sigstore").canonicalize().ok())
        .map(|it| it.with_file_name("python"));
    let plain = paths.iter().map(|folder| folder.join("python3"));
    let found = beside.chain(plain).filter(|python| python.is_file()).find(|python| {
        let test = Command::new(python).args(["-c", "import tuf.api.metadata, securesystemslib.signer"]).output();
        test.is_ok_and(|test| test.status.success())
    });
    if found.is_none() {
        let required = std::env::var("BOLTSEAL_VALIDATORS").is_ok_and(|value| value == "required");
        assert!(!required, "no Python on PATH has python-tuf: `pip install sigstore` brings it");
        println!("skipped: no Python on PATH has python-tuf");
    }
    found
}

/// Makes a repository whose root went from 1 to 3 with a threshold of two keys of different kinds.
const SCRIPT: &str = r#"
import hashlib, sys
from datetime import datetime, timezone
from pathlib import Path
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

folder, ends, step = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2].replace("Z", "+00:00")), int(sys.argv[3])
(folder / "targets").mkdir(exist_ok=True)
first, second, third = CryptoSigner.generate_ecdsa(), CryptoSigner.generate_ed25519(), CryptoSigner.generate_rsa()
online = CryptoSigner.generate_ed25519()

root = Root(expires=ends, consistent_snapshot=True)
for signer in (first, second):
    root.add_key(signer.public_key, "root")
root.roles["root"].threshold = 2
for role in ("timestamp", "snapshot", "targets"):
    root.add_key(online.public_key, role)

def publish(signers):
    metadata = Metadata(root)
    for signer in signers:
        metadata.sign(signer, append=True)
    metadata.to_file(str(folder / f"{root.version}.root.json"))

publish([first, second])
root.version = 2
root.revoke_key(first.public_key.keyid, "root")
root.add_key(third.public_key, "root")
publish([first, second, third])
root.version = 3
publish([second, third])

name = "trusted_root.json"
content = (folder / name).read_bytes()
digest = hashlib.sha256(content).hexdigest()
(folder / "targets" / f"{digest}.{name}").write_bytes(content)
targets = Targets(version=step, expires=ends)
targets.targets[name] = TargetFile.from_data(name, content, ["sha256", "sha512"])
digest = hashlib.sha512(content).hexdigest()
(folder / "targets" / f"{digest}.{name}").write_bytes(content)
snapshot, timestamp = Snapshot(version=step, expires=ends), Timestamp(version=step, expires=ends)
snapshot.meta["targets.json"] = MetaFile(step)
timestamp.snapshot_meta = MetaFile(step)
for role, file in ((targets, f"{step}.targets.json"), (snapshot, f"{step}.snapshot.json"), (timestamp, "timestamp.json")):
    metadata = Metadata(role)
    metadata.sign(online)
    metadata.to_file(str(folder / file))
"#;

#[test]
fn a_repository_of_python_tuf_is_read() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path().join("repository");
    std::fs::create_dir(&repository).unwrap();
    std::fs::write(repository.join("trusted_root.json"), trusted_root("python")).unwrap();
    let made =
        Command::new(python).args(["-c", SCRIPT]).arg(&repository).args([&time(NOW + 30 * DAY), "1"]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let anchor = Anchor::Root(std::fs::read(repository.join("1.root.json")).unwrap());
    let http = Http::new(&Connection::default()).unwrap();
    let origin = Origin::parse(repository.to_str().unwrap()).unwrap();
    let trust = Folder::at(folder.path().join("trust"));
    let refreshed = refresh(&http, &trust, &origin, &anchor, NOW).unwrap();
    assert_eq!(refreshed.provenance.tuf.unwrap().root, 3);
    assert!(trust.trusted_root().unwrap() == Some(trusted_root("python")));
    let told = refresh(&http, &trust, &origin, &anchor, NOW + 31 * DAY).unwrap_err().to_string();
    assert!(told.contains("`root` ended at"), "{told}");
}
