//! Rego, evaluated by regorus.

use std::collections::BTreeSet;
use std::num::{NonZeroU32, NonZeroUsize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Duration;

use boltseal_evidence::{Problem, RuleInfo, Severity};
use regorus::utils::limits::{ExecutionTimerConfig, PolicyLengthConfig};
use regorus::{Engine, Value};

use crate::input::Subject;
use crate::metadata::Metadata;
use crate::{Denial, File};

/// How long one package may think about one subject.
const TIME: Duration = Duration::from_secs(5);

/// All packages.
#[derive(Default)]
pub(crate) struct Modules {
    engine: Option<Engine>,
    /// Engines that are not in use: each thread takes one.
    idle: Mutex<Vec<Engine>>,
    packages: Vec<Package>,
}

/// A package with rules that deny.
#[derive(Debug)]
struct Package {
    path: String,
    /// `data.main`
    name: String,
    metadata: Option<Metadata>,
    /// `deny`, `warn_image`
    rules: BTreeSet<String>,
    /// In Trivy's form.
    with_lines: bool,
}

impl std::fmt::Debug for Modules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Modules").field("packages", &self.packages).finish_non_exhaustive()
    }
}

impl Modules {
    pub(crate) fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// Adds a module: in the syntax of OPA 1, else in the older one.
    pub(crate) fn add(&mut self, file: &File, shell: crate::Shell, problems: &mut Vec<Problem>) {
        let engine = self.engine.get_or_insert_with(|| new_engine(shell));
        engine.set_rego_v0(false);
        let added = engine.add_policy(file.path.clone(), file.text.clone()).or_else(|error| {
            engine.set_rego_v0(true);
            engine.add_policy(file.path.clone(), file.text.clone()).map_err(|_| error)
        });
        let name = match added {
            Ok(name) => name,
            Err(error) => {
                problems.push(Problem::at(&file.path, format!("not Rego: {}", in_one_line(&error.to_string()))));
                return;
            }
        };
        let rules = rules_of(&file.text);
        if !rules.is_empty() {
            let metadata = match Metadata::of_comment(&file.text) {
                Ok(metadata) => metadata,
                Err(error) => {
                    problems.push(Problem::at(&file.path, error));
                    return;
                }
            };
            let with_lines =
                metadata.is_some() || file.text.contains("result.new(") || file.text.contains("__rego_metadata__");
            self.packages.push(Package { path: file.path.clone(), name, metadata, rules, with_lines });
        }
    }

    /// Reads what packages say of themselves by values, once all are there.
    pub(crate) fn finish(&mut self, problems: &mut Vec<Problem>) {
        let Some(engine) = &mut self.engine else { return };
        for package in &mut self.packages {
            if package.metadata.is_some() {
                continue;
            }
            let mut value = |rule: &str| {
                let value = engine.eval_rule(format!("{}.{rule}", package.name)).ok()?;
                serde_json::from_str::<serde_json::Value>(&value.to_json_str().ok()?).ok()
            };
            if let Some(metadata) = value("__rego_metadata__") {
                let input = value("__rego_input__").unwrap_or_default();
                package.metadata = Metadata::of_values(&metadata, &input);
            }
        }
        self.packages.retain(|package| !package.metadata.as_ref().is_some_and(Metadata::is_deprecated));
        if self.packages.is_empty() {
            problems.push(Problem::general(
                "no Rego package has a rule `deny`, `violation` or `warn`: nothing of it is asked",
            ));
        }
    }

    pub(crate) fn rules(&self) -> Vec<RuleInfo> {
        let mut infos: Vec<RuleInfo> =
            self.packages.iter().flat_map(|package| package.rules.iter().map(|rule| package.info(rule))).collect();
        infos.sort();
        infos.dedup_by(|one, other| one.id == other.id);
        infos
    }

    /// Some package is meant for such a subject.
    pub(crate) fn asks(&self, subject: &Subject) -> bool {
        self.packages.iter().any(|package| package.is_meant_for(subject))
    }

    pub(crate) fn judge(&self, subject: &Subject, denials: &mut Vec<Denial>, problems: &mut Vec<Problem>) {
        let wanted: Vec<&Package> = self.packages.iter().filter(|package| package.is_meant_for(subject)).collect();
        let Some(first) = wanted.first() else { return };
        let Some(mut engine) = self.take() else { return };
        let mut form = first.with_lines;
        let mut input = set_input(&mut engine, subject, form);
        for package in wanted {
            if package.with_lines != form {
                form = package.with_lines;
                input = set_input(&mut engine, subject, form);
            }
            if let Err(error) = &input {
                problems.push(Problem::at(&subject.path, format!("cannot be given to {}: {error}", package.name)));
                continue;
            }
            for rule in &package.rules {
                let query = format!("{}.{rule}", package.name);
                // The engine has bugs by which some built-ins panic; one check must not take the others with it.
                match catch_unwind(AssertUnwindSafe(|| engine.eval_rule(query))) {
                    Ok(Ok(value)) => denials.extend(answers(&value).map(|answer| package.denial(rule, &answer))),
                    Ok(Err(error)) => problems.push(package.failure(rule, &error.to_string())),
                    Err(_) => {
                        problems.push(package.failure(rule, "the engine that runs it broke down"));
                        let Some(fresh) = self.engine.clone() else { return };
                        engine = fresh;
                        input = set_input(&mut engine, subject, form);
                    }
                }
            }
        }
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(engine);
        }
    }

    fn take(&self) -> Option<Engine> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        idle.or_else(|| self.engine.clone())
    }
}

impl Package {
    fn is_meant_for(&self, subject: &Subject) -> bool {
        self.metadata.as_ref().is_none_or(|metadata| metadata.selects(subject))
    }

    /// `main.deny_root`; a package with an id of its own is one rule.
    fn info(&self, rule: &str) -> RuleInfo {
        let name = self.name.strip_prefix("data.").unwrap_or(&self.name);
        let severity = if rule.starts_with("warn") { Severity::Low } else { Severity::Medium };
        let fallback = Metadata::default();
        self.metadata.as_ref().unwrap_or(&fallback).info(&format!("{name}.{rule}"), severity)
    }

    fn denial(&self, rule: &str, answer: &serde_json::Value) -> Denial {
        let info = self.info(rule);
        let message = match answer {
            serde_json::Value::String(message) => message.clone(),
            other => ["msg", "message"]
                .iter()
                .find_map(|key| other.get(key)?.as_str())
                .map_or_else(|| info.title.clone(), str::to_owned),
        };
        let line =
            |key: &str| answer.get(key).and_then(serde_json::Value::as_u64).and_then(|line| u32::try_from(line).ok());
        let lines = line("startline")
            .filter(|line| *line > 0)
            .map(|start| (start, line("endline").unwrap_or(start).max(start)));
        Denial { rule: info.id, severity: info.severity, message, lines }
    }

    fn failure(&self, rule: &str, error: &str) -> Problem {
        let missing =
            error.split("could not find function ").nth(1).map(|rest| rest.trim().trim_end_matches(')').to_owned());
        let message = match missing {
            Some(name) => format!("`{rule}` was not asked: it uses the built-in `{name}`, which is not offered here"),
            None => format!("`{rule}` was not asked: {}", in_one_line(error)),
        };
        Problem::at(&self.path, message)
    }
}

fn new_engine(shell: crate::Shell) -> Engine {
    let mut engine = Engine::new();
    if let Some(interval) = NonZeroU32::new(1000) {
        engine.set_execution_timer_config(ExecutionTimerConfig { limit: TIME, check_interval: interval });
    }
    if let (Some(max_col), Some(max_file_bytes), Some(max_lines)) =
        (NonZeroU32::new(1 << 16), NonZeroUsize::new(16 << 20), NonZeroUsize::new(400_000))
    {
        // Public checks hold tables as long lines.
        engine.set_policy_length_config(PolicyLengthConfig { max_col, max_file_bytes, max_lines });
    }
    // A built-in that is given what it cannot take has no value, as in OPA.
    engine.set_strict_builtin_errors(false);
    // Only a name that is taken already is refused.
    let _ = engine.add_extension("result.new".to_owned(), 2, Box::new(result_new));
    let _ = engine.add_extension(
        "sh.parse_commands".to_owned(),
        1,
        Box::new(move |arguments: Vec<Value>| {
            let text = arguments.first().and_then(|text| text.as_string().ok()).map(|text| text.to_string());
            let calls = text.map(|text| shell(&text)).unwrap_or_default();
            Value::from_json_str(&serde_json::json!(calls).to_string())
        }),
    );
    let _ = engine.add_extension("isManaged".to_owned(), 1, Box::new(|_: Vec<Value>| Ok(Value::from(true))));
    engine
}

fn set_input(engine: &mut Engine, subject: &Subject, with_lines: bool) -> Result<(), String> {
    let value = if with_lines { subject.with_lines() } else { subject.plain() };
    engine.set_input_json(&value.to_string()).map_err(|error| in_one_line(&error.to_string()))
}

/// The rules of a module that deny: `deny`, `violation`, `warn`, alone or with `_` and a name.
fn rules_of(text: &str) -> BTreeSet<String> {
    let heads = text.lines().filter_map(|line| {
        let line = line.strip_prefix("default ").unwrap_or(line);
        let name: &str = line.split(|each: char| !(each.is_ascii_alphanumeric() || each == '_')).next()?;
        let rest = line.get(name.len()..)?.trim_start();
        let is_head = rest.starts_with(['[', '{', '='])
            || rest.starts_with(":=")
            || rest.starts_with("contains ")
            || rest.starts_with("if ");
        let denies = ["deny", "violation", "warn"]
            .iter()
            .any(|word| name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('_')));
        (is_head && denies).then(|| name.to_owned())
    });
    heads.collect()
}

/// What a rule answered: the items of a set or list, a text, an object; `true` alone counts as one answer.
fn answers(value: &Value) -> impl Iterator<Item = serde_json::Value> + use<> {
    let json = value.to_json_str().ok().and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let items = match json {
        Some(serde_json::Value::Array(items)) => items,
        Some(serde_json::Value::Bool(true)) => vec![serde_json::Value::Bool(true)],
        Some(one @ (serde_json::Value::String(_) | serde_json::Value::Object(_))) => vec![one],
        _ => Vec::new(),
    };
    items.into_iter()
}

/// `result.new(message, cause)`: the message with the lines of what caused it, which is a mapping with
/// `__defsec_metadata`, or an instruction.
#[expect(clippy::unnecessary_wraps, reason = "the form that the engine asks for")]
fn result_new(arguments: Vec<Value>) -> Result<Value, anyhow::Error> {
    let mut arguments = arguments.into_iter();
    let message = arguments.next().unwrap_or(Value::Undefined);
    let cause = arguments.next().unwrap_or(Value::Undefined);
    let json = cause
        .to_json_str()
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .unwrap_or_default();
    let place = json.get("__defsec_metadata").unwrap_or(&json);
    let line = |names: [&str; 2]| names.iter().find_map(|name| place.get(name)?.as_u64()).unwrap_or(0);
    let message = message.as_string().map(|text| text.to_string()).unwrap_or_default();
    let path = ["filepath", "Path"].iter().find_map(|name| place.get(name)?.as_str()).unwrap_or_default();
    let answer = serde_json::json!({
        "msg": message,
        "startline": line(["startline", "StartLine"]),
        "endline": line(["endline", "EndLine"]),
        "filepath": path,
        "explicit": false,
        "managed": true,
        "fskey": "",
        "resource": "",
        "sourceprefix": "",
        "parent": null,
    });
    Ok(Value::from_json_str(&answer.to_string()).unwrap_or(Value::Undefined))
}

/// Errors of the engine are excerpts of several lines: the place, then what is wrong.
fn in_one_line(error: &str) -> String {
    let place = error.lines().find_map(|line| line.trim().strip_prefix("--> ")).unwrap_or_default();
    let wrong = error.lines().find_map(|line| line.trim().strip_prefix("error: "));
    let text = wrong.unwrap_or_else(|| error.lines().next().unwrap_or_default()).trim_end_matches([')', '.']);
    if place.is_empty() { text.to_owned() } else { format!("{place}: {text}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Form, Library};
    use serde_json::json;

    fn library(modules: &[(&str, &str)]) -> (Library, Vec<Problem>) {
        let files: Vec<File> =
            modules.iter().map(|(path, text)| File { path: (*path).to_owned(), text: (*text).to_owned() }).collect();
        Library::load(&files, |text| vec![text.split_whitespace().map(str::to_owned).collect()])
    }

    fn pod() -> Subject {
        Subject {
            form: Form::Kubernetes,
            path: "pod.yaml".to_owned(),
            document: json!({"kind": "Pod", "spec": {"hostPID": true}}),
            document_with_lines: json!({
                "kind": "Pod",
                "spec": {"hostPID": true, "__defsec_metadata": {"startline": 3, "endline": 4}},
            }),
            commands: Vec::new(),
        }
    }

    fn dockerfile() -> Subject {
        let command = |name: &str, value: &str, line| crate::Command {
            name: name.to_owned(),
            values: vec![value.to_owned()],
            original: format!("{} {value}", name.to_uppercase()),
            stage_name: "debian".to_owned(),
            start_line: line,
            end_line: line,
            ..crate::Command::default()
        };
        Subject {
            form: Form::Dockerfile,
            path: "Dockerfile".to_owned(),
            document: serde_json::Value::Null,
            document_with_lines: serde_json::Value::Null,
            commands: vec![command("from", "debian", 1), command("run", "sudo id", 2)],
        }
    }

    #[test]
    fn conftest_packages_see_the_document_and_instructions_as_they_know_them() {
        let (library, problems) = library(&[(
            "a.rego",
            "package main\ndeny contains msg if { input.spec.hostPID; msg := \"host\" }\nwarn_run contains msg if { some i; input[i].Cmd == \"run\"; msg := input[i].Value[0] }\n",
        )]);
        assert_eq!(problems, []);
        let (denials, problems) = library.judge(&pod());
        assert_eq!(problems, []);
        assert_eq!(
            denials,
            [Denial {
                rule: "main.deny".to_owned(),
                severity: Severity::Medium,
                message: "host".to_owned(),
                lines: None
            }]
        );
        let (denials, _) = library.judge(&dockerfile());
        assert_eq!(denials.len(), 1);
        assert_eq!(
            (denials[0].rule.as_str(), denials[0].message.as_str(), denials[0].severity),
            ("main.warn_run", "sudo id", Severity::Low)
        );
    }

    #[test]
    fn trivy_packages_keep_their_ids_selectors_and_lines() {
        let text = "# METADATA\n# title: no host\n# custom:\n#   id: ACME-1\n#   severity: HIGH\n#   input:\n#     selector:\n#       - type: kubernetes\npackage user.acme\n\ndeny[res] {\n  input.spec.hostPID\n  res := result.new(\"host processes\", input.spec)\n}\n";
        let (library, problems) = library(&[("acme.rego", text)]);
        assert_eq!(problems, []);
        let (denials, problems) = library.judge(&pod());
        assert_eq!(problems, []);
        let expected = Denial {
            rule: "ACME-1".to_owned(),
            severity: Severity::High,
            message: "host processes".to_owned(),
            lines: Some((3, 4)),
        };
        assert_eq!(denials, [expected]);
        assert_eq!(library.judge(&dockerfile()).0, []);
    }

    #[test]
    fn older_metadata_and_the_shell_are_known() {
        let text = "package user.run\n__rego_metadata__ := {\"id\": \"ACME-2\", \"title\": \"sudo\", \"severity\": \"LOW\"}\n__rego_input__ := {\"selector\": [{\"type\": \"dockerfile\"}]}\ndeny[res] {\n  cmd := input.Stages[_].Commands[_]\n  cmd.Cmd == \"run\"\n  words := sh.parse_commands(cmd.Value[0])[_]\n  words[0] == \"sudo\"\n  res := result.new(sprintf(\"%s runs as another\", [words[1]]), cmd)\n}\n";
        let (library, _) = library(&[("run.rego", text)]);
        let (denials, problems) = library.judge(&dockerfile());
        assert_eq!(problems, []);
        let expected = Denial {
            rule: "ACME-2".to_owned(),
            severity: Severity::Low,
            message: "id runs as another".to_owned(),
            lines: Some((2, 2)),
        };
        assert_eq!(denials, [expected]);
    }

    #[test]
    fn what_is_not_offered_is_named_and_the_others_are_asked() {
        let (library, _) = library(&[
            ("jwt.rego", "package jwt\nimport rego.v1\ndeny contains m if { m := io.jwt.decode(input.kind) }\n"),
            ("ok.rego", "package ok\nimport rego.v1\ndeny contains \"x\" if input.kind == \"Pod\"\n"),
        ]);
        let (denials, problems) = library.judge(&pod());
        assert_eq!(denials.len(), 1);
        assert_eq!(
            problems,
            [Problem::at(
                "jwt.rego",
                "`deny` was not asked: it uses the built-in `io.jwt.decode`, which is not offered here"
            )]
        );
    }

    #[test]
    fn a_built_in_that_breaks_the_engine_costs_its_own_check_only() {
        let (library, _) = library(&[
            ("a.rego", "package a\nimport rego.v1\ndeny contains \"a\" if object.subset([1], [])\n"),
            ("b.rego", "package b\nimport rego.v1\ndeny contains \"b\" if input.kind == \"Pod\"\n"),
        ]);
        for _ in 0..2 {
            let (denials, problems) = library.judge(&pod());
            assert_eq!(denials.len(), 1);
            assert_eq!(problems, [Problem::at("a.rego", "`deny` was not asked: the engine that runs it broke down")]);
        }
    }

    #[test]
    fn what_does_not_read_is_named_by_its_place() {
        let (_, problems) = library(&[("bad.rego", "package a\ndeny[x] { ==\n")]);
        assert!(problems[0].message.starts_with("not Rego: bad.rego:2:"), "{problems:?}");
    }
}
