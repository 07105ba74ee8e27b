//! Who the container runs as (BS-D050–059).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
