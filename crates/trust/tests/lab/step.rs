//! The names of the steps that may notice, in one place.

pub(crate) const FORMAT: &[&str] = &["form"];
pub(crate) const ARTIFACT: &[&str] = &["artifact"];
pub(crate) const STATEMENT: &[&str] = &["payload"];
pub(crate) const SIGNATURE: &[&str] = &["signature"];
pub(crate) const KEY: &[&str] = &["key", "signature"];
/// The certificate leads to no authority that is trusted.
pub(crate) const CHAIN: &[&str] = &["certificate"];
/// The certificate, or the authority, was not valid when it was signed.
pub(crate) const VALIDITY: &[&str] = &["certificate"];
pub(crate) const SCT: &[&str] = &["certificate log"];
pub(crate) const TIMESTAMP: &[&str] = &["signing time"];
/// The promise proves the time, so it is looked at with that; of keys, which need no time, with the log.
pub(crate) const PROMISE: &[&str] = &["signing time", "transparency log"];
pub(crate) const PROOF: &[&str] = &["transparency log"];
pub(crate) const CHECKPOINT: &[&str] = &["transparency log"];
pub(crate) const ENTRY: &[&str] = &["log entry"];
pub(crate) const LOG: &[&str] = &["form", "transparency log"];
pub(crate) const TRUST: &[&str] = &["trusted root", "key"];
