//! The node's namespaces, ports and network (BS-K050–069).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
