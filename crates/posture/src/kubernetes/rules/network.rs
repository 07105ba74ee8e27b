//! NetworkPolicies (BS-K280–299).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
