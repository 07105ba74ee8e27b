//! What only shows when all files are seen together (BS-K380–399).
//!
//! The files are taken for all that a cluster has. Where something is looked for and not found, a rule speaks only if
//! the namespace has other things of that sort in the files: else it just lives elsewhere.

mod estate;
pub(super) mod isolation;
pub(super) mod reference;
pub(super) mod rights;
pub(super) mod upkeep;
