//! Every rule has examples, and they show what the rule says. They are its documentation too.

use std::collections::{BTreeMap, BTreeSet};

use boltseal_posture::image::{Entry, EntryKind, Files};
use boltseal_posture::kubernetes::pod_security::{CONTROLS, Policy};
use boltseal_posture::{Facts, Options, Rule, Set, check, check_image, check_together, rules};

/// The files of an example: the text before the first `=== path` line belongs to the default path.
fn files(rule: &Rule, example: &str) -> Vec<(String, String)> {
    let mut files = vec![(rule.check.example_path().to_owned(), String::new())];
    for line in example.split_inclusive('\n') {
        match line.strip_prefix("=== ") {
            Some(path) => files.push((path.trim().to_owned(), String::new())),
            None => files.last_mut().into_iter().for_each(|(_, text)| text.push_str(line)),
        }
    }
    files.retain(|(_, text)| !text.trim().is_empty());
    files
}

/// What a rule needs to be heard: a control of the Pod Security Standards counts at its own level.
fn options(rule: &Rule) -> Options {
    let control = CONTROLS.iter().find(|control| control.rule.id == rule.id);
    Options { pod_security: control.map(|control| Policy { level: control.level, minor: None }) }
}

/// The files of an image from lines `mode path`; what follows the path is the file's text, with `|` for line breaks, and
/// a path that ends with `/` is a directory.
fn image_files(text: &str) -> Files {
    let mut files = Files::default();
    for line in text.lines() {
        let mut words = line.splitn(3, ' ');
        let mode = words.next().and_then(|mode| u32::from_str_radix(mode, 8).ok()).unwrap_or(0);
        let (path, text) = (words.next().unwrap_or("/"), words.next());
        let kind = if path.ends_with('/') { EntryKind::Directory } else { EntryKind::File };
        files.note(&Entry { path: path.trim_end_matches('/'), kind, mode, uid: 0, size: 1 });
        if Files::wants(path) {
            files.read(path, text.unwrap_or_default().replace('|', "\n").as_bytes());
        }
    }
    files
}

/// The messages of a rule on an example, and what went wrong while reading it.
fn judge(rule: &Rule, example: &str) -> (Vec<String>, Vec<String>) {
    let files = files(rule, example);
    let mut findings = Vec::new();
    let mut problems = Vec::new();
    let mut facts: Vec<Facts> = Vec::new();
    let mut decisions = BTreeMap::new();
    let listed = files.iter().find(|(path, _)| path == "files.txt").map(|(_, text)| image_files(text));
    for (path, text) in files.iter().filter(|(path, _)| path != "files.txt") {
        let checked = match &listed {
            Some(listed) => check_image(path, text.as_bytes(), Some(listed), &Options::default()),
            None => check(path, text.as_bytes(), &options(rule)),
        };
        problems.extend(checked.problems.iter().map(|problem| format!("{path}: {}", problem.message)));
        findings.extend(checked.findings);
        facts.push(checked.facts);
        decisions.insert(path.clone(), checked.decisions);
    }
    let paths: BTreeSet<String> = files.iter().map(|(path, _)| path.clone()).collect();
    findings.extend(check_together(&Set { facts: &facts, paths: &paths, whole: true }, &decisions));
    findings.retain(|finding| finding.rule == rule.id);
    (findings.into_iter().map(|finding| finding.message).collect(), problems)
}

#[test]
fn every_rule_finds_its_bad_examples_and_not_its_good_ones() {
    let mut wrong = Vec::new();
    for rule in rules() {
        if rule.bad.is_empty() || rule.good.is_empty() {
            wrong.push(format!("{}: a rule needs a bad and a good example", rule.id));
        }
        for (at, example) in rule.bad.iter().enumerate() {
            let (found, _) = judge(rule, example);
            if found.is_empty() {
                wrong.push(format!("{}: bad example {at} is not found:\n{example}", rule.id));
            }
        }
        for (at, example) in rule.good.iter().enumerate() {
            let (found, problems) = judge(rule, example);
            for message in found {
                wrong.push(format!("{}: good example {at} is found: {message}\n{example}", rule.id));
            }
            for problem in problems {
                wrong.push(format!("{}: good example {at} cannot be read: {problem}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn rules_are_written_as_the_house_asks() {
    let mut ids = BTreeSet::new();
    let mut wrong = Vec::new();
    for rule in rules() {
        let digits = rule.id.strip_prefix("BS-").and_then(|rest| rest.get(1..)).unwrap_or_default();
        if digits.len() != 3 || digits.parse::<u32>().is_err() {
            wrong.push(format!("{}: an id is BS-, a letter and three digits", rule.id));
        }
        if !ids.insert(rule.id) {
            wrong.push(format!("{}: the id stands twice", rule.id));
        }
        if rule.title.is_empty() || rule.title.ends_with('.') || rule.title.chars().count() > 90 {
            wrong.push(format!("{}: a title is short and has no period", rule.id));
        }
        for (what, text) in [("why", rule.why), ("advice", rule.advice)] {
            if text.len() < 20 || !text.ends_with('.') {
                wrong.push(format!("{}: `{what}` is one to three sentences", rule.id));
            }
        }
        if rule.references.is_empty() || rule.references.iter().any(|reference| !reference.starts_with("https://")) {
            wrong.push(format!("{}: references are https addresses, at least one", rule.id));
        }
        for example in rule.bad {
            for message in judge(rule, example).0 {
                if message.ends_with('.') || message.is_empty() {
                    wrong.push(format!("{}: a message is a sentence without a period: {message}", rule.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
