//! The node's namespaces, ports and network (BS-K050–069).

mod namespace;
mod port;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    namespace::PID,
    namespace::IPC,
    namespace::NETWORK,
    port::HOST_PORT,
    namespace::ALIASES,
    port::PROBE_HOST,
    namespace::DNS,
    port::SSH,
    port::ADMIN,
    port::TWICE,
];
