//! What `.gitignore`, `.ignore` and `.git/info/exclude` leave out.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use boltseal_evidence::Problem;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::shown;

/// Longer ignore files are not written by people.
const MOST: u64 = 1 << 20;

/// The ignore files that count in a folder: its own and those of the folders above.
#[derive(Debug, Clone, Default)]
pub(super) struct Ignored {
    /// Those that count more come later.
    files: Vec<Arc<Gitignore>>,
}

impl Ignored {
    /// What counts in a folder because of the repository that it lies in, its own files not yet.
    pub(super) fn above(folder: &Path, problems: &mut Vec<Problem>) -> Self {
        let mut ignored = Self::default();
        let Some(repository) = folder.ancestors().find(|folder| folder.join(".git").exists()) else { return ignored };
        ignored.add(&repository.join(".git/info/exclude"), &repository.join(".git/info/exclude"), repository, problems);
        let mut between: Vec<&Path> =
            folder.ancestors().skip(1).take_while(|above| above.starts_with(repository)).collect();
        between.reverse();
        for above in between {
            ignored = ignored.within(above, above, problems);
        }
        ignored
    }

    /// What counts in a folder that lies below; `path` is how it is shown.
    pub(super) fn within(&self, path: &Path, absolute: &Path, problems: &mut Vec<Problem>) -> Self {
        let mut ignored = self.clone();
        for name in [".gitignore", ".ignore"] {
            ignored.add(&path.join(name), &absolute.join(name), absolute, problems);
        }
        ignored
    }

    fn add(&mut self, path: &Path, file: &Path, root: &Path, problems: &mut Vec<Problem>) {
        // Nothing but a regular file is opened: a pipe would never end, a link may lead anywhere.
        let Ok(metadata) = std::fs::symlink_metadata(file) else { return };
        if metadata.is_dir() {
            return;
        }
        let mut bytes = Vec::new();
        let read = if metadata.is_file() {
            std::fs::File::open(file).and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes)).map(drop)
        } else {
            Err(std::io::Error::other("it is no regular file"))
        };
        let reason = match read {
            Ok(()) if bytes.len() as u64 > MOST => "it is larger than 1 MiB".to_owned(),
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        };
        if !reason.is_empty() {
            problems.push(Problem::at(shown(path), format!("not read, so it leaves nothing out: {reason}")));
            return;
        }
        let text = String::from_utf8_lossy(&bytes);
        let mut builder = GitignoreBuilder::new(root);
        for line in text.strip_prefix('\u{feff}').unwrap_or(&text).lines() {
            // A pattern that is none leaves nothing out, as in git.
            let _ = builder.add_line(None, line);
        }
        if let Ok(file) = builder.build()
            && !file.is_empty()
        {
            self.files.push(Arc::new(file));
        }
    }

    /// The innermost file that speaks of a path decides.
    pub(super) fn leaves_out(&self, absolute: &Path, is_folder: bool) -> bool {
        let decision =
            self.files.iter().rev().map(|file| file.matched(absolute, is_folder)).find(|each| !each.is_none());
        matches!(decision, Some(Match::Ignore(_)))
    }
}
