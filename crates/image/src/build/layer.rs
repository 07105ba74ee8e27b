//! One layer: its entries, the tar they make, and how that is compressed.

use std::io::{self, Write as _};

use flate2::write::GzEncoder;
use oci_spec::image::MediaType;
use tar::{EntryType, Header};

/// How a layer's tar is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip (RFC 1952), which every reader understands.
    #[default]
    Gzip,
    /// Zstandard (RFC 8878).
    Zstd,
}

impl Compression {
    /// The media type of such a layer in an OCI manifest.
    pub fn media_type(self) -> MediaType {
        match self {
            Self::None => MediaType::ImageLayer,
            Self::Gzip => MediaType::ImageLayerGzip,
            Self::Zstd => MediaType::ImageLayerZstd,
        }
    }

    pub(crate) fn pack(self, tar: Vec<u8>) -> io::Result<Vec<u8>> {
        match self {
            Self::None => Ok(tar),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(&tar)?;
                encoder.finish()
            }
            Self::Zstd => zstd::encode_all(tar.as_slice(), zstd::DEFAULT_COMPRESSION_LEVEL),
        }
    }
}

/// A layer being put together: entries in the order in which they stand in the tar.
///
/// Paths are relative to the image's root; a leading `/` is dropped. A path with `..` makes writing the image
/// fail. Owner and group are 0, every time is the epoch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerBuilder {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    path: String,
    mode: u32,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    File(Vec<u8>),
    Directory,
    Symlink(String),
    Hardlink(String),
}

impl LayerBuilder {
    /// A layer without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a regular file with permission bits `mode`.
    pub fn file(self, path: impl Into<String>, bytes: impl Into<Vec<u8>>, mode: u32) -> Self {
        self.with(path, mode, Content::File(bytes.into()))
    }

    /// Adds a directory with permission bits `mode`. Parents are not added by themselves; no reader needs them.
    pub fn directory(self, path: impl Into<String>, mode: u32) -> Self {
        self.with(path, mode, Content::Directory)
    }

    /// Adds a symbolic link at `path` with the text `target`, taken as it is.
    pub fn symlink(self, path: impl Into<String>, target: impl Into<String>) -> Self {
        self.with(path, 0o777, Content::Symlink(target.into()))
    }

    /// Adds a hard link at `path` to the file at `target`, which is a path from the image's root.
    pub fn hardlink(self, path: impl Into<String>, target: impl Into<String>) -> Self {
        let target = relative(target.into());
        self.with(path, 0o644, Content::Hardlink(target))
    }

    /// Deletes `path`, a file or directory of the layers below (OCI `layer.md`, section *Whiteouts*).
    pub fn whiteout(self, path: impl Into<String>) -> Self {
        let path = relative(path.into());
        let marker = match path.trim_end_matches('/').rsplit_once('/') {
            Some((directory, name)) => format!("{directory}/.wh.{name}"),
            None => format!(".wh.{}", path.trim_end_matches('/')),
        };
        self.with(marker, 0o644, Content::File(Vec::new()))
    }

    /// Hides what the layers below hold in the directory `path` (OCI `layer.md`, section *Opaque Whiteout*).
    pub fn opaque(self, path: impl Into<String>) -> Self {
        let directory = relative(path.into());
        let directory = directory.trim_end_matches('/');
        let marker = if directory.is_empty() { ".wh..wh..opq".to_owned() } else { format!("{directory}/.wh..wh..opq") };
        self.with(marker, 0o644, Content::File(Vec::new()))
    }

    /// The layer as an uncompressed tar.
    ///
    /// # Errors
    /// A path that is empty or has `..` in it, named in the message.
    pub fn to_tar(&self) -> io::Result<Vec<u8>> {
        let mut tar = tar::Builder::new(Vec::new());
        for entry in &self.entries {
            entry.append(&mut tar).map_err(|error| {
                io::Error::new(error.kind(), format!("`{}` cannot stand in a layer: {error}", entry.path))
            })?;
        }
        tar.into_inner()
    }

    fn with(mut self, path: impl Into<String>, mode: u32, content: Content) -> Self {
        self.entries.push(Entry { path: relative(path.into()), mode, content });
        self
    }
}

impl Entry {
    fn append(&self, tar: &mut tar::Builder<Vec<u8>>) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_mode(self.mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(0);
        match &self.content {
            Content::File(bytes) => {
                header.set_entry_type(EntryType::Regular);
                header.set_size(bytes.len() as u64);
                tar.append_data(&mut header, &self.path, bytes.as_slice())
            }
            Content::Directory => {
                header.set_entry_type(EntryType::Directory);
                tar.append_data(&mut header, format!("{}/", self.path.trim_end_matches('/')), io::empty())
            }
            Content::Symlink(target) => {
                header.set_entry_type(EntryType::Symlink);
                tar.append_link(&mut header, &self.path, target)
            }
            Content::Hardlink(target) => {
                header.set_entry_type(EntryType::Link);
                tar.append_link(&mut header, &self.path, target)
            }
        }
    }
}

fn relative(path: String) -> String {
    match path.strip_prefix('/') {
        Some(rest) => rest.trim_start_matches('/').to_owned(),
        None => path,
    }
}
