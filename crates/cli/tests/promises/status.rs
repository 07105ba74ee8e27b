//! Exit statuses that a pipeline can trust, ignore files, configuration.

use crate::program::Program;

#[test]
fn a_finding_over_the_threshold_is_1() {
    let outcome = Program::new().run(&["demo", "--fail-on", "critical"]).expect_status(1);
    assert!(outcome.stderr.contains("critical or worse"), "{}", outcome.stderr);
}

#[test]
fn nothing_over_the_threshold_by_the_starter_set_alone_is_3_and_never_0() {
    let program = Program::new();
    std::fs::create_dir(program.path().join("empty")).unwrap();
    std::fs::write(program.path().join("empty/requirements.txt"), "no-such-project==1.0\n").unwrap();
    program.run(&["scan", "dir:empty"]).expect_status(0);
    let outcome = program.run(&["scan", "dir:empty", "--fail-on", "critical"]).expect_status(3);
    assert!(outcome.stderr.contains("starter set"), "{}", outcome.stderr);
    program.run(&["scan", "dir:empty", "--fail-on", "critical", "--allow-not-assessed"]).expect_status(0);
}

#[test]
fn what_a_lock_file_names_and_the_inventory_lacks_is_3_and_a_mere_notice_is_not() {
    let program = Program::new();
    std::fs::create_dir(program.path().join("app")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(program.path().join("app").join(name), text).unwrap();
    // What else keeps a "yes" back is the starter set alone, so that each gap is looked for by its name.
    let told = |name: &str| {
        let outcome = program.run(&["scan", "dir:app", "--fail-on", "critical"]).expect_status(3);
        program.run(&["scan", "dir:app", "--fail-on", "critical", "--allow-not-assessed"]).expect_status(0);
        outcome.stderr.lines().find(|line| line.contains(name)).map(str::to_owned)
    };
    write("requirements.txt", "no-such-project==1.0\n");
    assert_eq!(told("requirements.txt"), None);
    write("requirements.txt", "no-such-project==1.0\nflask>=2.0\nbare\n");
    let line = told("requirements.txt").unwrap();
    assert!(line.contains("could not decide") && line.contains("line 2: `flask>=2.0`"), "{line}");
    write("yarn.lock", "a@1:\n  version \"1.0.0\"\n\nb@1:\n  resolved \"x\"\n");
    let line = told("yarn.lock").unwrap();
    assert!(line.contains("line 4: `b@1` has no `version`"), "{line}");

    let report = program.run(&["scan", "dir:app", "--format", "json"]).expect_status(0).json();
    let gaps = report["not_assessed"].as_array().unwrap();
    let gap = |name: &str| gaps.iter().filter(|gap| gap["what"] == name).collect::<Vec<_>>();
    let (unpinned, unread) = (gap("requirements.txt"), gap("yarn.lock"));
    assert_eq!((unpinned.len(), unread.len()), (1, 1), "{gaps:?}");
    assert_eq!((&unpinned[0]["reason"], &unpinned[0]["packages"]), (&"unpinned".into(), &2.into()));
    assert_eq!((&unread[0]["reason"], &unread[0]["packages"]), (&"unreadable".into(), &1.into()));

    // A name that was cut is a notice: the package is in the inventory.
    std::fs::remove_file(program.path().join("app/yarn.lock")).unwrap();
    write("requirements.txt", &format!("{}==1.0\n", "n".repeat(100_000)));
    assert_eq!(told("requirements.txt"), None);
    let report = program.run(&["scan", "dir:app", "--format", "json"]).expect_status(0).json();
    assert!(report["problems"][0]["message"].as_str().unwrap().contains("was cut"), "{}", report["problems"]);
}

#[test]
fn wrong_usage_is_2() {
    let program = Program::new();
    program.run(&["scan"]).expect_status(2);
    program.run(&["scan", "--no-such-flag", "x"]).expect_status(2);
    program.run(&["scan", "--format", "pdf", "x"]).expect_status(2);
    program.run(&["scan", "--fail-on", "terrible", "x"]).expect_status(2);
    program.run(&["scan", "--platform", "linux", "dir:."]).expect_status(2);
    program.run(&["scan", "-"]).expect_status(2);
    std::fs::write(program.path().join("boltseal.toml"), "[scan]\nfail-onn = 1\n").unwrap();
    let outcome = program.run(&["scan", "dir:."]).expect_status(2);
    assert!(outcome.stderr.contains("boltseal.toml") && outcome.stderr.contains("line 2"), "{}", outcome.stderr);
}

#[test]
fn a_target_that_cannot_be_read_is_3_and_is_named() {
    let program = Program::new();
    std::fs::write(program.path().join("noise.tar"), [7; 4096]).unwrap();
    for (target, name) in [
        ("oci:missing:x", "missing"),
        ("docker-archive:missing.tar", "missing.tar"),
        ("docker-archive:noise.tar", "noise.tar"),
        ("rootfs:missing", "missing"),
        ("127.0.0.1:1/none:x", "127.0.0.1:1"),
    ] {
        let outcome = program.run(&["scan", target, "--fail-on", "low"]).expect_status(3);
        assert!(outcome.stderr.contains(name), "{target}: {}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
    }
}

#[test]
fn a_directory_in_which_there_is_nothing_to_assess_is_not_shown_as_clean() {
    let program = Program::new();
    std::fs::create_dir(program.path().join("root")).unwrap();
    let outcome = program.run(&["scan", "rootfs:root"]).expect_status(3);
    assert!(outcome.stdout.to_lowercase().contains("not assessed"), "{}", outcome.stdout);
}

#[test]
fn an_ignored_finding_does_not_count_until_its_day_has_passed() {
    let program = Program::new();
    let ignore = |until: &str| {
        let entry = format!(
            "[[ignore]]\nid = \"CVE-2021-44228\"\nreason = \"no look-ups\"\nowner = \"ops\"\nuntil = \"{until}\"\n"
        );
        std::fs::write(program.path().join(".boltseal-ignore.toml"), entry).unwrap();
        program.run(&["demo", "--format", "json"]).expect_status(0)
    };
    let state = |outcome: &crate::program::Outcome| {
        let report = outcome.json();
        let findings = report["findings"].as_array().unwrap().clone();
        findings.iter().find(|finding| finding["id"] == "CVE-2021-44228").unwrap()["status"]["state"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(state(&ignore("2999-01-01")), "suppressed");
    let expired = ignore("2001-01-01");
    assert_eq!(state(&expired), "affected");
    assert!(
        expired.stderr.contains("ended on 2001-01-01") && expired.stderr.contains(".boltseal-ignore.toml"),
        "{}",
        expired.stderr
    );
}

#[test]
fn an_ignore_file_without_a_reason_is_2_and_shows_the_place() {
    let program = Program::new();
    std::fs::write(program.path().join("i.toml"), "[[ignore]]\nid = \"CVE-2021-44228\"\n").unwrap();
    let outcome = program.run(&["demo", "--ignore-file", "i.toml"]).expect_status(2);
    assert!(outcome.stderr.contains("i.toml:") && outcome.stderr.contains("reason"), "{}", outcome.stderr);
}

#[test]
fn variables_win_over_the_file_and_flags_over_both() {
    let program = Program::new();
    std::fs::write(program.path().join("boltseal.toml"), "[scan]\nformat = \"sarif\"\n").unwrap();
    assert_eq!(program.run(&["demo"]).json()["version"], "2.1.0");
    let spdx = program.run_with(&["demo"], &[("BOLTSEAL_FORMAT", "spdx")]);
    assert_eq!(spdx.json()["spdxVersion"], "SPDX-2.3");
    let cyclonedx = program.run_with(&["demo", "--format", "cyclonedx"], &[("BOLTSEAL_FORMAT", "spdx")]);
    assert_eq!(cyclonedx.json()["bomFormat"], "CycloneDX");
}

#[test]
fn nothing_but_the_result_is_on_standard_output_and_quiet_is_quiet() {
    let outcome = Program::new().run(&["demo", "--quiet", "--format", "json"]).expect_status(0);
    assert_eq!(outcome.stderr, "");
    outcome.json();
}

#[test]
fn a_scan_that_fails_leaves_the_old_result_and_one_that_ends_replaces_it() {
    let program = Program::new();
    let result = program.path().join("result.json");
    std::fs::write(&result, "old").unwrap();
    program.run(&["scan", "oci:missing:x", "--output", "result.json", "--format", "json"]).expect_status(3);
    assert_eq!(std::fs::read_to_string(&result).unwrap(), "old");
    program.run(&["demo", "--output", "result.json", "--format", "json"]).expect_status(0);
    assert!(std::fs::read_to_string(&result).unwrap().starts_with('{'));
    let left: Vec<_> = std::fs::read_dir(program.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".boltseal-")), "{left:?}");
}
