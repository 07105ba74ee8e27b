//! Downloads: piped to a shell, unpinned, unverified, without encryption (BS-D230–249).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
