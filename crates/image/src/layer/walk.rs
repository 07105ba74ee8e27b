//! The walk over a tar: headers to entries, entries to the visitor.
//!
//! Written here rather than on top of an archive crate since the bytes come in buffers that another thread fills: names
//! are decided on in place, and what nobody wants is passed over without being copied.

use std::io::{Seek, Write};

use boltseal_evidence::Problem;

use super::cursor::{Chunks, Cursor};
use super::header::{self, BLOCK, Block, Header};
use super::path::{self, Oddities};
use super::pax::Pax;
use super::{Content, Decision, Entry, EntryKind, HEAD, Visitor};
use crate::tree::LayerTreeBuilder;
use crate::{LayerFault, LayerTree, Limits};

/// A recycled buffer that has grown larger than this is given back.
const KEEP: usize = 4 << 20;

/// What a walk has found.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) entries: u64,
    pub(super) tree: LayerTree,
}

pub(super) struct Walker<'v, C> {
    cursor: Cursor<C>,
    layer: usize,
    limits: Limits,
    visitor: &'v mut dyn Visitor,
    tree: LayerTreeBuilder,
    entries: u64,
    problems: usize,
    seen: Seen,
    /// Headers that are about the entry to come.
    pax: Pax,
    long_name: Option<Vec<u8>>,
    long_link: Option<Vec<u8>>,
    buffer: Vec<u8>,
    path: String,
    link: String,
}

/// Oddities that are told once per layer.
#[derive(Default)]
struct Seen {
    absolute: bool,
    lossy: bool,
    global: bool,
}

impl<'v, C: Chunks> Walker<'v, C> {
    pub(super) fn new(chunks: C, layer: usize, limits: &Limits, visitor: &'v mut dyn Visitor) -> Self {
        Self {
            cursor: Cursor::new(chunks),
            layer,
            limits: *limits,
            visitor,
            tree: LayerTreeBuilder::default(),
            entries: 0,
            problems: 0,
            seen: Seen::default(),
            pax: Pax::default(),
            long_name: None,
            long_link: None,
            buffer: Vec::new(),
            path: String::new(),
            link: String::new(),
        }
    }

    /// Walks to the end of the archive and on to the end of the bytes, which count for the digest. After an error in the
    /// tar the bytes are still passed: another digest than expected says more than what it led to.
    pub(super) fn walk(mut self) -> (Result<Walked, LayerFault>, C) {
        let mut result = self.headers();
        if !matches!(result, Err(LayerFault::Limit { .. } | LayerFault::Spill(_))) {
            let drained = self.cursor.drain();
            result = result.and(drained);
        }
        if self.problems > self.limits.problems {
            let message = format!("{} more problems in this layer are not shown", self.problems - self.limits.problems);
            self.visitor.problem(Problem { path: None, layer: Some(self.layer), message });
        }
        let walked = result.map(|()| Walked { entries: self.entries, tree: self.tree.finish() });
        (walked, self.cursor.into_chunks())
    }

    fn headers(&mut self) -> Result<(), LayerFault> {
        while let Some(block) = self.block()? {
            if is_zero(&block) {
                return match self.block()? {
                    Some(second) if !is_zero(&second) => Err(self.malformed("a block of zeros is followed by more")),
                    _ => Ok(()),
                };
            }
            let header = Header::parse(&block).map_err(|message| self.malformed(message))?;
            match header.flag {
                b'x' => {
                    let records = self.extended(header.size)?;
                    self.pax.read(&records).map_err(|message| self.malformed(message))?;
                }
                b'g' => self.global(header.size)?,
                b'L' => self.long_name = Some(self.extended(header.size)?),
                b'K' => self.long_link = Some(self.extended(header.size)?),
                _ => self.entry(header)?,
            }
        }
        if self.pax != Pax::default() || self.long_name.is_some() || self.long_link.is_some() {
            return Err(self.truncated("what an extended header announces".to_owned()));
        }
        Ok(())
    }

    /// The next block; none at the end of the bytes.
    fn block(&mut self) -> Result<Option<Block>, LayerFault> {
        let mut block = [0; BLOCK];
        match self.cursor.read(&mut block)? {
            0 => Ok(None),
            BLOCK => Ok(Some(block)),
            _ => Err(self.truncated("a header".to_owned())),
        }
    }

    /// The content of an extended header.
    fn extended(&mut self, size: u64) -> Result<Vec<u8>, LayerFault> {
        if size > self.limits.extended_header {
            return Err(self.limit("the limit on extended headers", self.limits.extended_header));
        }
        let mut bytes = Vec::new();
        let read = self.cursor.pass(size, |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        if read < size {
            return Err(self.truncated("an extended header".to_owned()));
        }
        self.padding(size)?;
        Ok(bytes)
    }

    /// Global headers are not applied, as the appliers of container engines do not.
    fn global(&mut self, size: u64) -> Result<(), LayerFault> {
        let records = self.extended(size)?;
        let mut pax = Pax::default();
        pax.read(&records).map_err(|message| self.malformed(message))?;
        if pax != Pax::default() && !self.seen.global {
            self.seen.global = true;
            self.problem(
                None,
                "a global PAX header sets names or sizes; it is ignored, as container engines do".into(),
            );
        }
        Ok(())
    }

    fn entry(&mut self, header: Header) -> Result<(), LayerFault> {
        if self.entries >= self.limits.entries {
            return Err(self.limit("the limit on entries", self.limits.entries));
        }
        let number =
            u32::try_from(self.entries).map_err(|_| self.limit("the limit on entries", u64::from(u32::MAX)))?;
        self.entries += 1;
        let pax = std::mem::take(&mut self.pax);
        let (long_name, long_link) = (self.long_name.take(), self.long_link.take());
        let raw_name = long_name.as_deref().map(header::text).or(pax.name()).unwrap_or(&header.name);
        let raw_link = long_link.as_deref().map(header::text).or(pax.link.as_deref()).unwrap_or(&header.link);

        let kind = kind(header.flag, raw_name);
        // Writers may put a size on entries that have no content; readers ignore it.
        let stored = match header.flag {
            b'1'..=b'6' => 0,
            _ => pax.size.unwrap_or(header.size),
        };
        let mut sparse = pax.sparse();
        if let Some((real_size, mut goes_on)) = header.sparse {
            sparse = Some(real_size);
            while goes_on {
                let block = self.block()?.ok_or_else(|| self.truncated("the map of a sparse file".to_owned()))?;
                goes_on = header::sparse_map_goes_on(&block);
            }
        }

        let mut path = std::mem::take(&mut self.path);
        let oddities = path::normalise(raw_name, &mut path);
        let mut link = std::mem::take(&mut self.link);
        link.clear();
        match kind {
            EntryKind::HardLink => {
                path::normalise(raw_link, &mut link);
            }
            EntryKind::Symlink => link.push_str(&String::from_utf8_lossy(raw_link)),
            _ => {}
        }
        let entry = Entry {
            layer: self.layer,
            number,
            path: &path,
            kind: whiteout(kind, &path),
            link: matches!(kind, EntryKind::HardLink | EntryKind::Symlink).then_some(link.as_str()),
            size: if kind == EntryKind::File { sparse.unwrap_or(stored) } else { 0 },
            mode: header.mode,
        };
        let result = match self.place(&entry, oddities) {
            Ok(true) => self.content(&entry, stored, sparse.is_some()),
            Ok(false) => self.skip(&entry, stored),
            Err(fault) => Err(fault),
        };
        (self.path, self.link) = (path, link);
        result?;
        self.padding(stored)
    }

    /// Puts an entry into the tree; false for one that has no place in it.
    fn place(&mut self, entry: &Entry<'_>, oddities: Oddities) -> Result<bool, LayerFault> {
        self.tell_oddities(entry, oddities);
        if let Some(message) = self.objection(entry) {
            let shown: String = entry.path.chars().take(200).collect();
            self.problem(Some(&shown), message);
            self.tree.push_nothing();
            return Ok(false);
        }
        if entry.path.is_empty() {
            self.tree.push_nothing();
            return Ok(false);
        }
        let names = self.limits.names;
        self.tree.push(entry, names).map_err(|_| self.limit("the limit on bytes of names", names as u64))?;
        Ok(true)
    }

    fn tell_oddities(&mut self, entry: &Entry<'_>, oddities: Oddities) {
        if oddities.climbs {
            self.problem(Some(entry.path), "its name leads above the root with `..`; it is kept inside".into());
        }
        if oddities.absolute && !self.seen.absolute {
            self.seen.absolute = true;
            self.problem(Some(entry.path), "this and maybe further names begin with `/`; they are kept inside".into());
        }
        if oddities.lossy && !self.seen.lossy {
            self.seen.lossy = true;
            self.problem(Some(entry.path), "this and maybe further names are not UTF-8; U+FFFD stands in".into());
        }
    }

    /// Why an entry is left out.
    fn objection(&self, entry: &Entry<'_>) -> Option<String> {
        let (path, link) = (entry.path, entry.link.unwrap_or_default());
        if path.len() > self.limits.path || link.len() > self.limits.path {
            return Some(format!(
                "a name is longer than the limit of {} bytes; the entry is left out",
                self.limits.path
            ));
        }
        if path::depth(path) > self.limits.depth {
            return Some(format!("the path has more than {} names; the entry is left out", self.limits.depth));
        }
        let hidden = (entry.kind == EntryKind::Whiteout).then(|| path.rsplit('/').next().unwrap_or(path))?;
        matches!(hidden, ".wh." | ".wh.." | ".wh...").then(|| "the whiteout hides no name; it is left out".to_owned())
    }

    /// Asks the visitor, and gives it what it wants.
    fn content(&mut self, entry: &Entry<'_>, stored: u64, sparse: bool) -> Result<(), LayerFault> {
        let decision = self.visitor.entry(entry);
        if entry.kind != EntryKind::File || decision == Decision::Skip {
            return self.skip(entry, stored);
        }
        if sparse {
            self.visitor.unread(entry, "is stored as a sparse file, which is not read");
            return self.skip(entry, stored);
        }
        let mut head = [0; HEAD];
        let mut known: &[u8] = &[];
        let max = match decision {
            Decision::Read { max } => max,
            Decision::Skip => 0,
            Decision::Peek => {
                let length = usize::try_from(stored).unwrap_or(HEAD).min(HEAD);
                let wanted = head.get_mut(..length).unwrap_or_default();
                if self.cursor.read(wanted)? < length {
                    return Err(self.truncated(format!("`{}`", entry.path)));
                }
                known = head.get(..length).unwrap_or_default();
                match self.visitor.head(entry, known) {
                    Decision::Read { max } => max,
                    Decision::Skip | Decision::Peek => return self.skip(entry, stored - length as u64),
                }
            }
        };
        if stored > max {
            self.visitor.unread(entry, &format!("has {stored} bytes, more than the limit of {max}"));
            return self.skip(entry, stored - known.len() as u64);
        }
        if stored > self.limits.memory { self.spill(entry, known, stored) } else { self.read(entry, known, stored) }
    }

    fn read(&mut self, entry: &Entry<'_>, head: &[u8], stored: u64) -> Result<(), LayerFault> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        buffer.extend_from_slice(head);
        self.rest(entry, stored - head.len() as u64, |piece| {
            buffer.extend_from_slice(piece);
            Ok(())
        })?;
        self.visitor.content(entry, Content::Memory(&mut buffer));
        if buffer.capacity() <= KEEP {
            self.buffer = buffer;
        }
        Ok(())
    }

    fn spill(&mut self, entry: &Entry<'_>, head: &[u8], stored: u64) -> Result<(), LayerFault> {
        let mut file = tempfile::tempfile().map_err(LayerFault::Spill)?;
        file.write_all(head).map_err(LayerFault::Spill)?;
        self.rest(entry, stored - head.len() as u64, |piece| file.write_all(piece).map_err(LayerFault::Spill))?;
        file.rewind().map_err(LayerFault::Spill)?;
        self.visitor.content(entry, Content::Spilled(file));
        Ok(())
    }

    fn skip(&mut self, entry: &Entry<'_>, amount: u64) -> Result<(), LayerFault> {
        self.rest(entry, amount, |_| Ok(()))
    }

    fn rest(
        &mut self,
        entry: &Entry<'_>,
        amount: u64,
        each: impl FnMut(&[u8]) -> Result<(), LayerFault>,
    ) -> Result<(), LayerFault> {
        if self.cursor.pass(amount, each)? < amount {
            return Err(self.truncated(format!("`{}`", entry.path)));
        }
        Ok(())
    }

    /// Content fills whole blocks; the last one may be cut short by the end of the bytes.
    fn padding(&mut self, size: u64) -> Result<(), LayerFault> {
        let block = BLOCK as u64;
        self.cursor.skip((block - size % block) % block).map(drop)
    }

    fn problem(&mut self, path: Option<&str>, message: String) {
        self.problems += 1;
        if self.problems <= self.limits.problems {
            self.visitor.problem(Problem { path: path.map(str::to_owned), layer: Some(self.layer), message });
        }
    }

    fn malformed(&self, message: &str) -> LayerFault {
        LayerFault::Malformed { offset: self.cursor.offset(), message: message.to_owned() }
    }

    fn truncated(&self, within: String) -> LayerFault {
        LayerFault::Truncated { offset: self.cursor.offset(), within }
    }

    fn limit(&self, what: &'static str, limit: u64) -> LayerFault {
        LayerFault::Limit { what, limit, offset: self.cursor.offset() }
    }
}

fn is_zero(block: &Block) -> bool {
    block.iter().all(|&byte| byte == 0)
}

fn kind(flag: u8, name: &[u8]) -> EntryKind {
    match flag {
        // Before POSIX, a directory was a file whose name ends in a slash.
        0 if name.ends_with(b"/") => EntryKind::Directory,
        0 | b'0' | b'7' | b'S' => EntryKind::File,
        b'1' => EntryKind::HardLink,
        b'2' => EntryKind::Symlink,
        b'5' => EntryKind::Directory,
        _ => EntryKind::Other,
    }
}

fn whiteout(kind: EntryKind, path: &str) -> EntryKind {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.strip_prefix(".wh.") {
        None => kind,
        Some(".wh..opq") => EntryKind::OpaqueWhiteout,
        // What AUFS keeps for itself.
        Some(rest) if rest.starts_with(".wh.") => kind,
        Some(_) => EntryKind::Whiteout,
    }
}
