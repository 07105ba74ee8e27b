//! The clients of Fulcio, Rekor, timestamp authorities and token services against servers on the loopback: right ones,
//! and ones that lie, refuse, dawdle and break off; and the refresh of the trusted root.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says why it was skipped"
)]

mod canned;
mod failures;
mod keyless;
mod lab;
mod tokens;
mod tuf;
