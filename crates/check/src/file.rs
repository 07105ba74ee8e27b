//! Reading one file and having it judged.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use boltseal_evidence::{NotAssessed, NotAssessedReason, Problem};
use boltseal_posture::{Checked, Facts, check, recognise};

use crate::{Options, custom};

/// How much of a file is enough to tell whether it is of a kind that rules read.
const HEAD: u64 = 64 << 10;

/// Judges a file. One that is too large or cannot be read gives a problem. A file that was not `named` is left alone
/// unless its name or its content is of a kind that rules read.
pub(crate) fn judge(shown: &str, path: &Path, named: bool, options: &Options) -> Judged {
    match read(shown, path, named, options.max_size) {
        Ok(Content::Whole(bytes)) => {
            if !named && std::str::from_utf8(&bytes).is_err() && !is_meant_as_one(shown, &bytes) {
                return nothing(shown).into();
            }
            judge_bytes(shown, &bytes, options)
        }
        Ok(Content::Large(head, size)) => {
            let mut checked = nothing(shown);
            if is_meant_as_one(shown, &head) {
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
            checked.into()
        }
        Ok(Content::Other) => nothing(shown).into(),
        Err(error) => {
            let mut checked = nothing(shown);
            let message = format!("cannot be read: {error}");
            if named || is_named_as_one(shown) {
                checked.not_assessed.push(NotAssessed {
                    reason: NotAssessedReason::Unreadable,
                    what: shown.to_owned(),
                    detail: message.clone(),
                    packages: 0,
                });
            }
            checked.problems.push(Problem::at(shown, message));
            checked.into()
        }
    }
}

/// What one file gave, by rules and by checks of people's own.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) checked: Checked,
    /// Checks of people's own that could not be asked about it.
    pub(crate) unasked: Vec<NotAssessed>,
}

impl From<Checked> for Judged {
    fn from(checked: Checked) -> Self {
        Self { checked, unasked: Vec::new() }
    }
}

/// Judges bytes that are called `shown`, by the rules and by checks of people's own.
pub(crate) fn judge_bytes(shown: &str, bytes: &[u8], options: &Options) -> Judged {
    let mut checked = check(shown, bytes, &options.posture);
    let unasked =
        options.custom.as_ref().map(|library| custom::judge(library, shown, bytes, &mut checked)).unwrap_or_default();
    Judged { checked, unasked }
}

/// A file of which nothing is known.
pub(crate) fn nothing(shown: &str) -> Checked {
    Checked { facts: Facts { path: shown.to_owned(), ..Facts::default() }, ..Checked::default() }
}

enum Content {
    Whole(Vec<u8>),
    /// The beginning, and the size of the whole.
    Large(Vec<u8>, u64),
    /// Of no kind that rules read, by its beginning.
    Other,
}

fn read(shown: &str, path: &Path, named: bool, max: u64) -> std::io::Result<Content> {
    // Nobody waits for a pipe that took the place of a file.
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is no regular file"));
    }
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(max)).unwrap_or_default());
    file.by_ref().take(HEAD).read_to_end(&mut bytes)?;
    // Most files without an extension are programs; a Dockerfile shows at once.
    let structured = [".json", ".toml"].iter().any(|extension| shown.to_ascii_lowercase().ends_with(extension));
    if !named && !structured && !is_named_as_one(shown) && recognise(shown, &String::from_utf8_lossy(&bytes)).is_none()
    {
        return Ok(Content::Other);
    }
    if size > max {
        return Ok(Content::Large(bytes, size));
    }
    file.take((max + 1).saturating_sub(bytes.len() as u64)).read_to_end(&mut bytes)?;
    let read = bytes.len() as u64;
    Ok(if read > max { Content::Large(bytes, read) } else { Content::Whole(bytes) })
}

/// Bytes that are no UTF-8 were meant to be a file of a kind that rules read: by the name, or since they would be one
/// if they were.
fn is_meant_as_one(shown: &str, bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(HEAD as usize)).unwrap_or_default();
    let unit = |pair: &[u8]| match pair {
        [first, second] if bytes.starts_with(&[0xff, 0xfe]) => u16::from_le_bytes([*first, *second]),
        [first, second] => u16::from_be_bytes([*first, *second]),
        _ => 0,
    };
    let text = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let units: Vec<u16> = head.chunks_exact(2).skip(1).map(unit).collect();
        String::from_utf16_lossy(&units)
    } else {
        let binary = head.contains(&0);
        if binary && is_named_as_one(shown) {
            return true;
        }
        String::from_utf8_lossy(head).into_owned()
    };
    recognise(shown, &text).is_some()
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
        Some((_, extension)) => matches!(extension, "yaml" | "yml" | "json" | "toml" | "txt"),
    }
}

/// Names whose files are mostly of a kind that rules read, so that one that cannot be read is worth a word.
pub(crate) fn is_named_as_one(shown: &str) -> bool {
    let name = shown.rsplit('/').next().unwrap_or(shown).to_ascii_lowercase();
    name.ends_with(".yaml") || name.ends_with(".yml") || recognise(shown, "").is_some()
}
