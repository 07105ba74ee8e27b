//! What cannot be read, or is read otherwise than it looks: unknown instructions, odd order, deprecated forms (BS-D001–029).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
