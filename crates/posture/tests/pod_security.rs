//! The public fixtures of the Pod Security Standards get the verdict of their folder and the control of their name.
//!
//! They lie in `pod-security/{baseline,restricted}/v1.N/{pass,fail}/CONTROLn.yaml` in the folder that
//! `BOLTSEAL_VECTORS` names, by default `../shared/vectors` beside the workspace; a test whose folder is absent says so
//! and passes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use boltseal_posture::kubernetes::pod_security::{CONTROLS, Policy, evaluate};
use boltseal_posture::kubernetes::{Workload, objects};
use boltseal_posture::yaml::{Limits, parse};
use boltseal_posture::{Options, Source, check};

/// The ids of the controls that forbid the one pod of a file.
fn failing(text: &str, policy: &Policy) -> BTreeSet<&'static str> {
    let parsed = parse(&Source::from_text("pod.yaml", text), Limits::default());
    assert!(parsed.error.is_none(), "{:?}", parsed.error);
    let pods: Vec<_> = parsed.documents.iter().flat_map(objects).collect();
    let [pod] = pods[..] else { panic!("{} objects", pods.len()) };
    let workload = Workload::new(pod).expect("a pod");
    evaluate(policy, &workload).iter().map(|violation| violation.check).collect()
}

/// The ids by which the rules of a file's findings answer.
fn reported(text: &str, policy: &Policy) -> BTreeSet<&'static str> {
    let options = Options { pod_security: Some(*policy) };
    let checked = check("pod.yaml", text.as_bytes(), &options);
    let rule = |id: &str| CONTROLS.iter().map(|control| control.rule).find(|rule| rule.id == id);
    checked.findings.iter().filter_map(|finding| rule(&finding.rule)).flat_map(|rule| rule.aliases).copied().collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// Why the verdict on a fixture is wrong; nothing if it is right.
fn judge(path: &Path, policy: &Policy, passes: bool) -> Option<String> {
    let text = fs::read_to_string(path).unwrap();
    let failing = failing(&text, policy);
    if passes {
        return (!failing.is_empty()).then(|| format!("{failing:?} instead of nothing"));
    }
    let wanted = name(path).trim_end_matches(|digit: char| digit.is_ascii_digit()).to_owned();
    let Some(control) = CONTROLS.iter().find(|control| control.id.to_lowercase() == wanted) else {
        return Some(format!("no control is called `{wanted}`"));
    };
    // At the restricted level some controls are part of stricter ones, and of twins that differ in nothing but the
    // name of their file one is named after each. A few fixtures cannot help but break another control too: a
    // HostProcess pod has to be in the host's network.
    let controls = policy.controls();
    let stricter = controls.iter().find(|(_, revision)| revision.overrides.contains(&control.id));
    let expected = stricter.map_or(control.id, |(stricter, _)| stricter.id);
    if !failing.contains(expected) || failing.len() > 2 {
        return Some(format!("{failing:?} instead of {expected}"));
    }
    let own = Policy { level: control.level, ..*policy };
    if !self::failing(&text, &own).contains(control.id) {
        return Some(format!("not forbidden by {} itself", control.id));
    }
    (!reported(&text, policy).contains(control.id)).then(|| format!("no finding answers to {}", control.id))
}

#[test]
fn fixtures_get_the_verdict_of_their_folder_and_the_control_of_their_name() {
    let root = std::env::var_os("BOLTSEAL_VECTORS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors")), PathBuf::from)
        .join("pod-security");
    if !root.is_dir() {
        println!("skipped: {} is no folder", root.display());
        return;
    }
    let mut wrong = Vec::new();
    let mut count = [0, 0];
    for level in entries(&root).into_iter().filter(|path| path.is_dir()) {
        for version in entries(&level) {
            let folder = version.file_name().unwrap().to_string_lossy().into_owned();
            let policy: Policy = format!("{}@{folder}", name(&level)).parse().unwrap();
            for (at, verdict) in ["fail", "pass"].into_iter().enumerate() {
                for fixture in entries(&version.join(verdict)) {
                    count[at] += 1;
                    if let Some(why) = judge(&fixture, &policy, at == 1) {
                        wrong.push(format!("{}: {why}", fixture.display()));
                    }
                }
            }
        }
    }
    println!("{} fixtures that fail, {} that pass", count[0], count[1]);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count[0] > 100 && count[1] > 50, "only {count:?} fixtures in {}", root.display());
}
