//! Pods on Windows (BS-K180–189).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
