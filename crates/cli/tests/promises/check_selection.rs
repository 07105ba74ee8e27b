//! Promise: exit statuses that a pipeline can trust, rules by any of their names, and the configuration file.

use crate::program::{Outcome, Program};

const DOCKERFILE: &str = "FROM debian\nRUN apt-get update && apt-get install -y curl\nUSER 1000\n";
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostNetwork: true\n  containers:\n    - name: app\n      image: nginx:1.27\n      securityContext:\n        privileged: true\n";

fn tree() -> Program {
    let program = Program::new();
    program.write("Dockerfile", DOCKERFILE);
    program.write("pod.yaml", POD);
    program
}

/// The rules of the findings, each once.
fn found(outcome: &Outcome) -> Vec<String> {
    let report = outcome.json();
    let mut rules: Vec<String> =
        report["findings"].as_array().unwrap().iter().map(|f| f["rule"].as_str().unwrap().to_owned()).collect();
    rules.sort();
    rules.dedup();
    rules
}

fn json(program: &Program, arguments: &[&str]) -> Outcome {
    program.run(&[&["check", "--format", "json"], arguments].concat()).expect_status(0)
}

#[test]
fn the_exit_status_says_what_a_pipeline_needs_to_know() {
    let program = tree();
    program.run(&["check"]).expect_status(0);
    program.run(&["check", "--fail-on", "critical"]).expect_status(1);
    program.run(&["check", "--fail-on", "critical", "Dockerfile"]).expect_status(0);
    program.run(&["check", "--fail-on", "medium", "Dockerfile"]).expect_status(1);
    program.run(&["check", "--fail-on", "low", "--skip", "BS-K001", "pod.yaml"]).expect_status(1);
    program.run(&["check", "--fail-on", "terrible"]).expect_status(2);
    program.run(&["check", "--format", "pdf"]).expect_status(2);
    program.run(&["check", "--dry-run"]).expect_status(2);
    program.run(&["check", "--pod-security", "strict"]).expect_status(2);
    program.run(&["check", "--compliance", "nope"]).expect_status(2);
    let missing = program.run(&["check", "no/such/path", "--fail-on", "low"]).expect_status(3);
    assert!(missing.stderr.contains("no/such/path"), "{}", missing.stderr);
    std::fs::create_dir(program.path().join("empty")).unwrap();
    let empty = program.run(&["check", "empty", "--fail-on", "low"]).expect_status(3);
    assert!(empty.stderr.contains("nothing was checked"), "{}", empty.stderr);
    program.run(&["check", "empty", "--allow-not-assessed"]).expect_status(0);
}

#[test]
fn a_rule_is_known_by_the_names_that_other_tools_give_it() {
    let program = tree();
    for (name, rule) in [
        ("BS-D165", "BS-D165"),
        ("bs-d165", "BS-D165"),
        ("DL3008", "BS-D165"),
        ("DS-0001", "BS-D030"),
        ("AVD-DS-0001", "BS-D030"),
        ("DS001", "BS-D030"),
        ("CKV_DOCKER_7", "BS-D030"),
        ("CKV_K8S_16", "BS-K001"),
        ("KSV-0017", "BS-K001"),
        ("AVD-KSV-0017", "BS-K001"),
        ("C-0057", "BS-K001"),
        ("privileged-container", "BS-K001"),
    ] {
        assert_eq!(found(&json(&program, &["--only", name])), [rule], "{name}");
        let rest = found(&json(&program, &["--skip", name]));
        assert!(!rest.contains(&rule.to_owned()) && rest.len() > 10, "{name}: {rest:?}");
    }
    let several = found(&json(&program, &["--only", "DL3008,KSV-0017", "--only", "BS-D030", "--skip", "DL3006"]));
    assert_eq!(several, ["BS-D165", "BS-K001"]);
}

#[test]
fn a_name_that_is_no_rule_is_wrong_usage_and_the_way_out_is_named() {
    let program = tree();
    for flag in ["--only", "--skip"] {
        let outcome = program.run(&["check", flag, "DL9999"]).expect_status(2);
        assert!(outcome.stderr.contains("`DL9999`") && outcome.stderr.contains("boltseal rules"), "{}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
    }
}

#[test]
fn the_configuration_file_counts_and_flags_win_over_it() {
    let program = tree();
    program.write(
        "boltseal.toml",
        "[check]\nformat = \"json\"\nfail-on = \"high\"\nskip = [\"DL3006\", \"privileged-container\"]\n",
    );
    let outcome = program.run(&["check", "Dockerfile"]).expect_status(0);
    assert!(!found(&outcome).contains(&"BS-D030".to_owned()));
    assert!(found(&program.run(&["check", "--skip", "DL3008", "Dockerfile"])).contains(&"BS-D030".to_owned()));
    program.run(&["check", "pod.yaml"]).expect_status(1);
    program.run(&["check", "pod.yaml", "--fail-on", "critical"]).expect_status(0);
    program.run_with(&["check", "pod.yaml"], &[("BOLTSEAL_CHECK_FAIL_ON", "critical")]).expect_status(0);
    let compact = program.run_with(&["check", "Dockerfile"], &[("BOLTSEAL_CHECK_FORMAT", "compact")]);
    assert!(compact.stdout.starts_with("Dockerfile:2:"), "{}", compact.stdout);
    for wrong in ["[check]\nskipp = []\n", "[check]\nskip = [\"NOPE\"]\n", "[check]\npod-security = \"strict\"\n"] {
        program.write("boltseal.toml", wrong);
        let outcome = program.run(&["check"]).expect_status(2);
        assert!(!outcome.stderr.is_empty(), "{wrong}");
    }
}

#[test]
fn what_git_leaves_out_is_left_out() {
    let program = tree();
    std::fs::create_dir(program.path().join(".git")).unwrap();
    program.write(".gitignore", "vendor/\n*.gen.yaml\n");
    program.write("vendor/Dockerfile", DOCKERFILE);
    program.write("pod.gen.yaml", POD);
    program.write("deep/.gitignore", "Dockerfile\n");
    program.write("deep/Dockerfile", DOCKERFILE);
    let report = json(&program, &["."]).json();
    let paths: Vec<&str> =
        report["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["Dockerfile", "pod.yaml"]);
    let named = json(&program, &["vendor/Dockerfile"]).json();
    assert_eq!(named["files"][0]["path"], "vendor/Dockerfile", "who names a file means it");
}

#[test]
fn a_file_from_standard_input_is_judged_by_the_name_it_is_given() {
    let program = Program::new();
    let arguments = ["check", "--format", "json", "--stdin-filename"];
    let dockerfile = program.feed(&[&arguments[..], &["app/Dockerfile"]].concat(), DOCKERFILE.as_bytes());
    assert!(found(&dockerfile).contains(&"BS-D030".to_owned()));
    assert_eq!(dockerfile.json()["findings"][0]["path"], "app/Dockerfile");
    let pod = program.feed(&[&arguments[..], &["x.yaml", "--fail-on", "critical"]].concat(), POD.as_bytes());
    assert!(found(&pod.expect_status(1)).contains(&"BS-K001".to_owned()));
    program.feed(&[&arguments[..], &["notes.md"]].concat(), b"# Notes\n").expect_status(3);
    program.feed(&[&arguments[..], &["x.yaml", "pod.yaml"]].concat(), b"").expect_status(2);
    let text = program.feed(&["check", "--stdin-filename", "Dockerfile"], DOCKERFILE.as_bytes()).stdout;
    assert!(text.contains("1 | FROM debian\n"), "excerpts come from what was read: {text}");
}

#[test]
fn pod_security_standards_are_a_profile_of_their_own() {
    let program = tree();
    let at = |policy: &str| found(&json(&program, &["--pod-security", policy]));
    let (baseline, restricted) = (at("baseline"), at("restricted@v1.34"));
    assert!(!baseline.is_empty() && baseline.iter().all(|rule| rule.starts_with("BS-P")), "{baseline:?}");
    assert!(restricted.len() > baseline.len(), "{restricted:?}");
    assert_eq!(at("privileged"), Vec::<String>::new());
    assert!(at("restricted@v1.0").len() < restricted.len(), "an old version asks for less");
    program.run(&["check", "--pod-security", "baseline", "--fail-on", "low"]).expect_status(1);
    program.write("boltseal.toml", "[check]\npod-security = \"baseline\"\n");
    assert_eq!(found(&json(&program, &[])), baseline);
}

#[test]
fn a_file_named_alone_is_seen_with_what_its_build_leaves_out() {
    let program = Program::new();
    program.write("app/Dockerfile", "FROM debian:12\nCOPY . /app\nUSER 1000\n");
    let absolute = program.path().join("app/Dockerfile");
    let names = ["app/Dockerfile", "./app/Dockerfile", absolute.to_str().unwrap()];
    for name in names {
        assert_eq!(found(&json(&program, &["--only", "BS-D064", name])), ["BS-D064"], "{name}");
    }
    for ignore in ["app/.dockerignore", "app/Dockerfile.dockerignore", ".dockerignore"] {
        program.write(ignore, ".git\n");
        for name in names.into_iter().chain(["app"]).filter(|name| *name != "app" || ignore != ".dockerignore") {
            assert!(found(&json(&program, &["--only", "BS-D064", name])).is_empty(), "{name} beside {ignore}");
        }
        std::fs::remove_file(program.path().join(ignore)).unwrap();
    }
}
