//! One pass over one layer: what a visitor is told and asked, and what is known afterwards.

mod compression;
mod cursor;
mod fault;
pub(crate) mod header;
mod pass;
pub(crate) mod path;
pub(crate) mod pax;
mod pipe;
mod targeted;
mod walk;

use std::fs::File;

use boltseal_evidence::{Digest, Problem};

pub(crate) use compression::Compression;
pub use fault::{LayerError, LayerFault};
pub use pass::read_layer;
pub use targeted::read_files;

use crate::LayerTree;

/// What kind of thing a tar entry or a directory entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file; the only kind that has content.
    File,
    /// A directory.
    Directory,
    /// A symbolic link; [`Entry::link`] is its target as written.
    Symlink,
    /// A hard link; [`Entry::link`] is the path of the file, normalised.
    HardLink,
    /// `.wh.NAME`: hides NAME of the layers below (OCI image specification, `layer.md`).
    Whiteout,
    /// `.wh..wh..opq`: hides all that the layers below have in its directory.
    OpaqueWhiteout,
    /// A device, a FIFO, or something unknown.
    Other,
}

/// One entry of a layer, before its bytes are read.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The index of the layer.
    pub layer: usize,
    /// The entry's number within its layer, from 0. A later entry of the same path replaces an earlier one; see
    /// [`crate::FileTree::visible_entry`].
    pub number: u32,
    /// The path from the root, as written in the layer but normalised: `/` between names, none in front, no `.` or
    /// `..`. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub path: &'a str,
    /// What it is.
    pub kind: EntryKind,
    /// The target of a link.
    pub link: Option<&'a str>,
    /// Bytes of content; 0 unless it is a file.
    pub size: u64,
    /// Permission bits.
    pub mode: u32,
}

impl Entry<'_> {
    /// A regular file with some execute bit set.
    pub fn is_executable(&self) -> bool {
        self.kind == EntryKind::File && self.mode & 0o111 != 0
    }
}

/// What a visitor wants of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nothing.
    Skip,
    /// All of it, if it has at most `max` bytes; otherwise [`Visitor::unread`] is called.
    Read {
        /// Bytes.
        max: u64,
    },
    /// Its first bytes, up to [`HEAD`], to decide by. Not an answer to [`Visitor::head`], where it means [`Self::Skip`].
    Peek,
}

/// Bytes that [`Visitor::head`] sees, or all of a shorter file.
pub const HEAD: usize = 512;

/// All bytes of a wanted file.
#[derive(Debug)]
pub enum Content<'a> {
    /// In memory. Take the vector out (`std::mem::take`) to keep it; left in place its space is used again.
    Memory(&'a mut Vec<u8>),
    /// In an unlinked temporary file, positioned at its start, since it is larger than [`crate::Limits::memory`].
    Spilled(File),
}

/// Is told of every entry of a layer, in order, and says which files it wants.
///
/// Nothing told here is verified until the pass has ended without an error: discard it otherwise.
pub trait Visitor {
    /// An entry begins. The answer counts for files only.
    fn entry(&mut self, entry: &Entry<'_>) -> Decision;

    /// After [`Decision::Peek`]: the first [`HEAD`] bytes, or fewer if the file is shorter.
    fn head(&mut self, entry: &Entry<'_>, head: &[u8]) -> Decision {
        let _ = (entry, head);
        Decision::Skip
    }

    /// After [`Decision::Read`]: the whole file.
    fn content(&mut self, entry: &Entry<'_>, content: Content<'_>);

    /// A wanted file could not be given; `reason` is a lower-case sentence.
    fn unread(&mut self, entry: &Entry<'_>, reason: &str) {
        self.problem(Problem {
            path: Some(entry.path.to_owned()),
            layer: Some(entry.layer),
            message: reason.to_owned(),
        });
    }

    /// Something in the layer is not as it should be; reading goes on.
    fn problem(&mut self, problem: Problem);
}

/// What is known of a layer that was read to its end and verified.
#[derive(Debug, Clone)]
pub struct LayerSummary {
    /// The digest of the blob as stored, computed.
    pub digest: Digest,
    /// The size of the blob as stored, in bytes.
    pub compressed_size: u64,
    /// The digest of the uncompressed tar, computed.
    pub diff_id: Digest,
    /// The size of the uncompressed tar, in bytes.
    pub size: u64,
    /// Entries in the tar, extended headers not counted.
    pub entries: u64,
    /// The layer's names and links.
    pub tree: LayerTree,
}
