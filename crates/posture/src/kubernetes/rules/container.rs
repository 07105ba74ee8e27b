//! What a container may do: privileges, users, capabilities (BS-K001–029).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
