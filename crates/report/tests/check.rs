//! What a check looks like to people.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "sample/check.rs"]
mod sample;

use boltseal_evidence::Severity;
use boltseal_report::check::{CheckFormat, CheckOptions, fails, render};

fn text(options: CheckOptions<'_>) -> String {
    render(&sample::report(), CheckFormat::Text, &CheckOptions { source: &sample::source, ..options }).unwrap()
}

#[test]
fn findings_are_shown_as_a_compiler_shows_them() {
    insta::assert_snapshot!(text(CheckOptions { width: Some(100), ..CheckOptions::default() }));
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
