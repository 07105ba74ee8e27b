//! DSSE envelopes (<https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;

use super::{Proof, SignError, Signer, bundle};
use crate::PublicKey;

/// A signed envelope: a payload, what it is, and one signature over both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The payload.
    pub payload: Vec<u8>,
    /// What it is: `application/vnd.in-toto+json`.
    pub payload_type: String,
    /// The signature over [`pae`](Self::pae).
    pub signature: Vec<u8>,
    /// By which key.
    pub public_key: PublicKey,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EnvelopeJson {
    payload: String,
    payload_type: String,
    signatures: [Signature; 1],
}

#[derive(Serialize)]
struct Signature {
    sig: String,
}

impl Envelope {
    pub(super) fn sign(signer: &dyn Signer, payload_type: &str, payload: Vec<u8>) -> Result<Self, SignError> {
        let signature = signer.sign(&pae(payload_type, &payload))?;
        Ok(Self { payload, payload_type: payload_type.to_owned(), signature, public_key: signer.public_key().clone() })
    }

    /// What is signed: the *pre-authentication encoding*.
    pub fn pae(&self) -> Vec<u8> {
        pae(&self.payload_type, &self.payload)
    }

    /// The envelope, JSON.
    pub fn to_json(&self) -> Result<Vec<u8>, SignError> {
        serde_json::to_vec(&self.json()).map_err(|error| SignError::Unwritable(error.to_string()))
    }

    /// The Sigstore bundle, JSON, v0.3.
    pub fn bundle(&self, proof: &Proof) -> Result<Vec<u8>, SignError> {
        bundle::of_envelope(self, proof)
    }

    pub(super) fn json(&self) -> EnvelopeJson {
        EnvelopeJson {
            payload: BASE64_STANDARD.encode(&self.payload),
            payload_type: self.payload_type.clone(),
            signatures: [Signature { sig: BASE64_STANDARD.encode(&self.signature) }],
        }
    }
}

fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_signed_is_as_in_the_specification() {
        // The example of the protocol's page.
        let pae = super::pae("http://example.com/HelloWorld", b"hello world");
        assert_eq!(pae, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }
}
