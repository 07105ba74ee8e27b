//! Ingress and gateways (BS-K320–339).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
