//! How long the gate takes: a policy of 50 rules over a report of 2,000 findings, and expressions apart.
//!
//! `cargo run --release -p boltseal-gate --example speed`

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program that measures, run by hand"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use boltseal_evidence::Tool;
use boltseal_gate::examples::Examples;
use boltseal_gate::{Evidence, NoFiles, Policy, judge};

const FINDINGS: usize = 2_000;
const PACKAGES: usize = 600;
const RUNS: usize = 2_000;

/// Asks as people mix them; severity and the like vary by the number of the rule.
const ASKS: [&str; 10] = [
    "vulnerabilities: {severity: critical, fixable: true, unrated: medium}",
    "vulnerabilities: {kev: true}",
    "vulnerabilities: {epss: 0.5, unscored: 0}",
    "vulnerabilities: {severity: high, fixed-for: 14d, unrated: low}",
    "vulnerabilities: {severity: medium, max: 100, unrated: low}",
    "malware: {}",
    "secrets: {}",
    "posture: {severity: high}",
    "licenses: {deny: [\"AGPL-*\"], allow-unknown: true}",
    "database: {max-age: 48h}",
];

fn evidence() -> Evidence {
    let mut text = "version: 1\ncases:\n- name: a large image\n  expect: denied\n  findings:\n".to_owned();
    for number in 0..FINDINGS {
        let severity = ["critical", "high", "medium", "low", "negligible", "unknown"][number % 6];
        let epss = (number % 97) as f64 / 100.0;
        let fixed = if number % 3 == 0 { ", fixed: '2.0'" } else { "" };
        let kev = if number % 200 == 0 { ", kev: true" } else { "" };
        let day = number % 27 + 1;
        writeln!(
            text,
            "  - {{id: CVE-2026-{number}, aliases: [GHSA-{number}], package: p{}, severity: {severity}, epss: {epss}, \
             published: 2026-{:02}-{day:02}{fixed}{kev}}}",
            number % PACKAGES,
            number % 11 + 1
        )
        .unwrap();
    }
    text += "  packages:\n";
    for number in 0..PACKAGES {
        let licence = ["MIT", "Apache-2.0 OR MIT", "GPL-2.0-or-later", "BSD-3-Clause"][number % 4];
        writeln!(text, "  - {{name: p{number}, licenses: [{licence}]}}").unwrap();
    }
    text += "  misconfigurations:\n";
    for number in 0..50 {
        writeln!(text, "  - {{check: ACME-{number}, severity: medium}}").unwrap();
    }
    let examples = Examples::parse("speed.yaml", text.as_bytes(), &NoFiles).unwrap();
    examples.cases()[0].evidence.clone()
}

fn policy(asks: &[&str], rules: usize) -> Policy {
    let mut text = "version: 1\nrules:\n".to_owned();
    for number in 0..rules {
        writeln!(text, "- {{id: r{number}, {}}}", asks[number % asks.len()]).unwrap();
    }
    text += "exceptions:\n";
    for number in 0..200 {
        writeln!(
            text,
            "- {{rule: r{}, subjects: ['registry.example/*'], covers: [CVE-2026-{}], reason: x, owner: y, expires: \
             2027-01-01}}",
            number % rules,
            number * 6
        )
        .unwrap();
    }
    Policy::parse("policy.yaml", text.as_bytes(), &NoFiles).unwrap()
}

fn measure(name: &str, policy: &Policy, evidence: &Evidence, runs: usize) {
    let tool = Tool { name: "boltseal".to_owned(), version: "0".to_owned() };
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let begin = Instant::now();
            let verdict = judge(policy, evidence, &tool);
            let time = begin.elapsed();
            assert_eq!(verdict.rules.len(), policy.rules.len());
            time
        })
        .collect();
    times.sort();
    println!("{name}: p50 {:?}, p99 {:?}", times[runs / 2], times[runs * 99 / 100]);
}

fn main() {
    let evidence = evidence();
    measure("50 rules, 200 exceptions, 2,000 findings", &policy(&ASKS, 50), &evidence, RUNS);
    for ask in ASKS {
        measure(&format!("1 rule: {ask}"), &policy(&[ask], 1), &evidence, RUNS / 10);
    }
    for ask in [
        "expression: subject.repository.startsWith('registry.example/')",
        "expression: \"findings.all(f, f.severity != 'critical' || !f.fixable)\"",
        "expression: \"findings.all(f, f.severity != 'awful')\"",
        "expression: \"findings.filter(f, f.severity == 'critical').size() < 10\"",
    ] {
        measure(&format!("1 rule: {ask}"), &policy(&[ask], 1), &evidence, RUNS / 10);
    }
}
