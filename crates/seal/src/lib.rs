//! Signatures of one image: finding them wherever its transport keeps them, verifying them, and attaching new ones.
//!
//! [`discover`] lists every signature and attestation of the digest that a target names: Sigstore bundles and Notary
//! Project signatures by the referrers API and by fallback tags, cosign's tags from before bundles, and the same in
//! OCI layouts. Nothing is believed here; [`boltseal_trust::verify`] judges what was found.

mod attach;
mod copy;
mod discover;
mod media_type;

use boltseal_evidence::{Digest, Problem};
use boltseal_trust::Signed;

pub use attach::{Attached, Attachment, attach};
pub use copy::{Copied, copy, copy_without_layers};
pub use discover::{Subject, discover, resolve, verify_all};

/// What was found about a target.
#[derive(Debug, Clone)]
pub struct Discovered {
    /// The digest that the target names: of a manifest, or of an index. Computed.
    pub digest: Digest,
    /// The digest of the platform's manifest, where `digest` is an index.
    pub manifest: Option<Digest>,
    /// Everything signed that was found, in a stable order.
    pub found: Vec<Found>,
    /// What could not be read: a signature that is there and is not among `found`.
    pub problems: Vec<Problem>,
}

/// Something signed, and where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which of the digests it hangs on.
    pub subject: Digest,
    /// `referrer sha256:…`, `tag sha256-….sig`.
    pub source: String,
    /// The bytes.
    pub signed: Signed,
}
