//! Who the container runs as (BS-D050–059).

mod account;
mod last;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    last::NONE,
    last::ROOT,
    last::NAME,
    last::GROUP,
    last::WINDOWS,
    last::EMPTY,
    account::UID_0,
    account::SUDO,
    account::SETUID,
];
