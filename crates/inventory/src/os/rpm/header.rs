//! One package's header: an index of tagged entries and a store of their values, all numbers big-endian.
//!
//! The layout is that of the header section in an RPM file (RPM documentation, "RPM V4 Package format"), without its
//! magic: the number of entries, the size of the store, the entries (tag, type, offset, count), the store.

/// The tags read here (rpmtag.h).
pub(super) mod tag {
    pub(in super::super) const NAME: u32 = 1000;
    pub(in super::super) const VERSION: u32 = 1001;
    pub(in super::super) const RELEASE: u32 = 1002;
    pub(in super::super) const EPOCH: u32 = 1003;
    pub(in super::super) const LICENSE: u32 = 1014;
    pub(in super::super) const ARCH: u32 = 1022;
    pub(in super::super) const FILEMODES: u32 = 1030;
    pub(in super::super) const SOURCERPM: u32 = 1044;
    pub(in super::super) const DIRINDEXES: u32 = 1116;
    pub(in super::super) const BASENAMES: u32 = 1117;
    pub(in super::super) const DIRNAMES: u32 = 1118;
    pub(in super::super) const MODULARITYLABEL: u32 = 5096;
}

const INT16: u32 = 3;
const INT32: u32 = 4;
const STRING: u32 = 6;
const STRING_ARRAY: u32 = 8;
const I18N_STRING: u32 = 9;

const ENTRY: usize = 16;

/// A header, borrowed.
#[derive(Debug)]
pub(super) struct Header<'a> {
    entries: &'a [[u8; ENTRY]],
    store: &'a [u8],
}

/// One entry's values.
struct Values<'a> {
    kind: u32,
    count: usize,
    /// The store from the entry's offset on.
    bytes: &'a [u8],
}

impl<'a> Header<'a> {
    /// Splits the bytes into index and store.
    pub(super) fn parse(blob: &'a [u8]) -> Result<Self, &'static str> {
        const SHORT: &str = "its header is cut short";
        let (count, rest) = blob.split_first_chunk::<4>().ok_or(SHORT)?;
        let (size, rest) = rest.split_first_chunk::<4>().ok_or(SHORT)?;
        let count = usize::try_from(u32::from_be_bytes(*count)).map_err(|_| SHORT)?;
        let size = usize::try_from(u32::from_be_bytes(*size)).map_err(|_| SHORT)?;
        let index = count.checked_mul(ENTRY).ok_or(SHORT)?;
        let (index, store) = rest.split_at_checked(index).ok_or(SHORT)?;
        if count == 0 {
            return Err("its header is empty");
        }
        Ok(Self { entries: index.as_chunks().0, store: store.get(..size).ok_or(SHORT)? })
    }

    /// A text; the first of several.
    pub(super) fn string(&self, tag: u32) -> Option<&'a [u8]> {
        self.strings(tag).next()
    }

    /// A number; the first of several.
    pub(super) fn number(&self, tag: u32) -> Option<u32> {
        self.numbers(tag).next()
    }

    /// The texts of a tag, none where it is absent or of another type.
    pub(super) fn strings(&self, tag: u32) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let values = self.values(tag).filter(|values| matches!(values.kind, STRING | STRING_ARRAY | I18N_STRING));
        let count = values.as_ref().map_or(0, |values| if values.kind == STRING { 1 } else { values.count });
        let mut rest = values.map_or(&[][..], |values| values.bytes);
        std::iter::from_fn(move || {
            let end = memchr::memchr(0, rest)?;
            let (text, behind) = rest.split_at_checked(end)?;
            rest = behind.get(1..)?;
            Some(text)
        })
        .take(count)
    }

    /// The numbers of a tag, none where it is absent or of another type.
    pub(super) fn numbers(&self, tag: u32) -> impl Iterator<Item = u32> + use<'a> {
        let values = self.values(tag).filter(|values| matches!(values.kind, INT16 | INT32));
        let count = values.as_ref().map_or(0, |values| values.count);
        let is_short = values.as_ref().is_some_and(|values| values.kind == INT16);
        let bytes = values.map_or(&[][..], |values| values.bytes);
        let width = if is_short { 2 } else { 4 };
        bytes.chunks_exact(width).take(count).map(|bytes| bytes.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)))
    }

    fn values(&self, tag: u32) -> Option<Values<'a>> {
        let wanted = tag.to_be_bytes();
        let [_, _, _, _, fields @ ..] = self.entries.iter().find(|entry| entry.starts_with(&wanted))?;
        let field = |at: usize| {
            let bytes = fields.get(at..).and_then(|rest| rest.first_chunk::<4>()).copied();
            bytes.map(u32::from_be_bytes)
        };
        let (kind, offset, count) = (field(0)?, field(4)?, field(8)?);
        let bytes = self.store.get(usize::try_from(offset).ok()?..)?;
        Some(Values { kind, count: usize::try_from(count).ok()?, bytes })
    }
}
