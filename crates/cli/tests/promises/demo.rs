//! `boltseal demo` shows findings of a lab project and a lab image with no network and no database.

use crate::program::Program;

#[test]
fn the_demo_shows_findings_and_says_that_only_the_starter_set_was_used() {
    let outcome = Program::new().run(&["demo"]).expect_status(0);
    for expected in ["CVE-2021-44228", "log4j-core", "2.14.1", "Django", "starter set", "pip install"] {
        assert!(outcome.stdout.contains(expected), "no `{expected}` in\n{}", outcome.stdout);
    }
}

#[test]
fn the_demo_begins_with_a_check_of_a_project_that_fits_two_screens() {
    let outcome = Program::new().run(&["demo"]).expect_status(0);
    let (check, scan) = outcome.stdout.split_once("not shown: `--all`").unwrap();
    assert!(scan.contains("CVE-2021-44228") && !check.contains("CVE-2021-44228"), "{}", outcome.stdout);
    for expected in
        ["critical[BS-K001]", "--> Dockerfile:1:6", "--> compose.yaml", "--> deploy/shop.yaml", "docker.sock"]
    {
        assert!(check.contains(expected), "no `{expected}` in\n{check}");
    }
    let shown = check.lines().filter(|line| line.contains("[BS-")).count();
    assert!((8..=14).contains(&shown), "{shown} findings in\n{check}");
    assert!(check.lines().count() <= 100, "{} lines", check.lines().count());
    assert!(!check.contains("low[") && !check.contains("boltseal-demo-"), "{check}");
    for command in ["boltseal check DIR", "boltseal scan IMAGE", "boltseal rules BS-K001"] {
        assert!(outcome.stderr.contains(command), "no `{command}` in\n{}", outcome.stderr);
    }
}

#[test]
fn the_demo_ends_with_a_gate_that_denies_the_lab_image_and_says_why() {
    let outcome = Program::new().run(&["demo"]).expect_status(0);
    let (_, gate) = outcome.stdout.split_once("denied  the lab image").unwrap_or_else(|| panic!("{}", outcome.stdout));
    for expected in [
        "✗ no-fixable-critical",
        "critical in curl 7.74.0-1.3, fixed in 7.74.0-1.3+deb11u2",
        "passed: no-secrets, signed",
    ] {
        assert!(gate.contains(expected), "no `{expected}` in\n{gate}");
    }
    assert!(outcome.stderr.contains("boltseal gate IMAGE"), "{}", outcome.stderr);
}

#[test]
fn the_demo_can_keep_its_project_and_a_check_of_it_says_the_same() {
    let program = Program::new();
    let demo = program.run(&["demo", "--keep", "lab"]).expect_status(0);
    let check = program.run(&["check", "lab/project", "--format", "compact"]).expect_status(0);
    for line in
        check.stdout.lines().filter(|line| [": medium", ": high", ": critical"].iter().any(|by| line.contains(by)))
    {
        let (place, rest) = line.strip_prefix("lab/project/").unwrap().split_once(": ").unwrap();
        let id = rest.split(['[', ']']).nth(1).unwrap();
        assert!(
            demo.stdout.contains(place) && demo.stdout.contains(&format!("[{id}]")),
            "no `{line}` in\n{}",
            demo.stdout
        );
    }
}

#[test]
fn the_demo_finds_log4shell_two_archives_deep_and_says_why() {
    let report = Program::new().run(&["demo", "--format", "json"]).expect_status(0).json();
    let findings = report["findings"].as_array().unwrap();
    let log4shell = findings.iter().find(|finding| finding["id"] == "CVE-2021-44228").unwrap();
    assert_eq!(log4shell["package"]["location"]["path"], "opt/worker/worker.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar");
    assert_eq!(log4shell["severity"], "critical");
    assert_eq!(log4shell["fix"]["versions"][0], "2.15.0");
    assert_eq!(log4shell["why"][0]["feed"], "starter");
    assert_eq!(report["database"]["kind"], "starter");
    assert!(report["not_assessed"].as_array().unwrap().iter().any(|gap| gap["reason"] == "database"));
}

#[test]
fn the_demo_can_keep_its_image_and_a_scan_of_it_says_the_same() {
    let program = Program::new();
    let demo = program.run(&["demo", "--keep", "lab", "--format", "json"]).expect_status(0);
    let scan = program.run(&["scan", "oci:lab:lab", "--platform", "linux/amd64", "--format", "json"]).expect_status(0);
    assert_eq!(demo.stdout, scan.stdout);
}

#[test]
fn a_package_is_traced_to_the_instruction_that_brought_it() {
    let report = Program::new().run(&["demo", "--format", "json"]).expect_status(0).json();
    let layer_of = |name: &str| {
        let package = report["packages"].as_array().unwrap().iter().find(|package| package["name"] == name).unwrap();
        let layer = usize::try_from(package["layer"].as_u64().unwrap()).unwrap();
        report["layers"][layer]["created_by"].as_str().unwrap().to_owned()
    };
    assert_eq!(layer_of("zlib1g"), "ADD debian-11.0-rootfs.tar / # buildkit");
    assert_eq!(layer_of("lodash"), "RUN npm ci --omit=dev # buildkit");
}
