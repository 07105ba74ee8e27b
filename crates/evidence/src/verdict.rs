//! The verdict on a subject: allowed, denied, or could not decide; and what each rule rests on.

use serde::{Deserialize, Serialize};

use crate::{Digest, Problem, Tool};

/// What a policy says about a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Decision {
    /// Every rule that is enforced holds.
    Allowed,
    /// No enforced rule is broken, and at least one lacks the evidence to say that it holds. Not allowed.
    Undecided,
    /// An enforced rule is broken.
    Denied,
}

/// Whether a rule counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Mode {
    /// Its answer is the verdict's.
    #[default]
    Enforce,
    /// Its answer is shown, and changes nothing.
    Warn,
}

/// What one rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RuleOutcome {
    /// It holds.
    Passed,
    /// The rule is not meant for this subject.
    NotApplicable,
    /// It would be broken, but for exceptions that hold today.
    Excepted,
    /// The evidence to tell is missing.
    Unknown,
    /// It is broken.
    Failed,
}

/// One piece of evidence that a rule rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reason {
    /// What was seen, one lower-case sentence without a period.
    pub message: String,
    /// The advisory, check or step that it is about: `CVE-2024-1`, `BS-D002`. Exceptions name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Where the evidence is: a purl, a path, `referrer sha256:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The exception that covers it, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<AppliedException>,
}

/// An exception that was applied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AppliedException {
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds, `YYYY-MM-DD`.
    pub expires: String,
    /// Where it is written: file and line.
    pub source: String,
}

/// What a rule says about the subject, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleResult {
    /// The rule's id in the policy.
    pub rule: String,
    /// What it asks, in a sentence.
    pub asks: String,
    /// Where the rule is written: file and line, or the profile it comes from.
    pub source: String,
    /// Whether it counts.
    pub mode: Mode,
    /// The answer.
    pub outcome: RuleOutcome,
    /// What the answer rests on; at least one unless the rule is not applicable. Bounded: see `omitted`.
    pub reasons: Vec<Reason>,
    /// Reasons of the same kind that are left out here.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted: usize,
    /// The way out, where it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// What was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JudgedSubject {
    /// The digest of the image's manifest, or of the index that the reference names: what signatures are about.
    pub digest: Digest,
    /// The digest of the platform's manifest, where `digest` is an index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Digest>,
    /// The digest of the configuration: what reports name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Digest>,
    /// Registry and repository, `ghcr.io/example/app`; absent for an archive or a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The tag that was asked for. Nothing is judged from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// Which policy it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyInfo {
    /// Its name.
    pub name: String,
    /// The SHA-256 of its bytes.
    pub digest: Digest,
}

/// The verdict of a policy on a subject: the same subject, evidence, policy and day give the same value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verdict {
    /// The version of this form: 1.
    pub schema: u32,
    /// Who says so.
    pub tool: Tool,
    /// The decision.
    pub decision: Decision,
    /// What was judged.
    pub subject: JudgedSubject,
    /// By which policy.
    pub policy: PolicyInfo,
    /// The day it was judged, `YYYY-MM-DD`: exceptions and ages are judged by it.
    pub day: String,
    /// The digest of the advisory database, where vulnerabilities were judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Digest>,
    /// Every rule of the policy, in its order.
    pub rules: Vec<RuleResult>,
    /// What went wrong while evidence was gathered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}
