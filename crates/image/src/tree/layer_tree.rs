//! What one layer adds and takes away, in its own order, without content.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use serde::{Deserialize, Serialize};

use crate::{Entry, EntryKind};

/// The names, links and whiteouts of one layer, in the order of its tar; compact, and made to be cached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerTree {
    names: String,
    /// Prefixes that entries share; the root is number 0 and not stored.
    directories: Vec<Name>,
    entries: Vec<Record>,
}

/// A name within a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Name {
    directory: u32,
    start: u32,
    length: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    name: Name,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    File,
    Directory,
    Other,
    Symlink {
        start: u32,
        length: u16,
    },
    HardLink {
        start: u32,
        length: u16,
    },
    Whiteout,
    Opaque,
    /// Counted, and left out of the tree.
    Nothing,
}

/// What one entry does to the tree. Paths are in two parts: a directory of the layer, and a name in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change<'a> {
    File,
    Directory,
    Other,
    /// The target as written.
    Symlink(&'a str),
    /// The normalised path of the file.
    HardLink(&'a str),
    /// The name that the whiteout hides is the entry's name.
    Whiteout,
    Opaque,
    Nothing,
}

impl LayerTree {
    /// The number of entries, all kinds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The layer is empty.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The normalised path of an entry as written in the layer (for a whiteout: of what it hides).
    pub fn path(&self, number: u32) -> Option<String> {
        let record = self.entries.get(number as usize)?;
        let mut names = vec![self.text(record.name)];
        let mut directory = record.name.directory;
        while let Some(name) = self.directory(directory) {
            names.push(self.text(name));
            // A prefix comes before what is in it: a damaged tree cannot go round in circles.
            directory = if name.directory < directory { name.directory } else { 0 };
        }
        names.retain(|name| !name.is_empty());
        names.reverse();
        Some(names.join("/"))
    }

    pub(crate) fn changes(&self) -> impl Iterator<Item = (u32, &str, Change<'_>)> {
        self.entries.iter().map(|record| {
            let change = match record.kind {
                Kind::File => Change::File,
                Kind::Directory => Change::Directory,
                Kind::Other => Change::Other,
                Kind::Symlink { start, length } => Change::Symlink(self.slice(start, length)),
                Kind::HardLink { start, length } => Change::HardLink(self.slice(start, length)),
                Kind::Whiteout => Change::Whiteout,
                Kind::Opaque => Change::Opaque,
                Kind::Nothing => Change::Nothing,
            };
            (record.name.directory, self.text(record.name), change)
        })
    }

    /// The number of shared prefixes, the root not counted.
    pub(crate) fn directories(&self) -> usize {
        self.directories.len()
    }

    /// The parent and the name of a shared prefix, from 1; none for the root.
    pub(crate) fn prefix(&self, number: u32) -> Option<(u32, &str)> {
        let name = self.directory(number)?;
        Some((if name.directory < number { name.directory } else { 0 }, self.text(name)))
    }

    fn directory(&self, number: u32) -> Option<Name> {
        self.directories.get((number as usize).checked_sub(1)?).copied()
    }

    fn text(&self, name: Name) -> &str {
        self.slice(name.start, name.length)
    }

    fn slice(&self, start: u32, length: u16) -> &str {
        let start = start as usize;
        self.names.get(start..start + usize::from(length)).unwrap_or("")
    }
}

/// Makes a [`LayerTree`] from entries as they come.
#[derive(Debug, Default)]
pub(crate) struct LayerTreeBuilder {
    tree: LayerTree,
    /// From the hash of parent and name to the newest directory with that hash; older ones are in `same_hash`. Keys
    /// are not stored, so that a hostile layer of deep paths costs its names once.
    numbers: HashMap<u64, u32>,
    same_hash: Vec<u32>,
    hasher: RandomState,
    /// The directory of the last entry, which mostly is that of the next one.
    last: (String, u32),
}

/// The names of a layer need more room than is given them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NamesFull;

impl LayerTreeBuilder {
    /// Takes in the next entry. `limit` bounds the bytes of all names.
    pub(crate) fn push(&mut self, entry: &Entry<'_>, limit: usize) -> Result<(), NamesFull> {
        let (parent, name) = entry.path.rsplit_once('/').unwrap_or(("", entry.path));
        let directory = self.intern(parent, limit)?;
        let hidden = match entry.kind {
            EntryKind::Whiteout => name.strip_prefix(".wh.").unwrap_or(name),
            EntryKind::OpaqueWhiteout => "",
            _ => name,
        };
        let (start, length) = self.store(hidden, limit)?;
        let link = entry.link.unwrap_or("");
        let kind = match entry.kind {
            EntryKind::File => Kind::File,
            EntryKind::Directory => Kind::Directory,
            EntryKind::Other => Kind::Other,
            EntryKind::Symlink => {
                let (start, length) = self.store(link, limit)?;
                Kind::Symlink { start, length }
            }
            EntryKind::HardLink => {
                let (start, length) = self.store(link, limit)?;
                Kind::HardLink { start, length }
            }
            EntryKind::Whiteout => Kind::Whiteout,
            EntryKind::OpaqueWhiteout => Kind::Opaque,
        };
        self.tree.entries.push(Record { name: Name { directory, start, length }, kind });
        Ok(())
    }

    /// Keeps the numbering for an entry that has no place in the tree.
    pub(crate) fn push_nothing(&mut self) {
        self.tree.entries.push(Record { name: Name { directory: 0, start: 0, length: 0 }, kind: Kind::Nothing });
    }

    pub(crate) fn finish(mut self) -> LayerTree {
        self.tree.names.shrink_to_fit();
        self.tree.entries.shrink_to_fit();
        self.tree
    }

    /// The number of a prefix; made, with the prefixes above it, where it is new.
    fn intern(&mut self, path: &str, limit: usize) -> Result<u32, NamesFull> {
        if path.is_empty() {
            return Ok(0);
        }
        if self.last.0 == path && self.last.1 != 0 {
            return Ok(self.last.1);
        }
        let mut number = 0;
        for name in path.split('/') {
            let hash = self.hasher.hash_one((number, name));
            number = match self.find(hash, number, name) {
                Some(known) => known,
                None => self.add_directory(hash, number, name, limit)?,
            };
        }
        path.clone_into(&mut self.last.0);
        self.last.1 = number;
        Ok(number)
    }

    fn find(&self, hash: u64, parent: u32, name: &str) -> Option<u32> {
        let mut number = *self.numbers.get(&hash)?;
        while number != 0 {
            if self.tree.prefix(number) == Some((parent, name)) {
                return Some(number);
            }
            number = self.same_hash.get(number as usize - 1).copied().unwrap_or(0);
        }
        None
    }

    fn add_directory(&mut self, hash: u64, parent: u32, name: &str, limit: usize) -> Result<u32, NamesFull> {
        let (start, length) = self.store(name, limit)?;
        self.tree.directories.push(Name { directory: parent, start, length });
        let number = u32::try_from(self.tree.directories.len()).map_err(|_| NamesFull)?;
        self.same_hash.push(self.numbers.insert(hash, number).unwrap_or(0));
        Ok(number)
    }

    fn store(&mut self, text: &str, limit: usize) -> Result<(u32, u16), NamesFull> {
        let start = self.tree.names.len();
        if start + text.len() > limit {
            return Err(NamesFull);
        }
        self.tree.names.push_str(text);
        Ok((u32::try_from(start).map_err(|_| NamesFull)?, u16::try_from(text.len()).map_err(|_| NamesFull)?))
    }
}
