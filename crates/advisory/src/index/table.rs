//! A sorted table of keys and values in checksummed blocks.

use super::format::{Cursor, IndexError, put_bytes, put_number};

/// A block is closed when it has grown to this many bytes; a larger value makes a larger block.
const BLOCK: usize = 4096;

/// Writes a table: entries come in the order of their keys.
#[derive(Default)]
pub(super) struct TableWriter {
    blocks: Vec<u8>,
    directory: Vec<u8>,
    first: Option<Vec<u8>>,
    start: usize,
}

impl TableWriter {
    pub(super) fn push(&mut self, key: &[u8], value: &[u8]) {
        if self.first.is_none() {
            self.first = Some(key.to_vec());
        }
        put_bytes(&mut self.blocks, key);
        put_bytes(&mut self.blocks, value);
        if self.blocks.len() - self.start >= BLOCK {
            self.close();
        }
    }

    fn close(&mut self) {
        if let (Some(first), Some(block)) = (self.first.take(), self.blocks.get(self.start..)) {
            put_bytes(&mut self.directory, &first);
            put_number(&mut self.directory, block.len() as u64);
            self.directory.extend(crc32fast::hash(block).to_le_bytes());
            self.start = self.blocks.len();
        }
    }

    /// The directory and the blocks.
    pub(super) fn finish(mut self) -> (Vec<u8>, Vec<u8>) {
        self.close();
        (self.directory, self.blocks)
    }
}

/// Where one block lies and what it must be.
#[derive(Debug, Clone)]
struct Block {
    /// The first key, as a range of the directory.
    key: (usize, usize),
    /// From the start of the file.
    start: usize,
    length: usize,
    checksum: u32,
}

/// The directory of a table, read when the file is opened.
#[derive(Debug, Clone)]
pub(super) struct Table {
    blocks: Vec<Block>,
}

impl Table {
    /// Reads a directory that lies at `directory` of `file`, of blocks that lie at `(start, length)`.
    pub(super) fn open(file: &[u8], directory: (usize, usize), blocks: (usize, usize)) -> Result<Self, IndexError> {
        let damaged = |what| IndexError::Damaged { offset: directory.0 as u64, what };
        let end = directory.0.checked_add(directory.1).ok_or_else(|| damaged("a directory"))?;
        let bytes = file.get(directory.0..end).ok_or_else(|| damaged("a directory"))?;
        let mut cursor = Cursor::new(bytes);
        let (mut list, mut start, limit) = (Vec::new(), blocks.0, blocks.0.saturating_add(blocks.1));
        while !cursor.is_empty() {
            let key = cursor.bytes()?.len();
            let key_end = end - cursor.remaining();
            let length = cursor.size()?;
            let block = Block { key: (key_end - key, key_end), start, length, checksum: cursor.u32()? };
            start = start.checked_add(length).filter(|end| *end <= limit).ok_or_else(|| damaged("a block's length"))?;
            list.push(block);
        }
        if start != limit {
            return Err(damaged("the blocks' length"));
        }
        Ok(Self { blocks: list })
    }

    /// The value under a key.
    pub(super) fn get<'a>(&self, file: &'a [u8], key: &[u8]) -> Result<Option<&'a [u8]>, IndexError> {
        let first = |block: &Block| file.get(block.key.0..block.key.1).unwrap_or_default();
        let after = self.blocks.partition_point(|block| first(block) <= key);
        let Some(block) = after.checked_sub(1).and_then(|place| self.blocks.get(place)) else { return Ok(None) };
        let mut cursor = Cursor::new(verified(file, block)?);
        while !cursor.is_empty() {
            let found = cursor.bytes()?;
            let value = cursor.bytes()?;
            match found.cmp(key) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return Ok(Some(value)),
                std::cmp::Ordering::Greater => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Calls `visit` with every entry in the order of the keys, verifying every block.
    pub(super) fn for_each<'a>(
        &self,
        file: &'a [u8],
        mut visit: impl FnMut(&'a [u8], &'a [u8]) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        for block in &self.blocks {
            let mut cursor = Cursor::new(verified(file, block)?);
            while !cursor.is_empty() {
                visit(cursor.bytes()?, cursor.bytes()?)?;
            }
        }
        Ok(())
    }
}

fn verified<'a>(file: &'a [u8], block: &Block) -> Result<&'a [u8], IndexError> {
    let bytes = file.get(block.start..block.start.saturating_add(block.length)).unwrap_or_default();
    if bytes.len() == block.length && crc32fast::hash(bytes) == block.checksum {
        return Ok(bytes);
    }
    Err(IndexError::Damaged { offset: block.start as u64, what: "a block's checksum" })
}
