//! One target from bytes to inventory to report.
//!
//! [`inventory`] opens a target, reads each layer once (or takes what the cache holds of it), lets the catalogers read
//! the files they want, and merges what the *visible* files tell. [`report`] matches the inventory against an advisory
//! index. The command line and the server share this flow; it prints nothing and knows no output format.

mod bound;
mod cache;
mod collect;
mod directory;
mod image;
mod links;
mod merge;
mod report;
mod starter;

use boltseal_evidence::{Digest, Inventory};
use boltseal_image::Target;
use boltseal_store::Cache;

pub use report::report;

/// How to scan.
#[derive(Debug, Clone)]
pub struct Options {
    /// How images are opened and read, and who is told of progress.
    pub image: boltseal_image::Options,
    /// Where layer results are kept.
    pub cache: Cache,
}

/// A scanned target.
#[derive(Debug, Clone, PartialEq)]
pub struct Scanned {
    /// What was found: the same for every transport.
    pub inventory: Inventory,
    /// The digest of the manifest, where the transport has one.
    pub manifest_digest: Option<Digest>,
}

/// The target could not be read. Never a statement about what is in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The image or directory could not be opened, or a layer could not be read.
    #[error(transparent)]
    Image(#[from] boltseal_image::Error),
    /// The target is of a kind that is not scanned yet.
    #[error("`{0}` cannot be scanned yet: bills of materials as input come later")]
    Unsupported(String),
}

/// Reads a target and lists what is in it.
///
/// # Errors
/// [`Error`] where the target as a whole cannot be read: a missing image, a digest that does not match, a truncated
/// layer. A broken *file* inside is told in the inventory instead.
pub fn inventory(target: &Target, options: &Options) -> Result<Scanned, Error> {
    match target {
        Target::RootFs(path) => Ok(directory::root_fs(path, options)?),
        Target::Directory(path) => Ok(directory::source_tree(path, options)?),
        Target::Sbom(path) => Err(Error::Unsupported(path.display().to_string())),
        _ => Ok(image::scan(target, options)?),
    }
}
