//! Applying fixes: only those after which the finding is gone and no new one came.

use std::collections::{BTreeMap, HashMap, HashSet};

use boltseal_evidence::{Edit, Misconfiguration};

use crate::check::{Checked, Options, check};

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

/// How often a file is judged at most to find out which of its fixes hold.
const ATTEMPTS: usize = 400;

/// Applies the fixes of a file's findings that `wanted` takes.
///
/// All fixes that do not overlap are tried at once; if the file is not better for it in every respect, each half of
/// them. A fix counts only if afterwards its finding is gone, the file reads without a new problem, and no new finding
/// came.
pub fn fix(path: &str, bytes: &[u8], options: &Options, wanted: impl Fn(&Misconfiguration) -> bool) -> Fixed {
    let mut fixed = Fixed { bytes: bytes.to_vec(), applied: Vec::new(), rejected: Vec::new() };
    let mut before = check(path, bytes, options);
    let mut refused: HashSet<(String, String, String)> = HashSet::new();
    let mut size = usize::MAX;
    // A fix may uncover another (a flag that belongs to an option just written), but never without end.
    for _ in 0..ATTEMPTS {
        let known: Vec<&Misconfiguration> = before
            .findings
            .iter()
            .filter(|finding| finding.counts() && finding.fix.is_some() && wanted(finding))
            .filter(|finding| !refused.contains(&name(finding)))
            .collect();
        let mut batch = apart(&known);
        batch.truncate(size);
        let [first, ..] = batch.as_slice() else { return fixed };
        match attempt(path, &fixed.bytes, options, &before, &batch) {
            Ok((bytes, after)) => {
                fixed.applied.extend(batch.into_iter().cloned());
                fixed.bytes = bytes;
                before = after;
                size = size.saturating_mul(2);
            }
            Err(reason) if batch.len() == 1 => {
                refused.insert(name(first));
                fixed.rejected.push(((*first).clone(), reason));
                size = 2;
            }
            Err(_) => size = batch.len() / 2,
        }
    }
    let left = before.findings.into_iter().filter(|finding| {
        finding.counts() && finding.fix.is_some() && wanted(finding) && !refused.contains(&name(finding))
    });
    let reason = "too many fixes of this file did not hold: fix it again for the rest";
    fixed.rejected.extend(left.map(|finding| (finding, reason.to_owned())));
    fixed
}

/// What a finding is known by, wherever its lines have gone.
fn name(finding: &Misconfiguration) -> (String, String, String) {
    (finding.rule.clone(), finding.subject.clone(), finding.message.clone())
}

/// Fixes from the top that do not touch each other.
fn apart<'f>(findings: &[&'f Misconfiguration]) -> Vec<&'f Misconfiguration> {
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let mut batch = Vec::new();
    for finding in findings {
        let Some(fix) = &finding.fix else { continue };
        let touches = |edit: &Edit| {
            let before = taken.range(..=edit.region.end).next_back();
            before.is_some_and(|(_, end)| edit.region.start <= *end)
        };
        if !fix.edits.iter().any(touches) {
            for edit in &fix.edits {
                let end = taken.entry(edit.region.start).or_default();
                *end = edit.region.end.max(*end);
            }
            batch.push(*finding);
        }
    }
    batch
}

/// The file after the fixes of a batch, and what it is judged to be then.
fn attempt(
    path: &str,
    bytes: &[u8],
    options: &Options,
    before: &Checked,
    batch: &[&Misconfiguration],
) -> Result<(Vec<u8>, Checked), String> {
    let edits = batch.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits);
    let new = apply(bytes, edits).ok_or("its edits do not fit the file")?;
    let after = check(path, &new, options);
    if after.problems.len() > before.problems.len() || after.kind != before.kind {
        return Err("the file could no longer be read".to_owned());
    }
    let (had, has) = (counts(before.findings.iter()), counts(after.findings.iter()));
    let of = |counts: &HashMap<(&str, &str), usize>, finding: &Misconfiguration| {
        counts.get(&(finding.rule.as_str(), finding.subject.as_str())).copied().unwrap_or_default()
    };
    if let Some(finding) = after.findings.iter().find(|finding| of(&has, finding) > of(&had, finding)) {
        return Err(format!("{} would come: {}", finding.rule, finding.message));
    }
    let gone = counts(batch.iter().copied());
    if batch.iter().any(|finding| of(&has, finding) + of(&gone, finding) > of(&had, finding)) {
        return Err("the finding would stay".to_owned());
    }
    Ok((new, after))
}

/// How many findings there are of each rule on each subject.
fn counts<'f>(findings: impl Iterator<Item = &'f Misconfiguration>) -> HashMap<(&'f str, &'f str), usize> {
    let mut counts = HashMap::new();
    for finding in findings {
        *counts.entry((finding.rule.as_str(), finding.subject.as_str())).or_default() += 1;
    }
    counts
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
