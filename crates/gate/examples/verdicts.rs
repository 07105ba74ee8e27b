//! How long a verdict takes, beside what cannot be avoided: a policy over everything that a gate knows of an image.
//!
//! `cargo run --release -p boltseal-gate --example verdicts -- [RULES [FINDINGS [VERDICTS]]]`, by default 50 rules, 2,000
//! findings and 5,000 verdicts. With `each` as the fourth argument every ask is measured alone, too.
//!
//! The floor is one pass over all findings for each rule on vulnerabilities, which counts severities and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program that measures, run by hand"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use boltseal_evidence::{Finding, Tool};
use boltseal_gate::examples::Examples;
use boltseal_gate::{Evidence, NoFiles, Policy, judge};

const PACKAGES: usize = 1_500;

/// Half of what a policy asks, each time something else.
const VULNERABILITIES: [&str; 10] = [
    "{severity: critical, fixable: true, unrated: medium}",
    "{kev: true}",
    "{epss: 0.9, unscored: 0}",
    "{severity: high, fixed-for: 14d, unrated: low}",
    "{severity: medium, max: 100, unrated: low}",
    "{severity: critical, unrated: high, count-suppressed: false}",
    "{severity: high, epss: 0.5, unrated: medium, unscored: 0}",
    "{severity: low, published-for: 90d, fixable: true, unrated: low}",
    "{severity: critical, fixable: false, unrated: low, count-vendor-answered: true}",
    "{kev: false, severity: high, fixed-for: 30d, unrated: low, max: 10}",
];

/// The other half.
const OTHERS: [&str; 25] = [
    "expression: image.platform == 'linux/amd64'",
    "signature: {any-of: [{issuer: https://token.actions.example, identity: https://git.example/app/release.yml@refs/heads/main}]}",
    "licenses: {deny: [AGPL-*, SSPL-1.0], allow-unknown: true}",
    "expression: \"'org.opencontainers.image.source' in image.labels\"",
    "source: {allow: [registry.example/*, ghcr.io/example/**], deny: [registry.example/sandbox/**]}",
    "posture: {severity: high}",
    "expression: attestations.size() >= 2",
    "provenance: {source: https://git.example/app, branch: main, min-level: 2, signed-by: {any-of: [{issuer: https://token.actions.example, identity: https://git.example/app/release.yml@refs/heads/main}]}}",
    "malware: {}",
    "expression: subject.digest.startsWith('sha256:')",
    "attestation: {type: cyclonedx, signed-by: {any-of: [{issuer: https://token.actions.example, identity: https://git.example/app/release.yml@refs/heads/main}]}}",
    "secrets: {}",
    "expression: signatures.size() >= 2",
    "database: {max-age: 48h, feeds: [cisa-kev, epss]}",
    "licenses: {allow: [MIT, Apache-2.0, BSD-*, GPL-*], allow-unknown: true}",
    "expression: subject.repository.startsWith('registry.example/')",
    "signature: {any-of: [{issuer: https://token.actions.example, identity: 'https://git.example/app/*.yml@refs/heads/main'}], count: 1}",
    "image-age: {max-age: 180d}",
    "expression: \"signatures.exists(s, s.verified)\"",
    "posture: {checks: [BS-I001]}",
    "base-image: {allow: ['registry.example/base/*']}",
    "scorecard: {repository: git.example/app, min-score: 6.5}",
    "expression: \"attestations.exists(a, a.type == 'https://cyclonedx.org/bom')\"",
    "source: {pinned: true}",
    "database: {complete: true}",
];

/// What goes through all findings or packages in CEL, which is slow: measured apart, one rule each.
const OVER_ALL: [&str; 3] = [
    "expression: \"findings.all(f, f.severity != 'critical' || !f.fixable)\"",
    "expression: \"findings.filter(f, f.severity == 'high' && f.kev).size() < 10\"",
    "expression: \"packages.all(p, !p.name.startsWith('evil'))\"",
];

/// An image of many packages with this many findings, signed three times, with provenance and a bill of materials.
fn evidence(findings: usize) -> Evidence {
    let mut text = "version: 1\ncases:\n- name: a large image\n  expect: denied\n  findings:\n".to_owned();
    for number in 0..findings {
        let severity = ["critical", "high", "medium", "low", "negligible", "unknown"][number % 6];
        let epss = (number % 97) as f64 / 100.0;
        let fixed = if number % 3 == 0 { ", fixed: '2.0'" } else { "" };
        let kev = if number % 200 == 0 { ", kev: true" } else { "" };
        let (month, day) = (number % 11 + 1, number % 27 + 1);
        writeln!(
            text,
            "  - {{id: CVE-2026-{number}, aliases: [GHSA-{number}], package: p{}, severity: {severity}, epss: {epss}, \
             published: 2026-{month:02}-{day:02}{fixed}{kev}}}",
            number % PACKAGES,
        )
        .unwrap();
    }
    text += "  packages:\n";
    for number in 0..PACKAGES {
        let licence = ["MIT", "Apache-2.0 OR MIT", "GPL-2.0-or-later", "BSD-3-Clause", "custom words"][number % 5];
        writeln!(text, "  - {{name: p{number}, licenses: [{licence}]}}").unwrap();
    }
    text += "  misconfigurations:\n";
    for number in 0..50 {
        writeln!(text, "  - {{check: ACME-{number}, severity: medium}}").unwrap();
    }
    let claims = "claims: {build-signer-uri: 'https://git.example/app/release.yml@refs/heads/main', \
                  source-repository-uri: https://git.example/app, source-repository-ref: refs/heads/main, \
                  runner-environment: github-hosted}";
    text += "  signatures:\n";
    for (place, stated) in [
        "",
        "",
        "",
        ", type: https://slsa.dev/provenance/v1, predicate: {buildDefinition: {buildType: 'https://builds.example/v1', \
         externalParameters: {}, resolvedDependencies: []}, runDetails: {builder: {id: 'https://builds.example'}}}",
        ", type: https://cyclonedx.org/bom, predicate: {bomFormat: CycloneDX, components: []}",
    ]
    .into_iter()
    .enumerate()
    {
        let identity =
            if place == 1 { "dev@example.com" } else { "https://git.example/app/release.yml@refs/heads/main" };
        writeln!(
            text,
            "  - {{identity: '{identity}', issuer: https://token.actions.example, {claims}, signed-at: \
             '2026-11-2{place}T10:00:00Z'{stated}}}"
        )
        .unwrap();
    }
    let examples = Examples::parse("verdicts.yaml", text.as_bytes(), &NoFiles)
        .unwrap_or_else(|errors| panic!("{}", errors.iter().map(ToString::to_string).collect::<String>()));
    examples.cases()[0].evidence.clone()
}

fn policy(asks: &[String]) -> Policy {
    let mut text = "version: 1\nrules:\n".to_owned();
    for (number, ask) in asks.iter().enumerate() {
        writeln!(text, "- id: r{number}\n  {ask}").unwrap();
    }
    text += "exceptions:\n";
    for number in 0..20 {
        writeln!(
            text,
            "- {{rule: r{}, subjects: ['registry.example/*'], covers: [CVE-2026-{}], reason: x, owner: y, expires: \
             2027-01-01}}",
            number % asks.len(),
            number * 6
        )
        .unwrap();
    }
    Policy::parse("policy.yaml", text.as_bytes(), &NoFiles)
        .unwrap_or_else(|errors| panic!("{}", errors.iter().map(ToString::to_string).collect::<String>()))
}

/// Every second ask is on vulnerabilities.
fn asks(rules: usize) -> Vec<String> {
    (0..rules)
        .map(|number| match (number % 2, number / 2) {
            (0, number) => format!("vulnerabilities: {}", VULNERABILITIES[number % VULNERABILITIES.len()]),
            (_, number) => OTHERS[number % OTHERS.len()].to_owned(),
        })
        .collect()
}

/// The middle, the 90th and 99th of 100, and the longest of these times, in ms.
fn tell(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |of_thousand: usize| times[(times.len() - 1) * of_thousand / 1_000].as_secs_f64() * 1e3;
    println!(
        "{name:<10} p50 {:7.3} ms  p90 {:7.3} ms  p99 {:7.3} ms  max {:7.3} ms",
        at(500),
        at(900),
        at(990),
        at(1_000)
    );
}

fn measure(policy: &Policy, evidence: &Evidence, verdicts: usize) -> Vec<Duration> {
    let tool = Tool { name: "boltseal".to_owned(), version: "0".to_owned() };
    let first = judge(policy, evidence, &tool);
    assert_eq!(first.rules.len(), policy.rules.len());
    (0..verdicts)
        .map(|_| {
            let begin = Instant::now();
            let verdict = judge(policy, evidence, &tool);
            let time = begin.elapsed();
            assert_eq!(verdict.decision, first.decision);
            time
        })
        .collect()
}

/// One pass for each rule on vulnerabilities.
fn floor(findings: &[Finding], passes: usize, times: usize) -> Vec<Duration> {
    (0..times)
        .map(|_| {
            let begin = Instant::now();
            for _ in 0..passes {
                let mut counts = [0_usize; 8];
                for finding in black_box(findings) {
                    counts[finding.severity as usize] += 1;
                }
                black_box(counts);
            }
            begin.elapsed()
        })
        .collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: usize| arguments.get(place).map_or(default, |text| text.parse().unwrap());
    let (rules, findings, verdicts) = (number(0, 50), number(1, 2_000), number(2, 5_000).max(1));
    let evidence = evidence(findings);
    let asks = asks(rules.max(1));
    let policy = policy(&asks);
    let passes = policy.rules.iter().filter(|rule| rule.ask.kind() == "vulnerabilities").count();
    let expressions = policy.rules.iter().filter(|rule| rule.ask.kind() == "expression").count();
    println!(
        "{} rules ({passes} on vulnerabilities, {expressions} expressions), {findings} findings, {PACKAGES} packages, \
         {verdicts} verdicts",
        policy.rules.len()
    );
    let report = evidence.report.as_result().unwrap();
    tell("verdict", measure(&policy, &evidence, verdicts));
    tell("floor", floor(&report.findings, passes, verdicts));
    for ask in OVER_ALL {
        println!("one rule: {ask}");
        tell("verdict", measure(&self::policy(&[ask.to_owned()]), &evidence, verdicts.min(200)));
    }
    if arguments.get(3).is_some_and(|word| word == "each") {
        each(&asks, &evidence);
    }
}

/// Every ask alone, the slowest last.
fn each(asks: &[String], evidence: &Evidence) {
    let tool = Tool { name: "boltseal".to_owned(), version: "0".to_owned() };
    let mut all: Vec<(Duration, String)> = asks
        .iter()
        .map(|ask| {
            let policy = policy(std::slice::from_ref(ask));
            let mut times = measure(&policy, evidence, 200);
            times.sort();
            let outcome = judge(&policy, evidence, &tool).rules[0].outcome;
            (times[100], format!("{outcome:?}: {ask}"))
        })
        .collect();
    all.sort();
    for (time, ask) in all {
        println!("{:9.1} µs  {ask}", time.as_secs_f64() * 1e6);
    }
}
