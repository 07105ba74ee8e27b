//! A check's result as the table of a benchmark or standard: what each of its controls comes to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{NotAssessed, Problem, Severity, Tool};

/// A benchmark or standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FrameworkInfo {
    /// The name on the command line: `cis-docker`.
    pub id: String,
    /// Its title: `CIS Docker Benchmark`.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Where it is published.
    pub reference: String,
}

/// What a control comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ControlStatus {
    /// Something that it speaks of was looked at, and no finding counts against it.
    Pass,
    /// A finding counts against it.
    Fail,
    /// Nothing can be said from what was looked at. Never the same as a pass.
    NotAssessed,
}

impl ControlStatus {
    /// In words: `not assessed`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotAssessed => "not assessed",
        }
    }
}

/// A finding as a control cites it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Citation {
    /// Its number in the findings of the check report, from 0.
    pub finding: usize,
    /// The rule's id.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// The file.
    pub path: String,
    /// The line; absent where the file as a whole is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What in the file it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// What is wrong.
    pub message: String,
    /// The reason for which a person accepted it; such a finding does not fail a control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

/// One control and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ControlResult {
    /// Its number: `5.2.1`.
    pub id: String,
    /// What it asks for.
    pub title: String,
    /// The section that it is in: `5.2 Pod security`.
    pub section: String,
    /// What it comes to.
    pub status: ControlStatus,
    /// Why, in a sentence.
    pub reason: String,
    /// The ids of the rules that judge it.
    pub rules: Vec<String>,
    /// How many things of each sort its rules looked at.
    pub looked_at: BTreeMap<String, u32>,
    /// The findings of its rules, in the order of the check report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Citation>,
}

impl ControlResult {
    /// How many findings a person accepted with a reason.
    pub fn accepted(&self) -> usize {
        self.findings.iter().filter(|finding| finding.accepted.is_some()).count()
    }
}

/// The whole table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assessment {
    /// The version of this form.
    pub schema: u32,
    /// Who says so.
    pub tool: Tool,
    /// What was judged by.
    pub framework: FrameworkInfo,
    /// Its controls, in its order.
    pub controls: Vec<ControlResult>,
    /// How many files of each kind the check looked at.
    pub files: BTreeMap<String, u32>,
    /// What the check saw but could not judge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_assessed: Vec<NotAssessed>,
    /// What went wrong in the check.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

impl Assessment {
    /// How many controls come to `status`.
    pub fn count(&self, status: ControlStatus) -> usize {
        self.controls.iter().filter(|control| control.status == status).count()
    }
}
