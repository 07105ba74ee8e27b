//! One test per promise of the README, each running the program as its user does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking and says why it was skipped"
)]

mod attacks;
mod attest;
mod check;
mod check_compliance;
mod check_custom;
mod check_fix;
mod check_formats;
mod check_ignore;
mod check_selection;
mod damage;
mod database;
mod demo;
mod distributions;
mod evidence;
mod formats;
mod gate;
mod gate_tables;
mod help;
mod hooks;
mod interrupt;
mod keyless;
mod keyless_attacks;
mod keys;
mod lsp;
mod program;
mod real;
mod rules;
mod seal;
mod sign;
mod status;
mod transports;
mod trust;
mod verify;
mod verify_cosign;
