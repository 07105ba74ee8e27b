//! The shell in RUN: pipes, cd, sudo, programs that make no sense in a build (BS-D140–159).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
