//! Which compression a blob has, told by its first bytes, and whether its media type says the same.

use crate::LayerFault;

/// How a blob is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    /// Tells by magic numbers. A zstd stream may begin with a skippable frame (RFC 8878, section 3.1.2).
    pub(crate) fn detect(head: &[u8]) -> Result<Self, LayerFault> {
        match head {
            [0x1f, 0x8b, ..] => Ok(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Ok(Self::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Err(LayerFault::Compression("xz")),
            [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', ..] => Err(LayerFault::Compression("bzip2")),
            [0x04, 0x22, 0x4d, 0x18, ..] => Err(LayerFault::Compression("lz4")),
            _ => Ok(Self::None),
        }
    }

    /// The compression that a layer's media type states; none where the type says nothing about it.
    pub(crate) fn of_media_type(media_type: &str) -> Option<Self> {
        let (_, suffix) = media_type.split_once("tar")?;
        match suffix {
            "" => Some(Self::None),
            "+gzip" | ".gzip" => Some(Self::Gzip),
            "+zstd" | ".zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "uncompressed",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}
