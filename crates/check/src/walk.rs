//! Which files there are: everything below the given paths but what `.gitignore` and its kin leave out.
//!
//! Only regular files are ever opened, ignore files included: a pipe or a device in the tree would keep a reader waiting
//! for good. Symbolic links are not followed; one that leads out of the tree is told.

mod ignored;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{DirEntry, FileType};
use std::path::{Path, PathBuf};

use boltseal_evidence::{NotAssessed, NotAssessedReason, Problem};

use crate::{Error, file};
use ignored::Ignored;

/// The files of a walk.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// Files by the path that reports call them.
    pub(crate) files: BTreeMap<String, PathBuf>,
    /// Those that were named themselves, not found below a folder.
    pub(crate) named: BTreeSet<String>,
    /// The folders that were named, canonical.
    pub(crate) roots: Vec<PathBuf>,
    /// What could not be entered.
    pub(crate) problems: Vec<Problem>,
    /// What was seen and left out, though nobody said so.
    pub(crate) not_assessed: Vec<NotAssessed>,
}

/// Folders that hold other people's files or none that count.
const LEFT_OUT: &[&str] = &[".git", "node_modules", ".terraform", ".venv", "__pycache__", ".hg", ".svn"];

/// Walks the paths. A file that is named itself is taken even if `.gitignore` leaves it out.
pub(crate) fn walk(paths: &[&Path]) -> Result<Walked, Error> {
    let mut walked = Walked::default();
    let mut folders = Vec::new();
    for path in paths {
        let error = |error| Error::Path { path: path.to_path_buf(), error };
        let metadata = std::fs::metadata(path).map_err(error)?;
        let shown = shown(path);
        if metadata.is_dir() {
            let root = std::fs::canonicalize(path).map_err(error)?;
            walked.roots.push(root.clone());
            folders.push((path.to_path_buf(), root));
        } else if metadata.is_file() {
            walked.named.insert(shown.clone());
            walked.files.insert(shown, path.to_path_buf());
        } else {
            let message = format!(
                "{} is not read: give it to standard input, with --stdin-filename for its name",
                sort_of(metadata.file_type())
            );
            walked.problems.push(Problem::at(shown, message));
        }
    }
    for (path, root) in folders {
        directory(path, root, &mut walked);
    }
    Ok(walked)
}

/// A folder that is still to be read.
struct Open {
    /// As it was named, with the names below it.
    path: PathBuf,
    /// Canonical, since ignore files of the folders above count.
    absolute: PathBuf,
    ignored: Ignored,
}

fn directory(path: PathBuf, root: PathBuf, walked: &mut Walked) {
    let ignored = Ignored::above(&root, &mut walked.problems);
    let mut open = vec![Open { path, absolute: root, ignored }];
    while let Some(folder) = open.pop() {
        let entries = match std::fs::read_dir(&folder.path) {
            Ok(entries) => entries,
            Err(error) => {
                let message = format!("the folder cannot be entered: {error}");
                walked.problems.push(Problem::at(shown(&folder.path), message));
                continue;
            }
        };
        let ignored = folder.ignored.within(&folder.path, &folder.absolute, &mut walked.problems);
        for entry in entries {
            let read = entry.and_then(|entry| entry.file_type().map(|kind| (entry, kind)));
            match read {
                Ok((entry, kind)) => {
                    let absolute = folder.absolute.join(entry.file_name());
                    if !ignored.leaves_out(&absolute, kind.is_dir()) {
                        let next = take(&entry, kind, folder.path.join(entry.file_name()), walked);
                        open.extend(next.map(|path| Open { path, absolute, ignored: ignored.clone() }));
                    }
                }
                Err(error) => {
                    let message = format!("the folder cannot be read to its end: {error}");
                    walked.problems.push(Problem::at(shown(&folder.path), message));
                    break;
                }
            }
        }
    }
}

/// Takes an entry of a folder; a folder is returned, to be entered.
fn take(entry: &DirEntry, kind: FileType, path: PathBuf, walked: &mut Walked) -> Option<PathBuf> {
    let name = entry.file_name();
    if kind.is_dir() {
        return (!LEFT_OUT.iter().any(|left_out| name == *left_out)).then_some(path);
    }
    let shown = shown(&path);
    if kind.is_file() {
        walked.files.insert(shown, path);
    } else if kind.is_symlink() {
        link(shown, &path, &name, walked);
    } else if file::is_named_as_one(&shown) {
        walked.problems.push(Problem::at(shown, format!("{} is not read", sort_of(kind))));
    }
    None
}

/// What a link leads to is met under its own name if it lies in the tree.
fn link(shown: String, path: &Path, name: &OsStr, walked: &mut Walked) {
    let target = std::fs::metadata(path).and_then(|metadata| Ok((metadata, std::fs::canonicalize(path)?)));
    match target {
        Err(error) => {
            if file::is_named_as_one(&shown) {
                let to = std::fs::read_link(path).map(|to| to.display().to_string()).unwrap_or_default();
                let message = format!("a symbolic link to `{to}`, where nothing can be read: {error}");
                walked.problems.push(Problem::at(shown, message));
            }
        }
        Ok((metadata, target)) => {
            let inside = walked.roots.iter().any(|root| target.starts_with(root));
            let counts = metadata.is_dir() || (metadata.is_file() && file::is_named_as_one(&shown));
            if !inside && counts && !LEFT_OUT.iter().any(|left_out| name == *left_out) {
                walked.not_assessed.push(NotAssessed {
                    reason: NotAssessedReason::Unreadable,
                    what: shown,
                    detail: "a symbolic link that leads out of the tree, and is not followed: name what it leads to \
                             to have that checked"
                        .to_owned(),
                    packages: 0,
                });
            }
        }
    }
}

#[cfg(unix)]
fn sort_of(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match () {
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () if kind.is_block_device() || kind.is_char_device() => "a device",
        () => "what is no regular file",
    }
}

#[cfg(not(unix))]
fn sort_of(_: FileType) -> &'static str {
    "what is no regular file"
}

/// The path as reports write it: with `/`, without a leading `./`, bytes that are no text as `\xff`.
pub(crate) fn shown(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    if cfg!(windows) {
        text = text.replace('\\', "/");
    }
    let stripped = text.strip_prefix("./").unwrap_or(&text);
    if stripped.is_empty() { text } else { stripped.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(walked: &Walked, root: &Path) -> Vec<String> {
        let root = format!("{}/", root.display());
        walked.files.keys().map(|path| path.strip_prefix(&root).unwrap_or(path).to_owned()).collect()
    }

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn ignored_files_are_left_out_and_hidden_ones_are_not() {
        let folder = tree(&[
            ("a/Dockerfile", ""),
            ("out/Dockerfile", ""),
            (".devcontainer/Dockerfile", ""),
            ("node_modules/x/Dockerfile", ""),
            (".gitignore", "out/\n"),
        ]);
        let walked = walk(&[folder.path()]).unwrap();
        assert_eq!(names(&walked, folder.path()), [".devcontainer/Dockerfile", ".gitignore", "a/Dockerfile"]);
        let named = walk(&[&folder.path().join("out/Dockerfile")]).unwrap();
        assert_eq!(named.files.len(), 1);
        assert!(matches!(walk(&[&folder.path().join("gone")]), Err(Error::Path { .. })));
    }

    #[test]
    fn ignore_files_count_as_git_reads_them() {
        let folder = tree(&[
            (".git/HEAD", ""),
            (".git/info/exclude", "local.yaml\n"),
            (".gitignore", "\u{feff}*.log.yaml\r\n/top.yaml\n!kept.log.yaml\n# none\nbuild/**\n!build/keep.yaml\n"),
            ("a.log.yaml", ""),
            ("kept.log.yaml", ""),
            ("top.yaml", ""),
            ("local.yaml", ""),
            ("sub/top.yaml", ""),
            ("sub/.gitignore", "own.yaml\n!a.log.yaml\n"),
            ("sub/own.yaml", ""),
            ("sub/a.log.yaml", ""),
            ("sub/.ignore", "other.yaml\n"),
            ("sub/other.yaml", ""),
            ("build/x.yaml", ""),
            ("build/keep.yaml", ""),
        ]);
        let yaml = |walked: &Walked, root: &Path| -> Vec<String> {
            names(walked, root).into_iter().filter(|name| name.ends_with(".yaml")).collect()
        };
        let walked = walk(&[folder.path()]).unwrap();
        assert_eq!(
            yaml(&walked, folder.path()),
            ["build/keep.yaml", "kept.log.yaml", "sub/a.log.yaml", "sub/top.yaml"]
        );
        // The ignore files of the repository count below it too.
        let sub = folder.path().join("sub");
        assert_eq!(yaml(&walk(&[&sub]).unwrap(), &sub), ["a.log.yaml", "top.yaml"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed_and_those_that_lead_out_are_told() {
        use std::os::unix::fs::symlink;
        let other = tree(&[("Dockerfile", ""), ("sub/a.yaml", "")]);
        let folder = tree(&[("real/Dockerfile", "")]);
        let at = |name: &str| folder.path().join(name);
        symlink(other.path().join("Dockerfile"), at("Dockerfile")).unwrap();
        symlink(other.path().join("sub"), at("sub")).unwrap();
        symlink(at("real/Dockerfile"), at("Dockerfile.same")).unwrap();
        symlink(at("gone"), at("gone.yaml")).unwrap();
        symlink(at("loop.yaml"), at("loop.yaml")).unwrap();
        symlink(".", at("here")).unwrap();
        let walked = walk(&[folder.path()]).unwrap();
        assert_eq!(names(&walked, folder.path()), ["real/Dockerfile"]);
        let mut told: Vec<&str> = walked.not_assessed.iter().filter_map(|gap| gap.what.rsplit('/').next()).collect();
        told.sort_unstable();
        assert_eq!(told, ["Dockerfile", "sub"]);
        assert_eq!(walked.problems.len(), 2, "{:?}", walked.problems);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_no_text_stay_apart() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tree(&[]);
        for name in [b"\xff.yaml".as_slice(), b"\xfe.yaml", b"a\\b.yaml"] {
            std::fs::write(folder.path().join(OsStr::from_bytes(name)), "").unwrap();
        }
        let walked = walk(&[folder.path()]).unwrap();
        assert_eq!(names(&walked, folder.path()), ["\\xfe.yaml", "\\xff.yaml", "a\\b.yaml"]);
    }
}
