//! Cluster-wide objects: webhooks, storage, custom resources, API services (BS-K360–379).

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[];
