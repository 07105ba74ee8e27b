//! What kind of key it is, and how it signs.

use std::fmt;
use std::str::FromStr;

use pkcs8::der::asn1::ObjectIdentifier;
use pkcs8::der::{Decode, Reader, SliceReader};
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::KeyError;

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// What kind of key it is. Each signs in one way, the one that cosign expects of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256; signatures are DER.
    EcdsaP256,
    /// ECDSA on P-384 with SHA-384; signatures are DER.
    EcdsaP384,
    /// Ed25519 over the message itself (RFC 8032).
    Ed25519,
    /// RSA of so many bits, PKCS#1 v1.5 with SHA-256.
    Rsa(u32),
}

/// An algorithm without the size that only the key itself tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    EcdsaP256,
    EcdsaP384,
    Ed25519,
    Rsa,
}

/// The hash that is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
}

impl Hash {
    /// The hash of some bytes.
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha256 => &aws_lc_rs::digest::SHA256,
            Self::Sha384 => &aws_lc_rs::digest::SHA384,
        };
        aws_lc_rs::digest::digest(algorithm, bytes).as_ref().to_vec()
    }

    /// How digests name it: `sha256`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
        }
    }

    /// How bundles name it (`HashAlgorithm` of Sigstore's protobuf specification).
    pub(crate) fn in_bundles(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA2_256",
            Self::Sha384 => "SHA2_384",
        }
    }
}

impl Algorithm {
    /// The kinds that keys are made of.
    pub const MADE: [Self; 5] = [Self::EcdsaP256, Self::EcdsaP384, Self::Ed25519, Self::Rsa(3072), Self::Rsa(4096)];

    /// What is signed of a message: its hash, or with Ed25519 the message (then SHA-256 names the message).
    pub fn hash(self) -> Hash {
        match self {
            Self::EcdsaP384 => Hash::Sha384,
            Self::EcdsaP256 | Self::Ed25519 | Self::Rsa(_) => Hash::Sha256,
        }
    }

    /// The kind of a public key, SubjectPublicKeyInfo in DER (RFC 5280, section 4.1).
    pub fn of_public_key(der: &[u8]) -> Result<Self, KeyError> {
        let info = SubjectPublicKeyInfoRef::try_from(der)
            .map_err(|_| KeyError::unusable("its public half is no SubjectPublicKeyInfo"))?;
        Ok(match Self::of(&info.algorithm)? {
            Family::EcdsaP256 => Self::EcdsaP256,
            Family::EcdsaP384 => Self::EcdsaP384,
            Family::Ed25519 => Self::Ed25519,
            Family::Rsa => Self::Rsa(
                modulus_bits(info.subject_public_key.raw_bytes())
                    .ok_or_else(|| KeyError::unusable("its public half is no RSA key"))?,
            ),
        })
    }

    /// Its name on the command line and for plug-ins: `ecdsa-p256`, `rsa`.
    pub fn id(self) -> &'static str {
        match self {
            Self::EcdsaP256 => "ecdsa-p256",
            Self::EcdsaP384 => "ecdsa-p384",
            Self::Ed25519 => "ed25519",
            Self::Rsa(_) => "rsa",
        }
    }

    pub(crate) fn of(identifier: &AlgorithmIdentifierRef<'_>) -> Result<Family, KeyError> {
        match (identifier.oid, identifier.parameters_oid().ok()) {
            (EC, Some(P256)) => Ok(Family::EcdsaP256),
            (EC, Some(P384)) => Ok(Family::EcdsaP384),
            (EC, Some(curve)) => {
                Err(KeyError::unusable(format!("its curve {curve} is not supported: take P-256 or P-384")))
            }
            (ED25519, _) => Ok(Family::Ed25519),
            (RSA, _) => Ok(Family::Rsa),
            (other, _) => Err(KeyError::unusable(format!(
                "its algorithm {other} is not supported: take ECDSA on P-256 or P-384, Ed25519 or RSA"
            ))),
        }
    }
}

/// The bits of the modulus of an RSAPublicKey (RFC 8017, A.1.1).
fn modulus_bits(der: &[u8]) -> Option<u32> {
    let mut reader = SliceReader::new(der).ok()?;
    let modulus = reader
        .sequence(|inside| -> Result<_, pkcs8::der::Error> {
            let modulus = pkcs8::der::asn1::UintRef::decode(inside)?;
            pkcs8::der::asn1::UintRef::decode(inside)?;
            Ok(modulus)
        })
        .ok()?;
    let bytes = modulus.as_bytes();
    let top = bytes.first()?.leading_zeros();
    u32::try_from(bytes.len()).ok()?.checked_mul(8)?.checked_sub(top)
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EcdsaP256 => f.write_str("ECDSA P-256"),
            Self::EcdsaP384 => f.write_str("ECDSA P-384"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
        }
    }
}

/// A name that is no kind of key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of key: take ecdsa-p256, ecdsa-p384, ed25519, rsa-3072 or rsa-4096")]
pub struct UnknownAlgorithm(String);

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "ecdsa-p256" => Ok(Self::EcdsaP256),
            "ecdsa-p384" => Ok(Self::EcdsaP384),
            "ed25519" => Ok(Self::Ed25519),
            "rsa-3072" => Ok(Self::Rsa(3072)),
            "rsa-4096" => Ok(Self::Rsa(4096)),
            _ => Err(UnknownAlgorithm(text.to_owned())),
        }
    }
}
