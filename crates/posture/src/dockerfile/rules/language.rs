//! Packages of languages: pip, npm, yarn, pnpm, gem, bundler, go, cargo, composer (BS-D200–229).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
