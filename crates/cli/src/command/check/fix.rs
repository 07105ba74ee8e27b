//! What `--fix` did, for people.

use std::fmt::Write;

use boltseal_check::FixOutcome;

use crate::output::Console;

/// The changes as a unified difference, as `git apply` reads it.
pub(super) fn differences(outcome: &FixOutcome) -> String {
    let mut text = String::new();
    for file in &outcome.files {
        if file.before == file.after {
            continue;
        }
        let before = String::from_utf8_lossy(&file.before);
        let after = String::from_utf8_lossy(&file.after);
        let difference = similar::TextDiff::from_lines(before.as_ref(), after.as_ref());
        let header = (format!("a/{}", file.path), format!("b/{}", file.path));
        let _ = write!(text, "{}", difference.unified_diff().context_radius(3).header(&header.0, &header.1));
    }
    text
}

/// Says how many findings are gone and which fixes were taken back.
pub(super) fn tell(outcome: &FixOutcome, dry_run: bool, console: &Console) {
    let applied: usize = outcome.files.iter().map(|file| file.applied.len()).sum();
    let files = outcome.files.iter().filter(|file| file.before != file.after).count();
    let would = if dry_run { "would be " } else { "" };
    let of = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    console.note(&format!("{} in {} {would}fixed", of(applied, "finding"), of(files, "file")));
    for file in &outcome.files {
        for (finding, reason) in &file.rejected {
            let line = finding.region.map(|region| format!(":{}", region.line)).unwrap_or_default();
            console.note(&format!("{}{line}: the fix of {} was taken back: {reason}", file.path, finding.rule));
        }
    }
    for (path, reason) in &outcome.failed {
        console.warning(&format!("{path}: {reason}"));
    }
}
