//! Applying fixes: only those after which the finding is gone and no new one came.

use boltseal_evidence::{Edit, Misconfiguration};

use crate::check::{Options, check};

/// A file after its fixes.
#[derive(Debug)]
pub struct Fixed {
    /// The new bytes.
    pub bytes: Vec<u8>,
    /// The findings that are gone.
    pub applied: Vec<Misconfiguration>,
    /// Findings whose fix did not hold what it promised, with the reason.
    pub rejected: Vec<(Misconfiguration, String)>,
}

/// Applies the fixes of a file's findings that `wanted` takes.
///
/// All fixes that do not overlap are tried at once; if the file is not better for it in every respect, one by one. A
/// fix counts only if afterwards its finding is gone, the file reads without a new problem, and no new finding came.
pub fn fix(path: &str, bytes: &[u8], options: &Options, wanted: impl Fn(&Misconfiguration) -> bool) -> Fixed {
    let mut fixed = Fixed { bytes: bytes.to_vec(), applied: Vec::new(), rejected: Vec::new() };
    // A fix may uncover another (a flag that belongs to an option just written), but never without end.
    for _ in 0..64 {
        let before = check(path, &fixed.bytes, options);
        let known: Vec<Misconfiguration> = before
            .findings
            .iter()
            .filter(|finding| finding.counts() && finding.fix.is_some() && wanted(finding))
            .filter(|finding| !fixed.rejected.iter().any(|(rejected, _)| same(rejected, finding)))
            .cloned()
            .collect();
        let batch = apart(&known);
        if batch.is_empty() {
            break;
        }
        if let Ok(bytes) = attempt(path, &fixed.bytes, options, &batch) {
            fixed.bytes = bytes;
            fixed.applied.extend(batch.into_iter().cloned());
            continue;
        }
        let mut progress = false;
        for finding in batch {
            match attempt(path, &fixed.bytes, options, &[finding]) {
                Ok(bytes) => {
                    fixed.bytes = bytes;
                    fixed.applied.push(finding.clone());
                    progress = true;
                    // Offsets have moved.
                    break;
                }
                Err(reason) => fixed.rejected.push((finding.clone(), reason)),
            }
        }
        if !progress && known.iter().all(|finding| fixed.rejected.iter().any(|(rejected, _)| same(rejected, finding))) {
            break;
        }
    }
    fixed
}

/// The same finding, wherever its lines have gone.
fn same(one: &Misconfiguration, other: &Misconfiguration) -> bool {
    one.rule == other.rule && one.subject == other.subject && one.message == other.message
}

/// Fixes from the top that do not touch each other.
fn apart(findings: &[Misconfiguration]) -> Vec<&Misconfiguration> {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut batch = Vec::new();
    for finding in findings {
        let Some(fix) = &finding.fix else { continue };
        let clash = fix.edits.iter().any(|edit| {
            taken.iter().any(|other| edit.region.start <= other.region.end && other.region.start <= edit.region.end)
        });
        if !clash {
            taken.extend(&fix.edits);
            batch.push(finding);
        }
    }
    batch
}

fn attempt(path: &str, bytes: &[u8], options: &Options, batch: &[&Misconfiguration]) -> Result<Vec<u8>, String> {
    let edits = batch.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits);
    let new = apply(bytes, edits).ok_or("its edits do not fit the file")?;
    let before = check(path, bytes, options);
    let after = check(path, &new, options);
    if after.problems.len() > before.problems.len() || after.kind != before.kind {
        return Err("the file could no longer be read".to_owned());
    }
    let count = |findings: &[Misconfiguration], like: &Misconfiguration| {
        findings.iter().filter(|finding| finding.rule == like.rule && finding.subject == like.subject).count()
    };
    for finding in &after.findings {
        if count(&after.findings, finding) > count(&before.findings, finding) {
            return Err(format!("{} would come: {}", finding.rule, finding.message));
        }
    }
    for finding in batch {
        let gone = batch.iter().filter(|other| other.rule == finding.rule && other.subject == finding.subject).count();
        if count(&after.findings, finding) + gone > count(&before.findings, finding) {
            return Err("the finding would stay".to_owned());
        }
    }
    Ok(new)
}

/// The bytes after the edits; `None` if they overlap or lie outside.
fn apply<'e>(bytes: &[u8], edits: impl Iterator<Item = &'e Edit>) -> Option<Vec<u8>> {
    let mut edits: Vec<&Edit> = edits.collect();
    edits.sort_by_key(|edit| (edit.region.start, edit.region.end));
    let mut new = Vec::with_capacity(bytes.len() + 64);
    let mut at = 0;
    for edit in edits {
        new.extend_from_slice(bytes.get(at..edit.region.start)?);
        new.extend_from_slice(edit.text.as_bytes());
        at = edit.region.end;
    }
    new.extend_from_slice(bytes.get(at..)?);
    Some(new)
}
