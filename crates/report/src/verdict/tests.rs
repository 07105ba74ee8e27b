//! What people see of a verdict.

use boltseal_evidence::{AppliedException, Digest, JudgedSubject, Mode, PolicyInfo, Reason, RuleResult, Tool, Verdict};
use boltseal_evidence::{Decision, RuleOutcome};

use super::{VerdictFormat, VerdictOptions, render};

fn reason(message: &str, about: Option<&str>) -> Reason {
    Reason { message: message.to_owned(), about: about.map(str::to_owned), evidence: None, exception: None }
}

fn rule(id: &str, mode: Mode, outcome: RuleOutcome, reasons: Vec<Reason>) -> RuleResult {
    RuleResult {
        rule: id.to_owned(),
        asks: format!("what {id} asks"),
        source: "policy.yaml:3".to_owned(),
        mode,
        outcome,
        reasons,
        omitted: 0,
        advice: Some("the way out".to_owned()),
    }
}

fn verdict() -> Verdict {
    let excepted = Reason {
        exception: Some(AppliedException {
            reason: "not reachable".to_owned(),
            owner: "web team".to_owned(),
            expires: "2027-01-31".to_owned(),
            source: "policy.yaml:40".to_owned(),
        }),
        ..reason("critical in zlib", Some("CVE-2023-45853"))
    };
    let many = (0..7).map(|n| reason(&format!("finding {n}"), Some(&format!("CVE-2024-{n}")))).collect();
    Verdict {
        schema: 1,
        tool: Tool { name: "boltseal".to_owned(), version: "0".to_owned() },
        decision: Decision::Denied,
        subject: JudgedSubject {
            digest: Digest::sha256_of(b"manifest"),
            manifest: None,
            configuration: None,
            repository: Some("ghcr.io/example/app".to_owned()),
            tag: None,
        },
        policy: PolicyInfo { name: "production".to_owned(), digest: Digest::sha256_of(b"policy") },
        day: "2026-11-24".to_owned(),
        database: None,
        rules: vec![
            rule("signed", Mode::Enforce, RuleOutcome::Passed, vec![reason("signed with `release.pub`", None)]),
            rule("fresh", Mode::Warn, RuleOutcome::Failed, vec![reason("made 400 days ago", None)]),
            rule("zlib", Mode::Enforce, RuleOutcome::Excepted, vec![excepted]),
            rule("no-critical", Mode::Enforce, RuleOutcome::Failed, many),
        ],
        problems: Vec::new(),
    }
}

#[test]
fn what_decides_comes_first_and_what_passed_is_one_line() {
    let text =
        render(&verdict(), VerdictFormat::Text, &VerdictOptions { target: "app:1", ..Default::default() }).unwrap();
    let places: Vec<usize> = ["denied  app:1", "✗ no-critical", "~ zlib", "! fresh", "✓ 1 rule passed: signed"]
        .iter()
        .map(|part| text.find(part).unwrap_or_else(|| panic!("{part} is not in\n{text}")))
        .collect();
    assert!(places.is_sorted(), "{text}");
    assert!(text.contains("CVE-2024-4: finding 4") && !text.contains("CVE-2024-5"), "{text}");
    assert!(text.contains("and 2 more reasons (`--all` shows more)"), "{text}");
    assert!(text.contains("excepted by web team until 2027-01-31: not reachable"), "{text}");
}

#[test]
fn markdown_gives_names_from_an_image_no_way_to_become_markup() {
    let mut verdict = verdict();
    verdict.rules[0].outcome = RuleOutcome::Failed;
    verdict.rules[0].reasons = vec![reason("signed by [me](https://evil.example) | <img> @team `a|b", None)];
    let options = VerdictOptions { target: "app`|:1", ..Default::default() };
    let text = render(&verdict, VerdictFormat::Markdown, &options).unwrap();
    assert!(text.contains("`app'\\|:1`"), "{text}");
    assert!(text.contains("\\[me\\](https://evil.example) \\| \\<img\\> \\@team `a\\|b`"), "{text}");
}

#[test]
fn json_reads_back_the_same() {
    let verdict = verdict();
    let text = render(&verdict, VerdictFormat::Json, &VerdictOptions::default()).unwrap();
    assert_eq!(serde_json::from_str::<Verdict>(&text).unwrap(), verdict);
}
