//! Bindings: who may do it (BS-K240–259).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
