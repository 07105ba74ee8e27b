//! `boltseal demo` shows findings of a lab image with no network and no database.

use crate::program::Program;

#[test]
fn the_demo_shows_findings_and_says_that_only_the_starter_set_was_used() {
    let outcome = Program::new().run(&["demo"]).expect_status(0);
    for expected in ["CVE-2021-44228", "log4j-core", "2.14.1", "Django", "starter set", "pip install"] {
        assert!(outcome.stdout.contains(expected), "no `{expected}` in\n{}", outcome.stdout);
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
