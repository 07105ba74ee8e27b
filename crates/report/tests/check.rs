//! What a check looks like to people.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "sample/check.rs"]
mod sample;

use boltseal_evidence::{CheckReport, Region, Severity};
use boltseal_report::check::{CheckFormat, CheckOptions, fails, render};
use serde_json::{Value, json};

fn text(options: CheckOptions<'_>) -> String {
    render(&sample::report(), CheckFormat::Text, &CheckOptions { source: &sample::source, ..options }).unwrap()
}

#[test]
fn findings_are_shown_as_a_compiler_shows_them() {
    insta::assert_snapshot!(text(CheckOptions { width: Some(100), ..CheckOptions::default() }));
}

#[test]
fn what_is_too_slight_is_counted_and_shown_when_all_is_asked_for() {
    let shown = |from, all| {
        let text = text(CheckOptions { from, all, ..CheckOptions::default() });
        let rules = ["BS-K090", "BS-D020", "BS-D001"].map(|rule| text.contains(&format!("[{rule}]")));
        (rules, text.lines().find(|line| line.contains("not shown")).map(str::to_owned))
    };
    let line = |text: &str| Some(text.to_owned());
    assert_eq!(shown(Severity::Low, false), ([false, true, true], line("1 negligible not shown: `--all`")));
    assert_eq!(shown(Severity::Medium, false), ([false, false, true], line("1 low, 1 negligible not shown: `--all`")));
    assert_eq!(shown(Severity::Negligible, false), ([true; 3], None));
    assert_eq!(shown(Severity::Critical, true), ([true; 3], None));
}

#[test]
fn a_finding_that_nobody_rated_is_shown() {
    let mut report = sample::report();
    report.findings.retain(|finding| finding.rule == "BS-K090");
    report.findings[0].severity = Severity::Unknown;
    let text = render(&report, CheckFormat::Text, &CheckOptions::default()).unwrap();
    assert!(text.contains("unknown[BS-K090]") && !text.contains("not shown"), "{text}");
}

#[test]
fn one_line_a_finding_is_what_editors_read() {
    let options = CheckOptions { source: &sample::source, ..CheckOptions::default() };
    insta::assert_snapshot!(render(&sample::report(), CheckFormat::Compact, &options).unwrap());
}

#[test]
fn a_suppressed_finding_never_fails_a_threshold() {
    let report = sample::report();
    let rules = |severity| fails(&report, severity).iter().map(|finding| finding.rule.as_str()).collect::<Vec<_>>();
    assert_eq!(rules(Severity::Critical), ["BS-D040", "BS-K001"]);
    assert_eq!(rules(Severity::High), ["BS-C001", "BS-D040", "BS-D060", "BS-K001"]);
    assert_eq!(rules(Severity::Negligible).len(), 7);
}

fn json(format: CheckFormat) -> Value {
    serde_json::from_str(&render(&sample::report(), format, &CheckOptions::default()).unwrap()).unwrap()
}

#[test]
fn sarif_gives_regions_fixes_notes_and_suppressions_to_code_scanning() {
    let log = json(CheckFormat::Sarif);
    let run = &log["runs"][0];
    let result = |rule: &str| {
        let results = run["results"].as_array().unwrap();
        results.iter().find(|result| result["ruleId"] == rule).unwrap().clone()
    };
    let install = result("BS-D020");
    assert_eq!(
        install["fixes"][0]["artifactChanges"][0]["replacements"][0],
        json!({
            "deletedRegion": {"startLine": 3, "startColumn": 20, "endLine": 3, "endColumn": 20},
            "insertedContent": {"text": " --no-install-recommends"},
        })
    );
    assert_eq!(install["level"], "note");
    let piped = result("BS-D040");
    assert_eq!(
        piped["locations"][0]["physicalLocation"]["region"],
        json!({"startLine": 4, "startColumn": 36, "endLine": 4, "endColumn": 40})
    );
    assert_eq!(piped["relatedLocations"][0]["message"]["text"], "fetched here");
    assert_eq!(piped["suppressions"], json!([]));
    let token = result("BS-D050");
    assert_eq!(token["suppressions"][0]["kind"], "inSource");
    assert_eq!(token["suppressions"][0]["justification"], "a value of the tests (app/Dockerfile:5)");
    assert_eq!(result("BS-K090")["locations"][0]["physicalLocation"]["region"], json!({"startLine": 1}));
    let rule = &run["tool"]["driver"]["rules"][1];
    assert_eq!(rule["properties"]["tags"], json!(["security", "misconfiguration", "medium", "DL3007", "CKV_DOCKER_7"]));
    assert_eq!(rule["properties"]["security-severity"], "5.5");
    let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 2);
    assert_eq!(notifications[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "broken.yaml");
}

#[test]
fn a_moved_finding_keeps_its_fingerprint() {
    let prints = |report: &CheckReport| {
        let text = render(report, CheckFormat::GitLab, &CheckOptions::default()).unwrap();
        let issues: Vec<Value> = serde_json::from_str(&text).unwrap();
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut report = sample::report();
    let before = prints(&report);
    for region in report.findings.iter_mut().filter_map(|finding| finding.region.as_mut()) {
        region.line += 7;
    }
    assert_eq!(before, prints(&report));
    assert_eq!(before.iter().collect::<std::collections::BTreeSet<_>>().len(), before.len());
}

#[test]
fn what_was_not_judged_passes_in_no_format() {
    for format in CheckFormat::ALL {
        let text = render(&sample::report(), format, &CheckOptions::default()).unwrap();
        assert!(text.contains("charts/shop"), "{format}");
        assert!(text.contains("a tab cannot indent"), "{format}");
    }
}

#[test]
fn junit_has_a_suite_for_each_file_and_a_case_for_each_finding() {
    insta::assert_snapshot!(render(&sample::report(), CheckFormat::Junit, &CheckOptions::default()).unwrap());
}

#[test]
fn checkstyle_names_files_places_and_rules() {
    insta::assert_snapshot!(render(&sample::report(), CheckFormat::Checkstyle, &CheckOptions::default()).unwrap());
}

/// A file with one mistake over and over.
fn repeated(count: usize) -> (CheckReport, String) {
    let line = "USER root\n";
    let content = line.repeat(count);
    let mut report = sample::report();
    report.findings = (0..count)
        .map(|number| {
            let start = number * line.len();
            let region = Region {
                line: u32::try_from(number + 1).unwrap(),
                column: 1,
                end_line: u32::try_from(number + 1).unwrap(),
                end_column: 10,
                start,
                end: start + 9,
            };
            sample::finding("BS-D060", Severity::High, "Dockerfile", Some(region), "the user is `root`")
        })
        .collect();
    (report, content)
}

#[test]
fn a_mistake_that_repeats_is_shown_a_few_times_and_counted() {
    let (report, content) = repeated(1_000);
    let source = |_: &str| Some(content.clone());
    let options = CheckOptions { source: &source, ..CheckOptions::default() };
    let text = render(&report, CheckFormat::Text, &options).unwrap();
    assert_eq!(text.matches("--> Dockerfile").count(), 5);
    assert!(text.contains(
        "995 more of BS-D060 in Dockerfile at lines 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, … (shown with"
    ));
    assert_eq!(text.matches("= why:").count(), 1);
    let text = render(&report, CheckFormat::Text, &CheckOptions { all: true, ..options }).unwrap();
    assert_eq!(text.matches("--> Dockerfile").count(), 1_000);
}

#[test]
fn a_place_in_a_line_of_a_megabyte_is_shown_with_its_true_column() {
    let content = format!("{{{}\"privileged\":true{}}}\n", " ".repeat(1_000_000), " ".repeat(1_000_000));
    let mut report = sample::report();
    let region = sample::region(&content, "\"privileged\":true");
    report.findings = vec![sample::finding("BS-K001", Severity::High, "a.json", Some(region), "it is privileged")];
    let source = |_: &str| Some(content.clone());
    let options = CheckOptions { source: &source, quiet: true, ..CheckOptions::default() };
    let text = render(&report, CheckFormat::Text, &options).unwrap();
    assert!(text.contains("a.json:1:1000002"), "{text}");
    assert!(text.contains("^^^^^^^^^^^^^^^^^ it is privileged"), "{text}");
    assert!(text.len() < 2_000, "{}", text.len());
}

#[test]
fn a_file_that_changed_since_is_not_underlined_in_the_wrong_place() {
    let source = |_: &str| Some("another text\n".to_owned());
    let options = CheckOptions { source: &source, quiet: true, ..CheckOptions::default() };
    let text = render(&sample::report(), CheckFormat::Text, &options).unwrap();
    assert!(text.contains("--> deploy/web.yaml:12:13"), "{text}");
    assert!(text.contains("critical[BS-K001]: container `app` is privileged"), "{text}");
}

#[test]
fn nothing_reads_as_clean_when_nothing_was_looked_at() {
    let mut report = sample::report();
    report.findings.clear();
    let text = render(&report, CheckFormat::Text, &CheckOptions::default()).unwrap();
    assert!(text.ends_with("no finding in what could be looked at; the rest is listed above\n"), "{text}");
    report.files.clear();
    let text = render(&report, CheckFormat::Text, &CheckOptions::default()).unwrap();
    assert!(text.ends_with("looked at no file: none is of a kind that a rule reads\n"), "{text}");
}
