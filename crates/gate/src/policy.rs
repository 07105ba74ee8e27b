//! A policy: what it asks of a subject, and what is excepted.
//!
//! ```yaml
//! version: 1
//! name: production
//! profile: baseline              # observe, baseline or strict: its rules come first
//! keys:                          # public keys by the names that rules use
//!   release: {file: keys/release.pub}
//! bases: {file: bases.yaml}      # images that are known as bases; or a list here
//! rules:
//!   - id: no-critical
//!     description: nothing critical that can be fixed
//!     mode: enforce              # or warn: shown, and changes nothing
//!     unknown: undecided         # or deny, or allow: what missing evidence means
//!     subjects: ["ghcr.io/example/**"]
//!     except-subjects: ["ghcr.io/example/sandbox/**"]
//!     vulnerabilities: {severity: critical, fixable: true}
//! exceptions:
//!   - rule: no-critical
//!     subjects: ["ghcr.io/example/app"]
//!     covers: [CVE-2026-1]       # or ["*"]: whatever the rule says
//!     reason: the code is not reached
//!     owner: platform@example.com
//!     expires: 2027-01-31        # the last day it holds
//! ```
//!
//! A rule has exactly one ask. Conditions within an ask are joined by *and*: `severity` and `fixable` above mean a
//! vulnerability that is both. All rules must hold. A rule whose id is one of the profile's takes that one's place; if it
//! has no ask, it only changes what it names (`mode: warn`).
//!
//! A rule is *not applicable* to a subject that no pattern of `subjects` matches, or one of `except-subjects` does. If
//! the subject has no repository, nobody can tell: such a rule is unknown unless it holds anyway. A policy of which no
//! rule is applicable does not allow; it could not decide. Only the profile `observe` allows whatever it sees.
//!
//! An exception holds for the subjects that it names (by digest or repository) and for the advisories, checks or other
//! ids that it `covers`, in whatever case they are written. After its last day it no longer counts, and the verdict says
//! so. Within a rule, what an exception covers counts for nothing, not for `max` either.

mod keys;
mod moment;
mod node;
mod profile;
mod read;
mod scope;
mod subjects;

use boltseal_evidence::{Digest, Mode};
use boltseal_trust::PublicKey;
use serde::{Deserialize, Serialize};

pub(crate) use moment::{Age, DAY, day, is_day, seconds};
pub(crate) use node::{Wrong, listed, nearest, read, unknown};
pub use profile::Profile;
pub(crate) use read::known_bases;
pub(crate) use scope::Scope;
pub use scope::{NoFiles, PolicyFiles};
pub use subjects::Subjects;
pub(crate) use subjects::{Meant, Target, all_match, normal_registry, segment_matches};

use crate::{Ask, KnownBase, PolicyError};

/// A policy, read and checked: [`judge`](crate::judge) cannot fail on it.
#[derive(Debug)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// The profile it builds on.
    pub profile: Option<Profile>,
    /// Its public keys, by name: what signatures may be verified with.
    pub keys: Vec<PublicKey>,
    /// Images that it knows as bases.
    pub bases: Vec<KnownBase>,
    /// Its rules, those of its profile first.
    pub rules: Vec<Rule>,
    /// What is excepted from them.
    pub exceptions: Vec<Exception>,
}

impl Policy {
    /// Reads the policy file at `path` (for messages only). `files` reads what it names: keys and lists of bases, by the
    /// path that is written.
    ///
    /// # Errors
    /// Every mistake with its place, at most 50. A policy with a mistake is not used at all.
    pub fn parse(path: &str, bytes: &[u8], files: &dyn PolicyFiles) -> Result<Self, Vec<PolicyError>> {
        read::policy(path, bytes, files)
    }
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
    /// What people say of it; what it asks where nothing is said.
    pub description: Option<String>,
    /// Whether it counts.
    pub mode: Mode,
    /// What missing evidence means.
    pub on_unknown: OnUnknown,
    /// Whom it is meant for; all where empty.
    pub subjects: Subjects,
    /// Whom it is not meant for.
    pub except_subjects: Subjects,
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
    /// The digests or repositories it is for.
    pub subjects: Subjects,
    /// The advisories or checks that it covers; `*` is whatever the rule says.
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
