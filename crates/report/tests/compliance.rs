//! What a compliance table looks like, and that nothing in it is taken for markup.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "sample/check.rs"]
mod sample;

use boltseal_evidence::{Assessment, ControlStatus, NotAssessed, NotAssessedReason, Problem};
use boltseal_report::compliance::{ComplianceFormat, ComplianceOptions, render};
use proptest::prelude::*;

fn table(options: ComplianceOptions) -> String {
    render(&sample::assessment(), ComplianceFormat::Table, &options).unwrap()
}

fn html(assessment: &Assessment) -> String {
    render(assessment, ComplianceFormat::Html, &ComplianceOptions::default()).unwrap()
}

#[test]
fn failures_come_with_their_findings_and_gaps_with_their_reasons() {
    insta::assert_snapshot!(table(ComplianceOptions { width: Some(100), ..ComplianceOptions::default() }));
}

#[test]
fn every_control_has_a_line_when_all_are_asked_for() {
    let text = table(ComplianceOptions { all: true, ..ComplianceOptions::default() });
    for id in ["3.1", "3.2", "3.3", "3.4"] {
        assert!(text.contains(&format!("not assessed  {id}     It belongs to root")), "{text}");
    }
}

#[test]
fn formats_are_read_by_name() {
    for format in ComplianceFormat::ALL {
        assert_eq!(format.name().to_uppercase().parse(), Ok(format));
    }
    assert!("pdf".parse::<ComplianceFormat>().unwrap_err().to_string().contains("table, json or html"));
}

#[test]
fn the_page_asks_nothing_of_anyone_and_tells_what_was_not_looked_at() {
    let page = html(&sample::assessment());
    for asked in ["<script", "@import", "url(", "<link", "<iframe", "<img"] {
        assert!(!page.contains(asked), "{asked}");
    }
    assert!(tags(&page).iter().all(|tag| !tag.contains("src=") && !tag.contains("style=")));
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"));
    assert!(page.contains("<code>charts/shop</code>: `helm` is not installed"));
    assert!(page.contains("<code>broken.yaml</code>: line 3, column 1"));
    assert!(page.contains("pass<br><span class=\"quiet\">1 accepted</span>"));
    if let Some(path) = std::env::var_os("BOLTSEAL_COMPLIANCE_PAGE") {
        std::fs::write(path, &page).unwrap();
    }
}

/// The tags of a page: what stands between `<` and `>`.
fn tags(page: &str) -> Vec<&str> {
    let body = page.split_once("</style>").unwrap().1;
    body.split('<').skip(1).map(|rest| rest.split_once('>').unwrap().0).collect()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just("</td><script>alert(1)</script>".to_owned()),
        Just("\"><img src=x onerror=alert(1)>".to_owned()),
        Just("' onmouseover='alert(1)\u{202e}\u{1b}[2J".to_owned()),
        Just("--><!--<![CDATA[ &lt;".to_owned()),
        Just("javascript:alert(1)".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn foreign_text_is_never_markup_and_steers_no_terminal(
        texts in proptest::collection::vec(text(), 12), color: bool, width in proptest::option::of(0usize..200),
    ) {
        let known = html(&sample::assessment());
        let shape = |page: &str| tags(page).iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
        let mut assessment = sample::assessment();
        let mut next = texts.iter().cycle().cloned();
        let mut fill = |field: &mut String| *field = next.next().unwrap();
        fill(&mut assessment.framework.title);
        fill(&mut assessment.tool.version);
        for control in &mut assessment.controls {
            fill(&mut control.title);
            fill(&mut control.reason);
            fill(&mut control.id);
            for finding in &mut control.findings {
                fill(&mut finding.path);
                fill(&mut finding.message);
                fill(&mut finding.rule);
                finding.subject = "x".to_owned();
                finding.accepted.iter_mut().for_each(&mut fill);
            }
        }
        for gap in &mut assessment.not_assessed {
            fill(&mut gap.what);
            fill(&mut gap.detail);
        }
        // The tags are the same whatever the texts are.
        prop_assert_eq!(shape(&html(&assessment)), shape(&known));
        let text = render(&assessment, ComplianceFormat::Table, &ComplianceOptions { width, color, all: true }).unwrap();
        let text = if color { text.replace("\u{1b}[", "") } else { text };
        let hostile = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        prop_assert!(!text.contains(hostile), "{:?}", text);
    }
}

#[test]
fn an_address_that_is_none_is_no_link() {
    let mut assessment = sample::assessment();
    assessment.framework.reference = "javascript:alert(1)".to_owned();
    assert!(!html(&assessment).contains("href"));
}

#[test]
fn thousands_of_gaps_are_counted_and_not_listed() {
    let mut assessment = sample::assessment();
    let gap = NotAssessed {
        reason: NotAssessedReason::Limit,
        what: "a.yaml".to_owned(),
        detail: "too large".to_owned(),
        packages: 0,
    };
    assessment.not_assessed = vec![gap; 5_000];
    assessment.problems = vec![Problem::general("it went wrong")];
    assert!(html(&assessment).contains("<li>and 4801 more</li>"));
    assert_eq!(assessment.count(ControlStatus::Fail), 2);
}
