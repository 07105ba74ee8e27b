//! Base images: tags, digests, sources, platforms (BS-D030–049).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
