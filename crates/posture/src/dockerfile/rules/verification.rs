//! Checks of certificates and signatures that are switched off (BS-D250–289).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
