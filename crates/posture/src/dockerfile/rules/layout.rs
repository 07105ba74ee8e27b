//! Stages, layers and size (BS-D120–139).

mod mount;
mod order;
mod stage;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    order::CONSECUTIVE,
    stage::UNUSED,
    stage::COMPILER,
    order::CACHE,
    mount::NETWORK,
    mount::INSECURE,
    mount::SOCKET,
    mount::SSH,
    stage::SSH_SERVER,
    order::TOO_MANY,
];
