//! Checks of people's own, asked about the same files.

use std::path::{Path, PathBuf};

use boltseal_evidence::{Misconfiguration, NotAssessed, NotAssessedReason, Problem, Region};
use boltseal_policy::{Denial, File, Form, Library, Subject};
use boltseal_posture::dockerfile::{self, Body, Dockerfile, Instruction, shell};
use boltseal_posture::yaml::{Limits, Node, Style, Value, parse};
use boltseal_posture::{Checked, Kind, Source, Span, kubernetes};
use serde_json::{Map, json};

use crate::Error;

/// Reads every check below the paths: `.rego`, and YAML with `checks`.
///
/// # Errors
/// [`Error::Path`] where a path is not there.
pub fn load(paths: &[PathBuf]) -> Result<(Library, Vec<Problem>), Error> {
    let borrowed: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let walked = crate::walk::walk(&borrowed)?;
    let mut files = Vec::new();
    for (shown, path) in &walked.files {
        let is_yaml = shown.ends_with(".yaml") || shown.ends_with(".yml");
        if !shown.ends_with(".rego") && !is_yaml {
            continue;
        }
        let text = std::fs::read_to_string(path).map_err(|error| Error::Path { path: path.clone(), error })?;
        // A folder of Rego often holds manifests to try it on.
        if !is_yaml || walked.named.contains(shown) || text.lines().any(|line| line.starts_with("checks:")) {
            files.push(File { path: shown.clone(), text });
        }
    }
    let (library, mut problems) = Library::load(&files, words);
    problems.extend(walked.problems);
    if library.is_empty() {
        problems.push(Problem::general("the folders of --custom hold no check: nothing of your own was asked"));
    }
    Ok((library, problems))
}

/// The calls of a shell text, each as its words.
fn words(text: &str) -> Vec<Vec<String>> {
    let instruction = format!("RUN {text}");
    let source = Source::from_text("", &instruction);
    let file = dockerfile::parse(&source);
    let of_call = |call: &shell::Call| call.words.iter().map(|word| word.text.clone()).collect();
    file.scripts().flat_map(|(_, script)| script.commands.iter().map(of_call)).collect()
}

/// Asks the checks about a file that was judged, and adds what they say. Returns what could not be asked: neither a
/// denial nor consent.
pub(crate) fn judge(library: &Library, path: &str, bytes: &[u8], checked: &mut Checked) -> Vec<NotAssessed> {
    let Ok(source) = Source::new(path, bytes) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut unasked = Vec::new();
    let mut asked = 0;
    let mut ask = |subject: &Subject, title: &str, at: Span| {
        if !library.asks(subject) {
            return;
        }
        asked += 1;
        let (denials, problems) = library.judge(subject);
        unasked.extend(problems.into_iter().map(|problem| NotAssessed {
            reason: NotAssessedReason::Unreadable,
            what: problem.path.unwrap_or_else(|| path.to_owned()),
            detail: problem.message,
            packages: 0,
        }));
        findings.extend(denials.into_iter().map(|denial| finding(&source, denial, title, at)));
    };
    match checked.kind {
        Some(Kind::Dockerfile) => {
            let file = dockerfile::parse(&source);
            let first = file.instructions.first().map_or(Span::empty(0), |instruction| instruction.span);
            ask(&of_dockerfile(&file), "", first);
        }
        kind => {
            let structured = [".yaml", ".yml", ".json"].iter().any(|extension| path.ends_with(extension));
            if kind.is_none() && !structured {
                return Vec::new();
            }
            let parsed = parse(&source, Limits::default());
            for document in &parsed.documents {
                if kind == Some(Kind::Kubernetes) {
                    for object in kubernetes::objects(document) {
                        ask(&of_document(&source, object.node, Form::Kubernetes), &object.title(), object.heading());
                    }
                } else {
                    let form = if kind == Some(Kind::Compose) { Form::Compose } else { Form::Document };
                    ask(&of_document(&source, document, form), "", Span::empty(document.span.start));
                }
            }
        }
    }
    if asked > 0 {
        checked.subjects.insert(OWN.to_owned(), asked);
    }
    checked.decisions.apply(&mut findings, |_| None);
    checked.findings.extend(findings);
    unasked
}

/// What the things that checks of people's own were asked about are counted as.
const OWN: &str = "custom";

fn finding(source: &Source<'_>, denial: Denial, title: &str, at: Span) -> Misconfiguration {
    let lines = denial.lines.map(|(first, last)| {
        let (first, last) = (source.line(first as usize), source.line(last as usize));
        let blank = source.slice(first).len() - source.slice(first).trim_start().len();
        Span::new(first.start + blank, last.end.max(first.end))
    });
    let region: Region = source.region(lines.unwrap_or(at));
    Misconfiguration {
        rule: denial.rule,
        severity: denial.severity,
        message: denial.message,
        path: source.path.to_owned(),
        region: Some(region),
        subject: title.to_owned(),
        notes: Vec::new(),
        fix: None,
        suppression: None,
    }
}

fn of_document(source: &Source<'_>, node: &Node, form: Form) -> Subject {
    Subject {
        form,
        path: source.path.to_owned(),
        document: value_of(node, None),
        document_with_lines: value_of(node, Some(source)),
        commands: Vec::new(),
    }
}

/// A node as JSON; with the source, mappings say their lines as Trivy has them.
fn value_of(node: &Node, lines: Option<&Source<'_>>) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Scalar(text) => scalar(node, text),
        Value::Sequence(items) => items.iter().map(|item| value_of(item, lines)).collect(),
        Value::Mapping(entries) => {
            let named =
                entries.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value_of(value, lines))));
            let mut map: Map<String, serde_json::Value> = named.collect();
            if let Some(source) = lines {
                let (first, last) = (source.line_of(node.span.start), source.line_of(node.span.end));
                let place = json!({ "startline": first, "endline": last, "filepath": source.path });
                map.insert("__defsec_metadata".to_owned(), place);
            }
            map.into()
        }
    }
}

fn scalar(node: &Node, text: &str) -> serde_json::Value {
    if node.style == Style::Plain {
        if let Some(truth) = node.as_bool() {
            return truth.into();
        }
        if let Some(number) = node.as_int() {
            return number.into();
        }
        let is_number = text.starts_with(|each: char| each.is_ascii_digit() || matches!(each, '-' | '+' | '.'));
        if is_number && let Ok(number) = text.parse::<f64>() {
            return number.into();
        }
    }
    text.into()
}

fn of_dockerfile(file: &Dockerfile<'_>) -> Subject {
    let commands = file.instructions.iter().map(|instruction| command(file, instruction)).collect();
    Subject {
        form: Form::Dockerfile,
        path: file.source.path.to_owned(),
        document: serde_json::Value::Null,
        document_with_lines: serde_json::Value::Null,
        commands,
    }
}

fn command(file: &Dockerfile<'_>, instruction: &Instruction) -> boltseal_policy::Command {
    let source = file.source;
    let stage = instruction.stage.and_then(|stage| file.stages.get(stage));
    let base = stage.and_then(|stage| file.base(stage)).map(|from| from.image.text.clone());
    let (values, json) = values(source, instruction);
    let sub = match &instruction.body {
        Body::Onbuild(kept) => kept.keyword.to_lowercase(),
        _ => String::new(),
    };
    boltseal_policy::Command {
        name: instruction.keyword.to_lowercase(),
        sub,
        flags: instruction.flags.iter().map(|flag| source.slice(flag.span).to_owned()).collect(),
        values,
        json,
        original: joined(source.slice(instruction.span), file.escape),
        stage: instruction.stage.unwrap_or_default(),
        stage_name: stage.and_then(|stage| stage.name.clone()).or(base).unwrap_or_default(),
        start_line: line(source.line_of(instruction.span.start)),
        end_line: line(source.line_of(instruction.span.end)),
    }
}

fn line(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The arguments as the build's own parser splits them, and whether they are a JSON list.
fn values(source: &Source<'_>, instruction: &Instruction) -> (Vec<String>, bool) {
    let texts = |words: &[dockerfile::Word]| words.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
    let rest = || {
        let from = instruction.flags.last().map_or(instruction.keyword_span.end, |flag| flag.span.end);
        joined(source.slice(Span::new(from, instruction.span.end)).trim_start(), '\\')
    };
    match &instruction.body {
        Body::From(from) => {
            let mut values = vec![from.image.text.clone()];
            if let Some(name) = &from.name {
                values.extend(["as".to_owned(), name.text.clone()]);
            }
            (values, false)
        }
        Body::Run(dockerfile::Command::Exec(words))
        | Body::Cmd(dockerfile::Command::Exec(words))
        | Body::Entrypoint(dockerfile::Command::Exec(words))
        | Body::Shell(words) => (texts(words), true),
        Body::Copy(copy) | Body::Add(copy) => {
            let mut values = texts(&copy.sources);
            values.push(copy.destination.text.clone());
            (values, copy.json)
        }
        Body::Env(pairs) | Body::Label(pairs) => {
            let each = |pair: &dockerfile::Pair| {
                let value = pair.value.as_ref().map(|value| source.slice(value.span).to_owned()).unwrap_or_default();
                [pair.key.text.clone(), value, if pair.legacy { String::new() } else { "=".to_owned() }]
            };
            (pairs.iter().flat_map(each).collect(), false)
        }
        Body::Expose(words) | Body::Volume(words) => (texts(words), false),
        _ => (vec![rest()], false),
    }
}

/// Continuation lines joined, as the build's own parser does it.
fn joined(text: &str, escape: char) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut continued = false;
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        if continued && line.trim_start().starts_with('#') {
            continue;
        }
        if !whole.is_empty() && !continued {
            whole.push('\n');
        }
        match line.trim_end().strip_suffix(escape) {
            Some(start) => {
                whole.push_str(start);
                continued = true;
            }
            None => {
                whole.push_str(line);
                continued = false;
            }
        }
    }
    whole
}
