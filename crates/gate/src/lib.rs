//! The gate: a [`Policy`] on [`Evidence`] gives a [`Verdict`](boltseal_evidence::Verdict) – allowed, denied, or could
//! not decide – with what each rule rests on.
//!
//! The same policy, evidence and day give the same verdict in CI, at the registry and at admission, since nothing else
//! enters: no clock, no network, no file. Evidence that is missing is [`Sought::Missing`] with the reason, and a rule
//! that needs it says *unknown*, never *passed*.

mod answer;
mod ask;
mod evidence;
mod judge;
mod policy;

pub use answer::Answer;
pub use ask::Ask;
/// A JSON value, as predicates and imported results hold them.
pub use serde_json::Value as Json;
pub use evidence::{Evidence, ImageFacts, KnownBase, Sought};
pub use judge::judge;
pub use policy::{Exception, OnUnknown, Policy, Rule};
