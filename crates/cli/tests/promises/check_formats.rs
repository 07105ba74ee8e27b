//! Promise: findings are shown as a compiler shows them, and in the forms that other programs read.

use serde_json::Value;

use crate::program::{Outcome, Program};

const DOCKERFILE: &str = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nUSER 1000\n";
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: app\n      image: nginx:1.27\n      securityContext:\n        privileged: true\n";

/// Two files with something wrong, and one that cannot be read as what it is.
fn tree() -> Program {
    let program = Program::new();
    program.write("app/Dockerfile", DOCKERFILE);
    program.write("app/pod.yaml", POD);
    program.write("app/broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: [\n");
    program
}

fn run(program: &Program, format: &str) -> Outcome {
    program.run(&["check", "--quiet", "--format", format, "app"]).expect_status(0)
}

fn findings(report: &Value) -> &Vec<Value> {
    report["findings"].as_array().unwrap()
}

/// How often each element begins, having read all of the document.
fn elements(xml: &str, name: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut count = 0;
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}\n{xml}")) {
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                count += usize::from(tag.name().as_ref() == name);
            }
            quick_xml::events::Event::Eof => return count,
            _ => {}
        }
    }
}

#[test]
fn people_see_the_line_with_what_is_meant_underlined_why_and_what_to_do() {
    let program = Program::new();
    program.write("Dockerfile", DOCKERFILE);
    let text = program.run(&["check", "--only", "BS-D164"]).expect_status(0).stdout;
    let expected = "\
 --> Dockerfile:2:23
  |
2 | RUN apt-get update && apt-get install -y curl
  |                       ^^^^^^^^^^^^^^^^^^^^^^^ `apt-get install` also installs";
    assert!(text.contains(expected), "{text}");
    assert!(text.starts_with("low[BS-D164]: "), "{text}");
    for part in ["= why: ", "= help: Add `--no-install-recommends`", "= see: https://", "DL3015", "1 finding  1 low"] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let fixable = program.run(&["check", "--only", "BS-D162"]).expect_status(0).stdout;
    assert!(fixable.contains("&& rm -rf /var/lib/apt/lists/*\n  |") && fixable.contains("+++++"), "{fixable}");
    assert!(fixable.contains("1 of them can be fixed by `--fix`"), "{fixable}");
}

#[test]
fn compact_is_one_line_for_each_finding() {
    let program = tree();
    let report = run(&program, "json").json();
    let text = run(&program, "compact").stdout;
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("app/")).collect();
    let expected: Vec<String> = findings(&report)
        .iter()
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().unwrap();
            let (line, column) = (&finding["region"]["line"], &finding["region"]["column"]);
            let subject = finding["subject"].as_str().map(|subject| format!(" ({subject})")).unwrap_or_default();
            format!(
                "{}:{line}:{column}: {} [{}] {}{subject}",
                text("path"),
                text("severity"),
                text("rule"),
                text("message")
            )
        })
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn json_is_what_its_schema_says_and_points_at_the_bytes() {
    let program = tree();
    let report = run(&program, "json").json();
    let schema = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/check-1.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_slice(&schema).unwrap()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let kinds: Vec<&str> =
        report["files"].as_array().unwrap().iter().map(|file| file["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"dockerfile") && kinds.contains(&"kubernetes"), "{kinds:?}");
    assert!(report["problems"].as_array().unwrap().iter().any(|problem| problem["path"] == "app/broken.yaml"));
    let privileged = findings(&report).iter().find(|finding| finding["rule"] == "BS-K001").unwrap();
    let at = |key: &str| usize::try_from(privileged["region"][key].as_u64().unwrap()).unwrap();
    assert_eq!(&POD[at("start")..at("end")], "true");
    let explained: Vec<&Value> = report["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    assert!(findings(&report).iter().all(|finding| explained.contains(&&finding["rule"])), "every rule is explained");
}

#[test]
fn the_forms_of_other_programs_hold_every_finding() {
    let program = tree();
    let report = run(&program, "json").json();
    let count = findings(&report).len();
    assert!(count > 5);
    let sarif = run(&program, "sarif").json();
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), count);
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let gitlab = run(&program, "gitlab").json();
    let prints: std::collections::BTreeSet<&str> =
        gitlab.as_array().unwrap().iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), gitlab.as_array().unwrap().len(), "each issue has a fingerprint of its own");
    let issues =
        gitlab.as_array().unwrap().iter().filter(|issue| issue["check_name"].as_str().unwrap().starts_with("BS-"));
    assert_eq!(issues.count(), count);
    let junit = run(&program, "junit").stdout;
    assert_eq!(elements(&junit, "failure"), count, "{junit}");
    assert!(junit.contains(&format!("failures=\"{count}\"")), "{junit}");
    assert!(elements(&junit, "error") >= 1, "the file that could not be read: {junit}");
    let checkstyle = run(&program, "checkstyle").stdout;
    assert_eq!(checkstyle.matches("source=\"boltseal.BS-").count(), count, "{checkstyle}");
    assert!(elements(&checkstyle, "error") >= count);
    assert!(checkstyle.contains("app/broken.yaml"), "{checkstyle}");
}

#[test]
fn hostile_names_and_values_break_no_form() {
    let program = Program::new();
    program.write("app/<&\"'>/Dockerfile", "FROM debian:12\nRUN apt-get install -y '<&\">]]>\u{1b}[31m'\nUSER 1000\n");
    for format in ["json", "sarif", "gitlab"] {
        run(&program, format).json();
    }
    for format in ["junit", "checkstyle"] {
        assert!(
            elements(&run(&program, format).stdout, "error") + elements(&run(&program, format).stdout, "failure") > 1
        );
    }
    for format in ["text", "compact"] {
        assert!(!run(&program, format).stdout.contains('\u{1b}'), "a terminal is not sent what a file holds");
    }
}

#[test]
fn the_same_files_give_the_same_bytes_whatever_runs_at_the_same_time() {
    let program = tree();
    for number in 0..40 {
        program.write(&format!("app/{number}/pod.yaml"), POD.replace("web", &format!("web{number}")));
    }
    for format in ["text", "json", "sarif"] {
        let outputs = ["1", "4"].map(|jobs| {
            program.run(&["check", "--quiet", "--format", format, "--jobs", jobs, "app"]).expect_status(0).stdout
        });
        assert!(outputs[0] == outputs[1], "{format}");
    }
    assert_eq!(run(&program, "json").stdout, run(&program, "json").stdout);
}

#[test]
fn the_result_goes_to_a_file_when_asked() {
    let program = tree();
    let outcome = program.run(&["check", "-f", "sarif", "-o", "out.sarif", "app"]).expect_status(0);
    assert_eq!(outcome.stdout, "");
    let sarif: Value = serde_json::from_slice(&program.read("out.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
}
