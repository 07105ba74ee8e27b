//! A TUF repository of a Sigstore instance, and a machine that trusts it.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Mutex;

use boltseal_fixture::authority::Authority;
use boltseal_fixture::tuf::Repository;
use boltseal_sigstore::{Anchor, Connection, Folder, Http, Origin, RefreshError, Refreshed, refresh};

/// 2026-06-01.
pub(crate) const NOW: i64 = 1_780_272_000;
pub(crate) const DAY: i64 = 86_400;

pub(crate) fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

/// The repository and a machine that trusts it.
pub(crate) struct Lab {
    folder: tempfile::TempDir,
    repository: Repository,
}

impl Deref for Lab {
    type Target = Repository;

    fn deref(&self) -> &Repository {
        &self.repository
    }
}

impl DerefMut for Lab {
    fn deref_mut(&mut self) -> &mut Repository {
        &mut self.repository
    }
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
        let folder = tempfile::tempdir().unwrap();
        let config = Authority::new("first", NOW).signing_config(2).to_string().into_bytes();
        let files = vec![
            ("trusted_root.json".to_owned(), trusted_root("first")),
            ("signing_config.v0.2.json".to_owned(), config),
        ];
        Self { repository: Repository::new(folder.path().join("repository"), NOW, files), folder }
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

    /// One version more of everything, with another trusted root.
    pub(crate) fn advance(&mut self, seed: &str) {
        self.repository.advance();
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
        Origin::parse(self.folder().to_str().unwrap()).unwrap()
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
