//! Base images: tags, digests, sources, platforms (BS-D030–049).

mod lifetime;
mod purpose;
pub(super) mod reference;
mod source;
mod tag;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    tag::NONE,
    tag::LATEST,
    tag::NO_DIGEST,
    tag::NO_DEFAULT,
    source::REGISTRY,
    source::NAMESPACE,
    source::PLATFORM,
    lifetime::ENDED,
    lifetime::ABANDONED,
    purpose::BUILD_TOOLS,
    purpose::DEBUG,
    source::REDUNDANT_PLATFORM,
    tag::NO_VERSION,
];
