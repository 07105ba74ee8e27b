//! Volumes: host paths, runtime sockets, propagation (BS-K070–099).

mod ephemeral;
mod mode;
mod mount;
mod network;
mod node;
mod place;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    node::HOST_PATH,
    node::SENSITIVE,
    node::RUNTIME_SOCKET,
    mount::WRITABLE,
    node::SOCKET,
    mount::PROPAGATION,
    mount::SUB_PATH,
    ephemeral::UNLIMITED,
    ephemeral::MEMORY,
    ephemeral::LONG_TOKEN,
    mode::SECRET,
    mode::DECIMAL,
    network::GIT_REPO,
    network::FLEX,
    network::GONE,
    network::CREDENTIALS,
    network::INLINE,
    mount::BLOCK,
    mount::UNUSED,
    mount::MISSING,
    mount::TWICE,
];
