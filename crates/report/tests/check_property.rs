//! Whatever a check holds and whatever its files hold now, it is rendered: no panic, nothing that steers a terminal,
//! well-formed documents, and the same bytes again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test fails by panicking")]

#[path = "sample/check.rs"]
mod sample;

use std::collections::BTreeMap;

use boltseal_evidence::*;
use boltseal_report::check::{CheckFormat, CheckOptions, fails, render};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use quick_xml::events::Event;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9./ -]{0,12}",
        "\\PC{0,20}",
        any::<String>(),
        Just("\u{1b}[31mred\u{202e}\r\n|`<b>]]>&\u{0}\u{ffff}".to_owned()),
        Just("漢字".repeat(60)),
        Just("https://example.com/a?b=1".to_owned()),
    ]
}

/// Files with everything that makes columns hard.
fn content() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z =:\"]{0,12}",
        1 => Just("\t".to_owned()),
        1 => Just("\r\n".to_owned()),
        2 => Just("\n".to_owned()),
        1 => Just("\r".to_owned()),
        1 => Just("漢字e\u{301}👩\u{200d}🔧\u{fe0f}".to_owned()),
        1 => Just("\u{1b}]8;;x\u{7}\u{0}\u{202e}\u{feff}".to_owned()),
        1 => Just("x".repeat(400)),
        1 => any::<char>().prop_map(String::from),
    ];
    (any::<bool>(), vec(piece, 0..24)).prop_map(|(mark, pieces)| {
        let text = pieces.concat();
        if mark { format!("\u{feff}{text}") } else { text }
    })
}

/// A region of `text` from two arbitrary numbers.
fn region_in(text: &str, one: usize, other: usize) -> Region {
    let boundary = |at: usize| (0..=at % (text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap();
    let (start, end) = (boundary(one), boundary(other));
    sample::span(text, start.min(end), start.max(end))
}

fn wild_region() -> impl Strategy<Value = Region> {
    (any::<[u32; 4]>(), any::<usize>(), any::<usize>()).prop_map(
        |([line, column, end_line, end_column], start, end)| Region { line, column, end_line, end_column, start, end },
    )
}

fn severity() -> impl Strategy<Value = Severity> {
    proptest::sample::select(Severity::WORST_FIRST.to_vec())
}

/// Numbers for a region of the content, or a region of nothing.
fn place() -> impl Strategy<Value = Result<(usize, usize), Region>> {
    prop_oneof![
        4 => (any::<usize>(), 0usize..40).prop_map(|(at, length)| Ok((at, at.saturating_add(length)))),
        1 => (any::<usize>(), any::<usize>()).prop_map(Ok),
        1 => wild_region().prop_map(Err),
    ]
}

type Parts = (usize, Severity, String, Option<Result<(usize, usize), Region>>);

fn finding(content: &str, path: &str) -> impl Strategy<Value = Misconfiguration> + use<> {
    let parts = (0usize..6, severity(), text(), of(place()));
    let notes = vec((place(), text()), 0..4);
    let fix = of((text(), vec((place(), text()), 0..3)));
    let (content, path) = (content.to_owned(), path.to_owned());
    (parts, text(), notes, fix, of((text(), text()))).prop_map(move |(parts, subject, notes, fix, suppression)| {
        let (rule, severity, message, region): Parts = parts;
        let region_of = |place: Result<(usize, usize), Region>| match place {
            Ok((one, other)) => region_in(&content, one, other),
            Err(wild) => wild,
        };
        Misconfiguration {
            rule: format!("BS-D00{rule}"),
            severity,
            message,
            path: path.clone(),
            region: region.map(region_of),
            subject,
            notes: notes.into_iter().map(|(place, message)| Note { region: region_of(place), message }).collect(),
            fix: fix.map(|(title, edits)| {
                let edits = edits.into_iter().map(|(place, text)| Edit { region: region_of(place), text });
                let mut edits: Vec<Edit> = edits.collect();
                edits.sort();
                Fix { title, edits }
            }),
            suppression: suppression.map(|(reason, source)| Suppression { reason, owner: None, until: None, source }),
        }
    })
}

fn report() -> impl Strategy<Value = (CheckReport, BTreeMap<String, String>)> {
    let file = (text(), content()).prop_flat_map(|(path, content)| {
        let findings = vec(finding(&content, &path), 0..9);
        (Just(path), Just(content), findings)
    });
    let rule = (0usize..5, text(), severity(), vec(text(), 0..3), text(), vec(text(), 0..2));
    let lists = (vec((text(), text()), 0..13), vec((of(text()), text()), 0..13));
    (vec(file, 0..3), vec(rule, 0..5), lists, text()).prop_map(|(files, rules, (gaps, problems), kind)| {
        let mut report = sample::report();
        let mut contents = BTreeMap::new();
        (report.files, report.findings) = (Vec::new(), Vec::new());
        for (path, content, findings) in files {
            let subjects = BTreeMap::from([(kind.clone(), 1)]);
            report.files.push(CheckedFile { path: path.clone(), kind: kind.clone(), subjects });
            report.findings.extend(findings);
            contents.insert(path, content);
        }
        let rule = |(number, title, severity, aliases, why, references)| RuleInfo {
            id: format!("BS-D00{number}"),
            title,
            severity,
            aliases,
            why,
            advice: kind.clone(),
            references,
        };
        report.rules = rules.into_iter().map(rule).collect();
        let gap = |(what, detail)| NotAssessed { reason: NotAssessedReason::Limit, what, detail, packages: 0 };
        report.not_assessed = gaps.into_iter().map(gap).collect();
        report.problems = problems.into_iter().map(|(path, message)| Problem { path, layer: None, message }).collect();
        (report, contents)
    })
}

/// The elements of an XML document, or what is wrong with it.
fn elements(text: &str) -> Result<Vec<String>, quick_xml::Error> {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut names = Vec::new();
    loop {
        match reader.read_event()? {
            Event::Eof => return Ok(names),
            Event::Start(start) | Event::Empty(start) => {
                for attribute in start.attributes() {
                    quick_xml::escape::unescape(&attribute?.value)?;
                }
                names.push(start.name().as_ref().to_owned());
            }
            Event::Text(text) => {
                assert!(!text.contains('<'));
            }
            _ => {}
        }
    }
}

fn steers(character: char) -> bool {
    (character.is_control() && character != '\n') || ('\u{202a}'..='\u{202e}').contains(&character)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_check_is_rendered_in_every_format(
        (report, contents) in report(), width in of(0usize..200), all: bool, quiet: bool,
    ) {
        let source = |path: &str| contents.get(path).cloned();
        let options = CheckOptions { width, color: false, all, from: Severity::Low, quiet, source: &source };
        for format in CheckFormat::ALL {
            let text = render(&report, format, &options).unwrap();
            prop_assert_eq!(&text, &render(&report, format, &options).unwrap());
            prop_assert!(text.ends_with('\n'));
            match format {
                CheckFormat::Text | CheckFormat::Compact => {
                    prop_assert!(!text.contains(steers), "{:?}", text);
                    let counting = report.findings.iter().filter(|finding| finding.counts()).count();
                    let told = text.contains(&format!("{counting} finding")) || text.contains("looked at no file");
                    prop_assert!(counting == 0 || told, "{}", text);
                }
                CheckFormat::Junit | CheckFormat::Checkstyle => {
                    let names = elements(&text).unwrap();
                    let failures = names.iter().filter(|name| *name == "failure").count();
                    if format == CheckFormat::Junit {
                        prop_assert_eq!(failures, fails(&report, Severity::Unknown).len());
                    }
                    let control = text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t'));
                    prop_assert!(!control);
                }
                CheckFormat::Json | CheckFormat::Sarif | CheckFormat::GitLab => {
                    serde_json::from_str::<serde_json::Value>(&text).unwrap();
                }
            }
        }
        // Colours are ours alone.
        let colored = render(&report, CheckFormat::Text, &CheckOptions { color: true, ..options }).unwrap();
        let bare = colored.replace("\u{1b}[", "").replace("\u{1b}]8;;", "").replace("\u{1b}\\", "");
        prop_assert!(!bare.contains(steers), "{:?}", bare);
    }

    /// What is underlined is what the region holds.
    #[test]
    fn the_underline_stands_below_the_region(before in "[a-z \t漢]{0,30}", marked in "[a-z漢]{1,10}", after in "[a-z ]{0,10}") {
        let content = format!("first\r\n{before}{marked}{after}\r\nlast\r\n");
        let start = 7 + before.len();
        let mut report = sample::report();
        let region = sample::span(&content, start, start + marked.len());
        report.findings = vec![sample::finding("BS-D001", Severity::High, "f", Some(region), "here")];
        let source = |_: &str| Some(content.clone());
        let options = CheckOptions { quiet: true, source: &source, ..CheckOptions::default() };
        let text = render(&report, CheckFormat::Text, &options).unwrap();
        let mut lines = text.lines();
        let place = format!("f:2:{}", before.chars().count() + 1);
        let shown = lines.by_ref().find(|line| line.starts_with("2 | ")).unwrap();
        let carets = lines.next().unwrap();
        prop_assert!(text.contains(&place), "{}", text);
        let width = |text: &str| text.chars().map(|c| unicode_width::UnicodeWidthChar::width(c).unwrap_or(0)).sum::<usize>();
        // The last one: what stands before may hold the same letters.
        let found = shown.trim_end().strip_suffix(after.trim_end()).unwrap_or(shown);
        let found = found.len() - marked.len();
        prop_assert_eq!(carets.find('^'), Some(width(&shown[..found])), "{}", text);
        prop_assert_eq!(carets.matches('^').count(), width(&marked), "{}", text);
        prop_assert!(shown[found..].starts_with(&marked));
    }
}
