//! What checks are asked about, in the shapes that they know.

use serde_json::{Map, Value, json};

/// What sort of thing a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A Dockerfile.
    Dockerfile,
    /// A Kubernetes object.
    Kubernetes,
    /// A Compose file.
    Compose,
    /// Any other YAML or JSON.
    Document,
}

impl Form {
    /// What a selector calls it: Trivy's words, and ours.
    pub(crate) fn is_called(self, name: &str) -> bool {
        match self {
            Self::Dockerfile => name == "dockerfile",
            Self::Kubernetes => matches!(name, "kubernetes" | "rbac" | "yaml" | "json" | "any"),
            Self::Compose => matches!(name, "compose" | "yaml" | "json" | "any"),
            Self::Document => matches!(name, "document" | "yaml" | "json" | "any"),
        }
    }
}

/// One instruction of a Dockerfile, as Conftest and Trivy show it.
#[derive(Debug, Clone, Default)]
pub struct Command {
    /// In lower case: `run`.
    pub name: String,
    /// The instruction that `ONBUILD` keeps, in lower case.
    pub sub: String,
    /// Flags as written: `--from=build`.
    pub flags: Vec<String>,
    /// Its arguments: words of the exec form and of `FROM`, `COPY`, `ENV`; one text for the shell form.
    pub values: Vec<String>,
    /// Written as a JSON list.
    pub json: bool,
    /// The whole of it, on one line.
    pub original: String,
    /// The number of its stage, from 0.
    pub stage: usize,
    /// The name of its stage: all that its `FROM` says, `debian:12 AS build`; empty before the first one.
    pub stage_name: String,
    /// Its first line, from 1.
    pub start_line: u32,
    /// Its last line.
    pub end_line: u32,
    /// The comments above it, without `#`.
    pub comments: Vec<String>,
}

/// What checks are asked about.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What it is.
    pub form: Form,
    /// The file.
    pub path: String,
    /// The document; null for a Dockerfile.
    pub document: Value,
    /// The document with the lines of every mapping under `__defsec_metadata`; null for a Dockerfile.
    pub document_with_lines: Value,
    /// The instructions of a Dockerfile.
    pub commands: Vec<Command>,
}

impl Subject {
    /// Conftest's form.
    pub(crate) fn plain(&self) -> Value {
        match self.form {
            Form::Dockerfile => self.commands.iter().flat_map(|command| self.with_comments(command)).collect(),
            _ => self.document.clone(),
        }
    }

    /// Trivy's form.
    pub(crate) fn with_lines(&self) -> Value {
        if self.form != Form::Dockerfile {
            return self.document_with_lines.clone();
        }
        let mut stages: Vec<(usize, &str, Vec<Value>)> = Vec::new();
        for command in &self.commands {
            let value = self.command(command);
            match stages.last_mut() {
                Some((number, name, commands)) if *number == command.stage && *name == command.stage_name => {
                    commands.push(value);
                }
                _ => stages.push((command.stage, &command.stage_name, vec![value])),
            }
        }
        let stages = stages.into_iter().map(|(_, name, commands)| json!({ "Name": name, "Commands": commands }));
        json!({ "Stages": stages.collect::<Vec<_>>() })
    }

    /// Conftest shows comments as instructions.
    fn with_comments(&self, command: &Command) -> Vec<Value> {
        let comment = |text: &String| {
            let comment = Command {
                name: "comment".to_owned(),
                values: vec![text.clone()],
                stage: command.stage,
                ..Command::default()
            };
            self.command(&comment)
        };
        command.comments.iter().map(comment).chain(std::iter::once(self.command(command))).collect()
    }

    fn command(&self, command: &Command) -> Value {
        let mut value = Map::new();
        value.insert("Cmd".to_owned(), json!(command.name));
        value.insert("SubCmd".to_owned(), json!(command.sub));
        value.insert("Flags".to_owned(), json!(command.flags));
        value.insert("Value".to_owned(), json!(command.values));
        value.insert("JSON".to_owned(), json!(command.json));
        value.insert("Original".to_owned(), json!(command.original));
        value.insert("Stage".to_owned(), json!(command.stage));
        value.insert("Path".to_owned(), json!(self.path));
        value.insert("StartLine".to_owned(), json!(command.start_line));
        value.insert("EndLine".to_owned(), json!(command.end_line));
        Value::Object(value)
    }
}
