//! What is trusted: roots, keys, stores, and what time it is.

use std::sync::Arc;

use crate::{PublicKey, Root};

/// Everything that a verification may rest on. Nothing is trusted that is not in here.
#[derive(Debug, Clone, Default)]
pub struct Material {
    /// The trusted root of a Sigstore instance: Fulcio, CT, Rekor and timestamp authorities.
    pub root: Option<Arc<Root>>,
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
