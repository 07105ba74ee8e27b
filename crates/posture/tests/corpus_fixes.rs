//! Every fix that any rule offers, on the corpus of Dockerfiles and on every rule's examples: it does what it says and
//! nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::path::Path;

use boltseal_evidence::{Edit, Misconfiguration};
use boltseal_posture::kubernetes::pod_security::{CONTROLS, Policy};
use boltseal_posture::{Check, Checked, Options, Rule, check, fix, rules};

/// A file to judge.
struct File {
    /// Where it is from, for people.
    origin: String,
    path: String,
    text: String,
    options: Options,
}

/// The files of an example: the text before the first `=== path` line belongs to the default path.
fn example(rule: &Rule, origin: &str, text: &str) -> Vec<File> {
    let control = CONTROLS.iter().find(|control| control.rule.id == rule.id);
    let options = Options { pod_security: control.map(|control| Policy { level: control.level, minor: None }) };
    let file = |path: &str| File {
        origin: format!("{} {origin}", rule.id),
        path: path.to_owned(),
        text: String::new(),
        options: options.clone(),
    };
    let mut files = vec![file(rule.check.example_path())];
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("=== ") {
            Some(path) => files.push(file(path.trim())),
            None => files.last_mut().unwrap().text.push_str(line),
        }
    }
    files.retain(|file| !file.text.trim().is_empty());
    files
}

/// The configuration of an image is no file that anyone edits.
fn files() -> Vec<File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dockerfiles");
    let corpus = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<File> = corpus
        .map(|path| File {
            origin: path.file_name().unwrap().to_str().unwrap().to_owned(),
            path: "Dockerfile".to_owned(),
            text: std::fs::read_to_string(path).unwrap(),
            options: Options::default(),
        })
        .collect();
    assert!(files.len() > 200, "the corpus is gone");
    for rule in rules().filter(|rule| !matches!(rule.check, Check::Image(_))) {
        let kinds = [("bad", rule.bad), ("good", rule.good)];
        for (kind, at, text) in
            kinds.iter().flat_map(|(kind, texts)| texts.iter().enumerate().map(move |(at, text)| (kind, at, text)))
        {
            files.extend(example(rule, &format!("{kind} {at}"), text));
        }
    }
    files
}

/// How many findings there are of each rule on each subject.
fn counts(checked: &Checked) -> BTreeMap<(&str, &str), usize> {
    let mut counts = BTreeMap::new();
    for finding in &checked.findings {
        *counts.entry((finding.rule.as_str(), finding.subject.as_str())).or_default() += 1;
    }
    counts
}

/// What is worse in a file after its fixes than before.
fn worse(before: &Checked, after: &Checked) -> Option<String> {
    if after.kind != before.kind || after.problems.len() > before.problems.len() {
        return Some(format!("it cannot be read any more: {:?}", after.problems));
    }
    let (old, new) = (counts(before), counts(after));
    let more = new.iter().find(|(key, count)| old.get(*key).copied().unwrap_or(0) < **count)?;
    Some(format!("{:?} came", more.0))
}

/// Where the new text differs from the old one outside the edits: before the first, between two, or after the last.
fn touched(old: &[u8], new: &[u8], edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.region.start, edit.region.end));
    let (mut in_old, mut in_new) = (0, 0);
    for edit in edits {
        let Some(kept) = old.get(in_old..edit.region.start) else {
            return Some(format!("the edit {edit:?} overlaps another or lies outside"));
        };
        let rest = new.get(in_new..).unwrap_or_default();
        let Some(rest) = rest.strip_prefix(kept) else {
            return Some(format!("the text before byte {} is another", edit.region.start));
        };
        if !rest.starts_with(edit.text.as_bytes()) {
            return Some(format!("`{}` is not at byte {}", edit.text, in_new + kept.len()));
        }
        in_new += kept.len() + edit.text.len();
        in_old = edit.region.end;
    }
    (old.get(in_old..) != new.get(in_new..)).then(|| "the text after the last edit is another".to_owned())
}

/// What went wrong, how many fixes were tried alone and how many of them were refused.
#[derive(Default)]
struct Outcome {
    wrong: Vec<String>,
    offered: BTreeMap<String, usize>,
    rejected: usize,
    files: usize,
}

fn judge(file: &File, outcome: &mut Outcome) {
    let bytes = file.text.as_bytes();
    let before = check(&file.path, bytes, &file.options);
    let with_fix: Vec<&Misconfiguration> =
        before.findings.iter().filter(|finding| finding.counts() && finding.fix.is_some()).collect();
    if with_fix.is_empty() {
        return;
    }
    outcome.files += 1;
    let mut wrong = |what: String| outcome.wrong.push(format!("{} ({}): {what}", file.origin, file.path));
    for finding in &with_fix {
        *outcome.offered.entry(finding.rule.clone()).or_default() += 1;
        // Alone.
        let alone = fix(&file.path, bytes, &file.options, |other| other == *finding);
        if !alone.rejected.is_empty() || alone.applied.len() != 1 {
            outcome.rejected += 1;
            wrong(format!("{} alone is rejected: {:?}", finding.rule, alone.rejected));
            continue;
        }
        if let Some(what) = touched(bytes, &alone.bytes, &finding.fix.as_ref().unwrap().edits) {
            wrong(format!("{} alone: {what}", finding.rule));
        }
        let after = check(&file.path, &alone.bytes, &file.options);
        if let Some(what) = worse(&before, &after) {
            wrong(format!("{} alone: {what}", finding.rule));
        }
        let key = (finding.rule.as_str(), finding.subject.as_str());
        if counts(&after).get(&key).copied().unwrap_or(0) >= counts(&before)[&key] {
            wrong(format!("{} alone: it is still there", finding.rule));
        }
    }
    // All together, and again.
    let all = fix(&file.path, bytes, &file.options, |_| true);
    for (finding, reason) in &all.rejected {
        wrong(format!("{} with the others is rejected: {reason}", finding.rule));
    }
    let after = check(&file.path, &all.bytes, &file.options);
    if let Some(what) = worse(&before, &after) {
        wrong(format!("all: {what}"));
    }
    let again = fix(&file.path, &all.bytes, &file.options, |_| true);
    if again.bytes != all.bytes || !again.applied.is_empty() {
        wrong(format!("a second time: {:?}", again.applied));
    }
}

#[test]
fn every_fix_does_what_it_says_and_nothing_else() {
    let files = files();
    let workers = 4;
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let files = &files;
        let work = |worker: usize| {
            let mut outcome = Outcome::default();
            files.iter().skip(worker).step_by(workers).for_each(|file| judge(file, &mut outcome));
            outcome
        };
        let handles: Vec<_> = (0..workers).map(|worker| scope.spawn(move || work(worker))).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    let mut offered: BTreeMap<String, usize> = BTreeMap::new();
    for (rule, count) in outcomes.iter().flat_map(|outcome| &outcome.offered) {
        *offered.entry(rule.clone()).or_default() += count;
    }
    let total: usize = offered.values().sum();
    let rejected: usize = outcomes.iter().map(|outcome| outcome.rejected).sum();
    let touched: usize = outcomes.iter().map(|outcome| outcome.files).sum();
    let wrong: Vec<&String> = outcomes.iter().flat_map(|outcome| &outcome.wrong).collect();
    println!(
        "{} files, {touched} with fixes; {total} fixes of {} rules, {rejected} of them rejected ({} per mille)",
        files.len(),
        offered.len(),
        rejected * 1000 / total.max(1)
    );
    println!("{offered:?}");
    assert!(total > 300, "only {total} fixes were offered");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.iter().map(|one| one.as_str()).collect::<Vec<_>>().join("\n")
    );
}
