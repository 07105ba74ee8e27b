//! What comes from the build context: broad copies, ADD, ownership, .dockerignore (BS-D060–079).

mod add;
mod archive;
mod context;
mod credential;
mod destination;
mod origin;

use crate::rule::Rule;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    add::LOCAL,
    add::NO_CHECKSUM,
    add::NO_ENCRYPTION,
    context::INTO_ROOT,
    context::NO_IGNORE,
    credential::FILE,
    destination::NO_SLASH,
    destination::RELATIVE,
    destination::WRITABLE,
    origin::WHOLE,
    context::OUTSIDE,
    credential::GIT,
    origin::UNPINNED,
    add::GIT_UNPINNED,
    archive::COPIED,
];
