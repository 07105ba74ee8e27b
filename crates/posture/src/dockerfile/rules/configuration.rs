//! How the image is run: entry point, ports, health, volumes, labels (BS-D100–119).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
