//! How the image is run: entry point, ports, health, volumes, labels (BS-D100–119).

mod environment;
mod health;
mod path;
mod port;
mod start;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    health::NONE,
    port::SSH,
    port::MANAGEMENT,
    port::WIDE,
    path::VOLUME,
    start::SHELL,
    start::SSHD,
    start::SIGNAL,
    path::WORKDIR,
    environment::PATH,
    environment::PRELOAD,
    environment::DEBUG,
    environment::OPEN,
    health::OFF,
    health::NO_FAIL,
    start::DEBUGGER,
    start::DEVELOPMENT,
];
