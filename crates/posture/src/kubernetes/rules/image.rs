//! Images: tags, digests, pull policies, registries (BS-K100–119).

mod name;
mod pull;
mod reference;
mod tag;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    tag::LATEST,
    tag::NO_DIGEST,
    tag::MOVING,
    pull::CACHED_LATEST,
    pull::NOT_ALWAYS,
    pull::NEVER,
    name::NO_REGISTRY,
    name::ADDRESS,
    name::INVALID,
    name::RETIRED,
    name::TILLER,
    name::DASHBOARD,
];
