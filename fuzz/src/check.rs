//! The judgement of files, their fixes, and the comments by which people decide not to act.

use std::collections::{BTreeMap, BTreeSet};

use boltseal_evidence::Misconfiguration;
use boltseal_posture::kubernetes::pod_security::Policy;
use boltseal_posture::{Checked, Decisions, Options, Set, Source, check, check_namespaces, fix};

pub(crate) fn check_kubernetes(data: &[u8]) -> usize {
    judge("pod.yaml", data)
}

pub(crate) fn check_compose(data: &[u8]) -> usize {
    judge("compose.yaml", data)
}

pub(crate) fn check_toml(data: &[u8]) -> usize {
    judge("etc/containerd/config.toml", data)
}

pub(crate) fn check_json(data: &[u8]) -> usize {
    judge("etc/docker/daemon.json", data)
}

pub(crate) fn check_image(data: &[u8]) -> usize {
    let checked = boltseal_posture::check_image("image", data, None, &Options::default());
    places_hold(data, &checked.findings);
    judge("image.json", data).min(checked.findings.len())
}

/// A unit file, and the same as an environment file.
pub(crate) fn check_text(data: &[u8]) -> usize {
    judge("etc/default/kubelet", data) + judge("kubelet.service", data)
}

pub(crate) fn fix_kubernetes(data: &[u8]) -> usize {
    mend("pod.yaml", data)
}

pub(crate) fn fix_compose(data: &[u8]) -> usize {
    mend("compose.yaml", data)
}

pub(crate) fn fix_dockerfile(data: &[u8]) -> usize {
    mend("Dockerfile", data)
}

/// Files apart by a form feed: the rules on all of them, and the policies of their namespaces.
pub(crate) fn check_together(data: &[u8]) -> usize {
    let files: Vec<(String, &[u8])> =
        data.split(|byte| *byte == 0x0c).take(8).enumerate().map(|(at, file)| (format!("{at}.yaml"), file)).collect();
    let mut facts = Vec::new();
    let mut decisions: BTreeMap<String, Decisions> = BTreeMap::new();
    for (path, file) in &files {
        let checked = check(path, file, &Options::default());
        facts.push(checked.facts);
        decisions.insert(path.clone(), checked.decisions);
    }
    let paths: BTreeSet<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let findings = boltseal_posture::check_together(&Set { facts: &facts, paths: &paths, whole: true }, &decisions);
    let policies: BTreeMap<String, Policy> = [("default", "baseline"), ("shop", "restricted@v1.25")]
        .into_iter()
        .filter_map(|(name, policy)| Some((name.to_owned(), policy.parse().ok()?)))
        .collect();
    for (path, file) in &files {
        places_hold(file, &check_namespaces(path, file, &policies, &Decisions::default()));
    }
    findings.len()
}

/// How many findings comments speak of.
pub(crate) fn ignore_comments(data: &[u8]) -> usize {
    let suppressed = |path: &str| {
        let checked = check(path, data, &Options::default());
        let kept = checked.findings.iter().filter_map(|finding| finding.suppression.as_ref());
        kept.inspect(|kept| assert!(!kept.reason.is_empty() && !kept.source.is_empty(), "{kept:?}")).count()
    };
    suppressed("Dockerfile") + suppressed("pod.yaml")
}

/// Judges with and without the Pod Security Standards, which only add findings.
fn judge(path: &str, data: &[u8]) -> usize {
    let checked = check(path, data, &Options::default());
    places_hold(data, &checked.findings);
    for policy in ["baseline", "restricted@v1.24", "restricted@latest"] {
        let strict = check(path, data, &Options { pod_security: policy.parse().ok() });
        places_hold(data, &strict.findings);
        assert!(strict.findings.len() >= checked.findings.len(), "{policy} takes findings away");
    }
    checked.findings.len()
}

/// Every place lies in the file, between characters, and every edit too.
fn places_hold(data: &[u8], findings: &[Misconfiguration]) {
    let text = std::str::from_utf8(data).unwrap_or_default();
    for finding in findings {
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.region);
        let notes = finding.notes.iter().map(|note| note.region);
        for region in finding.region.into_iter().chain(edits).chain(notes) {
            assert!(text.get(region.start..region.end).is_some(), "{finding:?}");
            assert!(region.line > 0 && region.column > 0 && region.line <= region.end_line, "{finding:?}");
        }
        assert!(!finding.message.is_empty(), "{finding:?}");
    }
}

/// Fixes a file, and holds the result to what is promised: it reads no worse, what was applied is gone, nothing came.
fn mend(path: &str, data: &[u8]) -> usize {
    let options = Options::default();
    if Source::new(path, data).is_err() {
        return 0;
    }
    let before = check(path, data, &options);
    let fixed = fix(path, data, &options, |_| true);
    let after = check(path, &fixed.bytes, &options);
    assert_eq!(after.kind, before.kind);
    assert!(after.problems.len() <= before.problems.len(), "{:?} {:?}", before.problems, after.problems);
    if fixed.applied.is_empty() {
        assert_eq!(fixed.bytes, data);
        return 0;
    }
    let had = counts(&before);
    for (key, count) in counts(&after) {
        assert!(count <= had.get(&key).copied().unwrap_or(0), "{key:?} came");
    }
    assert!(after.findings.len() < before.findings.len(), "{:?}", fixed.applied);
    fixed.applied.len()
}

fn counts(checked: &Checked) -> BTreeMap<(&str, &str), usize> {
    let mut counts = BTreeMap::new();
    for finding in &checked.findings {
        *counts.entry((finding.rule.as_str(), finding.subject.as_str())).or_insert(0) += 1;
    }
    counts
}
