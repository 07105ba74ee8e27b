//! Ignore files: what they cover, when they stop, and how mistakes are shown; and thresholds over the result.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sample/debian.rs"]
mod debian;

use boltseal_evidence::{Finding, Severity, Status};
use boltseal_report::{IgnoreFile, fails};

const FILE: &str = ".boltseal-ignore.toml";

/// The findings that `entry` (with a reason added) suppresses, as `id name`, and the problems.
fn check(entry: &str, expect: &[&str], problems: &[&str]) {
    let file = IgnoreFile::parse(FILE, &format!("[[ignore]]\nreason = \"accepted\"\n{entry}")).unwrap();
    let mut findings = debian::report().findings;
    findings.retain(|finding| finding.status.counts());
    let found = file.apply(&mut findings, debian::TODAY);
    let suppressed = |finding: &&Finding| matches!(finding.status, Status::Suppressed(_));
    let names: Vec<String> =
        findings.iter().filter(suppressed).map(|f| format!("{} {}", f.id, f.package.name)).collect();
    assert_eq!(names, expect, "{entry}");
    let messages: Vec<&str> = found.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(messages, problems, "{entry}");
}

#[test]
fn an_entry_covers_an_id_in_a_package_at_a_path() {
    let both = ["CVE-2022-1292 libssl1.1", "CVE-2022-1292 openssl"];
    let log4shell = ["CVE-2021-44228 org.apache.logging.log4j:log4j-core"];
    check("id = 'cve-2022-1292'", &both, &[]);
    check("id = 'CVE-2022-1292'\npackage = 'openssl'", &both[1..], &[]);
    check("id = 'CVE-2022-1292'\npackage = 'pkg:deb/debian/libssl1.1'", &both[..1], &[]);
    check("id = 'CVE-2022-1292'\npackage = 'pkg:deb/debian/'", &both, &[]);
    check("id = 'GHSA-jfh8-c2jp-5v3q'\npath = '/opt/**/*.jar'", &log4shell, &[]);
    check("id = 'CVE-2021-44228'\nuntil = '2026-11-23'", &log4shell, &[]);
    check("id = 'CVE-2021-44228'\nuntil = 2026-11-23", &log4shell, &[]);
}

#[test]
fn an_entry_that_covers_nothing_is_told() {
    let nothing = |id| format!("line 1: the exception for `{id}` matches no finding: remove or correct it");
    check("id = 'CVE-1999-0001'", &[], &[&nothing("CVE-1999-0001")]);
    check("id = 'CVE-2022-1292'\npackage = 'pkg:deb/debian/open'", &[], &[&nothing("CVE-2022-1292")]);
    check("id = 'CVE-2021-44228'\npath = 'opt/*.jar'", &[], &[&nothing("CVE-2021-44228")]);
}

#[test]
fn an_expired_entry_is_told_and_stops_working() {
    check(
        "id = 'CVE-2021-44228'\nuntil = '2026-11-22'",
        &[],
        &[
            "line 1: the exception for `CVE-2021-44228` ended on 2026-11-22 and no longer holds: fix the finding or set a new date",
        ],
    );
}

#[test]
fn the_decision_names_its_reason_owner_and_place() {
    let text = "# ours\n[[ignore]]\nid = \"CVE-2022-1292\"\nreason = \"no c_rehash\"\nowner = \"ops\"\nuntil = \"2027-01-01\"\n";
    let mut findings = debian::report().findings;
    IgnoreFile::parse(FILE, text).unwrap().apply(&mut findings, debian::TODAY);
    let status = &findings.iter().find(|finding| finding.id == "CVE-2022-1292").unwrap().status;
    insta::assert_compact_debug_snapshot!(status, @r#"Suppressed(Suppression { reason: "no c_rehash", owner: Some("ops"), until: Some("2027-01-01"), source: ".boltseal-ignore.toml:2" })"#);
}

#[test]
fn a_vendors_answer_is_not_overwritten() {
    let text = "[[ignore]]\nid = \"CVE-2023-43804\"\nreason = \"r\"\n";
    let mut findings = debian::report().findings;
    assert!(IgnoreFile::parse(FILE, text).unwrap().apply(&mut findings, debian::TODAY).is_empty());
    let answered = |finding: &Finding| matches!(finding.status, Status::VendorAnswers { .. });
    assert!(findings.iter().any(|finding| finding.id == "CVE-2023-43804" && answered(finding)));
}

fn mistakes(text: &str) -> String {
    let errors = IgnoreFile::parse(FILE, text).unwrap_err();
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn every_mistake_is_shown_where_it_is() {
    insta::assert_snapshot!(
        "mistakes_in_entries",
        mistakes(
            "[[ignore]]\nid = \"CVE-2024-1\"\nreson = \"typo\"\n\n[[ignore]]\nid = 7\nreason = \"  \"\nuntil = \"soon\"\nnot-a-key = 1\n"
        )
    );
    insta::assert_snapshot!("mistakes_in_toml", mistakes("[[ignore]]\nid = \"CVE-2024-1\nreason = 'x'\n"));
    insta::assert_snapshot!("mistakes_in_the_file", mistakes("ignore = 3\nrules = []\n"));
}

#[test]
fn an_empty_file_is_no_mistake() {
    assert!(IgnoreFile::parse(FILE, "# nothing\n").unwrap().is_empty());
}

#[test]
fn thresholds_count_what_counts() {
    let report = debian::report();
    let count = |fail_on, only_fixed| fails(&report, fail_on, only_fixed).len();
    assert_eq!(count(Severity::Critical, false), 13);
    assert_eq!(count(Severity::Critical, true), 12);
    assert_eq!(count(Severity::High, false), 13 + 8);
    // One finding that nobody rated weighs as medium.
    assert_eq!(count(Severity::Medium, false), 13 + 8 + 7 + 1);
    assert_eq!(count(Severity::Unknown, false), 31);
    assert_eq!(count(Severity::Unknown, true), 23);
}

proptest::proptest! {
    #[test]
    fn any_text_parses_or_fails(text in "(\\[\\[ignore\\]\\]|\n|id|reason|until|=|\"|'|2026-01-01|\\PC|[\\x00-\\x20]){0,60}") {
        if let Ok(file) = IgnoreFile::parse(FILE, &text) {
            file.apply(&mut debian::report().findings, debian::TODAY);
        }
    }
}
