//! The folder of what is trusted: the root, the addresses of services, and what is needed to notice a replay.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use boltseal_store::write_atomically;
use serde::{Deserialize, Serialize};

/// A file of trust is smaller than this, in bytes.
pub(crate) const MAX_DOCUMENT: u64 = 4 << 20;

/// The folder of what is trusted (`$XDG_DATA_HOME/boltseal/trust`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

/// The folder's files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The user has no directory for data.
    #[error("no directory for data: set `HOME`, or name the folder with `--trust-dir`")]
    NoDirectory,
    /// The file system refused.
    #[error("cannot {action} `{}`: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// What the file system says.
        source: io::Error,
    },
    /// A file is larger than any of its kind.
    #[error("`{}` is larger than {} MiB: it is not what it should be", path.display(), MAX_DOCUMENT >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A file that this program wrote is not as it wrote it.
    #[error("`{}` is damaged ({reason}): delete it, then run `boltseal trust update`", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// Where the trusted root in a [`Folder`] came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Provenance {
    /// The address or directory of the TUF repository, or the file that was taken over.
    pub source: String,
    /// When it was last known to be current, RFC 3339: the last successful update, or the import.
    pub updated: String,
    /// What TUF said; absent for an imported file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tuf: Option<TufState>,
}

/// The versions that TUF has reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TufState {
    /// Which anchor it began with: `sigstore`, or the SHA-256 of a root that was given.
    pub anchor: String,
    /// The version of the root metadata.
    pub root: u64,
    /// The version of the timestamp metadata.
    pub timestamp: u64,
    /// The version of the snapshot metadata.
    pub snapshot: u64,
    /// The version of the targets metadata.
    pub targets: u64,
    /// When the repository has to be asked again at the latest, RFC 3339.
    pub expires: String,
}

impl Folder {
    /// This folder.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The folder in the user's directory for data.
    ///
    /// # Errors
    /// [`FolderError::NoDirectory`].
    pub fn locate() -> Result<Self, FolderError> {
        use etcetera::BaseStrategy;
        let strategy = etcetera::choose_base_strategy().map_err(|_| FolderError::NoDirectory)?;
        Ok(Self::at(strategy.data_dir().join("boltseal").join("trust")))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file of the trusted root.
    pub fn trusted_root_path(&self) -> PathBuf {
        self.path.join("trusted_root.json")
    }

    /// The file of the services' addresses.
    pub fn signing_config_path(&self) -> PathBuf {
        self.path.join("signing_config.v0.2.json")
    }

    /// The trusted root, as it was published; `None` where there is none yet.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn trusted_root(&self) -> Result<Option<Vec<u8>>, FolderError> {
        read(&self.trusted_root_path())
    }

    /// The addresses of the services, as they were published; `None` where there are none.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn signing_config(&self) -> Result<Option<Vec<u8>>, FolderError> {
        read(&self.signing_config_path())
    }

    /// Where the trusted root came from; `None` where nobody knows.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn provenance(&self) -> Result<Option<Provenance>, FolderError> {
        let path = self.provenance_path();
        let Some(bytes) = read(&path)? else { return Ok(None) };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| FolderError::Damaged { path, reason: error.to_string() })
    }

    /// Becomes the only writer, creating the folder; waits for another to finish.
    pub(crate) fn lock(&self) -> Result<Lock, FolderError> {
        fs::create_dir_all(&self.path).map_err(failed("create", &self.path))?;
        let path = self.path.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(failed("open", &path))?;
        file.lock().map_err(failed("lock", &path))?;
        Ok(Lock { _file: file })
    }

    /// Puts a new root in place. What it came from is written last: until then the old answer stands.
    pub(crate) fn replace(
        &self,
        root: Option<&[u8]>,
        config: Option<&[u8]>,
        from: Option<&Provenance>,
        _lock: &Lock,
    ) -> Result<(), FolderError> {
        if let Some(config) = config {
            write(&self.signing_config_path(), config)?;
        }
        if let Some(root) = root {
            write(&self.trusted_root_path(), root)?;
        }
        let Some(from) = from else { return Ok(()) };
        let mut text = serde_json::to_vec_pretty(from).unwrap_or_default();
        text.push(b'\n');
        write(&self.provenance_path(), &text)
    }

    /// Forgets the addresses of services: those of another instance would be worse than none.
    pub(crate) fn forget_signing_config(&self, _lock: &Lock) -> Result<(), FolderError> {
        let path = self.signing_config_path();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", &path)(error)),
            _ => Ok(()),
        }
    }

    /// The folder of one TUF repository's metadata.
    pub(crate) fn tuf(&self, anchor: &str) -> PathBuf {
        self.path.join("tuf").join(anchor)
    }

    fn provenance_path(&self) -> PathBuf {
        self.path.join("provenance.json")
    }
}

/// The only process that may write the folder, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// A bounded file; `None` where there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, FolderError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("open", path)(error)),
    };
    let mut bytes = Vec::new();
    file.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes).map_err(failed("read", path))?;
    if bytes.len() as u64 > MAX_DOCUMENT {
        return Err(FolderError::TooLarge { path: path.to_owned() });
    }
    Ok(Some(bytes))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    write_atomically(path, bytes).map_err(failed("write", path))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.to_owned();
    move |source| FolderError::File { action, path, source }
}
