//! A policy, read and checked.

use boltseal_evidence::{Digest, Mode};
use serde::{Deserialize, Serialize};

use crate::Ask;

/// A policy, read and checked: [`judge`](crate::judge) cannot fail on it.
#[derive(Debug)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// Its rules, those of its profile first.
    pub rules: Vec<Rule>,
    /// What is excepted from them.
    pub exceptions: Vec<Exception>,
}

/// What missing evidence means to a rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum OnUnknown {
    /// The gate cannot decide: not allowed, and told apart from a denial.
    #[default]
    Undecided,
    /// The rule counts as broken.
    Deny,
    /// The rule counts as kept. The verdict says so.
    Allow,
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id, unique in the policy.
    pub id: String,
    /// Whether it counts.
    pub mode: Mode,
    /// What missing evidence means.
    pub on_unknown: OnUnknown,
    /// Repositories it is meant for, by pattern (`ghcr.io/example/*`, `**`); all where empty.
    pub subjects: Vec<String>,
    /// What it asks.
    pub ask: Ask,
    /// Where it is written: file and line, or the profile.
    pub source: String,
}

/// What is excepted from a rule, by whom and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The rule's id, or `*`.
    pub rule: String,
    /// The digests or repositories it is for, by pattern.
    pub subjects: Vec<String>,
    /// The advisories or checks that it covers.
    pub covers: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds, `YYYY-MM-DD`.
    pub expires: String,
    /// Where it is written: file and line.
    pub source: String,
}
