//! Checks that people write themselves, asked about a Dockerfile and a pod.

use boltseal_policy::{Command, File, Form, Library, Subject};
use serde_json::{Value, json};

pub(crate) fn cel_checks(data: &[u8]) -> usize {
    judge("checks.yaml", data)
}

pub(crate) fn rego_checks(data: &[u8]) -> usize {
    judge("checks.rego", data)
}

/// How many checks were read, if any was; what they say of each subject does not matter.
fn judge(path: &str, data: &[u8]) -> usize {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let (library, _) = Library::load(&[File { path: path.to_owned(), text: text.to_owned() }], words);
    for subject in [dockerfile(), pod()] {
        if library.asks(&subject) {
            let (denials, problems) = library.judge(&subject);
            assert!(denials.iter().all(|denial| !denial.rule.is_empty()), "{denials:?}");
            assert!(problems.iter().all(|problem| !problem.message.is_empty()), "{problems:?}");
        }
    }
    library.rules().len()
}

fn words(text: &str) -> Vec<Vec<String>> {
    vec![text.split_whitespace().map(str::to_owned).collect()]
}

fn dockerfile() -> Subject {
    let command = |name: &str, value: &str| Command {
        name: name.to_owned(),
        values: vec![value.to_owned()],
        original: format!("{name} {value}"),
        start_line: 1,
        end_line: 1,
        ..Command::default()
    };
    Subject {
        form: Form::Dockerfile,
        path: "Dockerfile".to_owned(),
        document: Value::Null,
        document_with_lines: Value::Null,
        commands: vec![command("from", "debian"), command("run", "apt-get update")],
    }
}

fn pod() -> Subject {
    let document = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"},
        "spec": {"hostPID": true, "containers": [{"name": "b", "image": "c:1", "ports": [{"containerPort": 80}]}]},
    });
    Subject {
        form: Form::Kubernetes,
        path: "pod.yaml".to_owned(),
        document_with_lines: document.clone(),
        document,
        commands: Vec::new(),
    }
}
