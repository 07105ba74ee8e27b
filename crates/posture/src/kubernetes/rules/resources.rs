//! Requests, limits, probes and life cycle (BS-K120–149).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
