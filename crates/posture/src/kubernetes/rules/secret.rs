//! Secrets in environments, ConfigMaps and manifests (BS-K260–279).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
