//! Promise: every rule says what it is about, by any of its names, and has a page.

use std::collections::BTreeSet;

use crate::program::Program;

#[test]
fn all_rules_are_listed_once_and_each_has_a_page() {
    let program = Program::new();
    let text = program.run(&["rules"]).expect_status(0).stdout;
    let ids: Vec<&str> = text.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "no id twice");
    let count = |letter: &str| ids.iter().filter(|id| id.starts_with(letter)).count();
    assert!(count("BS-D") >= 80 && count("BS-K") >= 100, "{} {}", count("BS-D"), count("BS-K"));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules");
    let pages: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".md").map(str::to_owned))
        .filter(|name| name != "README")
        .collect();
    let missing: Vec<&&str> = unique.iter().filter(|id| !pages.contains(**id)).collect();
    assert!(missing.is_empty(), "`cargo xtask rules` writes the pages of {missing:?}");
    let stale: Vec<&String> = pages.iter().filter(|page| !unique.contains(page.as_str())).collect();
    assert!(stale.is_empty(), "pages of no rule: {stale:?}");
}

#[test]
fn a_rule_is_explained_by_any_of_its_names() {
    let program = Program::new();
    let page = |name: &str| program.run(&["rules", name]).expect_status(0).stdout;
    for (name, id) in [
        ("BS-D165", "BS-D165"),
        ("dl3008", "BS-D165"),
        ("KSV-0017", "BS-K001"),
        ("AVD-KSV-0017", "BS-K001"),
        ("KSV017", "BS-K001"),
        ("CKV_K8S_16", "BS-K001"),
        ("privileged-container", "BS-K001"),
    ] {
        let text = page(name);
        assert!(text.starts_with(&format!("# {id}: ")), "{name}: {text}");
        for part in ["## Why it matters", "## What to do", "## Found in", "## Not found in", "https://"] {
            assert!(text.contains(part), "{name}: {part}");
        }
    }
    let both = page("DS-0001");
    assert!(both.contains("# BS-D030: ") && both.contains("# BS-D031: "), "a name of several rules: {both}");
    assert_eq!(program.run(&["rules", "BS-D165", "--format", "markdown"]).stdout, page("BS-D165"));
}

#[test]
fn what_is_no_rule_is_wrong_usage_with_the_way_out() {
    let program = Program::new();
    let outcome = program.run(&["rules", "DL3008", "DL9999"]).expect_status(2);
    assert!(outcome.stderr.contains("`DL9999`") && outcome.stderr.contains("boltseal rules"), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "");
    let format = program.run(&["rules", "--format", "pdf"]).expect_status(2);
    assert!(format.stderr.contains("`pdf`") && format.stderr.contains("markdown"), "{}", format.stderr);
}

#[test]
fn the_forms_hold_the_same_rules() {
    let program = Program::new();
    let text = program.run(&["rules"]).expect_status(0).stdout;
    let json = program.run(&["rules", "--format", "json"]).expect_status(0).json();
    let all = json.as_array().unwrap();
    assert_eq!(all.len(), text.lines().count());
    for rule in all {
        for key in ["id", "title", "severity", "why", "advice"] {
            assert!(rule[key].as_str().is_some_and(|value| !value.trim().is_empty()), "{key}: {rule:#}");
        }
        let references = rule["references"].as_array().unwrap();
        assert!(references.iter().all(|page| page.as_str().unwrap().starts_with("https://")), "{rule:#}");
    }
    let markdown = program.run(&["rules", "--format", "markdown"]).expect_status(0).stdout;
    let linked = all.iter().filter(|rule| markdown.contains(rule["id"].as_str().unwrap())).count();
    assert_eq!(linked, all.len());
    let index = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules/README.md")).unwrap();
    assert!(index == markdown, "the index in docs/rules is this one");
    program.run(&["rules", "DL3008", "--format", "json", "-o", "rule.json"]).expect_status(0);
    let one: serde_json::Value = serde_json::from_slice(&program.read("rule.json")).unwrap();
    assert_eq!(one[0]["id"], "BS-D165");
}
