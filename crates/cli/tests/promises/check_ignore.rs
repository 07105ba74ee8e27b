//! Promise: a finding is ignored with a reason, by our comments and by those of the tools that people come from.

use serde_json::Value;

use crate::program::Program;

/// The findings of a file by one rule, after checking it under that name.
fn judged(program: &Program, name: &str, text: &str, rule: &str) -> (Vec<Value>, Vec<String>) {
    let arguments = ["check", "--format", "json", "--stdin-filename", name];
    let report = program.feed(&arguments, text.as_bytes()).expect_status(0).json();
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == rule);
    let problems = report["problems"].as_array().into_iter().flatten();
    let messages = problems.map(|problem| problem["message"].as_str().unwrap().to_owned());
    (findings.cloned().collect(), messages.collect())
}

/// The reason and place of the one finding's suppression.
fn suppression(program: &Program, name: &str, text: &str, rule: &str) -> Option<(String, String)> {
    let (findings, _) = judged(program, name, text, rule);
    assert_eq!(findings.len(), 1, "{text}\n{findings:#?}");
    let suppression = findings[0].get("suppression")?;
    let text = |key: &str| suppression[key].as_str().unwrap().to_owned();
    Some((text("reason"), text("source")))
}

const RUN: &str = "RUN apt-get update && \\\n    apt-get install -y curl\nUSER 1000\n";

fn dockerfile(comment: &str) -> String {
    format!("FROM debian:12\n{comment}\n{RUN}")
}

fn pod(comment: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: app\n      image: nginx:1.27\n      securityContext:\n        {comment}\n        privileged: true\n"
    )
}

#[test]
fn every_kind_of_comment_is_understood() {
    let program = Program::new();
    assert_eq!(suppression(&program, "Dockerfile", &dockerfile("# nothing"), "BS-D164"), None);
    for (comment, reason) in [
        ("# boltseal:ignore BS-D164 because we want them", "we want them"),
        ("# boltseal:ignore DL3015 because: we want them", "we want them"),
        ("# boltseal:ignore DL3008, DL3015 because we want them", "we want them"),
        ("# boltseal:ignore-file BS-D164 because we want them", "we want them"),
        ("# hadolint ignore=DL3008,DL3015", ""),
        ("# hadolint global ignore=DL3015", ""),
        ("# trivy:ignore:DS-0029", ""),
        ("# trivy:ignore:AVD-DS-0029", ""),
        ("# checkov:skip=BS-D164:we want them", "we want them"),
        ("# kics-scan ignore-line", ""),
        ("# kics-scan ignore", ""),
    ] {
        let told = suppression(&program, "Dockerfile", &dockerfile(comment), "BS-D164");
        let (told, source) = told.unwrap_or_else(|| panic!("{comment}: it counts"));
        assert_eq!(source, "Dockerfile:2", "{comment}");
        match reason {
            "" => assert!(told.contains("gives no reason"), "{comment}: {told}"),
            reason => assert_eq!(told, reason, "{comment}"),
        }
    }
    for (comment, reason) in [
        ("# boltseal:ignore KSV-0017 because it is the agent", "it is the agent"),
        ("# boltseal:ignore-file BS-K001 because it is the agent", "it is the agent"),
        ("# trivy:ignore:AVD-KSV-0017", ""),
        ("# checkov:skip=CKV_K8S_16:it is the agent", "it is the agent"),
        ("# kics-scan ignore-line", ""),
    ] {
        let (told, _) = suppression(&program, "pod.yaml", &pod(comment), "BS-K001").expect(comment);
        assert!(told == reason || (reason.is_empty() && told.contains("gives no reason")), "{comment}: {told}");
    }
    let same_line = pod("").replace("privileged: true", "privileged: true # boltseal:ignore BS-K001 because it is old");
    assert_eq!(suppression(&program, "pod.yaml", &same_line, "BS-K001").unwrap().0, "it is old");
}

#[test]
fn annotations_of_other_tools_hold_for_their_object_alone() {
    let program = Program::new();
    for annotation in
        ["checkov.io/skip1: CKV_K8S_16=it is old", "ignore-check.kube-linter.io/privileged-container: it is old"]
    {
        let annotated = pod("").replace("  name: web\n", &format!("  name: web\n  annotations:\n    {annotation}\n"));
        let both = format!("{annotated}---\n{}", pod("").replace("web", "other"));
        let (findings, _) = judged(&program, "pod.yaml", &both, "BS-K001");
        let reasons: Vec<_> = findings.iter().map(|finding| finding["suppression"]["reason"].as_str()).collect();
        assert_eq!(reasons, [Some("it is old"), None], "{annotation}");
    }
}

#[test]
fn ours_without_a_reason_counts_for_nothing_and_says_so() {
    let program = Program::new();
    for (comment, way_out) in [
        ("# boltseal:ignore BS-D164", "write `because"),
        ("# boltseal:ignore BS-D164 because", "write `because"),
        ("# boltseal:ignore-file DL3015 because ", "write `because"),
        ("# boltseal:ignore because we want them", "write the ids"),
    ] {
        let text = dockerfile(comment);
        assert_eq!(suppression(&program, "Dockerfile", &text, "BS-D164"), None, "{comment}");
        let (_, problems) = judged(&program, "Dockerfile", &text, "BS-D164");
        assert!(
            problems.iter().any(|problem| problem.starts_with("line 2: ") && problem.contains(way_out)),
            "{comment}: {problems:?}"
        );
        let shown = program.feed(&["check", "--stdin-filename", "Dockerfile"], text.as_bytes()).stdout;
        assert!(shown.contains("Dockerfile: line 2: `boltseal:ignore`"), "people are told: {shown}");
    }
}

#[test]
fn a_comment_reaches_no_further_than_it_says() {
    let program = Program::new();
    let twice =
        format!("{}RUN apt-get install -y wget\n", dockerfile("# boltseal:ignore BS-D164 because we want them"));
    let (findings, _) = judged(&program, "Dockerfile", &twice, "BS-D164");
    let suppressed: Vec<bool> = findings.iter().map(|finding| finding.get("suppression").is_some()).collect();
    assert_eq!(suppressed, [true, false]);
    let other = dockerfile("# boltseal:ignore BS-D165 because we want them");
    assert_eq!(suppression(&program, "Dockerfile", &other, "BS-D164"), None, "it speaks of another rule");
}

#[test]
fn what_is_ignored_does_not_fail_is_not_fixed_and_is_shown_when_asked() {
    let program = Program::new();
    let text = dockerfile("# boltseal:ignore-file BS-D162 because layers are squashed");
    program.write("Dockerfile", &text);
    let check = |arguments: &[&str]| program.run(&[&["check", "--only", "BS-D162"], arguments].concat());
    check(&["--fail-on", "negligible"]).expect_status(0);
    assert!(!check(&[]).stdout.contains("apt-get update"));
    let all = check(&["--all"]).stdout;
    assert!(all.contains("layers are squashed") && all.contains("apt-get update"), "{all}");
    let sarif = check(&["--all", "-f", "sarif"]).json();
    assert_eq!(sarif["runs"][0]["results"][0]["suppressions"][0]["kind"], "inSource");
    check(&["--fix"]).expect_status(0);
    assert_eq!(program.read("Dockerfile"), text.as_bytes());
}
