//! The advisory database's files: where they are, mapping the index into memory, and replacing it as a whole.
//!
//! Readers take no lock: they map the file that has the name at that moment, and a replacement is another file that
//! takes over the name. Writers exclude one another with a lock of the operating system, which ends with the process
//! that holds it, so that a crash leaves none behind.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::write_atomically;

/// The directory that holds the advisory database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    directory: PathBuf,
}

/// The database's files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The user has no directory for data.
    #[error("no directory for data: set `HOME` or name the database's directory")]
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
    /// Another process is writing.
    #[error("another process is updating the advisory database in `{}`: wait for it to finish", directory.display())]
    Busy {
        /// The database's directory.
        directory: PathBuf,
    },
}

impl DatabaseError {
    fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}

impl Database {
    /// The database in this directory.
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// The database in the user's directory for data (`$XDG_DATA_HOME/boltseal/advisories`).
    ///
    /// # Errors
    /// [`DatabaseError::NoDirectory`].
    pub fn locate() -> Result<Self, DatabaseError> {
        use etcetera::BaseStrategy;
        let strategy = etcetera::choose_base_strategy().map_err(|_| DatabaseError::NoDirectory)?;
        Ok(Self::at(strategy.data_dir().join("boltseal").join("advisories")))
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The index file.
    pub fn index(&self) -> PathBuf {
        self.directory.join("index.bsadv")
    }

    /// The directory of the feeds as they were fetched.
    pub fn feeds(&self) -> PathBuf {
        self.directory.join("feeds")
    }

    /// Maps the index into memory; `None` where there is none yet.
    ///
    /// # Errors
    /// The file is there and cannot be mapped.
    pub fn map(&self) -> Result<Option<Mapped>, DatabaseError> {
        let path = self.index();
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(DatabaseError::file("open", &path)(error)),
        };
        map(&file).map(Some).map_err(DatabaseError::file("read", &path))
    }

    /// Becomes the only writer, creating the directory. With `wait`, waits for another one to finish.
    ///
    /// # Errors
    /// [`DatabaseError::Busy`] without `wait`; or the directory cannot be written.
    pub fn lock(&self, wait: bool) -> Result<Writer<'_>, DatabaseError> {
        fs::create_dir_all(&self.directory).map_err(DatabaseError::file("create", &self.directory))?;
        let path = self.directory.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(DatabaseError::file("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if wait => file.lock().map_err(DatabaseError::file("lock", &path))?,
            Err(TryLockError::WouldBlock) => return Err(DatabaseError::Busy { directory: self.directory.clone() }),
            Err(TryLockError::Error(error)) => return Err(DatabaseError::file("lock", &path)(error)),
        }
        Ok(Writer { database: self, _lock: file })
    }
}

/// The only process that may write the database, until it is dropped.
#[derive(Debug)]
pub struct Writer<'a> {
    database: &'a Database,
    _lock: File,
}

impl Writer<'_> {
    /// Puts a new index in place of the old one. Whoever has mapped the old one keeps it.
    ///
    /// # Errors
    /// Whatever the file system says; the old index stays.
    pub fn replace(&self, index: &[u8]) -> Result<(), DatabaseError> {
        let path = self.database.index();
        write_atomically(&path, index).map_err(DatabaseError::file("write", &path))
    }
}

/// A file mapped into memory, read-only.
#[derive(Debug)]
pub struct Mapped(Option<memmap2::Mmap>);

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// Maps a temporary file of our own that has no name any more, so that a large one costs no copy in memory.
///
/// Only for files that were unlinked before anything was written to them: nobody else can open such a file, so nobody
/// can change or truncate it under the mapping, which outlives `file`.
///
/// # Errors
/// Whatever the operating system says.
pub fn map_temporary(file: &File) -> io::Result<Mapped> {
    map(file)
}

#[allow(unsafe_code, reason = "mapping a file is unsafe because another process could change it")]
fn map(file: &File) -> io::Result<Mapped> {
    // An empty file cannot be mapped.
    if file.metadata()?.len() == 0 {
        return Ok(Mapped(None));
    }
    // SAFETY: the database's file is only ever replaced by renaming another one over it, which leaves this mapping
    // alone; nothing of ours writes into it or truncates it. Bytes that change all the same fail the index's checksums.
    // A temporary file has no name, so that only this process can reach it.
    let map = unsafe { memmap2::Mmap::map(file)? };
    Ok(Mapped(Some(map)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_keeps_the_index_it_opened_while_it_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::at(directory.path().join("db"));
        assert!(database.map().unwrap().is_none());
        database.lock(false).unwrap().replace(b"old").unwrap();
        let reader = database.map().unwrap().unwrap();
        database.lock(false).unwrap().replace(b"newer").unwrap();
        assert_eq!(reader.as_ref(), b"old");
        assert_eq!(database.map().unwrap().unwrap().as_ref(), b"newer");
    }

    #[test]
    fn a_second_writer_is_told_and_a_dropped_lock_is_free() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::at(directory.path());
        let first = database.lock(false).unwrap();
        let error = database.lock(false).unwrap_err();
        assert!(matches!(error, DatabaseError::Busy { .. }), "{error}");
        drop(first);
        assert!(database.lock(false).is_ok(), "the lock's file is still there and binds nobody");
    }

    #[test]
    fn a_writer_that_waits_gets_its_turn() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::at(directory.path());
        let first = database.lock(false).unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| database.lock(true).map(|writer| writer.replace(b"second")).is_ok());
            first.replace(b"first").unwrap();
            drop(first);
            assert!(second.join().unwrap());
        });
        assert_eq!(database.map().unwrap().unwrap().as_ref(), b"second");
    }

    #[test]
    fn a_temporary_file_is_mapped_from_its_start_and_outlives_its_handle() {
        use std::io::Write;
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"spilled").unwrap();
        let mapped = map_temporary(&file).unwrap();
        drop(file);
        assert_eq!(mapped.as_ref(), b"spilled");
        assert_eq!(map_temporary(&tempfile::tempfile().unwrap()).unwrap().as_ref(), b"");
    }

    #[test]
    fn an_empty_file_is_empty() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::at(directory.path());
        fs::write(database.index(), b"").unwrap();
        assert_eq!(database.map().unwrap().unwrap().as_ref(), b"");
    }
}
