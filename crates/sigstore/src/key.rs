//! The key of one signature: made for it, and gone with it.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};

/// Whose public key a certificate is asked for: whoever can sign with the private one.
pub trait Holder {
    /// SubjectPublicKeyInfo, DER.
    fn public_key(&self) -> &[u8];
    /// Signs a message as this kind of key does.
    ///
    /// # Errors
    /// Why it did not, in a few words.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String>;
}

/// A P-256 key that is never written anywhere.
pub(crate) struct EphemeralKey {
    pair: EcdsaKeyPair,
    public: Vec<u8>,
}

/// The machine has no random numbers, or the library refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no key can be made or used on this machine")]
pub struct KeyError;

impl std::fmt::Debug for EphemeralKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EphemeralKey").finish_non_exhaustive()
    }
}

impl EphemeralKey {
    pub(crate) fn generate() -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(|_| KeyError)?;
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| KeyError)?;
        Ok(Self { public: public.as_ref().to_vec(), pair })
    }
}

impl Holder for EphemeralKey {
    fn public_key(&self) -> &[u8] {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let signature = self.pair.sign(&SystemRandom::new(), message).map_err(|_| KeyError.to_string())?;
        Ok(signature.as_ref().to_vec())
    }
}
