//! A verdict, for people, for programs, and for the comment under a merge request.

mod markdown;
mod text;

use std::fmt;
use std::str::FromStr;

use boltseal_evidence::{Decision, RuleOutcome, RuleResult, Verdict};

/// A form of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VerdictFormat {
    /// For people.
    Text,
    /// The verdict itself; `docs/schema/verdict-1.json`.
    Json,
    /// For a merge request or the summary of a job.
    Markdown,
}

impl VerdictFormat {
    /// Every form, the default first.
    pub const ALL: [Self; 3] = [Self::Text, Self::Json, Self::Markdown];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
        }
    }
}

/// A text that names no form of a verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format of a verdict: use text, json or markdown")]
pub struct VerdictFormatError(String);

impl FromStr for VerdictFormat {
    type Err = VerdictFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| VerdictFormatError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for VerdictFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How to render.
#[derive(Debug, Clone, Copy, Default)]
pub struct VerdictOptions<'a> {
    /// Columns of the terminal; none for a pipe.
    pub width: Option<usize>,
    /// With colour.
    pub color: bool,
    /// Also what passed, with what it rests on.
    pub all: bool,
    /// What the user named, for the heading.
    pub target: &'a str,
}

/// Renders a verdict; the text ends with a line break.
///
/// # Errors
/// [`crate::Error::Json`] where a value cannot be written as JSON.
pub fn render(verdict: &Verdict, format: VerdictFormat, options: &VerdictOptions<'_>) -> Result<String, crate::Error> {
    match format {
        VerdictFormat::Text => Ok(text::render(verdict, options)),
        VerdictFormat::Json => crate::json(verdict),
        VerdictFormat::Markdown => Ok(markdown::render(verdict, options)),
    }
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::Denied => "denied",
        Decision::Undecided => "could not decide",
    }
}

/// What a rule came to, in a word.
fn outcome(outcome: RuleOutcome) -> &'static str {
    match outcome {
        RuleOutcome::Passed => "passed",
        RuleOutcome::NotApplicable => "not meant for it",
        RuleOutcome::Excepted => "excepted",
        RuleOutcome::Unknown => "unknown",
        RuleOutcome::Failed => "failed",
    }
}

/// Rules in the order in which a reader needs them: what decides first.
fn by_weight(verdict: &Verdict) -> Vec<&RuleResult> {
    let mut rules: Vec<&RuleResult> = verdict.rules.iter().collect();
    rules.sort_by_key(|rule| (rule.mode, std::cmp::Reverse(rule.outcome)));
    rules
}

#[cfg(test)]
mod tests;
