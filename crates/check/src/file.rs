//! Reading one file and having it judged.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use boltseal_evidence::{NotAssessed, NotAssessedReason, Problem};
use boltseal_posture::{Checked, Facts, check, recognise};

use crate::{Options, custom};

/// How much of a file is enough to tell whether it is of a kind that rules read.
const HEAD: u64 = 64 << 10;

/// Judges a file. One that is too large or cannot be read gives a problem.
pub(crate) fn judge(shown: &str, path: &Path, options: &Options) -> Checked {
    match read(path, options.max_size) {
        Ok(Content::Whole(bytes)) => judge_bytes(shown, &bytes, options),
        Ok(Content::Head(head, size)) => {
            let text = String::from_utf8_lossy(&head);
            let mut checked = nothing(shown);
            if recognise(shown, &text).is_some() {
                let limit = options.max_size >> 20;
                let message =
                    format!("has {size} bytes, and files are read up to {limit} MiB: split it, or raise --max-size");
                checked.problems.push(Problem::at(shown, &message));
                checked.not_assessed.push(NotAssessed {
                    reason: NotAssessedReason::Limit,
                    what: shown.to_owned(),
                    detail: message,
                    packages: 0,
                });
            }
            checked
        }
        Err(error) => {
            let mut checked = nothing(shown);
            checked.problems.push(Problem::at(shown, format!("cannot be read: {error}")));
            checked
        }
    }
}

/// Judges bytes that are called `shown`, by the rules and by checks of people's own.
pub(crate) fn judge_bytes(shown: &str, bytes: &[u8], options: &Options) -> Checked {
    let mut checked = check(shown, bytes, &options.posture);
    if let Some(library) = &options.custom {
        custom::judge(library, shown, bytes, &mut checked);
    }
    checked
}

/// A file of which nothing is known.
pub(crate) fn nothing(shown: &str) -> Checked {
    Checked { facts: Facts { path: shown.to_owned(), ..Facts::default() }, ..Checked::default() }
}

enum Content {
    Whole(Vec<u8>),
    /// The beginning, and the size of the whole.
    Head(Vec<u8>, u64),
}

fn read(path: &Path, max: u64) -> std::io::Result<Content> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(max)).unwrap_or_default());
    if size > max {
        file.take(HEAD).read_to_end(&mut bytes)?;
        return Ok(Content::Head(bytes, size));
    }
    file.take(max + 1).read_to_end(&mut bytes)?;
    let read = bytes.len() as u64;
    Ok(if read > max { Content::Head(bytes, read) } else { Content::Whole(bytes) })
}

/// Names whose files can be of a kind that rules read; others are not opened.
pub(crate) fn is_candidate(shown: &str) -> bool {
    let name = shown.rsplit('/').next().unwrap_or(shown).to_ascii_lowercase();
    if name.contains("dockerfile") || name.contains("containerfile") {
        return true;
    }
    match name.rsplit_once('.') {
        None => true,
        Some(("", _)) => false,
        Some((_, extension)) => {
            matches!(extension, "yaml" | "yml" | "json" | "toml" | "txt" | "conf" | "service" | "env" | "manifest")
        }
    }
}
