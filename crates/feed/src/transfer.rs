//! Opening the database, and carrying it to another machine as one file.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use boltseal_advisory::{Index, IndexError};
use boltseal_evidence::DatabaseKind;
use boltseal_store::{Database, DatabaseError, write_atomically};

/// An export larger than this is not one.
const MAX_INDEX: u64 = 4 << 30;

/// The database is there and cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its files cannot be read.
    #[error(transparent)]
    File(#[from] DatabaseError),
    /// Its index is damaged or of another format.
    #[error("`{}`: {source}", path.display())]
    Index {
        /// The index file.
        path: PathBuf,
        /// What is wrong with it.
        source: IndexError,
    },
}

/// Opens the database's index; `None` where there is none yet.
///
/// # Errors
/// There is one, and it cannot be used: never a reason to go on as if there were none.
pub fn open(database: &Database) -> Result<Option<Index>, OpenError> {
    let Some(mapped) = database.map()? else { return Ok(None) };
    Index::open(mapped).map(Some).map_err(|source| OpenError::Index { path: database.index(), source })
}

/// A database could not be exported or imported.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The database cannot be read or written.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is nothing to export.
    #[error("there is no advisory database in `{}` yet: run `boltseal db update`", .0.display())]
    Nothing(PathBuf),
    /// The file cannot be read or written.
    #[error("`{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the file system says.
        source: io::Error,
    },
    /// The file is not a whole database.
    #[error("`{}` was not imported: it is {what}", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

impl From<DatabaseError> for TransferError {
    fn from(error: DatabaseError) -> Self {
        Self::Open(error.into())
    }
}

/// Writes the database to one file, after checking every byte of it.
///
/// # Errors
/// There is no database, it is damaged, or the file cannot be written.
pub fn export(database: &Database, to: &Path) -> Result<u64, TransferError> {
    let index = open(database)?.ok_or_else(|| TransferError::Nothing(database.directory().to_owned()))?;
    index.verify().map_err(|source| OpenError::Index { path: database.index(), source })?;
    let file = |source| TransferError::File { path: to.to_owned(), source };
    write_atomically(to, index.as_bytes()).map_err(file)?;
    Ok(index.as_bytes().len() as u64)
}

/// Puts an exported file in place of the database, after checking every byte of it.
///
/// # Errors
/// The file is no database, or is damaged: the old database stays.
pub fn import(database: &Database, from: &Path, wait: bool) -> Result<Index, TransferError> {
    let file = |source| TransferError::File { path: from.to_owned(), source };
    let not = |what: String| TransferError::NotADatabase { path: from.to_owned(), what };
    let mut bytes = Vec::new();
    File::open(from).map_err(file)?.take(MAX_INDEX + 1).read_to_end(&mut bytes).map_err(file)?;
    if bytes.len() as u64 > MAX_INDEX {
        return Err(not(format!("larger than {} MiB", MAX_INDEX >> 20)));
    }
    let index = Index::open(bytes).and_then(|index| index.verify().map(|()| index));
    let index = index.map_err(|error| match error {
        IndexError::NotAnIndex => not("not an advisory database".to_owned()),
        IndexError::OtherFormat { found } => not(format!("of format {found}, which this program does not read")),
        IndexError::Damaged { offset, what } => not(format!("damaged at byte {offset} ({what}): export it again")),
    })?;
    if index.kind() != DatabaseKind::Full {
        return Err(not("only the starter set, which is built in".to_owned()));
    }
    database.lock(wait)?.replace(index.as_bytes())?;
    Ok(index)
}
