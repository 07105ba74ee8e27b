//! The metadata that was verified once: the floor under which no later run goes.

use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use boltseal_store::write_atomically;
use sigstore_tuf::{Error, MetadataStore};

use crate::folder::read;

/// The root that trust began with.
pub(crate) const ANCHOR: &str = "anchor.json";

/// Files of verified metadata in a folder. The updater takes a file that it cannot read or write for one that is not
/// there; what went wrong is noted here, so that the refresh fails instead of forgetting its floor.
#[derive(Debug, Clone)]
pub(crate) struct Keep {
    folder: PathBuf,
    failure: Arc<Mutex<Option<String>>>,
}

impl Keep {
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self { folder, failure: Arc::default() }
    }

    /// The first thing that went wrong.
    pub(crate) fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A file that is kept, if it can be read.
    pub(crate) fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.load(name).ok().flatten()
    }

    /// Keeps the root that trust began with, for a next run that does not name it.
    pub(crate) fn anchor(&self, root: &[u8]) {
        if self.bytes(ANCHOR).as_deref() != Some(root) {
            let _ = self.store(ANCHOR, root);
        }
    }

    fn path(&self, name: &str) -> Result<PathBuf, Error> {
        let path = Path::new(name);
        if path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Ok(self.folder.join(path));
        }
        Err(Error::Malformed(format!("`{name}` is no name of metadata")))
    }

    fn note(&self, what: String) -> Error {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert_with(|| what.clone());
        Error::Malformed(what)
    }
}

impl MetadataStore for Keep {
    fn load(&self, name: &str) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        // Targets are compared with what is in place anyway, and are small: they are not kept twice.
        if name.starts_with("targets/") {
            return Ok(None);
        }
        read(&self.path(name)?).map_err(|error| self.note(error.to_string()))
    }

    fn store(&self, name: &str, bytes: &[u8]) -> sigstore_tuf::Result<()> {
        if name.starts_with("targets/") {
            return Ok(());
        }
        let path = self.path(name)?;
        write_atomically(&path, bytes).map_err(|error| self.note(format!("cannot write `{}`: {error}", path.display())))
    }
}
