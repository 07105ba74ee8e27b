//! Checks of people's own, asked about the same files.

mod dockerfile;
mod document;

use std::path::{Path, PathBuf};

use boltseal_evidence::{Misconfiguration, NotAssessed, NotAssessedReason, Problem, Region};
use boltseal_policy::{Denial, File, Form, Library, Subject};
use boltseal_posture::dockerfile::{parse as parse_dockerfile, shell};
use boltseal_posture::yaml::{Limits, Node, parse};
use boltseal_posture::{Checked, Kind, Source, Span, called, kubernetes};

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
    let file = parse_dockerfile(&source);
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
            let file = parse_dockerfile(&source);
            let first = file.instructions.first().map_or(Span::empty(0), |instruction| instruction.span);
            ask(&dockerfile::subject(&file), "", first);
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
    // A public check that has the id of a rule's peer is meant by all the names that it goes by.
    checked.decisions.apply(&mut findings, |id| called(id).first().copied());
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
        document: document::plain(node),
        document_with_lines: document::with_lines(node, source),
        commands: Vec::new(),
    }
}
