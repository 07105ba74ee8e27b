//! What holds for all rules on Compose files.

use crate::{Options, check, fix};

fn check_file(path: &str, text: &str, rule: &str) -> Vec<String> {
    let checked = check(path, text.as_bytes(), &Options::default());
    let findings = checked.findings.iter().filter(|finding| finding.rule == rule);
    findings
        .map(|finding| format!("{} {}", finding.region.map(|region| region.line).unwrap_or_default(), finding.subject))
        .collect()
}

#[test]
fn what_services_share_is_told_once_for_each_at_its_own_place() {
    let text = "x-base: &base\n  privileged: true\nservices:\n  a:\n    <<: *base\n    image: i:1\n  b:\n    <<: *base\n    image: i:1\n  c: *base\n  d: &d\n    image: i:1\n    privileged: true\n";
    assert_eq!(
        check_file("compose.yaml", text, "BS-C001"),
        ["4 service a", "7 service b", "10 service c", "13 service d"]
    );
}

#[test]
fn what_a_service_extends_counts_for_it() {
    let text = "services:\n  base:\n    image: i:1\n    mem_limit: 1g\n    cap_add: [SYS_ADMIN]\n  a:\n    extends: {service: base}\n  b:\n    extends: {file: other.yaml, service: base}\n  c:\n    extends: c\n";
    assert_eq!(check_file("compose.yaml", text, "BS-C035"), [] as [&str; 0]);
    assert_eq!(check_file("compose.yaml", text, "BS-C002"), ["5 service base", "6 service a"]);
}

#[test]
fn odd_files_are_read_without_harm() {
    for text in [
        "services:\nimage: x\n",
        "services: []\nimage: x\n",
        "services:\n  a:\n  b: 1\n  image: {image: [1]}\n",
        "services:\n  a: {image: {}, ports: {}, volumes: x, environment: 1, command: {}, user: [], build: []}\n",
        "services:\n  a: {image: \"${\", ports: [\"${A:-${B:-\", {}, [], \":\", \"99999:1\", \"5-1:2\"], user: \"${A:-}\"}\n",
    ] {
        let checked = check("compose.yaml", text.as_bytes(), &Options::default());
        assert!(checked.problems.is_empty(), "{text}: {:?}", checked.problems);
    }
}

#[test]
fn fixes_leave_the_rest_as_it_was() {
    let before = "version: \"3\"\n# shop\nservices:\n  a:\n    image: i:1 # one\n  b:\n    image: i:1\n    security_opt:\n      - label:type:x\n";
    let after = "# shop\nservices:\n  a:\n    image: i:1 # one\n    security_opt: [\"no-new-privileges:true\"]\n  b:\n    image: i:1\n    security_opt:\n      - label:type:x\n      - \"no-new-privileges:true\"\n";
    let fixed = fix("compose.yaml", before.as_bytes(), &Options::default(), |_| true);
    assert_eq!(String::from_utf8_lossy(&fixed.bytes), after);
    assert!(fixed.rejected.is_empty(), "{:?}", fixed.rejected);
}

#[test]
fn an_inline_dockerfile_is_counted_as_one() {
    let text = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM debian:12\n        RUN true\n";
    let checked = check("compose.yaml", text.as_bytes(), &Options::default());
    assert_eq!(checked.subjects.get("dockerfile"), Some(&1));
    assert_eq!(checked.subjects.get("compose"), Some(&1));
}

#[test]
fn a_service_that_thousands_extend_does_not_multiply_the_work() {
    let mut text = String::from("services:\n  base:\n    image: i:1\n    environment:\n");
    for number in 0..1_000 {
        text.push_str(&format!("      A_PASSWORD_{number}: hunter22\n"));
    }
    for number in 0..1_000 {
        text.push_str(&format!("  s{number}: {{extends: base}}\n"));
    }
    let found = check_file("compose.yaml", &text, "BS-C031").len();
    assert!((1_000..50_000).contains(&found), "{found}");
}
