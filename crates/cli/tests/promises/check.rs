//! `boltseal check`: bad input, charts and kustomizations, images, namespaces, checks of one's own.

mod custom;
mod image;
mod input;
mod render;

use crate::program::{Outcome, Program};

/// Writes files below a program's folder.
fn write(program: &Program, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = program.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// `path:line rule` of every finding of a JSON report.
fn findings(outcome: &Outcome) -> Vec<String> {
    let report = outcome.json();
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| {
            let line = finding["region"]["line"].as_u64().map_or("-".to_owned(), |line| line.to_string());
            format!("{}:{line} {}", finding["path"].as_str().unwrap(), finding["rule"].as_str().unwrap())
        })
        .collect()
}

/// `path: message` of every problem.
fn problems(outcome: &Outcome) -> Vec<String> {
    let report = outcome.json();
    let problems = report["problems"].as_array().cloned().unwrap_or_default();
    let text = |problem: &serde_json::Value, key: &str| problem[key].as_str().unwrap_or_default().to_owned();
    problems.iter().map(|problem| format!("{}: {}", text(problem, "path"), text(problem, "message"))).collect()
}

/// `reason what: detail` of everything that was not assessed.
fn gaps(outcome: &Outcome) -> Vec<String> {
    let report = outcome.json();
    let gaps = report["not_assessed"].as_array().cloned().unwrap_or_default();
    let text = |gap: &serde_json::Value, key: &str| gap[key].as_str().unwrap_or_default().to_owned();
    gaps.iter().map(|gap| format!("{} {}: {}", text(gap, "reason"), text(gap, "what"), text(gap, "detail"))).collect()
}

/// Some line holds all the words.
#[track_caller]
fn holds(lines: &[String], words: &[&str]) {
    assert!(lines.iter().any(|line| words.iter().all(|word| line.contains(word))), "{words:?}: {lines:#?}");
}

/// A pod whose `hostPID` stands in line 6.
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostPID: true\n  containers:\n    - name: web\n      image: registry.example/web:1.0\n";
