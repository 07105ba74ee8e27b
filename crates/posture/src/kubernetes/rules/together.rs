//! What only shows when all files are seen together (BS-K380–399).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
