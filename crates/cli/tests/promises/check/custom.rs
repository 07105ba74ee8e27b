//! Checks of one's own: what cannot be asked is told and never passes for consent.

use super::{POD, findings, gaps, holds, write};
use crate::program::Program;

const DENY: &str = "package main\nimport rego.v1\ndeny contains msg if { input.kind == \"Pod\"; msg := \"no pods\" }\n";

#[test]
fn rego_and_cel_are_asked_about_every_file_also_of_kinds_that_no_rule_reads() {
    let program = Program::new();
    write(
        &program,
        &[
            ("own/deny.rego", DENY),
            (
                "own/cel.yaml",
                "checks:\n- id: ACME-1\n  kind: document\n  match: has(object.port)\n  expression: object.port > 1024\n  message: a port for root\n",
            ),
            ("in/pod.yaml", POD),
            ("in/app.yaml", "port: 80\n"),
        ],
    );
    let outcome = program.run(&["check", "--format", "json", "--custom", "own", "--only", "main.deny,ACME-1", "in"]);
    let outcome = outcome.expect_status(0);
    assert_eq!(findings(&outcome), ["in/app.yaml:1 ACME-1", "in/pod.yaml:2 main.deny"]);
    program.run(&["check", "--custom", "own", "in/app.yaml"]).expect_status(0);
    program.run(&["check", "in/app.yaml"]).expect_status(3);
    let denied = ["check", "--custom", "own", "--only", "main.deny", "--fail-on", "medium", "in"];
    program.run(&denied).expect_status(1);
}

#[test]
fn a_check_that_cannot_be_asked_is_not_assessed_and_fails_a_gate() {
    let program = Program::new();
    write(
        &program,
        &[
            ("own/jwt.rego", "package jwt\nimport rego.v1\ndeny contains m if { m := io.jwt.decode(input.kind) }\n"),
            ("own/cel.yaml", "checks:\n- id: ACME-2\n  kind: kubernetes\n  expression: object.spec.absent > 1\n"),
            ("in/pod.yaml", POD),
        ],
    );
    let base = ["check", "--format", "json", "--custom", "own", "--only", "BS-K001", "in"];
    let outcome = program.run(&base).expect_status(0);
    holds(&gaps(&outcome), &["own/jwt.rego", "`io.jwt.decode`, which is not offered here"]);
    holds(&gaps(&outcome), &["in/pod.yaml", "check `ACME-2` of own/cel.yaml could not be asked"]);
    let gate = [&base[..], &["--fail-on", "high"]].concat();
    let outcome = program.run(&gate).expect_status(3);
    assert!(outcome.stderr.contains("could not be asked"), "{}", outcome.stderr);
    program.run(&[&gate[..], &["--allow-not-assessed"]].concat()).expect_status(0);
}

#[test]
fn a_check_that_cannot_be_loaded_is_wrong_usage() {
    let program = Program::new();
    for (name, text, says) in [
        ("a.rego", "package a\ndeny[x] { ==\n", "not Rego"),
        ("b.rego", "# METADATA\n# title: [\npackage b\ndeny[x] { x := 1 }\n", "METADATA cannot be read"),
        ("c.yaml", "checks:\n- id: C\n  kind: pod\n  expression: 'true'\n", "`pod` is no kind"),
        ("d.rego", "package d\nallow := true\n", "no Rego package has a rule"),
    ] {
        write(&program, &[("in/pod.yaml", POD), (name, text)]);
        let outcome = program.run(&["check", "--custom", name, "in"]).expect_status(2);
        assert!(outcome.stderr.contains(says), "{name}: {}", outcome.stderr);
        program.run(&["check", "--custom", name, "--allow-not-assessed", "in"]).expect_status(0);
    }
}
