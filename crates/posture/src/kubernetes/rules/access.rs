//! Roles: what may be done (BS-K200–239).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
