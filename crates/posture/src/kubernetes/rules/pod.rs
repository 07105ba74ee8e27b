//! Pods as a whole: service-account tokens, scheduling, priorities, shared processes (BS-K150–179).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
