//! Promise: a check as a table of controls that pass, fail or are not assessed.

use serde_json::Value;

use crate::program::Program;

const FRAMEWORKS: [&str; 6] = ["cis-docker", "cis-kubernetes", "nsa", "pss-baseline", "pss-restricted", "nist-800-190"];

fn tree() -> Program {
    let program = Program::new();
    program.write("t/Dockerfile", "FROM debian:latest\nRUN apt-get update\nCMD [\"sh\"]\n");
    program.write(
        "t/pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostNetwork: true\n  containers:\n    - name: app\n      image: nginx:1.27\n      securityContext:\n        privileged: true\n",
    );
    program
}

fn run(program: &Program, framework: &str, format: &str) -> String {
    program.run(&["check", "--quiet", "--compliance", framework, "--format", format, "t"]).expect_status(0).stdout
}

fn count(controls: &[Value], status: &str) -> usize {
    controls.iter().filter(|control| control["status"] == status).count()
}

#[test]
fn every_framework_comes_as_table_json_and_page() {
    let program = tree();
    let schema = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/compliance-1.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_slice(&schema).unwrap()).unwrap();
    for framework in FRAMEWORKS {
        let report: Value = serde_json::from_str(&run(&program, framework, "json")).unwrap();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{framework}: {errors:#?}");
        let controls = report["controls"].as_array().unwrap();
        assert!(count(controls, "fail") > 0, "{framework}: the tree is bad");
        assert!(count(controls, "pass") > 0, "{framework}: but not in every respect");
        for control in controls {
            let findings = control["findings"].as_array().map_or(0, Vec::len);
            assert_eq!(control["status"] == "fail", findings > 0, "{framework}: {control:#}");
            assert!(control["status"] == "pass" || control["reason"].as_str().is_some_and(|why| !why.is_empty()));
        }
        let title = report["framework"]["title"].as_str().unwrap();
        let table = run(&program, framework, "table");
        assert!(table.contains(title) && table.contains("FAIL") && table.contains("pass"), "{framework}: {table}");
        let page = run(&program, framework, "html");
        assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"), "{framework}");
        assert!(!page.contains("src=\"http") && !page.contains("<script"), "{framework}: the page fetches nothing");
        for control in controls {
            let id = control["id"].as_str().unwrap();
            assert!(page.contains(id), "{framework}: {id}");
        }
    }
}

#[test]
fn where_there_was_nothing_to_judge_nothing_passes() {
    let program = Program::new();
    program.write("t/compose.yaml", "services:\n  web:\n    image: nginx:1.27\n");
    let report: Value = serde_json::from_str(&run(&program, "cis-kubernetes", "json")).unwrap();
    let controls = report["controls"].as_array().unwrap();
    assert_eq!(count(controls, "pass") + count(controls, "fail"), 0, "no manifest was there");
    assert_eq!(count(controls, "not-assessed"), controls.len());
}

#[test]
fn what_a_file_holds_is_text_in_the_page() {
    let program = Program::new();
    program.write("t/Dockerfile", "FROM <script>alert(1)</script>\nRUN curl http://x/<img/src=x> | sh\n");
    let page = run(&program, "cis-docker", "html");
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
}

#[test]
fn the_threshold_and_the_ways_out_hold_here_too() {
    let program = tree();
    program.run(&["check", "--compliance", "nsa", "--fail-on", "critical", "t"]).expect_status(1);
    let unknown = program.run(&["check", "--compliance", "pci", "t"]).expect_status(2);
    assert!(FRAMEWORKS.iter().filter(|name| unknown.stderr.contains(*name)).count() >= 5, "{}", unknown.stderr);
    program.run(&["check", "--compliance", "nsa", "--format", "sarif", "t"]).expect_status(2);
    program.run(&["check", "--compliance", "nsa", "--format", "html", "-o", "nsa.html", "t"]).expect_status(0);
    assert!(program.read("nsa.html").starts_with(b"<!DOCTYPE html>"));
}

#[test]
fn the_same_files_give_the_same_table() {
    let program = tree();
    for format in ["table", "html"] {
        assert_eq!(run(&program, "pss-baseline", format), run(&program, "pss-baseline", format), "{format}");
    }
}
