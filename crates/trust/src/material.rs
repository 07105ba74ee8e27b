//! What is trusted: roots, keys, stores, and what time it is.

use std::sync::Arc;

use boltseal_evidence::Digest;

/// Everything that a verification may rest on. Nothing is trusted that is not in here.
#[derive(Debug, Clone, Default)]
pub struct Material {
    /// The trusted root of a Sigstore instance (`trusted_root.json`): Fulcio, CT, Rekor and timestamp authorities.
    pub root: Option<Arc<sigstore_verify::trust_root::TrustedRoot>>,
    /// Public keys.
    pub keys: Vec<PublicKey>,
    /// Signatures by a key count without an entry in a transparency log. Keyless ones never do.
    pub keys_need_no_log: bool,
    /// The trust policy and trust stores of the Notary Project, for the repository that is asked about.
    pub notation: Option<Arc<crate::notation::Trust>>,
    /// Seconds since 1970: certificates without a proved time of signing are judged by it, and nothing from a later
    /// time is believed.
    pub now: i64,
}

/// A public key, and what the user calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// What the user calls it: its file.
    pub name: String,
    /// SubjectPublicKeyInfo, DER.
    pub der: Vec<u8>,
}

/// A file is not a public key that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a public key: {reason}")]
pub struct PublicKeyError {
    /// The file.
    pub name: String,
    /// Why not, and what is.
    pub reason: String,
}

impl PublicKey {
    /// The SHA-256 of the DER: how a [`Signer`](boltseal_evidence::Signer) names it.
    pub fn fingerprint(&self) -> Digest {
        Digest::sha256_of(&self.der)
    }
}
