//! Images: tags, digests, pull policies, registries (BS-K100–119).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
