//! Which files there are: everything below the given paths but what `.gitignore` and its kin leave out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use boltseal_evidence::Problem;
use ignore::WalkBuilder;

use crate::Error;

/// The files of a walk.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// Files by the path that reports call them.
    pub(crate) files: BTreeMap<String, PathBuf>,
    /// Those that were named themselves, not found below a folder.
    pub(crate) named: Vec<String>,
    /// What could not be entered.
    pub(crate) problems: Vec<Problem>,
}

/// Folders that hold other people's files or none that count.
const LEFT_OUT: &[&str] = &[".git", "node_modules", ".terraform", ".venv", "__pycache__", ".hg", ".svn"];

/// Walks the paths. A file that is named itself is taken even if `.gitignore` leaves it out.
pub(crate) fn walk(paths: &[&Path]) -> Result<Walked, Error> {
    let mut walked = Walked::default();
    for path in paths {
        let metadata = std::fs::metadata(path).map_err(|error| Error::Path { path: path.to_path_buf(), error })?;
        if metadata.is_dir() {
            directory(path, &mut walked);
        } else {
            let shown = shown(path);
            walked.named.push(shown.clone());
            walked.files.insert(shown, path.to_path_buf());
        }
    }
    Ok(walked)
}

fn directory(path: &Path, walked: &mut Walked) {
    let mut builder = WalkBuilder::new(path);
    builder
        .hidden(false)
        .require_git(false)
        .follow_links(false)
        .git_global(false)
        .filter_entry(|entry| entry.depth() == 0 || !LEFT_OUT.iter().any(|name| entry.file_name() == *name));
    for entry in builder.build() {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                walked.files.insert(shown(entry.path()), entry.into_path());
            }
            Ok(_) => {}
            Err(error) => walked.problems.push(Problem::general(format!("cannot look there: {error}"))),
        }
    }
}

/// The path as reports write it: with `/`, without a leading `./`.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let stripped = text.strip_prefix("./").unwrap_or(&text);
    if stripped.is_empty() { text } else { stripped.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_files_are_left_out_and_hidden_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a/Dockerfile", "out/Dockerfile", ".devcontainer/Dockerfile", "node_modules/x/Dockerfile"] {
            std::fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            std::fs::write(at(name), "FROM scratch\n").unwrap();
        }
        std::fs::write(at(".gitignore"), "out/\n").unwrap();
        let walked = walk(&[folder.path()]).unwrap();
        let names: Vec<&str> =
            walked.files.keys().filter_map(|path| path.rsplit_once("/Dockerfile")).map(|(folder, _)| folder).collect();
        let names: Vec<&str> = names.iter().filter_map(|name| name.rsplit('/').next()).collect();
        assert_eq!(names, [".devcontainer", "a"]);
        let named = walk(&[&at("out/Dockerfile")]).unwrap();
        assert_eq!(named.files.len(), 1);
        assert!(matches!(walk(&[&at("gone")]), Err(Error::Path { .. })));
    }
}
