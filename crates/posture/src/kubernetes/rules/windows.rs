//! Pods on Windows (BS-K180–189).

mod field;
mod process;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    process::HOST_PROCESS,
    process::ADMINISTRATOR,
    field::LINUX_ONLY,
    field::WINDOWS_ONLY,
    field::UNSAID,
    process::NO_USER,
    process::NO_HOST_NETWORK,
    field::INLINE_CREDENTIALS,
];
