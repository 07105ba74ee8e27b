//! What holds of every policy and all evidence: with less that is known nothing more is allowed, and an exception or a
//! warning never stops anything.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use boltseal_evidence::{Decision, NotAssessed, NotAssessedReason, Severity, Tool};
use boltseal_gate::examples::Examples;
use boltseal_gate::{Evidence, NoFiles, Policy, Sought, judge};
use proptest::prelude::*;

/// Asks that take nothing that is missing for harmless.
const ASKS: [&str; 20] = [
    "vulnerabilities: {}",
    "vulnerabilities: {severity: critical}",
    "vulnerabilities: {severity: high, fixable: true}",
    "vulnerabilities: {kev: true}",
    "vulnerabilities: {kev: false, severity: high}",
    "vulnerabilities: {epss: 0.5}",
    "vulnerabilities: {fixed-for: 14d}",
    "vulnerabilities: {published-for: 30d, severity: low}",
    "vulnerabilities: {max: 2, severity: medium}",
    "vulnerabilities: {in-use: true}",
    "malware: {}",
    "secrets: {}",
    "secrets: {severity: high}",
    "posture: {checks: [BS-I001]}",
    "posture: {severity: medium, max: 1}",
    "licenses: {allow: [MIT, BSD-3-Clause]}",
    "licenses: {deny: [GPL-3.0-only], types: [npm]}",
    "database: {max-age: 48h}",
    "database: {feeds: [epss]}",
    "database: {complete: true}",
];

const SUBJECTS: [&str; 5] = [
    "",
    ", subjects: [\"registry.example/**\"]",
    ", subjects: [\"other.example/**\"]",
    ", except-subjects: [\"registry.example/app\"]",
    ", except-subjects: [\"other.example/**\"]",
];

prop_compose! {
    fn finding()(
        id in prop::sample::select(vec!["CVE-1", "CVE-2", "CVE-3", "MAL-1"]),
        severity in prop::sample::select(vec!["critical", "high", "medium", "low", "unknown"]),
        fixed in prop::sample::select(vec!["", ", fixed: '2'"]),
        kev in prop::sample::select(vec!["", ", kev: true"]),
        epss in prop::sample::select(vec!["", ", epss: 0.9", ", epss: 0.1"]),
        published in prop::sample::select(vec!["", ", published: 2026-11-20", ", published: 2025-01-01"]),
        status in prop::sample::select(vec!["", ", suppressed: no", ", vendor-answers: true"]),
    ) -> String {
        format!("{{id: {id}, severity: {severity}{fixed}{kev}{epss}{published}{status}}}")
    }
}

prop_compose! {
    fn package()(
        kind in prop::sample::select(vec!["npm", "pypi"]),
        licence in prop::sample::select(vec!["", "MIT", "MIT OR GPL-3.0-only", "GPL-3.0-only", "a text"]),
    ) -> String {
        format!("{{name: a, type: {kind}, licenses: [{licence}]}}")
    }
}

prop_compose! {
    fn mistake()(
        check in prop::sample::select(vec!["BS-I001", "BS-I003", "BS-I004", "ACME-1"]),
        severity in prop::sample::select(vec!["high", "medium", "unknown"]),
    ) -> String {
        format!("{{check: {check}, severity: {severity}}}")
    }
}

fn list(items: &[String]) -> String {
    format!("[{}]", items.join(", "))
}

prop_compose! {
    fn evidence()(
        findings in prop::collection::vec(finding(), 0..5),
        packages in prop::collection::vec(package(), 0..4),
        mistakes in prop::collection::vec(mistake(), 0..3),
        now in prop::sample::select(vec!["2026-11-24T12:00:00Z", "2026-11-24T12:00:01Z"]),
    ) -> Evidence {
        let text = format!(
            "version: 1\ncases:\n- {{name: x, expect: allowed, now: '{now}', findings: {}, packages: {}, misconfigurations: {}}}\n",
            list(&findings), list(&packages), list(&mistakes)
        );
        let examples = Examples::parse("x.yaml", text.as_bytes(), &NoFiles).unwrap_or_else(|errors| panic!("{}", errors[0]));
        examples.cases()[0].evidence.clone()
    }
}

#[derive(Debug, Clone)]
struct Rule {
    ask: &'static str,
    subjects: &'static str,
    warn: bool,
    unknown: &'static str,
}

prop_compose! {
    fn rule()(
        ask in prop::sample::select(ASKS.to_vec()),
        subjects in prop::sample::select(SUBJECTS.to_vec()),
        warn in prop::bool::weighted(0.2),
        unknown in prop::sample::select(vec!["undecided", "deny"]),
    ) -> Rule {
        Rule { ask, subjects, warn, unknown }
    }
}

#[derive(Debug, Clone)]
struct Exception {
    rule: usize,
    covers: &'static str,
    subjects: &'static str,
    expires: &'static str,
}

prop_compose! {
    fn exception()(
        rule in 0_usize..4,
        covers in prop::sample::select(vec!["'*'", "CVE-1", "BS-I001", "epss", "cisa-kev, it"]),
        subjects in prop::sample::select(vec!["'**'", "registry.example/app", "other.example/*"]),
        expires in prop::sample::select(vec!["2026-11-24", "2026-11-23", "2030-01-01"]),
    ) -> Exception {
        Exception { rule, covers, subjects, expires }
    }
}

fn policy(rules: &[Rule], exceptions: &[Exception]) -> Policy {
    let mut text = "version: 1\nrules:\n".to_owned();
    for (number, Rule { ask, subjects, warn, unknown }) in rules.iter().enumerate() {
        let mode = if *warn { "warn" } else { "enforce" };
        text += &format!("- {{id: r{number}, mode: {mode}, unknown: {unknown}, {ask}{subjects}}}\n");
    }
    text += "exceptions:\n";
    for Exception { rule, covers, subjects, expires } in exceptions.iter().filter(|each| each.rule < rules.len()) {
        text += &format!(
            "- {{rule: r{rule}, covers: [{covers}], subjects: [{subjects}], expires: {expires}, reason: x, owner: y}}\n"
        );
    }
    Policy::parse("policy.yaml", text.as_bytes(), &NoFiles).unwrap_or_else(|errors| panic!("{}\n{text}", errors[0]))
}

fn decision(policy: &Policy, evidence: &Evidence) -> Decision {
    let tool = Tool { name: "boltseal".to_owned(), version: "0.0.0".to_owned() };
    judge(policy, evidence, &tool).decision
}

/// Ways to know less.
const WAYS: usize = 17;

fn forget(evidence: &mut Evidence, way: usize) {
    let gap = || NotAssessed {
        reason: NotAssessedReason::Unreadable,
        what: "a file".to_owned(),
        detail: "it is broken".to_owned(),
        packages: 0,
    };
    let missing = || "it was lost".to_owned();
    let subject = &mut evidence.subject;
    match (way, &mut evidence.report, &mut evidence.check) {
        (0, ..) => evidence.report = Sought::Missing(missing()),
        (1, ..) => evidence.check = Sought::Missing(missing()),
        (2, ..) => evidence.signatures = Sought::Missing(missing()),
        (3, ..) => subject.repository = None,
        (4, ..) => subject.configuration = None,
        (5, Sought::Found(report), _) => report.findings.iter_mut().for_each(|each| each.epss = None),
        (6, Sought::Found(report), _) => report.findings.iter_mut().for_each(|each| each.published = None),
        (7, Sought::Found(report), _) => {
            report.findings.iter_mut().for_each(|each| each.severity = Severity::Unknown);
        }
        (8, Sought::Found(report), _) => {
            report.database.feeds.retain(|feed| feed.name != "cisa-kev");
            report.findings.iter_mut().for_each(|each| each.known_exploited = None);
        }
        (9, Sought::Found(report), _) => {
            report.database.built = None;
            report.database.feeds.iter_mut().for_each(|feed| feed.fetched = None);
        }
        (10, Sought::Found(report), _) => report.inventory.packages.iter_mut().for_each(|each| each.licenses.clear()),
        (11, Sought::Found(report), _) => report.inventory.not_assessed.push(gap()),
        (12, _, Sought::Found(check)) => check.not_assessed.push(gap()),
        (13, _, Sought::Found(check)) => {
            check.findings.iter_mut().for_each(|each| each.severity = Severity::Unknown);
        }
        (14, Sought::Found(report), _) => report.inventory.subject.id = None,
        (15, Sought::Found(report), _) => report.database.kind = boltseal_evidence::DatabaseKind::Starter,
        (16, _, Sought::Found(check)) => check.files.clear(),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn with_less_known_nothing_more_is_allowed(
        rules in prop::collection::vec(rule(), 1..4),
        exceptions in prop::collection::vec(exception(), 0..3),
        evidence in evidence(),
        ways in prop::collection::vec(0..WAYS, 1..4),
    ) {
        let policy = policy(&rules, &exceptions);
        let before = decision(&policy, &evidence);
        let mut less = evidence.clone();
        ways.iter().for_each(|way| forget(&mut less, *way));
        let after = decision(&policy, &less);
        prop_assert!(before == Decision::Allowed || after != Decision::Allowed, "{:?} became allowed", before);
    }

    #[test]
    fn an_exception_or_a_warning_never_stops_anything(
        rules in prop::collection::vec(rule(), 1..4),
        exceptions in prop::collection::vec(exception(), 0..3),
        more in exception(),
        softened in 0_usize..4,
        evidence in evidence(),
    ) {
        let before = decision(&policy(&rules, &exceptions), &evidence);
        let mut wider = exceptions.clone();
        wider.push(more);
        prop_assert!(decision(&policy(&rules, &wider), &evidence) <= before);
        let mut softer = rules.clone();
        softer.get_mut(softened).into_iter().for_each(|rule| rule.warn = true);
        prop_assert!(decision(&policy(&softer, &exceptions), &evidence) <= before);
    }

    #[test]
    fn rules_that_only_warn_stop_nothing_that_they_are_meant_for(
        mut rules in prop::collection::vec(rule(), 1..4),
        evidence in evidence(),
    ) {
        rules.iter_mut().for_each(|rule| { rule.warn = true; rule.subjects = ""; });
        prop_assert_eq!(decision(&policy(&rules, &[]), &evidence), Decision::Allowed);
    }

    #[test]
    fn any_bytes_are_a_policy_or_mistakes_in_one(text in "\\PC{0,200}") {
        let errors = Policy::parse("policy.yaml", text.as_bytes(), &NoFiles).err().unwrap_or_default();
        prop_assert!(errors.iter().all(|error| error.line > 0 && error.column > 0));
    }

    #[test]
    fn a_policy_with_a_word_changed_is_a_policy_or_mistakes_in_one(
        kind in prop::sample::select(boltseal_gate::kinds().collect::<Vec<_>>()),
        at in any::<prop::sample::Index>(),
        word in "[a-z*/:{}\\[\\]\"' -]{0,6}",
    ) {
        let path = format!("{}/tests/examples/{kind}.policy.yaml", env!("CARGO_MANIFEST_DIR"));
        let mut text = std::fs::read_to_string(path).unwrap();
        let at = text.floor_char_boundary(at.index(text.len()));
        text.insert_str(at, &word);
        let _ = Policy::parse("policy.yaml", text.as_bytes(), &NoFiles);
    }
}

#[test]
fn severities_in_order_make_decisions_in_order() {
    assert!(Decision::Allowed < Decision::Undecided && Decision::Undecided < Decision::Denied);
}
