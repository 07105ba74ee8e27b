//! Which of the files that an OS package owns are worth keeping, and under which name.
//!
//! An image of 2,000 packages owns some 200,000 files. Only those matter that another cataloger may read: the
//! metadata of language packages, archives, and executables, which have no extension.

use crate::cataloger::Owned;

/// Names that language packages are recognised by though they have a dot.
const SUFFIXES: [&[u8]; 10] = [
    b".egg-info",
    b".egg-link",
    b".gemspec",
    b".jar",
    b".war",
    b".ear",
    b".exe",
    b".deps.json",
    b"/package.json",
    b"/installed.json",
];

/// Directories of documentation and data: no executable lives there, and most names lack a dot. (rpm's `.build-id`
/// holds two links for each executable.)
const DATA: [&[u8]; 12] = [
    b"usr/lib/.build-id/",
    b"usr/lib/locale/",
    b"usr/share/doc/",
    b"usr/share/man/",
    b"usr/share/locale/",
    b"usr/share/zoneinfo/",
    b"usr/share/terminfo/",
    b"usr/share/lintian/",
    b"usr/share/bug/",
    b"usr/share/icons/",
    b"usr/share/bash-completion/",
    b"usr/share/licenses/",
];

/// No file system takes a longer path (`PATH_MAX`).
const LONGEST_PATH: usize = 4096;

/// Bytes of paths kept from one file; a database that needs more is made up.
const BUDGET: usize = 64 * 1024 * 1024;

/// Gathers the paths of the packages of one database, within bounds.
#[derive(Debug)]
pub(super) struct Ownership {
    left: usize,
}

impl Ownership {
    pub(super) fn new() -> Self {
        Self { left: BUDGET }
    }

    /// Adds the path `directory/name` to what the package owns, if it is one to keep. The directory may have a slash
    /// in front and behind, and may be empty.
    pub(super) fn add(&mut self, owned: &mut Owned, directory: &[u8], name: &[u8]) {
        if self.left == 0 || !may_matter_by_name(name) {
            return;
        }
        let directory = directory.strip_prefix(b"/").unwrap_or(directory);
        let directory = directory.strip_suffix(b"/").unwrap_or(directory);
        if directory.len() + name.len() > LONGEST_PATH {
            return;
        }
        let mut path = Vec::with_capacity(directory.len() + name.len() + 5);
        if is_merged(directory) {
            path.extend_from_slice(b"usr/");
        }
        if !directory.is_empty() {
            path.extend_from_slice(directory);
            path.push(b'/');
        }
        path.extend_from_slice(name);
        if is_data(&path) || !has_kept_extension(&path, name) {
            return;
        }
        self.left = self.left.saturating_sub(path.len() + size_of::<String>());
        if self.left > 0 {
            owned.paths.push(match String::from_utf8(path) {
                Ok(path) => path,
                Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
            });
        }
    }

    /// As [`add`](Self::add), with the whole path in one piece.
    pub(super) fn add_path(&mut self, owned: &mut Owned, path: &[u8]) {
        match memchr::memrchr(b'/', path) {
            Some(slash) => {
                let (directory, name) = path.split_at_checked(slash).unwrap_or_default();
                self.add(owned, directory, name.get(1..).unwrap_or_default());
            }
            None => self.add(owned, b"", path),
        }
    }

    /// Paths were left out because there were too many.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left == 0
    }
}

/// A quick refusal of most names, before a path is put together.
fn may_matter_by_name(name: &[u8]) -> bool {
    match memchr::memrchr(b'.', name) {
        None => !name.is_empty(),
        Some(dot) => matches!(
            name.get(dot + 1..),
            Some(b"egg-info" | b"egg-link" | b"gemspec" | b"jar" | b"war" | b"ear" | b"exe" | b"json")
        ),
    }
}

fn has_kept_extension(path: &[u8], name: &[u8]) -> bool {
    memchr::memchr(b'.', name).is_none() || SUFFIXES.iter().any(|suffix| path.ends_with(suffix))
}

/// The directory is in one that merged-`/usr` systems have as a link (`/bin` to `usr/bin`).
fn is_merged(directory: &[u8]) -> bool {
    let first = directory.split(|&byte| byte == b'/').next().unwrap_or_default();
    matches!(first, b"bin" | b"sbin" | b"lib" | b"lib32" | b"lib64" | b"libx32")
}

fn is_data(path: &[u8]) -> bool {
    (path.starts_with(b"usr/share/") || path.starts_with(b"usr/lib/"))
        && DATA.iter().any(|directory| path.starts_with(directory))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(path: &str) -> Option<String> {
        let mut owned = Owned::default();
        Ownership::new().add_path(&mut owned, path.as_bytes());
        owned.paths.pop()
    }

    #[test]
    fn paths_that_another_cataloger_may_read_are_kept() {
        for path in [
            "usr/bin/kubectl",
            "usr/lib/python3/dist-packages/six-1.16.0.egg-info",
            "usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA",
            "usr/lib/python3/dist-packages/x.egg-info/PKG-INFO",
            "usr/share/nodejs/semver/package.json",
            "usr/share/rubygems-integration/all/specifications/rake-13.0.6.gemspec",
            "usr/share/java/log4j-core-2.14.1.jar",
        ] {
            assert_eq!(kept(&format!("/{path}")).as_deref(), Some(path));
        }
        for path in [
            "/usr/lib/libz.so.1",
            "/usr/share/doc/bash/copyright",
            "/usr/share/x/other.json",
            "/usr/lib/.build-id/0a/b",
            "/",
            "/.",
        ] {
            assert_eq!(kept(path), None, "{path}");
        }
    }

    #[test]
    fn merged_usr_names_are_used() {
        for (path, expect) in [
            ("/bin/busybox", "usr/bin/busybox"),
            ("/lib64/x/tool", "usr/lib64/x/tool"),
            ("/opt/bin/x", "opt/bin/x"),
            ("/library/x", "library/x"),
        ] {
            assert_eq!(kept(path).as_deref(), Some(expect));
        }
    }

    #[test]
    fn kept_bytes_are_bounded() {
        let (mut ownership, mut owned) = (Ownership::new(), Owned::default());
        let directory = vec![b'd'; 4000];
        for _ in 0..100_000 {
            ownership.add(&mut owned, &directory, b"x");
        }
        assert!(ownership.is_exhausted());
        assert!(owned.paths.iter().map(String::len).sum::<usize>() <= BUDGET);
    }
}
