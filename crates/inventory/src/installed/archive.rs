//! A zip archive read from memory: a walk over its central directory, and entries inflated within a budget.
//!
//! Follows PKWARE's APPNOTE, sections 4.3 and 4.4, as far as Java archives and Python eggs use it: stored and deflated entries, zip64,
//! and bytes in front of the archive (an executable jar begins with a shell script). Nothing is allocated for entries
//! that nobody asks for, and a stored entry is a slice of the archive.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::DeflateDecoder;

use crate::limits::Limits;

/// Sizes of the fixed parts of the directory's end, of a directory entry and of a local header.
const END: usize = 22;
const ENTRY: usize = 46;
const LOCAL: usize = 30;
/// A comment behind the end of the directory has at most this many bytes.
const MAX_COMMENT: usize = 65_535;
/// Bytes inflated between two looks at the budget.
const STEP: u64 = 1024 * 1024;
/// An entry of more than [`STEP`] bytes may not inflate to more than this many times its compressed size. Only nested
/// archives are that large, and they stay below ten.
const MAX_RATIO: u64 = 50;

/// What an outermost archive may still cost, all nested ones counted.
#[derive(Debug)]
pub(crate) struct Budget {
    pub(crate) entries: usize,
    pub(crate) bytes: u64,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { entries: limits.archive_entries, bytes: limits.archive_bytes }
    }

    fn spend(&mut self, bytes: u64) -> Result<(), ArchiveError> {
        match self.bytes.checked_sub(bytes) {
            Some(rest) => {
                self.bytes = rest;
                Ok(())
            }
            None => Err(ArchiveError::Bytes),
        }
    }
}

/// Why an archive or one of its entries cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArchiveError {
    #[error("it has no zip directory: it is truncated or no archive")]
    NoDirectory,
    #[error("its zip directory is damaged")]
    Directory,
    #[error("the entry is encrypted")]
    Encrypted,
    #[error("the entry is compressed with method {0}, which is not known here")]
    Method(u16),
    #[error("the entry's data lies outside the archive")]
    Outside,
    #[error("the entry overlaps another, as in decompression bombs")]
    Overlaps,
    #[error("the entry's data is damaged")]
    Damaged,
    #[error("the entry inflates to more than {MAX_RATIO} times its size, as decompression bombs do")]
    Ratio,
    #[error("the archive and those within it inflate to more than {} MiB", Limits::DEFAULT.archive_bytes >> 20)]
    Bytes,
}

/// An archive whose directory was found.
#[derive(Debug)]
pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    directory: &'a [u8],
    /// What is added to offsets: the length of whatever precedes the archive.
    shift: u64,
}

impl<'a> Archive<'a> {
    /// Finds the directory.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        let end = find_end(bytes).ok_or(ArchiveError::NoDirectory)?;
        let record = bytes.get(end..).ok_or(ArchiveError::NoDirectory)?;
        let (mut size, mut offset) = (u64::from(u32_at(record, 12)), u64::from(u32_at(record, 16)));
        let mut limit = end as u64;
        if (size == u64::from(u32::MAX) || offset == u64::from(u32::MAX) || u16_at(record, 10) == u16::MAX)
            && let Some(start) = find_zip64(bytes, end)
        {
            let record = bytes.get(start..).ok_or(ArchiveError::Directory)?;
            (size, offset) = (u64_at(record, 40), u64_at(record, 48));
            limit = start as u64;
        }
        // The directory ends where its end record begins; where it says it starts tells what precedes the archive.
        let behind = limit.checked_sub(size).ok_or(ArchiveError::Directory)?;
        let starts = [(behind, behind.checked_sub(offset)), (offset, Some(0))];
        for (start, shift) in starts {
            let end = start.saturating_add(size);
            if let (Some(directory), Some(shift)) = (slice(bytes, start, end), shift)
                && (directory.is_empty() || directory.starts_with(b"PK\x01\x02"))
            {
                return Ok(Self { bytes, directory, shift });
            }
        }
        Err(ArchiveError::Directory)
    }

    /// The entries in the directory's order. A damaged directory ends with an error.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Result<Entry<'a>, ArchiveError>> + use<'a> {
        let mut rest = self.directory;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let Some((entry, length)) = Entry::read(rest) else {
                rest = &[];
                return Some(Err(ArchiveError::Directory));
            };
            rest = rest.get(length..).unwrap_or_default();
            Some(Ok(entry))
        })
    }

    /// All bytes of an entry, checked against the size and checksum that the directory gives.
    pub(crate) fn read(&self, entry: &Entry<'a>, budget: &mut Budget) -> Result<Cow<'a, [u8]>, ArchiveError> {
        let content = self.inflate(entry, u64::MAX, budget)?;
        let mut crc = flate2::Crc::new();
        crc.update(&content);
        let whole = content.len() as u64 == entry.size && crc.sum() == entry.crc;
        if whole { Ok(content) } else { Err(ArchiveError::Damaged) }
    }

    /// The first bytes of an entry.
    pub(crate) fn read_start(
        &self,
        entry: &Entry<'a>,
        max: u64,
        budget: &mut Budget,
    ) -> Result<Cow<'a, [u8]>, ArchiveError> {
        self.inflate(entry, max, budget)
    }

    fn inflate(&self, entry: &Entry<'a>, max: u64, budget: &mut Budget) -> Result<Cow<'a, [u8]>, ArchiveError> {
        if entry.encrypted {
            return Err(ArchiveError::Encrypted);
        }
        if entry.overlaps {
            return Err(ArchiveError::Overlaps);
        }
        let data = self.data(entry).ok_or(ArchiveError::Outside)?;
        match entry.method {
            0 => {
                let length = (data.len() as u64).min(max);
                budget.spend(length)?;
                slice(data, 0, length).map(Cow::Borrowed).ok_or(ArchiveError::Outside)
            }
            8 => deflated(data, entry.size, max, budget).map(Cow::Owned),
            method => Err(ArchiveError::Method(method)),
        }
    }

    /// The entry's bytes as they are stored, behind its local header.
    fn data(&self, entry: &Entry<'_>) -> Option<&'a [u8]> {
        let start = entry.offset.checked_add(self.shift)?;
        let header = slice(self.bytes, start, start.checked_add(LOCAL as u64)?)?;
        if !header.starts_with(b"PK\x03\x04") {
            return None;
        }
        let names = u64::from(u16_at(header, 26)) + u64::from(u16_at(header, 28));
        let start = start.checked_add(LOCAL as u64 + names)?;
        slice(self.bytes, start, start.checked_add(entry.compressed)?)
    }
}

/// One entry of the directory.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'a> {
    /// The name with `/` between its parts; a directory's ends with one.
    pub(crate) name: &'a [u8],
    encrypted: bool,
    overlaps: bool,
    method: u16,
    crc: u32,
    compressed: u64,
    size: u64,
    offset: u64,
}

/// Marks the entries that use bytes of the archive which one before them uses as well; they will not be read.
///
/// No packer writes such archives; decompression bombs are made of them.
pub(crate) fn mark_overlapping<'e, 'a: 'e>(entries: impl Iterator<Item = &'e mut Entry<'a>>) {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|entry| entry.offset);
    let mut taken = 0;
    for entry in entries {
        let (start, end) = entry.range();
        entry.overlaps = start < taken;
        taken = taken.max(end);
    }
}

impl<'a> Entry<'a> {
    /// The least that the entry takes of the archive: its local header without the name, and its data.
    fn range(&self) -> (u64, u64) {
        (self.offset, self.offset.saturating_add(LOCAL as u64).saturating_add(self.compressed))
    }

    /// The entry at the start of `bytes`, and its length in the directory.
    fn read(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let header = bytes.get(..ENTRY).filter(|header| header.starts_with(b"PK\x01\x02"))?;
        let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(header, at)));
        let mut entry = Self {
            name: bytes.get(ENTRY..ENTRY + name)?,
            overlaps: false,
            encrypted: u16_at(header, 8) & 1 != 0,
            method: u16_at(header, 10),
            crc: u32_at(header, 16),
            compressed: u64::from(u32_at(header, 20)),
            size: u64::from(u32_at(header, 24)),
            offset: u64::from(u32_at(header, 42)),
        };
        entry.widen(bytes.get(ENTRY + name..ENTRY + name + extra)?);
        let length = ENTRY + name + extra + comment;
        (bytes.len() >= length).then_some((entry, length))
    }

    /// Takes values that do not fit into 32 bits from the zip64 extra field.
    fn widen(&mut self, mut extra: &[u8]) {
        while let Some((header, rest)) = extra.split_at_checked(4) {
            let Some((mut field, next)) = rest.split_at_checked(usize::from(u16_at(header, 2))) else { return };
            if u16_at(header, 0) == 1 {
                for value in [&mut self.size, &mut self.compressed, &mut self.offset] {
                    if *value == u64::from(u32::MAX)
                        && let Some((wide, rest)) = field.split_at_checked(8)
                    {
                        *value = u64_at(wide, 0);
                        field = rest;
                    }
                }
                return;
            }
            extra = next;
        }
    }
}

fn deflated(data: &[u8], claimed: u64, max: u64, budget: &mut Budget) -> Result<Vec<u8>, ArchiveError> {
    let compressed = data.len() as u64;
    let likely = claimed.min(max).min(compressed.saturating_mul(16)).min(64 * STEP);
    let mut content = Vec::with_capacity(usize::try_from(likely).unwrap_or_default());
    let mut decoder = DeflateDecoder::new(data);
    loop {
        let length = content.len() as u64;
        let step = STEP.min(max - length);
        if step == 0 {
            return Ok(content);
        }
        let got = decoder.by_ref().take(step).read_to_end(&mut content).map_err(|_| ArchiveError::Damaged)? as u64;
        budget.spend(got)?;
        if got < step {
            return Ok(content);
        }
        if length + got > STEP && length + got > compressed.saturating_mul(MAX_RATIO) {
            return Err(ArchiveError::Ratio);
        }
    }
}

/// Where the end record of the directory stands: the last one whose comment ends with the file, else the last one.
fn find_end(bytes: &[u8]) -> Option<usize> {
    let from = bytes.len().saturating_sub(END + MAX_COMMENT);
    let mut last = None;
    for at in memchr::memmem::rfind_iter(bytes.get(from..)?, b"PK\x05\x06").map(|at| from + at) {
        let Some(record) = bytes.get(at..at + END) else { continue };
        let end = at + END + usize::from(u16_at(record, 20));
        if end == bytes.len() {
            return Some(at);
        }
        last = last.or(Some(at));
    }
    last
}

/// Where the zip64 end record stands, which a locator in front of the end record points to.
fn find_zip64(bytes: &[u8], end: usize) -> Option<usize> {
    let locator = bytes.get(end.checked_sub(20)?..end).filter(|locator| locator.starts_with(b"PK\x06\x07"))?;
    let claimed = usize::try_from(u64_at(locator, 8)).ok();
    // Bytes in front of the archive shift the record; then it still stands right before its locator.
    [claimed, end.checked_sub(20 + 56)].into_iter().flatten().find(|&start| {
        let record = start.checked_add(56).and_then(|end| bytes.get(start..end));
        record.is_some_and(|record| record.starts_with(b"PK\x06\x06"))
    })
}

fn slice(bytes: &[u8], start: u64, end: u64) -> Option<&[u8]> {
    bytes.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u16::from_le_bytes(*chunk))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u32::from_le_bytes(*chunk))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u64::from_le_bytes(*chunk))
}
