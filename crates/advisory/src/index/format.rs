//! The layout of the index file, and reading and writing of its smallest parts.
//!
//! All numbers are little-endian.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `BSADVIDX` |
//! | 4 | format version |
//! | 4 | CRC-32 of the rest of the header |
//! | 8 | length of the file |
//! | 32 | SHA-256 of everything after the header |
//! | 8 × 16 | the parts: offset and length each |
//! | 8 × 4 | CRC-32 of those parts that are read when the file is opened, else 0 |
//!
//! Parts: what the database is (`META`), then per table its block directory and its blocks. A block is a run of sorted
//! entries with its CRC-32 in the directory, verified whenever the block is used.

use boltseal_evidence::Digest;

pub(super) const MAGIC: &[u8; 8] = b"BSADVIDX";
/// Raised whenever a reader of the old format would misread the new one.
pub(super) const VERSION: u32 = 1;
pub(super) const PARTS: usize = 8;
pub(super) const HEADER: usize = 8 + 4 + 4 + 8 + 32 + PARTS * 16 + PARTS * 4;

/// The parts, by their place in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Meta = 0,
    PackagesDirectory = 1,
    Packages = 2,
    RecordsDirectory = 3,
    Records = 4,
    IdsDirectory = 5,
    Ids = 6,
}

/// The index cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// The file is none of ours.
    #[error("not an advisory database: run `boltseal db update`")]
    NotAnIndex,
    /// The file is of another version of this program.
    #[error(
        "the advisory database has format {found} and this program reads format {VERSION}: run `boltseal db update`"
    )]
    OtherFormat {
        /// The file's format.
        found: u32,
    },
    /// The file is not what was written.
    #[error("the advisory database is damaged at byte {offset} ({what}): run `boltseal db update`")]
    Damaged {
        /// Where.
        offset: u64,
        /// What does not fit.
        what: &'static str,
    },
}

/// The fixed beginning of the file.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub content: Digest,
    pub parts: [(usize, usize); PARTS],
    pub checksums: [u32; PARTS],
}

impl Header {
    pub(super) fn write(&self, length: u64, sha256: &[u8; 32]) -> Vec<u8> {
        let mut rest = Vec::with_capacity(HEADER);
        rest.extend(length.to_le_bytes());
        rest.extend(sha256);
        for (offset, length) in self.parts {
            rest.extend((offset as u64).to_le_bytes());
            rest.extend((length as u64).to_le_bytes());
        }
        for checksum in self.checksums {
            rest.extend(checksum.to_le_bytes());
        }
        let mut header = Vec::with_capacity(HEADER);
        header.extend(MAGIC);
        header.extend(VERSION.to_le_bytes());
        header.extend(crc32fast::hash(&rest).to_le_bytes());
        header.extend(rest);
        header
    }

    pub(super) fn read(file: &[u8]) -> Result<Self, IndexError> {
        let damaged = |offset: usize, what| IndexError::Damaged { offset: offset as u64, what };
        let Some(header) = file.get(..HEADER) else {
            return Err(if file.starts_with(MAGIC) {
                damaged(file.len(), "the file is cut off")
            } else {
                IndexError::NotAnIndex
            });
        };
        let (mut fixed, rest) = (Cursor::new(header), header.get(16..).unwrap_or_default());
        if fixed.take(8)? != MAGIC {
            return Err(IndexError::NotAnIndex);
        }
        let version = fixed.u32()?;
        let checksum = fixed.u32()?;
        // The version stands outside the checksum, so that a future layout can still be told from damage.
        if version != VERSION {
            return Err(IndexError::OtherFormat { found: version });
        }
        if crc32fast::hash(rest) != checksum {
            return Err(damaged(12, "the header's checksum"));
        }
        if fixed.u64()? != file.len() as u64 {
            return Err(damaged(file.len(), "the file's length"));
        }
        let sha256 = fixed.take(32)?;
        let content = Digest::from_sha256(sha256).ok_or_else(|| damaged(24, "the digest"))?;
        let mut parts = [(0, 0); PARTS];
        for part in &mut parts {
            *part = (fixed.usize64()?, fixed.usize64()?);
            if part.0.checked_add(part.1).is_none_or(|end| end > file.len()) {
                return Err(damaged(56, "a part lies outside the file"));
            }
        }
        let mut checksums = [0; PARTS];
        for checksum in &mut checksums {
            *checksum = fixed.u32()?;
        }
        Ok(Self { content, parts, checksums })
    }
}

trait FromSha256: Sized {
    fn from_sha256(bytes: &[u8]) -> Option<Self>;
}

impl FromSha256 for Digest {
    fn from_sha256(bytes: &[u8]) -> Option<Self> {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}").parse().ok()
    }
}

/// Writes a number in groups of seven bits, lowest first (LEB128).
pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_bytes(out, text.as_bytes());
}

pub(super) fn put_texts(out: &mut Vec<u8>, texts: &[String]) {
    put_number(out, texts.len() as u64);
    for text in texts {
        put_text(out, text);
    }
}

pub(super) fn put_option(out: &mut Vec<u8>, text: Option<&str>) {
    out.push(u8::from(text.is_some()));
    if let Some(text) = text {
        put_text(out, text);
    }
}

/// Reads forward through bytes; what does not fit is damage.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn remaining(&self) -> usize {
        self.bytes.len()
    }

    fn short() -> IndexError {
        IndexError::Damaged { offset: 0, what: "an entry is cut off" }
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], IndexError> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or_else(Self::short)?;
        self.bytes = rest;
        Ok(taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, IndexError> {
        self.take(1)?.first().copied().ok_or_else(Self::short)
    }

    pub(super) fn u32(&mut self) -> Result<u32, IndexError> {
        Ok(u32::from_le_bytes(self.take(4)?.try_into().map_err(|_| Self::short())?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, IndexError> {
        Ok(u64::from_le_bytes(self.take(8)?.try_into().map_err(|_| Self::short())?))
    }

    pub(super) fn usize64(&mut self) -> Result<usize, IndexError> {
        usize::try_from(self.u64()?).map_err(|_| Self::short())
    }

    pub(super) fn number(&mut self) -> Result<u64, IndexError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Self::short())
    }

    pub(super) fn size(&mut self) -> Result<usize, IndexError> {
        usize::try_from(self.number()?).map_err(|_| Self::short())
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], IndexError> {
        let length = self.size()?;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, IndexError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| IndexError::Damaged { offset: 0, what: "a text is not UTF-8" })
    }

    pub(super) fn option(&mut self) -> Result<Option<&'a str>, IndexError> {
        Ok(if self.u8()? == 0 { None } else { Some(self.text()?) })
    }

    /// A list whose entries are read by `read`. Its length is not trusted with memory.
    pub(super) fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, IndexError>,
    ) -> Result<Vec<T>, IndexError> {
        let length = self.size()?;
        let mut list = Vec::with_capacity(length.min(64).min(self.bytes.len()));
        for _ in 0..length {
            if self.is_empty() {
                return Err(Self::short());
            }
            list.push(read(self)?);
        }
        Ok(list)
    }
}
