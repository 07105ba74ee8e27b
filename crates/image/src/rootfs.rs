//! Directories on this machine, told to a visitor as if they were one layer.

use std::fs::{self, File, Metadata};
use std::io::{Read, Seek};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use boltseal_evidence::Problem;

use crate::tree::LayerTreeBuilder;
use crate::{Content, Decision, Entry, EntryKind, Error, HEAD, LayerTree, Limits, Visitor};

/// What a directory is looked at as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeKind {
    /// The root of a file system.
    RootFs,
    /// A source tree: what version control keeps for itself is left out.
    Source,
}

/// What is known of a directory that was walked.
#[derive(Debug, Clone)]
pub struct DirectorySummary {
    /// Everything met: files, directories, links.
    pub entries: u64,
    /// Bytes of all regular files.
    pub size: u64,
    /// Names and links, as of one layer with index 0.
    pub tree: LayerTree,
}

/// Walks a directory of this machine and tells `visitor` of it as of a layer with index 0, in the order of names.
///
/// Symbolic links are told and never followed, other file systems mounted below are left out and reported (`/proc`,
/// `/sys`, `/dev` and `/run` without a report), special files are not opened, and a file that cannot be read is told
/// with [`Visitor::unread`] if it was wanted.
pub fn read_directory(
    root: &Path,
    kind: TreeKind,
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> Result<DirectorySummary, Error> {
    let metadata = fs::metadata(root).map_err(|error| Error::io(root, error))?;
    if !metadata.is_dir() {
        return Err(Error::io(root, std::io::ErrorKind::NotADirectory.into()));
    }
    let mut walk = Walk {
        root,
        kind,
        device: metadata.dev(),
        limits: *limits,
        visitor,
        tree: LayerTreeBuilder::default(),
        entries: 0,
        size: 0,
        buffer: Vec::new(),
    };
    // A root that cannot be listed is a target that cannot be read.
    fs::read_dir(root).map_err(|error| Error::io(root, error))?;
    walk.run()?;
    Ok(DirectorySummary { entries: walk.entries, size: walk.size, tree: walk.tree.finish() })
}

struct Walk<'a> {
    root: &'a Path,
    kind: TreeKind,
    device: u64,
    limits: Limits,
    visitor: &'a mut dyn Visitor,
    tree: LayerTreeBuilder,
    entries: u64,
    size: u64,
    buffer: Vec<u8>,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<(), Error> {
        // Directories still to be listed, the next one last; relative to the root.
        let mut open = vec![PathBuf::new()];
        while let Some(directory) = open.pop() {
            let mut below = Vec::new();
            for path in self.list(&directory) {
                if let Some(path) = self.item(path)? {
                    below.push(path);
                }
            }
            below.reverse();
            open.append(&mut below);
        }
        Ok(())
    }

    /// What is in a directory, sorted.
    fn list(&mut self, directory: &Path) -> Vec<PathBuf> {
        let listed = fs::read_dir(self.root.join(directory)).and_then(|entries| {
            let remaining = usize::try_from(self.limits.entries.saturating_sub(self.entries)).unwrap_or(usize::MAX);
            // One more than allowed, so that the limit is noticed.
            let names = entries.take(remaining.saturating_add(1)).map(|entry| Ok(directory.join(entry?.file_name())));
            names.collect::<std::io::Result<Vec<_>>>()
        });
        match listed {
            Ok(mut paths) => {
                paths.sort_unstable();
                paths
            }
            Err(error) => {
                self.problem(&text(directory), format!("cannot list the directory: {error}"));
                Vec::new()
            }
        }
    }

    /// Tells of one file; gives it back if it is a directory to go into.
    fn item(&mut self, relative: PathBuf) -> Result<Option<PathBuf>, Error> {
        if self.entries >= self.limits.entries {
            let limit = format!("{} files", self.limits.entries);
            return Err(Error::TooLarge { what: "the directory", place: format!("`{}`", self.root.display()), limit });
        }
        let full = self.root.join(&relative);
        let path = text(&relative);
        let metadata = match fs::symlink_metadata(&full) {
            Ok(metadata) => metadata,
            Err(error) => {
                self.problem(&path, format!("cannot be looked at: {error}"));
                return Ok(None);
            }
        };
        if path.len() > self.limits.path || crate::layer::path::depth(&path) > self.limits.depth {
            let shown: String = path.chars().take(200).collect();
            self.problem(&shown, "the path is longer or deeper than the limit; left out".to_owned());
            return Ok(None);
        }
        let kind = entry_kind(&metadata);
        if kind == EntryKind::Directory && !self.enters(&path, &metadata) {
            return Ok(None);
        }
        let link = if kind == EntryKind::Symlink { fs::read_link(&full).ok() } else { None };
        let link = link.map(|target| String::from_utf8_lossy(target.as_os_str().as_bytes()).into_owned());
        let number = u32::try_from(self.entries).unwrap_or(u32::MAX);
        let size = if kind == EntryKind::File { metadata.len() } else { 0 };
        let mode = metadata.mode() & 0o7777;
        let entry = Entry { layer: 0, number, path: &path, kind, link: link.as_deref(), size, mode };
        self.entries += 1;
        self.size += size;
        if self.tree.push(&entry, self.limits.names).is_err() {
            let limit = format!("{} bytes of names", self.limits.names);
            return Err(Error::TooLarge { what: "the directory", place: format!("`{}`", self.root.display()), limit });
        }
        let decision = self.visitor.entry(&entry);
        if kind == EntryKind::File && decision != Decision::Skip {
            self.file(&entry, decision, &full, &metadata);
        }
        Ok((kind == EntryKind::Directory).then_some(relative))
    }

    fn enters(&mut self, path: &str, metadata: &Metadata) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        if self.kind == TreeKind::Source && matches!(name, ".git" | ".hg" | ".svn" | ".jj" | ".bzr") {
            return false;
        }
        if metadata.dev() == self.device {
            return true;
        }
        if self.kind == TreeKind::Source || !matches!(path, "proc" | "sys" | "dev" | "run") {
            self.problem(path, "another file system is mounted here and is not read; name it as a target".to_owned());
        }
        false
    }

    fn file(&mut self, entry: &Entry<'_>, decision: Decision, full: &Path, known: &Metadata) {
        let (mut file, size) = match open(full, known) {
            Ok(opened) => opened,
            Err(error) => return self.visitor.unread(entry, &format!("cannot be read: {error}")),
        };
        let mut head = Vec::new();
        let max = match decision {
            Decision::Read { max } => max,
            Decision::Skip => return,
            Decision::Peek => {
                if let Err(error) = file.by_ref().take(HEAD as u64).read_to_end(&mut head) {
                    return self.visitor.unread(entry, &format!("cannot be read: {error}"));
                }
                match self.visitor.head(entry, &head) {
                    Decision::Read { max } => max,
                    Decision::Skip | Decision::Peek => return,
                }
            }
        };
        if size > max {
            return self.visitor.unread(entry, &format!("has {size} bytes, more than the limit of {max}"));
        }
        if size > self.limits.memory {
            return match copy(full, known, size) {
                Ok(copy) => self.visitor.content(entry, Content::Spilled(copy)),
                Err(error) => self.visitor.unread(entry, &format!("cannot be read: {error}")),
            };
        }
        self.buffer.clear();
        self.buffer.extend_from_slice(&head);
        // A file that grows meanwhile is read no further than it was long.
        match file.take(size - (head.len() as u64).min(size)).read_to_end(&mut self.buffer) {
            Ok(_) => self.visitor.content(entry, Content::Memory(&mut self.buffer)),
            Err(error) => self.visitor.unread(entry, &format!("cannot be read: {error}")),
        }
    }

    fn problem(&mut self, path: &str, message: String) {
        self.visitor.problem(Problem { path: Some(path.to_owned()), layer: None, message });
    }
}

/// Opens the file that was looked at before, and no other that has come to its place meanwhile.
fn open(path: &Path, known: &Metadata) -> std::io::Result<(File, u64)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.ino() != known.ino() || metadata.dev() != known.dev() {
        return Err(std::io::Error::other("it was replaced while it was looked at"));
    }
    Ok((file, metadata.len()))
}

/// A copy that nobody else can change: whoever maps it into memory must not see it shrink.
fn copy(path: &Path, known: &Metadata, size: u64) -> std::io::Result<File> {
    let (file, _) = open(path, known)?;
    let mut copy = tempfile::tempfile()?;
    std::io::copy(&mut file.take(size), &mut copy)?;
    copy.rewind()?;
    Ok(copy)
}

fn entry_kind(metadata: &Metadata) -> EntryKind {
    let kind = metadata.file_type();
    if kind.is_file() {
        EntryKind::File
    } else if kind.is_dir() {
        EntryKind::Directory
    } else if kind.is_symlink() {
        EntryKind::Symlink
    } else {
        EntryKind::Other
    }
}

fn text(path: &Path) -> String {
    String::from_utf8_lossy(path.as_os_str().as_bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Reads {
        told: Vec<String>,
        read: Vec<(String, String)>,
        problems: Vec<Problem>,
    }

    impl Visitor for Reads {
        fn entry(&mut self, entry: &Entry<'_>) -> Decision {
            self.told.push(entry.path.to_owned());
            if entry.is_executable() { Decision::Peek } else { Decision::Read { max: 20 } }
        }
        fn head(&mut self, _: &Entry<'_>, head: &[u8]) -> Decision {
            if head.starts_with(b"#!") { Decision::Skip } else { Decision::Read { max: 5000 } }
        }
        fn content(&mut self, entry: &Entry<'_>, content: Content<'_>) {
            let Content::Memory(bytes) = content else { panic!("not in memory") };
            self.read.push((entry.path.to_owned(), format!("{} bytes", bytes.len())));
        }
        fn problem(&mut self, problem: Problem) {
            self.problems.push(problem);
        }
    }

    #[test]
    fn a_directory_is_told_in_order_and_links_lead_nowhere() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        for (path, content, mode) in [
            ("a/file", "hello".to_owned(), 0o644),
            ("a/large", "x".repeat(21), 0o644),
            ("bin/script", "#!/bin/sh".to_owned(), 0o755),
            ("bin/program", "y".repeat(1000), 0o755),
            (".git/config", "z".to_owned(), 0o644),
        ] {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        symlink("/etc", root.join("a/out")).unwrap();
        symlink("..", root.join("a/up")).unwrap();

        let mut reads = Reads::default();
        let summary = read_directory(root, TreeKind::Source, &Limits::DEFAULT, &mut reads).unwrap();
        let told = ["a", "bin", "a/file", "a/large", "a/out", "a/up", "bin/program", "bin/script"];
        assert_eq!(reads.told, told);
        assert_eq!(summary.entries, 8);
        let read = [("a/file", "5 bytes"), ("bin/program", "1000 bytes")];
        assert_eq!(reads.read, read.map(|(path, size)| (path.to_owned(), size.to_owned())));
        assert_eq!(reads.problems.len(), 1, "{:?}", reads.problems);
        assert!(reads.problems[0].message.contains("21 bytes"));
    }

    #[test]
    fn a_large_file_comes_as_a_copy() {
        struct Spills(Vec<u8>);
        impl Visitor for Spills {
            fn entry(&mut self, _: &Entry<'_>) -> Decision {
                Decision::Peek
            }
            fn head(&mut self, _: &Entry<'_>, _: &[u8]) -> Decision {
                Decision::Read { max: u64::MAX }
            }
            fn content(&mut self, _: &Entry<'_>, content: Content<'_>) {
                let Content::Spilled(mut file) = content else { panic!("in memory") };
                file.read_to_end(&mut self.0).unwrap();
            }
            fn problem(&mut self, problem: Problem) {
                panic!("{problem:?}");
            }
        }
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("large"), "abc".repeat(1000)).unwrap();
        let mut spills = Spills(Vec::new());
        let limits = Limits { memory: 100, ..Limits::DEFAULT };
        read_directory(directory.path(), TreeKind::Source, &limits, &mut spills).unwrap();
        assert_eq!(spills.0, "abc".repeat(1000).as_bytes());
    }

    #[test]
    fn a_limit_on_entries_is_an_error_and_no_partial_answer() {
        let directory = tempfile::tempdir().unwrap();
        for number in 0..5 {
            fs::write(directory.path().join(number.to_string()), "").unwrap();
        }
        let limits = Limits { entries: 4, ..Limits::DEFAULT };
        let error = read_directory(directory.path(), TreeKind::RootFs, &limits, &mut Reads::default()).unwrap_err();
        assert!(error.to_string().contains("limit of 4 files"), "{error}");
    }
}
