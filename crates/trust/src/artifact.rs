//! What is verified: something signed, and what it should be about.

use std::collections::BTreeMap;

use boltseal_evidence::Digest;

/// What a signature should be about.
#[derive(Debug, Clone, Copy)]
pub enum Artifact<'a> {
    /// Bytes: a blob, or a manifest whose bytes are at hand.
    Bytes(&'a [u8]),
    /// A digest alone. Some signatures (Ed25519 over the bytes themselves) cannot be checked with it.
    Digest(&'a Digest),
}

/// Something signed, as it was found, unparsed: hostile bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// A Sigstore bundle, JSON.
    Bundle(Vec<u8>),
    /// cosign's signature before bundles: a layer `application/vnd.dev.cosign.simplesigning.v1+json`.
    CosignSignature {
        /// The simple-signing payload: the layer's bytes.
        payload: Vec<u8>,
        /// The layer's annotations: `dev.cosignproject.cosign/signature`, `dev.sigstore.cosign/certificate`, ….
        annotations: BTreeMap<String, String>,
    },
    /// cosign's attestation before bundles: a layer `application/vnd.dsse.envelope.v1+json`.
    CosignAttestation {
        /// The DSSE envelope: the layer's bytes.
        envelope: Vec<u8>,
        /// The layer's annotations.
        annotations: BTreeMap<String, String>,
    },
    /// A Notary Project signature, `application/jose+json`.
    NotationJws(Vec<u8>),
    /// A Notary Project signature, `application/cose`.
    NotationCose(Vec<u8>),
    /// A detached signature over the bytes by a key, base64 or raw: what `cosign sign-blob --output-signature` and
    /// `openssl dgst -sign` write.
    Detached(Vec<u8>),
}
