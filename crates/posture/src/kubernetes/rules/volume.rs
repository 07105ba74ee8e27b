//! Volumes: host paths, runtime sockets, propagation (BS-K070–099).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
