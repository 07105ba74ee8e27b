//! Namespaces, quotas and service accounts (BS-K340–359).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
