//! Stages, layers and size (BS-D120–139).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
