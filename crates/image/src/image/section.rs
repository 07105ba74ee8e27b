//! A part of a local file, read in place.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::Arc;

use super::FileIdentity;

/// A part of a file that several readers may share.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Section {
    pub(crate) fn new(file: Arc<File>, offset: u64, length: u64) -> Self {
        Self { file, at: offset, end: offset.saturating_add(length) }
    }

    pub(crate) fn len(&self) -> u64 {
        self.end - self.at
    }

    pub(crate) fn into_file(self) -> Arc<File> {
        self.file
    }

    /// All of its bytes, if they are at most `limit`; an error of kind `FileTooLarge` otherwise.
    pub(crate) fn read_all(mut self, limit: u64) -> io::Result<Vec<u8>> {
        if self.len() > limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut bytes = Vec::new();
        self.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn identity(&self) -> Option<FileIdentity> {
        let metadata = self.file.metadata().ok()?;
        let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Some(FileIdentity {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            offset: self.at,
            length: self.len(),
        })
    }
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.len()).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.file.read_at(buffer.get_mut(..wanted).unwrap_or_default(), self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
