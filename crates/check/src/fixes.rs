//! Fixing files: what is safe is changed, judged again, and written only if nothing got worse.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use boltseal_evidence::Misconfiguration;

use crate::report::{Check, Selection};
use crate::{Error, Options};

/// What happened to one file.
#[derive(Debug)]
pub struct FileFix {
    /// As reports call it.
    pub path: String,
    /// Where it is.
    pub file: PathBuf,
    /// The bytes before.
    pub before: Vec<u8>,
    /// The bytes after.
    pub after: Vec<u8>,
    /// Findings that are gone.
    pub applied: Vec<Misconfiguration>,
    /// Findings whose fix was taken back, with the reason.
    pub rejected: Vec<(Misconfiguration, String)>,
}

/// What became of all files.
#[derive(Debug, Default)]
pub struct FixOutcome {
    /// Files that change, by path.
    pub files: Vec<FileFix>,
    /// Files that could not be read or written: path and reason.
    pub failed: Vec<(String, String)>,
}

/// Applies the fixes of a check's findings. Nothing is written if `dry_run`.
///
/// # Errors
/// As [`crate::check`], where the options name a rule that is none.
pub fn fix(check: &Check, options: &Options, dry_run: bool) -> Result<FixOutcome, Error> {
    let selection = Selection::new(options)?;
    let paths: BTreeSet<&str> = check
        .report
        .findings
        .iter()
        .filter(|finding| finding.counts() && finding.fix.is_some())
        .map(|finding| finding.path.as_str())
        .collect();
    let mut outcome = FixOutcome::default();
    for path in paths {
        let Some(file) = check.files.get(path) else { continue };
        let before = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                outcome.failed.push((path.to_owned(), format!("cannot be read: {error}")));
                continue;
            }
        };
        let fixed = boltseal_posture::fix(path, &before, &options.posture, |finding| selection.takes(finding));
        if fixed.bytes == before && fixed.rejected.is_empty() {
            continue;
        }
        if !dry_run
            && fixed.bytes != before
            && let Err(error) = write(file, &fixed.bytes)
        {
            outcome.failed.push((path.to_owned(), format!("cannot be written: {error}")));
            continue;
        }
        outcome.files.push(FileFix {
            path: path.to_owned(),
            file: file.clone(),
            before,
            after: fixed.bytes,
            applied: fixed.applied,
            rejected: fixed.rejected,
        });
    }
    Ok(outcome)
}

/// Replaces a file, unless it is marked as one that is not to be changed: whoever may write the folder could.
fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if std::fs::metadata(file)?.permissions().readonly() {
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, "it is write-protected"));
    }
    boltseal_store::write_atomically(file, bytes)
}
