//! Secrets in ARG, ENV, RUN and files (BS-D080–099).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
