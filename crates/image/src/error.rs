//! What can go wrong before a layer is read.

use std::io;
use std::path::{Path, PathBuf};

use boltseal_evidence::Digest;

use crate::{LayerError, RegistryError, TargetError};

/// An image or a directory could not be read. Never a statement about what is in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The target is not well-formed, or of a kind that cannot be opened so.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The file system said no.
    #[error("cannot read `{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A document of the image is not what it should be.
    #[error("{what} of {place} is malformed: {message}")]
    Malformed {
        /// `the manifest`, `the configuration`, …
        what: &'static str,
        /// The archive, directory or reference.
        place: String,
        /// What is wrong with it.
        message: String,
    },
    /// The bytes do not have the digest by which they were asked for.
    #[error("{what} of {place} is not what it claims to be: expected {expected}, got {actual}")]
    DigestMismatch {
        /// `the manifest`, `the configuration`, …
        what: &'static str,
        /// The archive, directory or reference.
        place: String,
        /// The digest claimed.
        expected: Digest,
        /// The digest computed.
        actual: Digest,
    },
    /// The bytes are more or fewer than their descriptor says.
    #[error("{what} of {place} has {actual} bytes and its descriptor says {expected}")]
    SizeMismatch {
        /// `the manifest`, `the configuration`, …
        what: &'static str,
        /// The archive, directory or reference.
        place: String,
        /// The size claimed.
        expected: u64,
        /// The size found.
        actual: u64,
    },
    /// A document is larger, or holds more, than is read.
    #[error("{what} of {place} is beyond the limit of {limit}")]
    TooLarge {
        /// `the manifest`, `the configuration`, `the list of layers`, …
        what: &'static str,
        /// The archive, directory or reference.
        place: String,
        /// The limit, with its unit.
        limit: String,
    },
    /// Something that was named is not there.
    #[error("{what} is not in {place}{hint}")]
    Missing {
        /// What was looked for.
        what: String,
        /// The archive, directory or reference.
        place: String,
        /// What is there instead; starts with `: ` or `; `, or is empty.
        hint: String,
    },
    /// The image has no variant for the platform.
    #[error("{place} has no image for {wanted}; it has {available}: choose one with `--platform`")]
    NoPlatform {
        /// The archive, directory or reference.
        place: String,
        /// The platform asked for.
        wanted: String,
        /// The platforms there are.
        available: String,
    },
    /// Well-formed, and of a kind that is not read.
    #[error("{place}: {message}")]
    Unsupported {
        /// The archive, directory or reference.
        place: String,
        /// What it is and what to do instead.
        message: String,
    },
    /// The registry said no, or could not be reached.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A layer could not be read.
    #[error(transparent)]
    Layer(#[from] LayerError),
}

impl Error {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}
