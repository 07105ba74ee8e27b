//! CEL one-liners in YAML.
//!
//! ```yaml
//! checks:
//!   - id: ACME-001
//!     title: images come from our registry
//!     kind: kubernetes          # or dockerfile, compose, document
//!     match: object.kind == "Pod"
//!     expression: object.spec.containers.all(c, c.image.startsWith("registry.acme.example/"))
//!     message: an image comes from elsewhere
//!     severity: high
//! ```
//!
//! `expression` says what must hold, as in a ValidatingAdmissionPolicy; `match` says of what.

use std::sync::Arc;

use boltseal_evidence::{Problem, RuleInfo, Severity};
use cel::{Context, Env, Program, Value};
use serde::Deserialize;

use crate::input::{Form, Subject};
use crate::{Denial, File};

/// One check.
pub(crate) struct Expression {
    pub(crate) info: RuleInfo,
    path: String,
    form: Form,
    applies: Option<Program>,
    holds: Program,
    message: Option<Message>,
}

enum Message {
    Text(String),
    Computed(Program),
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Expression").field("id", &self.info.id).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    checks: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Entry {
    id: String,
    title: Option<String>,
    kind: String,
    #[serde(rename = "match")]
    applies: Option<String>,
    expression: String,
    message: Option<String>,
    message_expression: Option<String>,
    severity: Option<Severity>,
    why: Option<String>,
    advice: Option<String>,
    #[serde(default)]
    references: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
}

/// Reads the checks of a file; those that cannot be used are problems.
pub(crate) fn read(file: &File, problems: &mut Vec<Problem>) -> Vec<Expression> {
    let document: Document = match serde_saphyr::from_str(&file.text) {
        Ok(document) => document,
        Err(error) => {
            let place =
                error.location().map(|at| format!("line {}, column {}: ", at.line(), at.column())).unwrap_or_default();
            let message = error.without_snippet().render();
            let message = message.lines().next().unwrap_or_default();
            problems.push(Problem::at(&file.path, format!("{place}no list of checks: {message}")));
            return Vec::new();
        }
    };
    let env = environment();
    let mut expressions = Vec::new();
    for entry in document.checks {
        let id = entry.id.clone();
        match Expression::new(&env, &file.path, entry) {
            Ok(expression) => expressions.push(expression),
            Err(message) => problems.push(Problem::at(&file.path, format!("check `{id}`: {message}"))),
        }
    }
    expressions
}

fn environment() -> Arc<Env> {
    Arc::new(Env::stdlib().with_optional_support(true))
}

impl Expression {
    fn new(env: &Env, path: &str, entry: Entry) -> Result<Self, String> {
        let compile = |what: &str, text: &str| {
            env.compile(text).map_err(|error| format!("`{what}` is not CEL: {}", one_line(&error.to_string())))
        };
        let form = match entry.kind.as_str() {
            "kubernetes" => Form::Kubernetes,
            "dockerfile" => Form::Dockerfile,
            "compose" => Form::Compose,
            "document" => Form::Document,
            other => return Err(format!("`{other}` is no kind: write kubernetes, dockerfile, compose or document")),
        };
        let message = match (entry.message_expression, entry.message) {
            (Some(text), _) => Some(Message::Computed(compile("messageExpression", &text)?)),
            (None, Some(text)) => Some(Message::Text(text)),
            (None, None) => None,
        };
        Ok(Self {
            path: path.to_owned(),
            form,
            applies: entry.applies.map(|text| compile("match", &text)).transpose()?,
            holds: compile("expression", &entry.expression)?,
            message,
            info: RuleInfo {
                title: entry.title.unwrap_or_else(|| entry.id.clone()),
                id: entry.id,
                severity: entry.severity.unwrap_or(Severity::Medium),
                aliases: entry.aliases,
                why: entry.why.unwrap_or_default(),
                advice: entry.advice.unwrap_or_default(),
                references: entry.references,
            },
        })
    }

    /// It is meant for such a subject.
    pub(crate) fn asks(&self, subject: &Subject) -> bool {
        self.form == subject.form
    }

    /// Asks it. A value that is absent makes an error in CEL, which is no denial and no consent: it is told.
    pub(crate) fn judge(&self, subject: &Subject, denials: &mut Vec<Denial>, problems: &mut Vec<Problem>) {
        if !self.asks(subject) {
            return;
        }
        let mut context = Context::with_env(environment());
        let name = if subject.form == Form::Dockerfile { "instructions" } else { "object" };
        let bound = context.add_variable(name, subject.plain()).map_err(|error| error.to_string());
        let outcome = bound.and_then(|()| self.ask(&context));
        match outcome {
            Ok(None) => {}
            Ok(Some(message)) => {
                denials.push(Denial { rule: self.info.id.clone(), severity: self.info.severity, message, lines: None })
            }
            Err(error) => problems.push(Problem::at(
                &subject.path,
                format!("check `{}` of {} could not be asked: {}", self.info.id, self.path, one_line(&error)),
            )),
        }
    }

    /// The message, if it says no.
    fn ask(&self, context: &Context<'_, '_>) -> Result<Option<String>, String> {
        if let Some(applies) = &self.applies
            && !truth(applies, context, "match")?
        {
            return Ok(None);
        }
        if truth(&self.holds, context, "expression")? {
            return Ok(None);
        }
        Ok(Some(match &self.message {
            None => self.info.title.clone(),
            Some(Message::Text(text)) => text.clone(),
            Some(Message::Computed(program)) => match program.execute(context) {
                Ok(Value::String(text)) => text.to_string(),
                _ => self.info.title.clone(),
            },
        }))
    }
}

fn truth(program: &Program, context: &Context<'_, '_>, what: &str) -> Result<bool, String> {
    match program.execute(context) {
        Ok(Value::Bool(truth)) => Ok(truth),
        Ok(_) => Err(format!("`{what}` is neither true nor false")),
        Err(error) => Err(format!("`{what}`: {error}")),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn judge(yaml: &str, document: serde_json::Value) -> (Vec<Denial>, Vec<Problem>) {
        let file = File { path: "checks.yaml".to_owned(), text: yaml.to_owned() };
        let mut problems = Vec::new();
        let mut denials = Vec::new();
        let subject = Subject {
            form: Form::Kubernetes,
            path: "a.yaml".to_owned(),
            document_with_lines: document.clone(),
            document,
            commands: Vec::new(),
        };
        for expression in read(&file, &mut problems) {
            expression.judge(&subject, &mut denials, &mut problems);
        }
        (denials, problems)
    }

    const CHECK: &str = "checks:\n- id: A1\n  kind: kubernetes\n  match: object.kind == 'Pod'\n  expression: object.spec.containers.all(c, c.image.startsWith('ours/'))\n  messageExpression: '\"images of \" + object.metadata.name'\n";

    #[test]
    fn what_must_hold_and_does_not_is_denied() {
        let pod =
            |image: &str| json!({"kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": [{"image": image}]}});
        let (denials, problems) = judge(CHECK, pod("theirs/a"));
        assert_eq!(problems, []);
        assert_eq!((denials[0].rule.as_str(), denials[0].message.as_str()), ("A1", "images of x"));
        assert_eq!(judge(CHECK, pod("ours/a")), (vec![], vec![]));
        assert_eq!(judge(CHECK, json!({"kind": "Service"})), (vec![], vec![]));
    }

    #[test]
    fn optional_fields_and_errors_are_told_apart() {
        let optional = "checks:\n- id: A2\n  kind: kubernetes\n  expression: object.?spec.?replicas.orValue(1) > 1\n  message: alone\n";
        assert_eq!(judge(optional, json!({"kind": "Deployment"})).0[0].message, "alone");
        let (denials, problems) = judge(CHECK, json!({"kind": "Pod"}));
        assert_eq!(denials, []);
        assert!(
            problems[0].message.starts_with("check `A1` of checks.yaml could not be asked: `expression`"),
            "{problems:?}"
        );
    }

    #[test]
    fn a_check_that_is_wrong_is_named() {
        let (_, problems) = judge("checks:\n- id: B\n  kind: pod\n  expression: 'true'\n", json!({}));
        assert_eq!(
            problems[0].message,
            "check `B`: `pod` is no kind: write kubernetes, dockerfile, compose or document"
        );
        let (_, problems) = judge("checks:\n- id: B\n  kind: kubernetes\n  expression: 'a +'\n", json!({}));
        assert!(problems[0].message.starts_with("check `B`: `expression` is not CEL: "), "{problems:?}");
        let (_, problems) = judge("checks:\n- id: B\n  kinds: x\n", json!({}));
        assert!(problems[0].message.starts_with("line 3, column 3: no list of checks: "), "{problems:?}");
    }
}
