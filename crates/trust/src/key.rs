//! Private keys: making, reading, writing and signing with them.

mod algorithm;
mod file;
mod pbes2;
mod secretbox;

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    RSA_PKCS1_SHA256, RsaKeyPair,
};
use zeroize::Zeroizing;

use crate::PublicKey;
use crate::sign::{SignError, Signer};

pub use algorithm::{Algorithm, Hash, UnknownAlgorithm};
pub use file::{KeyFile, KeyFormat, public_key, public_pem};

/// A private key. It shows itself by its public half alone.
pub struct Key {
    pair: Pair,
    algorithm: Algorithm,
    public: PublicKey,
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// Why there is no key to sign with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes hold no private key that can be used.
    #[error("it is no private key that can be used: {0}")]
    Unusable(String),
    /// The key is encrypted, and there is no password.
    #[error("the key is encrypted, and there is no password for it")]
    PasswordWanted,
    /// The password does not open it.
    #[error("the password does not open the key, or the file is damaged")]
    WrongPassword,
    /// Opening it would take more memory or time than any program that writes keys asks for.
    #[error("the key asks for {0} to be opened, more than any program that writes keys does")]
    TooCostly(String),
    /// The machine gave no random numbers, or no key came of them.
    #[error("no key could be made")]
    NotMade,
}

impl KeyError {
    pub(crate) fn unusable(reason: impl Into<String>) -> Self {
        Self::Unusable(reason.into())
    }
}

impl Key {
    /// Makes a key.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        let made = |_| KeyError::NotMade;
        let pair = match algorithm {
            Algorithm::EcdsaP256 => Pair::Ecdsa(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(made)?),
            Algorithm::EcdsaP384 => Pair::Ecdsa(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).map_err(made)?),
            Algorithm::Ed25519 => Pair::Ed25519(Ed25519KeyPair::generate().map_err(made)?),
            Algorithm::Rsa(bits) => {
                let size = match bits {
                    2048 => KeySize::Rsa2048,
                    3072 => KeySize::Rsa3072,
                    4096 => KeySize::Rsa4096,
                    _ => return Err(KeyError::unusable(format!("no RSA keys of {bits} bits are made"))),
                };
                Pair::Rsa(RsaKeyPair::generate(size).map_err(made)?)
            }
        };
        Self::of(pair)
    }

    /// Reads a private key out of PKCS#8 (RFC 5208, RFC 5958), DER.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let info = pkcs8::PrivateKeyInfoRef::try_from(der)
            .map_err(|_| KeyError::unusable("it is no PKCS#8 that can be read"))?;
        let rejected = |error: aws_lc_rs::error::KeyRejected| KeyError::unusable(format!("it is rejected: {error}"));
        let pair = match Algorithm::of(&info.algorithm)? {
            algorithm::Family::EcdsaP256 => {
                Pair::Ecdsa(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der).map_err(rejected)?)
            }
            algorithm::Family::EcdsaP384 => {
                Pair::Ecdsa(EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_ASN1_SIGNING, der).map_err(rejected)?)
            }
            algorithm::Family::Ed25519 => {
                Pair::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(rejected)?)
            }
            algorithm::Family::Rsa => Pair::Rsa(RsaKeyPair::from_pkcs8(der).map_err(rejected)?),
        };
        Self::of(pair)
    }

    /// Reads an elliptic curve key as SEC 1 writes it (RFC 5915), DER.
    pub(crate) fn from_sec1(der: &[u8]) -> Result<Self, KeyError> {
        [&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P384_SHA384_ASN1_SIGNING]
            .into_iter()
            .find_map(|algorithm| EcdsaKeyPair::from_private_key_der(algorithm, der).ok())
            .ok_or_else(|| KeyError::unusable("it is no key on the curves P-256 or P-384"))
            .and_then(|pair| Self::of(Pair::Ecdsa(pair)))
    }

    /// Reads an RSA key as PKCS#1 writes it (RFC 8017), DER.
    pub(crate) fn from_pkcs1(der: &[u8]) -> Result<Self, KeyError> {
        RsaKeyPair::from_der(der)
            .map_err(|error| KeyError::unusable(format!("it is rejected: {error}")))
            .and_then(|pair| Self::of(Pair::Rsa(pair)))
    }

    /// The key as PKCS#8, unencrypted: what every file of it holds inside.
    pub(crate) fn pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let unable = |_| KeyError::unusable("it cannot be written as PKCS#8");
        Ok(Zeroizing::new(match &self.pair {
            Pair::Ecdsa(pair) => pair.to_pkcs8v1().map_err(unable)?.as_ref().to_vec(),
            Pair::Ed25519(pair) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map_err(unable)?.as_ref().to_vec(),
            Pair::Rsa(pair) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map_err(unable)?.as_ref().to_vec(),
        }))
    }

    fn of(pair: Pair) -> Result<Self, KeyError> {
        let unable = |_| KeyError::unusable("its public half cannot be told");
        let der = match &pair {
            Pair::Ecdsa(pair) => AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).map_err(unable)?,
            Pair::Ed25519(pair) => AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).map_err(unable)?,
            Pair::Rsa(pair) => AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).map_err(unable)?,
        };
        let der = der.as_ref().to_vec();
        let algorithm = Algorithm::of_public_key(&der)?;
        Ok(Self { pair, algorithm, public: PublicKey { name: String::new(), der } })
    }
}

impl Signer for Key {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let failed = |_| SignError::Refused("the key does not sign".to_owned());
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ecdsa(pair) => Ok(pair.sign(&random, message).map_err(failed)?.as_ref().to_vec()),
            Pair::Ed25519(pair) => Ok(pair.try_sign(message).map_err(failed)?.as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, {})", self.algorithm, self.public.fingerprint())
    }
}

#[cfg(test)]
mod tests;
