//! Whatever a report holds, it is rendered: no panic, no line wider than the terminal, no control character, and the
//! same bytes again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sample/debian.rs"]
mod debian;

use boltseal_evidence::*;
use boltseal_report::{Format, RenderOptions, render, sbom};
use proptest::option::of;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9.~+:-]{0,12}",
        "\\PC{0,20}",
        any::<String>(),
        Just("\u{1b}[31mred\u{202e}\r\n|`<b>".to_owned()),
        Just("漢字".repeat(60)),
        Just("https://example.com/%zz[".to_owned()),
        Just("2026-11-01".to_owned()),
        Just("MIT or (Apache-2.0 and LicenseRef-x".to_owned()),
    ]
}

fn severity() -> impl Strategy<Value = Severity> {
    proptest::sample::select(Severity::WORST_FIRST.to_vec())
}

fn location() -> impl Strategy<Value = Location> {
    (text(), of(any::<usize>()), of(any::<u32>())).prop_map(|(path, layer, line)| Location { path, layer, line })
}

fn package() -> impl Strategy<Value = Package> {
    let kind = proptest::sample::select(PackageType::ALL.to_vec());
    let names = (of(text()), text(), of(text()), text(), of(text()));
    let lists = (proptest::collection::vec(text(), 0..3), proptest::collection::vec(location(), 0..3));
    (kind, names, lists, of(any::<usize>())).prop_map(|(kind, names, lists, layer)| {
        let mut package = Package::new(kind, names.1);
        (package.namespace, package.version, package.found_by, package.owner) = (names.0, names.2, names.3, names.4);
        (package.licenses, package.locations) = lists;
        package.layer = layer;
        package
    })
}

fn fix() -> impl Strategy<Value = FixState> {
    prop_oneof![
        proptest::collection::vec(text(), 0..3).prop_map(|versions| FixState::Fixed { versions }),
        Just(FixState::NotFixed),
        Just(FixState::WontFix),
    ]
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![
        Just(Status::Affected),
        (text(), text()).prop_map(|(owner, detail)| Status::VendorAnswers { owner, detail }),
        (text(), of(text()), of(text()), text()).prop_map(|(reason, owner, until, source)| {
            Status::Suppressed(Suppression { reason, owner, until, source })
        }),
    ]
}

fn finding() -> impl Strategy<Value = Finding> {
    let about = (text(), proptest::collection::vec(text(), 0..3), package(), text());
    let number = || proptest::num::f64::ANY;
    let numbers = (number(), number(), of(number()));
    let why = proptest::collection::vec((text(), text(), text(), text(), text()), 0..3);
    (about, severity(), fix(), status(), numbers, why).prop_map(|(about, severity, fix, status, numbers, why)| {
        let (id, aliases, package, title) = about;
        Finding {
            id,
            aliases: aliases.clone(),
            package: PackageRef {
                purl: package.purl(),
                kind: package.kind,
                name: package.full_name(),
                version: package.version.clone().unwrap_or_default(),
                location: package.locations.first().cloned(),
                layer: package.layer,
            },
            severity,
            ratings: vec![Rating { source: title.clone(), severity, score: numbers.2, vector: Some(title.clone()) }],
            fix,
            title: title.clone(),
            references: aliases,
            published: Some(title.clone()),
            why: why
                .into_iter()
                .map(|(feed, advisory, matched_name, matched_version, range)| Why {
                    feed,
                    advisory,
                    matched_name,
                    matched_version,
                    range,
                })
                .collect(),
            known_exploited: numbers.2.map(|_| KnownExploited {
                date_added: title.clone(),
                due_date: title,
                ransomware: true,
            }),
            epss: Some(Epss { probability: numbers.0, percentile: numbers.1 }),
            status,
        }
    })
}

fn report() -> impl Strategy<Value = Report> {
    let lists = (
        proptest::collection::vec(package(), 0..5),
        proptest::collection::vec(finding(), 0..8),
        proptest::collection::vec((text(), text(), any::<usize>()), 0..14),
        proptest::collection::vec((of(text()), of(any::<usize>()), text()), 0..14),
    );
    (lists, of(text()), of(text()), any::<bool>()).prop_map(
        |((packages, findings, gaps, problems), os, built, starter)| {
            let mut report = debian::report();
            report.inventory.packages = packages;
            report.inventory.packages.extend(findings.iter().map(|finding| {
                let mut package = Package::new(finding.package.kind, &finding.package.name);
                package.version = Some(finding.package.version.clone());
                package
            }));
            report.findings = findings;
            report.inventory.not_assessed = gaps
                .into_iter()
                .map(|(what, detail, packages)| NotAssessed {
                    reason: NotAssessedReason::Limit,
                    what,
                    detail,
                    packages,
                })
                .collect();
            report.inventory.problems =
                problems.into_iter().map(|(path, layer, message)| Problem { path, layer, message }).collect();
            report.inventory.os =
                os.map(|id| OperatingSystem { end_of_life: Some(id.clone()), id, ..Default::default() });
            report.inventory.subject.created = built.clone();
            report.database.built = built;
            report.database.kind = if starter { DatabaseKind::Starter } else { DatabaseKind::Full };
            report
        },
    )
}

/// Characters as the renderer measures them.
fn columns(line: &str) -> usize {
    line.chars().map(|c| unicode_width::UnicodeWidthChar::width(c).unwrap_or(0)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_report_is_rendered_at_every_width(
        report in report(), width in of(0usize..260), all: bool, brief: bool, color: bool, today in text(),
        target in text(),
    ) {
        let options = RenderOptions { width, color, all, brief, today, target, compare: None };
        for format in Format::ALL {
            let text = render(&report, format, &options).unwrap();
            prop_assert_eq!(&text, &render(&report, format, &options).unwrap());
            prop_assert!(text.ends_with('\n'));
            if format != Format::Table {
                serde_json::from_str::<serde_json::Value>(&text).unwrap();
            } else if !color {
                let hostile = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
                prop_assert!(!text.contains(hostile), "{:?}", text);
                for line in text.lines().filter(|line| !line.starts_with("  boltseal ")) {
                    prop_assert!(width.is_none_or(|width| columns(line) <= width.max(40)), "{:?}", line);
                }
            }
        }
        for format in Format::SBOM {
            sbom(&report.inventory, format, &options).unwrap();
        }
    }
}
