//! Directories on this machine, told to a visitor as if they were one layer.

use std::path::Path;

use crate::{Error, LayerTree, Limits, Visitor};

/// What a directory is looked at as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeKind {
    /// The root of a file system.
    RootFs,
    /// A source tree: what version control keeps for itself is left out.
    Source,
}

/// What is known of a directory that was walked.
#[derive(Debug, Clone)]
pub struct DirectorySummary {
    /// Everything met: files, directories, links.
    pub entries: u64,
    /// Bytes of all regular files.
    pub size: u64,
    /// Names and links, as of one layer with index 0.
    pub tree: LayerTree,
}

/// Walks a directory of this machine and tells `visitor` of it as of a layer with index 0, in the order of names.
///
/// Symbolic links are told and never followed, other file systems mounted below are left out and reported (`/proc`,
/// `/sys`, `/dev` and `/run` without a report), special files are not opened, and a file that cannot be read is a
/// problem.
pub fn read_directory(
    root: &Path,
    kind: TreeKind,
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> Result<DirectorySummary, Error> {
    let _ = (kind, limits, visitor);
    Err(Error::Unsupported { place: root.display().to_string(), message: "not read yet".to_owned() })
}
