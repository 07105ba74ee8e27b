//! The gate: a [`Policy`] on [`Evidence`] gives a [`Verdict`](boltseal_evidence::Verdict) – allowed, denied, or could
//! not decide – with what each rule rests on.
//!
//! The same policy, evidence and day give the same verdict in CI, at the registry and at admission, since nothing else
//! enters: no clock, no network, no file. Evidence that is missing is [`Sought::Missing`] with the reason, and a rule
//! that needs it says *unknown*, never *passed*: with less evidence nothing is allowed that more of it would not allow
//! (but where a rule says `unknown: allow`).
//!
//! ```
//! use boltseal_gate::{NoFiles, Policy};
//!
//! let text = "version: 1\nrules:\n- id: no-critical\n  vulnerabilities: {severity: critcal}\n";
//! let errors = Policy::parse("policy.yaml", text.as_bytes(), &NoFiles).unwrap_err();
//! assert_eq!((errors[0].line, errors[0].column), (4, 31));
//! assert!(errors[0].message.contains("did you mean `critical`?"));
//! ```

mod answer;
mod ask;
mod diff;
mod error;
mod evidence;
pub mod examples;
mod judge;
mod policy;
#[cfg(feature = "schema")]
mod schema;
mod waiver;

pub use answer::Answer;
pub use ask::{Ask, kinds};
pub use diff::{RuleDiff, RuleSide, SubjectDiff, diff};
pub use error::{Excerpt, PolicyError};
pub use evidence::{Evidence, ImageFacts, KnownBase, Sought};
pub use judge::judge;
pub use policy::{Exception, NoFiles, OnUnknown, Policy, PolicyFiles, Profile, Rule, Subjects};
#[cfg(feature = "schema")]
pub use schema::policy_schema;
/// A JSON value, as predicates and imported results hold them.
pub use serde_json::Value as Json;
