//! The evidence chain of one digest: everything that is known of it, gathered once, for a gate to judge.
//!
//! [`gather`] resolves what the user named to a digest *first*, and asks everything else of that digest: a tag that is
//! moved meanwhile changes nothing. Evidence that cannot be had is told as missing, with the reason, and the verdict
//! says what that means; only a subject that cannot be named at all is an error.

pub mod bundle;
mod gather;
mod pin;

pub use gather::{Gathered, Options, Wants, gather};

/// The subject could not be named: never a statement about what is in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The image could not be opened.
    #[error(transparent)]
    Image(#[from] boltseal_image::Error),
    /// The target holds no image.
    #[error("`{0}` is not an image: a gate judges images, by digest; `boltseal check` judges folders")]
    NotAnImage(String),
}
