//! Taking over a file of trust, for a machine without a network.

use std::path::{Path, PathBuf};

use crate::folder::{Folder, FolderError, Provenance, read};
use crate::inspect::{Document, DocumentError, Overview};

/// A file was not taken over; what was trusted before still is.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The folder or the file cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// There is no such file.
    #[error("there is no file `{}`", .0.display())]
    Missing(PathBuf),
    /// The file is not one of trust.
    #[error("`{}` was not taken over: {error}", path.display())]
    Document {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: DocumentError,
    },
}

/// What was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// What is trusted now, where the file holds a root.
    pub overview: Option<Overview>,
    /// The file names the services for signing.
    pub has_signing_config: bool,
    /// The services of the root before were forgotten.
    pub forgot_services: bool,
}

/// Takes over a trusted root, a signing config, or a client trust config. `now` is RFC 3339.
///
/// # Errors
/// The file cannot be read or relied on; what was trusted before still is.
pub fn import(folder: &Folder, file: &Path, now: &str) -> Result<Imported, ImportError> {
    let bytes = read(file)?.ok_or_else(|| ImportError::Missing(file.to_owned()))?;
    let refused = |error| ImportError::Document { path: file.to_owned(), error };
    let document = Document::parse(&bytes).map_err(refused)?;
    let overview = document.trusted_root.as_deref().map(Overview::of).transpose().map_err(refused)?;
    let lock = folder.lock()?;
    let (root, config) = (document.trusted_root.as_deref(), document.signing_config.as_deref());
    let other_root = root.is_some() && folder.trusted_root()?.as_deref() != root;
    let forgot_services = other_root && config.is_none() && folder.signing_config()?.is_some();
    if forgot_services {
        folder.forget_signing_config(&lock)?;
    }
    // Addresses alone say nothing about where the root came from.
    let provenance = match folder.provenance()? {
        Some(known) if root.is_none() => Some(known),
        _ if root.is_none() => None,
        _ => Some(Provenance { source: file.display().to_string(), updated: now.to_owned(), tuf: None }),
    };
    folder.replace(root, config, provenance.as_ref(), &lock)?;
    Ok(Imported { overview, has_signing_config: config.is_some(), forgot_services })
}
