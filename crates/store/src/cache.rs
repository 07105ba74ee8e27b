//! What was worked out once, kept under a digest that we computed.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use boltseal_evidence::Digest;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::write_atomically;

/// Begins every entry; counted up when the framing changes.
const MAGIC: &[u8; 8] = b"bsealc\x00\x01";

/// Entries that together exceed this are pruned, oldest first.
const MAX_TOTAL_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// A larger entry is not believed: it would not have been written.
const MAX_ENTRY_BYTES: u64 = 512 * 1024 * 1024;

/// A folder of results, or none.
///
/// A key is the digest of everything that the value depends on. An entry that is damaged, from another version or
/// gone is simply not there.
#[derive(Debug, Clone)]
pub struct Cache {
    root: Option<PathBuf>,
}

/// What a cached value is, which decides its folder and is part of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// The records of one layer.
    Layer,
    /// The digest of a local file's bytes.
    FileDigest,
}

impl Entry {
    fn folder(self) -> &'static str {
        match self {
            Self::Layer => "layers",
            Self::FileDigest => "files",
        }
    }
}

/// Why an entry could not be written.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The value cannot be serialised.
    #[error("cache entry cannot be encoded: {0}")]
    Encode(#[from] rmp_serde::encode::Error),
    /// The file system refused.
    #[error("cannot write the cache at `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

impl Cache {
    /// A cache in the given folder, which need not exist yet.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: Some(root.into()) }
    }

    /// No cache: nothing is found, nothing is kept.
    pub fn disabled() -> Self {
        Self { root: None }
    }

    /// The user's cache folder for Boltseal (XDG base directories), where there is a home.
    pub fn default_directory() -> Option<PathBuf> {
        use etcetera::BaseStrategy;
        let strategy = etcetera::choose_base_strategy().ok()?;
        Some(strategy.cache_dir().join("boltseal"))
    }

    /// The value kept under `key`, if it is there and whole.
    pub fn get<T: DeserializeOwned>(&self, entry: Entry, key: &Digest) -> Option<T> {
        let path = self.path(entry, key)?;
        let payload = read_verified(&path)?;
        let value = rmp_serde::from_slice(&payload).ok()?;
        // Pruning goes by age of last use; a read-only cache is still a cache.
        if let Ok(file) = fs::OpenOptions::new().append(true).open(&path) {
            let _ = file.set_modified(SystemTime::now());
        }
        Some(value)
    }

    /// Keeps `value` under `key`.
    ///
    /// # Errors
    /// [`CacheError`]; the caller may go on without.
    pub fn put<T: Serialize>(&self, entry: Entry, key: &Digest, value: &T) -> Result<(), CacheError> {
        let Some(path) = self.path(entry, key) else { return Ok(()) };
        // With field names: the types leave out what is absent, which a format by position could not read back.
        let payload = rmp_serde::to_vec_named(value)?;
        let mut bytes = Vec::with_capacity(MAGIC.len() + 64 + payload.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(Digest::sha256_of(&payload).hex().as_bytes());
        bytes.extend_from_slice(&payload);
        let write = || -> io::Result<()> {
            if let Some(root) = &self.root {
                make_private(root)?;
            }
            write_atomically(&path, &bytes)
        };
        write().map_err(|source| CacheError::Write { path: path.clone(), source })
    }

    /// Removes the entries used longest ago until the cache is within its bound.
    pub fn prune(&self) {
        let Some(root) = &self.root else { return };
        let mut entries: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for folder in [Entry::Layer, Entry::FileDigest] {
            let Ok(files) = fs::read_dir(root.join(folder.folder())) else { continue };
            entries.extend(files.flatten().filter_map(|file| {
                let metadata = file.metadata().ok()?;
                Some((metadata.modified().ok()?, metadata.len(), file.path()))
            }));
        }
        let mut total: u64 = entries.iter().map(|(_, size, _)| size).sum();
        entries.sort();
        for (_, size, path) in entries {
            if total <= MAX_TOTAL_BYTES {
                break;
            }
            if fs::remove_file(path).is_ok() {
                total -= size;
            }
        }
    }

    fn path(&self, entry: Entry, key: &Digest) -> Option<PathBuf> {
        Some(self.root.as_ref()?.join(entry.folder()).join(key.hex()))
    }
}

fn read_verified(path: &Path) -> Option<Vec<u8>> {
    let mut file = fs::File::open(path).ok()?;
    if file.metadata().ok()?.len() > MAX_ENTRY_BYTES {
        return None;
    }
    let mut head = [0_u8; 72];
    file.read_exact(&mut head).ok()?;
    let (magic, hex) = head.split_at_checked(MAGIC.len())?;
    if magic != MAGIC {
        return None;
    }
    let mut payload = Vec::new();
    file.read_to_end(&mut payload).ok()?;
    (Digest::sha256_of(&payload).hex().as_bytes() == hex).then_some(payload)
}

/// Makes the cache's folder for its owner alone: what others may write, we may not believe.
fn make_private(root: &Path) -> io::Result<()> {
    if root.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_got_and_what_was_damaged_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::at(directory.path().join("cache"));
        let key = Digest::sha256_of(b"key");
        let value = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(cache.get::<Vec<String>>(Entry::Layer, &key), None);
        cache.put(Entry::Layer, &key, &value).unwrap();
        assert_eq!(cache.get(Entry::Layer, &key), Some(value));
        assert_eq!(cache.get::<Vec<String>>(Entry::FileDigest, &key), None);

        let path = cache.path(Entry::Layer, &key).unwrap();
        let whole = fs::read(&path).unwrap();
        for index in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[index] ^= 0x20;
            fs::write(&path, &damaged).unwrap();
            assert_eq!(cache.get::<Vec<String>>(Entry::Layer, &key), None, "byte {index}");
        }
        fs::write(&path, &whole[..40]).unwrap();
        assert_eq!(cache.get::<Vec<String>>(Entry::Layer, &key), None);
    }

    #[test]
    fn values_that_leave_out_absent_fields_come_back_whole() {
        use boltseal_evidence::{Location, Package, PackageType};
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::at(directory.path());
        let key = Digest::sha256_of(b"key");
        let mut package = Package::new(PackageType::Npm, "ms");
        package.locations = vec![Location { path: "a".to_owned(), layer: None, line: Some(3) }];
        cache.put(Entry::Layer, &key, &vec![package.clone()]).unwrap();
        assert_eq!(cache.get(Entry::Layer, &key), Some(vec![package]));
    }

    #[test]
    fn a_disabled_cache_keeps_nothing() {
        let key = Digest::sha256_of(b"key");
        let cache = Cache::disabled();
        cache.put(Entry::Layer, &key, &1_u32).unwrap();
        assert_eq!(cache.get::<u32>(Entry::Layer, &key), None);
    }
}
