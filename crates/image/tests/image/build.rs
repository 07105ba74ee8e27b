//! Tars made entry by entry, right ones and wrong ones, and a visitor that writes down what it is told.

use std::io::{Read, Write};

use boltseal_evidence::{Digest, Problem};
use boltseal_image::{
    Content, Decision, Entry, EntryKind, LayerDescriptor, LayerError, LayerSummary, Limits, Visitor, read_layer,
};

/// A tar under construction.
#[derive(Default, Clone)]
pub(crate) struct Tar(Vec<u8>);

impl Tar {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn file(self, path: &str, content: &str) -> Self {
        self.entry(b'0', path.as_bytes(), "", content.as_bytes())
    }

    pub(crate) fn directory(self, path: &str) -> Self {
        self.entry(b'5', path.as_bytes(), "", b"")
    }

    pub(crate) fn symlink(self, path: &str, target: &str) -> Self {
        self.entry(b'2', path.as_bytes(), target, b"")
    }

    pub(crate) fn hard_link(self, path: &str, target: &str) -> Self {
        self.entry(b'1', path.as_bytes(), target, b"")
    }

    pub(crate) fn entry(self, flag: u8, path: &[u8], link: &str, content: &[u8]) -> Self {
        self.header(flag, path, link, content.len() as u64, 0o644).bytes(content)
    }

    pub(crate) fn executable(self, path: &str, content: &[u8]) -> Self {
        self.header(b'0', path.as_bytes(), "", content.len() as u64, 0o755).bytes(content)
    }

    /// A header alone, with any size.
    pub(crate) fn header(mut self, flag: u8, path: &[u8], link: &str, size: u64, mode: u32) -> Self {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::new(flag));
        header.set_size(size);
        header.set_mode(mode);
        let old = header.as_old_mut();
        old.name[..path.len()].copy_from_slice(path);
        old.linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_cksum();
        self.0.extend_from_slice(header.as_bytes());
        self
    }

    /// Bytes as they are, filled up to a block.
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub(crate) fn pax(self, records: &[(&str, &str)]) -> Self {
        let mut text = String::new();
        for (key, value) in records {
            let rest = format!(" {key}={value}\n");
            let mut length = rest.len() + 1;
            while length != length.to_string().len() + rest.len() {
                length += 1;
            }
            text += &format!("{length}{rest}");
        }
        self.entry(b'x', b"PaxHeaders/x", "", text.as_bytes())
    }

    /// With the two blocks of zeros at its end.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&[0; 1024]);
        self.0
    }

    pub(crate) fn unfinished(self) -> Vec<u8> {
        self.0
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// Reads every file and writes all down.
#[derive(Default, Debug)]
pub(crate) struct Notes {
    pub(crate) entries: Vec<(String, EntryKind)>,
    pub(crate) contents: Vec<(String, String)>,
    pub(crate) spilled: Vec<String>,
    pub(crate) unread: Vec<(String, String)>,
    pub(crate) problems: Vec<Problem>,
}

impl Visitor for Notes {
    fn entry(&mut self, entry: &Entry<'_>) -> Decision {
        self.entries.push((entry.path.to_owned(), entry.kind));
        if entry.is_executable() { Decision::Peek } else { Decision::Read { max: 64 << 20 } }
    }

    fn head(&mut self, _: &Entry<'_>, head: &[u8]) -> Decision {
        if head.starts_with(b"\x7fELF") { Decision::Read { max: 64 << 20 } } else { Decision::Skip }
    }

    fn content(&mut self, entry: &Entry<'_>, content: Content<'_>) {
        let bytes = match content {
            Content::Memory(bytes) => std::mem::take(bytes),
            Content::Spilled(mut file) => {
                self.spilled.push(entry.path.to_owned());
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).unwrap();
                bytes
            }
        };
        assert_eq!(bytes.len() as u64, entry.size, "{}", entry.path);
        self.contents.push((entry.path.to_owned(), String::from_utf8_lossy(&bytes).into_owned()));
    }

    fn unread(&mut self, entry: &Entry<'_>, reason: &str) {
        self.unread.push((entry.path.to_owned(), reason.to_owned()));
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// A descriptor whose claims about a blob and its tar are right.
pub(crate) fn descriptor(blob: &[u8], tar: &[u8]) -> LayerDescriptor {
    LayerDescriptor {
        digest: Some(Digest::sha256_of(blob)),
        size: Some(blob.len() as u64),
        diff_id: Some(Digest::sha256_of(tar)),
        ..LayerDescriptor::default()
    }
}

pub(crate) fn read(
    blob: &[u8],
    descriptor: &LayerDescriptor,
    limits: &Limits,
) -> (Result<LayerSummary, LayerError>, Notes) {
    let mut notes = Notes::default();
    let raw = Box::new(std::io::Cursor::new(blob.to_vec()));
    let result = read_layer(raw, descriptor, limits, &mut notes);
    (result, notes)
}

/// Reads an uncompressed tar of which nothing is claimed.
pub(crate) fn read_tar(tar: &[u8]) -> (Result<LayerSummary, LayerError>, Notes) {
    read(tar, &LayerDescriptor::default(), &Limits::DEFAULT)
}
