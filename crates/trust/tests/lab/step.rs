//! The names of the steps, in one place: a step may be named by any of several, where which one notices is a matter of
//! order.

pub(crate) const FORMAT: &[&str] = &["format"];
pub(crate) const ARTIFACT: &[&str] = &["artifact"];
pub(crate) const SIGNATURE: &[&str] = &["signature"];
pub(crate) const CHAIN: &[&str] = &["certificate chain"];
pub(crate) const VALIDITY: &[&str] = &["certificate chain", "certificate validity"];
pub(crate) const SCT: &[&str] = &["certificate timestamp"];
pub(crate) const TIMESTAMP: &[&str] = &["timestamp"];
pub(crate) const PROMISE: &[&str] = &["log promise"];
pub(crate) const PROOF: &[&str] = &["inclusion proof"];
pub(crate) const CHECKPOINT: &[&str] = &["checkpoint"];
pub(crate) const ENTRY: &[&str] = &["log entry"];
pub(crate) const LOG: &[&str] = &["log entry", "format"];
pub(crate) const KEY: &[&str] = &["signature", "key"];
pub(crate) const STATEMENT: &[&str] = &["statement"];
pub(crate) const TRUST: &[&str] = &["trust"];
