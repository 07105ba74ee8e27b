//! Promise: checks of people's own, in Rego and in CEL, judge beside the rules.

use serde_json::Value;

use crate::program::{Outcome, Program};

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: app\n      image: nginx:1.27\n";

fn tree() -> Program {
    let program = Program::new();
    program.write("k8s/pod.yaml", POD);
    program.write("k8s/Dockerfile", "FROM evil.example/base:1\nUSER 1000\n");
    program
}

fn run(program: &Program, custom: &str, more: &[&str]) -> Outcome {
    program.run(&[&["check", "--format", "json", "--custom", custom, "k8s"], more].concat())
}

fn of<'r>(report: &'r Value, rule: &str) -> Vec<&'r Value> {
    report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == rule).collect()
}

#[test]
fn rego_as_conftest_writes_it() {
    let program = tree();
    program.write(
        "policies/team.rego",
        "package main\n\ndeny contains msg if {\n  input.kind == \"Pod\"\n  not input.metadata.labels.team\n  msg := sprintf(\"%s has no team\", [input.metadata.name])\n}\n",
    );
    let report = run(&program, "policies", &[]).expect_status(0).json();
    let own: Vec<&Value> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["message"] == "web has no team")
        .collect();
    assert_eq!(own.len(), 1, "{report:#}");
    assert_eq!(own[0]["path"], "k8s/pod.yaml");
    assert!(!own[0]["rule"].as_str().unwrap().starts_with("BS-"), "it is not one of ours");
    assert!(report["findings"].as_array().unwrap().len() > 1, "our own rules still judge");
    program.write("k8s/pod.yaml", POD.replace("  name: web\n", "  name: web\n  labels: {team: a}\n"));
    assert!(!run(&program, "policies", &[]).stdout.contains("has no team"));
}

#[test]
fn rego_as_trivy_writes_it() {
    let program = tree();
    program.write(
        "own/base.rego",
        "# METADATA\n# title: Base from elsewhere\n# description: Bases come from our registry.\n# custom:\n#   id: OWN-001\n#   severity: HIGH\n#   recommended_action: Use our registry.\n#   input:\n#     selector:\n#     - type: dockerfile\npackage user.base\n\nimport rego.v1\n\ndeny contains res if {\n  some command in input.Stages[_].Commands\n  command.Cmd == \"from\"\n  startswith(command.Value[0], \"evil.example/\")\n  res := result.new(\"the base is not ours\", command)\n}\n",
    );
    let report = run(&program, "own/base.rego", &["--only", "OWN-001"]).expect_status(0).json();
    let own = of(&report, "OWN-001");
    assert_eq!(own.len(), 1, "{report:#}");
    assert_eq!((own[0]["severity"].as_str(), own[0]["region"]["line"].as_u64()), (Some("high"), Some(1)));
    assert_eq!(report["findings"].as_array().unwrap().len(), 1, "it can be chosen by its id");
    let explained = &report["rules"][0];
    assert_eq!((explained["id"].as_str(), explained["title"].as_str()), (Some("OWN-001"), Some("Base from elsewhere")));
    run(&program, "own/base.rego", &["--fail-on", "high"]).expect_status(1);
    run(&program, "own/base.rego", &["--fail-on", "high", "--skip", "OWN-001"]).expect_status(0);
    let ignored = "# boltseal:ignore OWN-001 because it is mirrored\nFROM evil.example/base:1\nUSER 1000\n";
    program.write("k8s/Dockerfile", ignored);
    run(&program, "own/base.rego", &["--fail-on", "high"]).expect_status(0);
}

const CEL: &str = "checks:\n  - id: OWN-100\n    title: images come from our registry\n    kind: kubernetes\n    match: object.kind == \"Pod\"\n    expression: object.spec.containers.all(c, c.image.startsWith(\"registry.example/\"))\n    messageExpression: '\"pod \" + object.metadata.name + \" has an image from elsewhere\"'\n    severity: high\n  - id: OWN-101\n    kind: dockerfile\n    expression: instructions.size() < 2\n    message: too long\n";

#[test]
fn cel_in_yaml() {
    let program = tree();
    program.write("own.yaml", CEL);
    let report = run(&program, "own.yaml", &["--only", "OWN-100,OWN-101"]).expect_status(0).json();
    assert_eq!(of(&report, "OWN-100")[0]["message"], "pod web has an image from elsewhere");
    assert_eq!(of(&report, "OWN-100")[0]["severity"], "high");
    assert_eq!(of(&report, "OWN-101")[0]["path"], "k8s/Dockerfile");
    assert_eq!(report["findings"].as_array().unwrap().len(), 2);
    program.write("k8s/pod.yaml", POD.replace("nginx", "registry.example/nginx"));
    let report = run(&program, "own.yaml", &[]).expect_status(0).json();
    assert!(of(&report, "OWN-100").is_empty());
    program.write("boltseal.toml", "[check]\ncustom = [\"own.yaml\"]\n");
    let report = program.run(&["check", "--format", "json", "k8s"]).expect_status(0).json();
    assert_eq!(of(&report, "OWN-101").len(), 1, "the configuration file names them too");
}

#[test]
fn a_check_that_cannot_be_used_is_named_and_nothing_passes_for_want_of_it() {
    let program = tree();
    for (file, text, word) in [
        ("bad.rego", "package main\n\ndeny contains msg if {\n", "bad.rego"),
        ("bad.yaml", "checks:\n  - id: X\n    kind: kubernetes\n    expression: '((('\n", "CEL"),
        ("bad.yaml", "checks:\n  - id: X\n    kind: pods\n    expression: 'true'\n", "`pods` is no kind"),
        ("bad.yaml", "checks:\n  - ident: X\n", "line 2"),
        ("empty/readme.md", "none\n", "no check"),
    ] {
        let program = Program { folder: tempfile::tempdir().unwrap() };
        program.write("k8s/pod.yaml", POD);
        program.write(file, text);
        let named = file.split('/').next().unwrap();
        let outcome = run(&program, named, &[]).expect_status(2);
        assert!(outcome.stderr.contains(word), "{file}: {}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
    }
    run(&program, "no/such/folder", &[]).expect_status(2);
    program.write("own.yaml", "checks:\n  - id: OWN-1\n    kind: kubernetes\n    expression: object.no.such.key\n");
    let report = run(&program, "own.yaml", &[]).expect_status(0).json();
    let told = report["problems"].to_string() + &report["not_assessed"].to_string();
    assert!(told.contains("OWN-1") && told.contains("could not be asked"), "{told}");
}
