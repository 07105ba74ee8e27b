//! The last good copy of each feed, and what is needed to ask whether it is still the newest.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What the origin said of a copy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    /// Where it came from.
    pub source: String,
    /// HTTP's `ETag`.
    pub etag: Option<String>,
    /// HTTP's `Last-Modified`, or the time of a file.
    pub last_modified: Option<String>,
    /// When it was fetched or found unchanged, RFC 3339.
    pub fetched: Option<String>,
    /// Its size in bytes: a file that differs was tampered with or cut off.
    pub size: u64,
}

impl Stamp {
    /// The validator for `If-Range`: a strong entity tag, else the date (RFC 9110, section 13.1.5).
    pub(crate) fn strong(&self) -> Option<&str> {
        self.etag.as_deref().filter(|etag| !etag.starts_with("W/")).or(self.last_modified.as_deref())
    }
}

/// The files of one feed.
#[derive(Debug, Clone)]
pub(crate) struct Copy {
    base: PathBuf,
}

impl Copy {
    pub(crate) fn of(directory: &Path, feed: &str) -> Self {
        let name: String = feed.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
        Self { base: directory.join(name) }
    }

    fn with(&self, suffix: &str) -> PathBuf {
        let mut name = self.base.clone().into_os_string();
        name.push(suffix);
        name.into()
    }

    /// The last good copy.
    pub(crate) fn data(&self) -> PathBuf {
        self.with(".data")
    }

    /// A download that is under way or was interrupted.
    pub(crate) fn part(&self) -> PathBuf {
        self.with(".part")
    }

    /// The stamp of the last good copy, where both are there and fit.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        let stamp = read(&self.with(".json"))?;
        (fs::metadata(self.data()).ok()?.len() == stamp.size).then_some(stamp)
    }

    /// The stamp of an interrupted download, and how much there is of it.
    pub(crate) fn partial(&self) -> Option<(Stamp, u64)> {
        let stamp = read(&self.with(".part.json"))?;
        let size = fs::metadata(self.part()).ok()?.len();
        (size > 0).then_some((stamp, size))
    }

    pub(crate) fn begin(&self, stamp: &Stamp) -> io::Result<()> {
        boltseal_store::write_atomically(&self.with(".part.json"), &serde_json::to_vec(stamp)?)
    }

    /// Forgets a download that cannot be used.
    pub(crate) fn discard(&self) {
        let _ = fs::remove_file(self.part());
        let _ = fs::remove_file(self.with(".part.json"));
    }

    /// Makes the finished download the last good copy. The stamp goes first and comes last, so that at no point a
    /// stamp stands beside data that it does not describe.
    pub(crate) fn keep(&self, stamp: &Stamp) -> io::Result<()> {
        let _ = fs::remove_file(self.with(".json"));
        fs::rename(self.part(), self.data())?;
        let _ = fs::remove_file(self.with(".part.json"));
        self.restamp(stamp)
    }

    pub(crate) fn restamp(&self, stamp: &Stamp) -> io::Result<()> {
        boltseal_store::write_atomically(&self.with(".json"), &serde_json::to_vec(stamp)?)
    }
}

fn read(path: &Path) -> Option<Stamp> {
    // A stamp is a few hundred bytes.
    if fs::metadata(path).ok()?.len() > 65_536 {
        return None;
    }
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_whose_size_is_not_the_stamps_is_none() {
        let directory = tempfile::tempdir().unwrap();
        let copy = Copy::of(directory.path(), "osv/Rocky Linux");
        fs::write(copy.part(), b"12345").unwrap();
        copy.keep(&Stamp { size: 5, ..Stamp::default() }).unwrap();
        assert!(copy.stamp().is_some() && copy.partial().is_none());
        fs::write(copy.data(), b"1234").unwrap();
        assert_eq!(copy.stamp(), None);
    }
}
