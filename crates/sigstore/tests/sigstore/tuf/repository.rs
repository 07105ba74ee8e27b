//! A TUF repository in a folder, signed as a test wants it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use boltseal_fixture::authority::{Authority, Curve, Key};
use boltseal_sigstore::{Anchor, Connection, Folder, Http, Origin, RefreshError, Refreshed, refresh};
use serde_json::{Map, Value, json};
use sigstore_tuf::canonical_json::to_canonical_bytes;

/// 2026-06-01.
pub(crate) const NOW: i64 = 1_780_272_000;
pub(crate) const DAY: i64 = 86_400;

pub(crate) fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

/// A role's metadata: what is signed, and whose keys sign it.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) version: u64,
    pub(crate) expires: i64,
    pub(crate) keys: Vec<String>,
}

/// A root: who may sign what.
#[derive(Debug, Clone)]
pub(crate) struct Root {
    pub(crate) version: u64,
    pub(crate) expires: i64,
    /// The keys of the root role, by name.
    pub(crate) keys: Vec<String>,
    pub(crate) threshold: usize,
    /// The keys that sign this file.
    pub(crate) signers: Vec<String>,
    /// The key of timestamp, snapshot and targets.
    pub(crate) online: String,
}

/// The repository and a machine that trusts it.
pub(crate) struct Lab {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) root: Root,
    pub(crate) timestamp: Role,
    pub(crate) snapshot: Role,
    pub(crate) targets: Role,
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn key(name: &str) -> Key {
    Key::from_seed(Curve::P256, "tuf", name)
}

/// A trusted root, the same each time under the same seed: certificates are signed with random numbers.
pub(crate) fn trusted_root(seed: &str) -> Vec<u8> {
    static MADE: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());
    let make = || Authority::new(seed, NOW).trusted_root().to_string().into_bytes();
    MADE.lock().unwrap().entry(seed.to_owned()).or_insert_with(make).clone()
}

impl Lab {
    /// A right repository at its first version, and nothing trusted yet.
    pub(crate) fn new() -> Self {
        let role = |days| Role { version: 1, expires: NOW + days * DAY, keys: names(&["online"]) };
        let config = Authority::new("first", NOW).signing_config(2).to_string().into_bytes();
        let lab = Self {
            folder: tempfile::tempdir().unwrap(),
            root: Root {
                version: 1,
                expires: NOW + 300 * DAY,
                keys: names(&["a", "b", "c"]),
                threshold: 2,
                signers: names(&["a", "b"]),
                online: "online".to_owned(),
            },
            timestamp: role(7),
            snapshot: role(30),
            targets: role(90),
            files: vec![
                ("trusted_root.json".to_owned(), trusted_root("first")),
                ("signing_config.v0.2.json".to_owned(), config),
            ],
        };
        lab.publish_root();
        lab.publish();
        lab
    }

    /// The same, and its first version is trusted.
    pub(crate) fn trusted() -> Self {
        let lab = Self::new();
        lab.refresh(NOW).unwrap();
        lab
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join("repository").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.path().join("repository").join(path)).unwrap()
    }

    pub(crate) fn remove(&self, path: &str) {
        std::fs::remove_file(self.path().join("repository").join(path)).unwrap();
    }

    /// Puts the root in its place.
    pub(crate) fn publish_root(&self) {
        self.write(&format!("{}.root.json", self.root.version), &self.root_bytes());
    }

    pub(crate) fn root_bytes(&self) -> Vec<u8> {
        let root = &self.root;
        let mut keys = Map::new();
        for name in root.keys.iter().chain([&root.online]) {
            let public = key(name).public_pem();
            let described =
                json!({ "keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": { "public": public } });
            keys.insert(id(name), described);
        }
        let ids: Vec<String> = root.keys.iter().map(|name| id(name)).collect();
        let online = json!({ "keyids": [id(&root.online)], "threshold": 1 });
        let signed = json!({
            "_type": "root", "spec_version": "1.0.31", "version": root.version, "expires": time(root.expires),
            "consistent_snapshot": true, "keys": keys,
            "roles": {
                "root": { "keyids": ids, "threshold": root.threshold },
                "timestamp": online, "snapshot": online, "targets": online,
            },
        });
        sign(&signed, &root.signers)
    }

    /// Publishes targets, snapshot and timestamp as they stand.
    pub(crate) fn publish(&self) {
        let mut targets = Map::new();
        for (name, bytes) in &self.files {
            let hash = sigstore_verify::crypto::sha256(bytes).to_hex();
            self.write(&format!("targets/{hash}.{name}"), bytes);
            targets.insert(name.clone(), json!({ "length": bytes.len(), "hashes": { "sha256": hash } }));
        }
        let targets = signed("targets", &self.targets, ("targets", Value::Object(targets)));
        self.write(&format!("{}.targets.json", self.targets.version), &targets);
        let snapshot = signed("snapshot", &self.snapshot, pin("targets.json", &self.targets, &targets));
        self.write(&format!("{}.snapshot.json", self.snapshot.version), &snapshot);
        self.write("timestamp.json", &self.timestamp_of(&snapshot));
    }

    /// A timestamp that pins these bytes of a snapshot.
    pub(crate) fn timestamp_of(&self, snapshot: &[u8]) -> Vec<u8> {
        signed("timestamp", &self.timestamp, pin("snapshot.json", &self.snapshot, snapshot))
    }

    /// One version more of everything, with another trusted root.
    pub(crate) fn advance(&mut self, seed: &str) {
        for role in [&mut self.timestamp, &mut self.snapshot, &mut self.targets] {
            role.version += 1;
        }
        self.files[0].1 = trusted_root(seed);
    }

    pub(crate) fn trust(&self) -> Folder {
        Folder::at(self.path().join("trust"))
    }

    /// The trusted root is the one of this seed.
    pub(crate) fn trusts(&self, seed: &str) -> bool {
        self.trust().trusted_root().unwrap() == Some(trusted_root(seed))
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin::parse(self.path().join("repository").to_str().unwrap()).unwrap()
    }

    /// The first root, as a user was given it.
    pub(crate) fn anchor(&self) -> Anchor {
        Anchor::Root(self.read("1.root.json"))
    }

    /// A refresh by a program that was started for it.
    pub(crate) fn refresh(&self, now: i64) -> Result<Refreshed, RefreshError> {
        let http = Http::new(&Connection::default()).unwrap();
        refresh(&http, &self.trust(), &self.origin(), &self.anchor(), now)
    }
}

pub(crate) fn id(name: &str) -> String {
    sigstore_verify::crypto::sha256(name.as_bytes()).to_hex()
}

fn pin(name: &str, role: &Role, bytes: &[u8]) -> (&'static str, Value) {
    let hash = sigstore_verify::crypto::sha256(bytes).to_hex();
    let pin = json!({ "version": role.version, "length": bytes.len(), "hashes": { "sha256": hash } });
    ("meta", json!({ name: pin }))
}

fn signed(kind: &str, role: &Role, (name, content): (&str, Value)) -> Vec<u8> {
    let signed = json!({
        "_type": kind, "spec_version": "1.0.31", "version": role.version, "expires": time(role.expires), name: content,
    });
    sign(&signed, &role.keys)
}

/// Metadata with the signatures of these keys.
pub(crate) fn sign(signed: &Value, signers: &[String]) -> Vec<u8> {
    let message = to_canonical_bytes(signed).unwrap();
    let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let signatures: Vec<Value> =
        signers.iter().map(|name| json!({ "keyid": id(name), "sig": hex(key(name).sign(&message)) })).collect();
    json!({ "signed": signed, "signatures": signatures }).to_string().into_bytes()
}
