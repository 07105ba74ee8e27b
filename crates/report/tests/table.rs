//! The report as people see it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sample/debian.rs"]
mod debian;

use boltseal_evidence::{DatabaseKind, NotAssessed, NotAssessedReason, Problem, Report};
use boltseal_report::{Format, RenderOptions, render, sbom};

fn options(width: usize) -> RenderOptions {
    RenderOptions {
        width: Some(width),
        color: false,
        all: false,
        brief: false,
        today: debian::TODAY.to_owned(),
        target: debian::TARGET.to_owned(),
        compare: Some(debian::compare),
    }
}

fn table(report: &Report, width: usize) -> String {
    render(report, Format::Table, &options(width)).unwrap()
}

/// A report in which only the findings of log4j-core are left.
fn small() -> Report {
    let mut report = debian::report();
    report.findings.retain(|finding| finding.package.name.ends_with("log4j-core"));
    report.inventory.packages.retain(|package| package.name == "log4j-core" || package.name == "checkout");
    report.inventory.layers.truncate(1);
    report
}

fn clean() -> Report {
    let mut report = debian::report();
    report.findings.clear();
    report.inventory.problems.clear();
    if let Some(os) = &mut report.inventory.os {
        os.end_of_life = Some("2028-06-30".to_owned());
    }
    report
}

#[test]
fn a_debian_image_at_80_columns() {
    insta::assert_snapshot!(table(&debian::report(), 80));
}

#[test]
fn a_narrow_terminal_loses_no_fact_but_the_ends_of_titles() {
    insta::assert_snapshot!(table(&small(), 60));
}

#[test]
fn everything_is_shown_when_asked_for() {
    let all = RenderOptions { all: true, ..options(200) };
    let text = render(&debian::report(), Format::Table, &all).unwrap();
    assert!(text.contains("[ignored until 2027-01-31: intended behaviour of tar, .boltseal-ignore.toml:3]"), "{text}");
    assert!(text.contains("[answered by pkg:deb/debian/python3-urllib3@1.26.5-1~exp1+deb11u1: fixed in"), "{text}");
    assert!(!text.contains("more"), "{text}");
}

#[test]
fn the_brief_form_has_two_lines_for_each_package() {
    let brief = RenderOptions { brief: true, ..options(100) };
    let text = render(&small(), Format::Table, &brief).unwrap();
    let groups: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("org.apache")).take(4).collect();
    insta::assert_snapshot!(groups.join("\n"), @"
    org.apache.logging.log4j:log4j-core 2.14.1 → 2.16.0 fixes 2 · layer 4
      CRITICAL    CVE-2021-44228  KEV EPSS 94% remote code execution by JNDI lookups in log messages (L…

    of each package only the worst finding: `--all` shows all of them, and why they apply
    ");
    let full = render(&small(), Format::Table, &RenderOptions { all: true, ..options(100) }).unwrap();
    assert_eq!(render(&small(), Format::Table, &RenderOptions { all: true, ..brief }).unwrap(), full);
}

#[test]
fn a_pipe_cuts_nothing() {
    let text = render(&debian::report(), Format::Table, &RenderOptions { width: None, ..options(0) }).unwrap();
    assert!(!text.contains('…'));
}

#[test]
fn no_finding_is_told_with_what_was_looked_at() {
    let text = table(&clean(), 100);
    assert!(text.contains("\nno known vulnerabilities in 19 packages; 1 package not assessed\n"), "{text}");
    assert!(text.contains("NOT ASSESSED"), "{text}");
    let mut nothing = clean();
    nothing.inventory.packages.clear();
    nothing.inventory.not_assessed.clear();
    assert!(table(&nothing, 100).contains("no packages found: nothing was judged"));
    let mut unknown = clean();
    unknown.inventory.not_assessed = vec![NotAssessed {
        reason: NotAssessedReason::NoFeed,
        what: "all".to_owned(),
        detail: "no feed".to_owned(),
        packages: 20,
    }];
    assert!(table(&unknown, 100).contains("no package could be assessed: nothing is said about vulnerabilities"));
}

#[test]
fn the_starter_set_is_told_at_the_top_and_never_reads_as_clean() {
    let mut report = clean();
    report.database.kind = DatabaseKind::Starter;
    let text = table(&report, 100);
    insta::assert_snapshot!(text.lines().take(7).collect::<Vec<_>>().join("\n"));
    assert!(text.ends_with("  boltseal db update\n"));
    assert!(!text.contains("no known vulnerabilities"));
}

#[test]
fn old_advisories_are_told() {
    let later = RenderOptions { today: "2026-12-24".to_owned(), ..options(100) };
    let text = render(&clean(), Format::Table, &later).unwrap();
    assert!(text.contains("OLD ADVISORIES  the advisories are 34 days old: run `boltseal db update`"), "{text}");
}

#[test]
fn problems_are_bounded() {
    let mut report = clean();
    report.inventory.problems = (0..5_000).map(|n| Problem::at(format!("broken/{n}"), "not an archive")).collect();
    let text = table(&report, 100);
    assert!(text.contains("  and 4,990 more (shown with `--all`)"), "{text}");
    assert!(text.lines().count() < 40);
}

#[test]
fn without_an_order_every_fix_is_named() {
    let text = render(&small(), Format::Table, &RenderOptions { compare: None, ..options(100) }).unwrap();
    assert!(text.contains("2.14.1 → 2.15.0, 2.16.0"), "{text}");
}

#[test]
fn colour_adds_nothing_but_colour() {
    let report = debian::report();
    let colored = render(&report, Format::Table, &RenderOptions { color: true, ..options(100) }).unwrap();
    let mut plain = String::new();
    let mut rest = colored.as_str();
    while let Some((before, escape)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = escape.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    assert_ne!(colored, plain);
    assert_eq!(plain, table(&report, 100));
}

#[test]
fn the_documents_of_a_small_report() {
    for format in [Format::Sarif, Format::CycloneDx, Format::Spdx] {
        insta::assert_snapshot!(format.name(), render(&small(), format, &options(80)).unwrap());
    }
}

#[test]
fn a_bill_of_materials_lists_packages_and_gaps() {
    insta::assert_snapshot!("packages", sbom(&small().inventory, Format::Table, &options(80)).unwrap());
    assert!(sbom(&small().inventory, Format::Sarif, &options(80)).is_err());
}
