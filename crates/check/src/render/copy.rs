//! A copy of a folder for a program to work on: regular files only, so that no link in it leads a template to files of
//! the machine, and nothing that the program writes ends up in the tree.

use std::path::{Path, PathBuf};

/// What may be copied.
#[derive(Debug)]
pub(super) struct Copier {
    /// Links are taken for what they lead to as long as it lies below one of these, canonical.
    roots: Vec<PathBuf>,
    files: usize,
    bytes: u64,
}

const FILES: usize = 20_000;
const BYTES: u64 = 256 << 20;
const DEPTH: usize = 40;

impl Copier {
    /// A copier for a folder within these roots, or within the repository that holds the folder.
    pub(super) fn new(folder: &Path, roots: &[PathBuf]) -> Self {
        let mut roots = roots.to_vec();
        if let Ok(folder) = std::fs::canonicalize(folder) {
            roots.extend(folder.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned));
            roots.push(folder);
        }
        Self { roots, files: FILES, bytes: BYTES }
    }

    /// Copies a folder.
    ///
    /// # Errors
    /// A sentence that says what could not be copied.
    pub(super) fn copy(&mut self, from: &Path, to: &Path) -> Result<(), String> {
        self.folder(from, to, 0)
    }

    /// The path lies where links may lead.
    pub(super) fn allows(&self, path: &Path) -> bool {
        std::fs::canonicalize(path).is_ok_and(|path| self.roots.iter().any(|root| path.starts_with(root)))
    }

    fn folder(&mut self, from: &Path, to: &Path, depth: usize) -> Result<(), String> {
        let failed = |error: std::io::Error| format!("`{}` cannot be copied: {error}", from.display());
        if depth > DEPTH {
            return Err(format!("`{}` is nested more than {DEPTH} folders deep", from.display()));
        }
        std::fs::create_dir_all(to).map_err(failed)?;
        for entry in std::fs::read_dir(from).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let (source, target) = (entry.path(), to.join(entry.file_name()));
            if entry.file_type().map_err(failed)?.is_symlink() && !self.allows(&source) {
                continue;
            }
            let Ok(metadata) = std::fs::metadata(&source) else { continue };
            if metadata.is_dir() && entry.file_name() != ".git" {
                self.folder(&source, &target, depth + 1)?;
            } else if metadata.is_file() {
                self.files = self.files.checked_sub(1).ok_or_else(|| format!("it has more than {FILES} files"))?;
                let left = self.bytes.checked_sub(metadata.len());
                self.bytes = left.ok_or_else(|| format!("it has more than {} MiB", BYTES >> 20))?;
                std::fs::copy(&source, &target).map_err(failed)?;
            }
        }
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn links_out_of_the_tree_are_not_copied() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("repo/chart/templates")).unwrap();
        std::fs::create_dir_all(at("repo/.git")).unwrap();
        std::fs::write(at("secret"), "s").unwrap();
        std::fs::write(at("repo/shared"), "s").unwrap();
        std::os::unix::fs::symlink("../../../secret", at("repo/chart/templates/secret")).unwrap();
        std::os::unix::fs::symlink("../../shared", at("repo/chart/templates/shared")).unwrap();
        std::os::unix::fs::symlink(".", at("repo/chart/templates/loop")).unwrap();
        let mut copier = Copier::new(&at("repo/chart"), &[]);
        assert!(copier.copy(&at("repo/chart"), &at("copy")).unwrap_err().contains("folders deep"));
        std::fs::remove_file(at("repo/chart/templates/loop")).unwrap();
        Copier::new(&at("repo/chart"), &[]).copy(&at("repo/chart"), &at("again")).unwrap();
        assert!(at("again/templates/shared").is_file());
        assert!(!at("again/templates/secret").exists());
    }
}
