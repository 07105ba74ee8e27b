//! Mistakes in configuration: what is wrong, where, why it matters and what would fix it.

use serde::{Deserialize, Serialize};

use crate::{NotAssessed, Problem, Severity, Suppression, Tool};

/// A range of a text file.
///
/// Offsets count bytes of the file as it is on disk; lines and columns count from 1, columns in Unicode scalar
/// values. `end` is the first position that is no longer part of it (SARIF 2.1.0, section 3.30).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Region {
    /// The line of the first character.
    pub line: u32,
    /// The column of the first character.
    pub column: u32,
    /// The line of the position after the last character.
    pub end_line: u32,
    /// The column of the position after the last character.
    pub end_column: u32,
    /// The offset of the first byte.
    pub start: usize,
    /// The offset after the last byte.
    pub end: usize,
}

/// One replacement in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Edit {
    /// What is replaced; empty where text is only inserted.
    pub region: Region,
    /// What stands there afterwards.
    pub text: String,
}

/// A change that removes a finding without changing what the file does otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fix {
    /// What it does, as an imperative: `add --no-install-recommends`.
    pub title: String,
    /// Its replacements, in the order of the file, never overlapping.
    pub edits: Vec<Edit>,
}

/// Another place of the same file that helps to understand a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Note {
    /// Where.
    pub region: Region,
    /// What is to be seen there.
    pub message: String,
}

/// One mistake in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Misconfiguration {
    /// The rule's id: `BS-D001`.
    pub rule: String,
    /// How bad it is here.
    pub severity: Severity,
    /// What is wrong here, one lower-case sentence without a period.
    pub message: String,
    /// The file, as reported: relative to where the walk began, with `/`.
    pub path: String,
    /// Where in the file; absent where the file as a whole is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// What in the file it is about: `Deployment shop/web, container app`, `stage build`, `service db`. Empty where
    /// the file is one thing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Other places to look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// A safe change that removes it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// A person's decision not to act on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppression: Option<Suppression>,
}

impl Misconfiguration {
    /// Nobody decided not to act on it.
    pub fn counts(&self) -> bool {
        self.suppression.is_none()
    }
}

/// What a rule is about, for readers of a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleInfo {
    /// The id: `BS-D001`; a custom check's own.
    pub id: String,
    /// The mistake in a few words.
    pub title: String,
    /// How bad it is unless a finding says otherwise.
    pub severity: Severity,
    /// The same rule in other tools: `DL3007`, `CKV_DOCKER_7`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Why it matters.
    pub why: String,
    /// How to fix it.
    pub advice: String,
    /// Where to read more; the first is the best.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

/// A file that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckedFile {
    /// Its path, as in [`Misconfiguration::path`].
    pub path: String,
    /// What it was recognised as: `dockerfile`, `kubernetes`, `compose`.
    pub kind: String,
    /// How many things of each sort were judged in it: `workload` 2, `role` 1. Only a rule whose sort is listed here
    /// can say "pass".
    pub subjects: std::collections::BTreeMap<String, u32>,
}

/// The answer of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckReport {
    /// The version of this form.
    pub schema: u32,
    /// Who says so.
    pub tool: Tool,
    /// The files that were looked at, by path.
    pub files: Vec<CheckedFile>,
    /// What is wrong in them, by path, place and rule.
    pub findings: Vec<Misconfiguration>,
    /// The rules that findings name, by id.
    pub rules: Vec<RuleInfo>,
    /// What was seen but not judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_assessed: Vec<NotAssessed>,
    /// What went wrong on the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}
