//! Checks that people write themselves, in Rego and in CEL.
//!
//! [`Library::load`] reads `.rego` files (as Conftest and Trivy write them) and YAML files with CEL expressions;
//! [`Library::judge`] asks all of them about one [`Subject`]. What a check cannot do here is a problem that names the
//! check and the missing built-in, never silence.
//!
//! Rego sees as `input`:
//!
//! | subject | a package with metadata (Trivy's form) | any other package (Conftest's form) |
//! |---|---|---|
//! | Dockerfile | `{"Stages": [{"Name", "Commands": [{"Cmd", "Value", "Flags", "JSON", "Original", "StartLine", …}]}]}` | `[{"Cmd", "Value", "Flags", "JSON", "Original", "Stage", …}, …]` |
//! | Kubernetes object, Compose file, other YAML and JSON | the document, each mapping with `__defsec_metadata` | the document |
//!
//! CEL sees the document as `object`, a Dockerfile in Conftest's form as `instructions`.
//!
//! Built-ins beyond OPA's own: `result.new(message, cause)`, `sh.parse_commands(text)`, `isManaged(object)`. OPA's
//! built-ins that need a clock, a network or random numbers are not offered: a judgement has none of these.

mod expression;
mod input;
mod metadata;
mod rego;

use boltseal_evidence::{Problem, RuleInfo, Severity};

pub use input::{Command, Form, Subject};

/// Checks that were loaded.
#[derive(Debug, Default)]
pub struct Library {
    rego: rego::Modules,
    expressions: Vec<expression::Expression>,
}

/// A file of checks.
#[derive(Debug, Clone)]
pub struct File {
    /// Its path, for problems.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A check says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The id of the check.
    pub rule: String,
    /// How bad it says it is.
    pub severity: Severity,
    /// What it says.
    pub message: String,
    /// The lines it points at, from 1, if it does.
    pub lines: Option<(u32, u32)>,
}

/// Splits the shell text of a `RUN` into its calls, each a list of words: what `sh.parse_commands` asks.
pub type Shell = fn(&str) -> Vec<Vec<String>>;

impl Library {
    /// Reads checks. A file that cannot be used is a problem; the others count.
    pub fn load(files: &[File], shell: Shell) -> (Self, Vec<Problem>) {
        let mut library = Self::default();
        let mut problems = Vec::new();
        for file in files {
            if file.path.ends_with(".rego") {
                // Tests of a library are not checks.
                if !file.path.ends_with("_test.rego") {
                    library.rego.add(file, shell, &mut problems);
                }
            } else {
                library.expressions.extend(expression::read(file, &mut problems));
            }
        }
        library.rego.finish(&mut problems);
        (library, problems)
    }

    /// Nothing was loaded.
    pub fn is_empty(&self) -> bool {
        self.rego.is_empty() && self.expressions.is_empty()
    }

    /// The checks, for reports.
    pub fn rules(&self) -> Vec<RuleInfo> {
        let expressions = self.expressions.iter().map(|expression| expression.info.clone());
        self.rego.rules().into_iter().chain(expressions).collect()
    }

    /// Some check is meant for such a subject.
    pub fn asks(&self, subject: &Subject) -> bool {
        self.rego.asks(subject) || self.expressions.iter().any(|expression| expression.asks(subject))
    }

    /// Asks every check that is meant for this form of subject.
    pub fn judge(&self, subject: &Subject) -> (Vec<Denial>, Vec<Problem>) {
        let mut denials = Vec::new();
        let mut problems = Vec::new();
        self.rego.judge(subject, &mut denials, &mut problems);
        for expression in &self.expressions {
            expression.judge(subject, &mut denials, &mut problems);
        }
        (denials, problems)
    }
}
