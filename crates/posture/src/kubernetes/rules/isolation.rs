//! Kernel isolation: seccomp, AppArmor, SELinux, sysctls, user namespaces (BS-K030–049).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
