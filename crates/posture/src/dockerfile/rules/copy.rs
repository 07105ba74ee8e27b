//! What comes from the build context: broad copies, ADD, ownership, .dockerignore (BS-D060–079).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
