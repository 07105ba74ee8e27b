//! Services (BS-K300–319).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
