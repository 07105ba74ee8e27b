//! Signatures and attestations: whether they hold for a digest, and making them.
//!
//! [`verify`] takes one [`Signed`] thing as it was found, the [`Artifact`] that it should be about, and the
//! [`Material`] that is trusted, and returns a [`Verification`](boltseal_evidence::Verification): every question that
//! was asked, what was checked against what, and what to do where it failed. It says *who* signed; whether that is
//! whom somebody wants is asked by a [`SignerPattern`].
//!
//! [`Key`] signs; [`sign`] wraps what is signed as a Sigstore bundle or as cosign did before bundles.
//!
//! Pure: no network, no clock, no file. Time and trust come as arguments.

mod artifact;
mod key;
mod material;
pub mod notation;
mod pattern;
pub mod predicate;
mod public_key;
mod root;
pub mod sign;
pub mod slsa;
mod statement;
mod verify;

pub use artifact::{Artifact, Signed};
pub use key::{Algorithm, Hash, Key, KeyError, KeyFile, KeyFormat, UnknownAlgorithm, public_key, public_pem};
pub use material::Material;
pub use pattern::{Pattern, PatternError, SignerPattern};
pub use public_key::{PublicKey, PublicKeyError};
pub use root::{Root, RootError};
pub use sign::Signer;
pub use statement::{InToto, StatementVersion, Subject};
pub use verify::verify;
