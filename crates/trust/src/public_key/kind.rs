//! Kinds of keys, and in which ways each signs.

use std::fmt;

use aws_lc_rs::signature::{self as ways, EcdsaVerificationAlgorithm, RsaParameters, VerificationAlgorithm};
use der::asn1::{AnyRef, BitString, ObjectIdentifier as Oid, UintRef};
use der::{Decode, Encode, Reader, SliceReader};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

const RSA: Oid = Oid::new_unwrap("1.2.840.113549.1.1.1");
const EC: Oid = Oid::new_unwrap("1.2.840.10045.2.1");
const P256: Oid = Oid::new_unwrap("1.2.840.10045.3.1.7");
const P384: Oid = Oid::new_unwrap("1.3.132.0.34");
const P521: Oid = Oid::new_unwrap("1.3.132.0.35");
const ED25519: Oid = Oid::new_unwrap("1.3.101.112");

/// A public key's kind and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    P256,
    P384,
    P521,
    Ed25519,
    /// RSA, and the bits of its modulus.
    Rsa(usize),
}

/// What of the bytes is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
    /// The bytes themselves.
    Whole,
}

impl KeyKind {
    /// The kind of a SubjectPublicKeyInfo. An error is a sentence.
    pub(crate) fn of(der: &[u8]) -> Result<Self, String> {
        let info = SubjectPublicKeyInfoOwned::from_der(der).map_err(|error| format!("it cannot be read: {error}"))?;
        let curve = || info.algorithm.parameters.as_ref().and_then(|curve| curve.decode_as::<Oid>().ok());
        let kind = match info.algorithm.oid {
            EC => match curve() {
                Some(P256) => Some(Self::P256),
                Some(P384) => Some(Self::P384),
                Some(P521) => Some(Self::P521),
                _ => None,
            },
            ED25519 => Some(Self::Ed25519),
            RSA => match modulus_bits(info.subject_public_key.raw_bytes()) {
                Some(bits @ 2048..=8192) => Some(Self::Rsa(bits)),
                Some(bits) => return Err(format!("it is an RSA key of {bits} bits, 2048 to 8192 are accepted")),
                None => return Err("its RSA key cannot be read".to_owned()),
            },
            _ => None,
        };
        kind.ok_or_else(|| {
            let kind = info.algorithm.oid;
            format!("it is of the kind {kind}; ECDSA P-256, P-384 and P-521, Ed25519 and RSA are accepted")
        })
    }

    /// The ways in which it signs, the usual ones first.
    pub(super) fn ways(self) -> Vec<(Hash, &'static dyn VerificationAlgorithm)> {
        fn all(
            sha256: &'static EcdsaVerificationAlgorithm,
            sha384: &'static EcdsaVerificationAlgorithm,
            sha512: &'static EcdsaVerificationAlgorithm,
        ) -> Vec<(Hash, &'static dyn VerificationAlgorithm)> {
            vec![(Hash::Sha256, sha256), (Hash::Sha384, sha384), (Hash::Sha512, sha512)]
        }
        match self {
            Self::P256 => {
                all(&ways::ECDSA_P256_SHA256_ASN1, &ways::ECDSA_P256_SHA384_ASN1, &ways::ECDSA_P256_SHA512_ASN1)
            }
            Self::P384 => {
                all(&ways::ECDSA_P384_SHA256_ASN1, &ways::ECDSA_P384_SHA384_ASN1, &ways::ECDSA_P384_SHA512_ASN1)
            }
            Self::P521 => {
                all(&ways::ECDSA_P521_SHA256_ASN1, &ways::ECDSA_P521_SHA384_ASN1, &ways::ECDSA_P521_SHA512_ASN1)
            }
            Self::Ed25519 => vec![(Hash::Whole, &ways::ED25519)],
            Self::Rsa(_) => {
                let rsa: [(Hash, &'static RsaParameters); 6] = [
                    (Hash::Sha256, &ways::RSA_PKCS1_2048_8192_SHA256),
                    (Hash::Sha384, &ways::RSA_PKCS1_2048_8192_SHA384),
                    (Hash::Sha512, &ways::RSA_PKCS1_2048_8192_SHA512),
                    (Hash::Sha256, &ways::RSA_PSS_2048_8192_SHA256),
                    (Hash::Sha384, &ways::RSA_PSS_2048_8192_SHA384),
                    (Hash::Sha512, &ways::RSA_PSS_2048_8192_SHA512),
                ];
                rsa.into_iter().map(|(hash, way)| (hash, way as &'static dyn VerificationAlgorithm)).collect()
            }
        }
    }
}

/// SubjectPublicKeyInfo around an `RSAPublicKey`.
pub(super) fn rsa_info(der: &[u8]) -> Option<Vec<u8>> {
    modulus_bits(der)?;
    let algorithm = AlgorithmIdentifierOwned { oid: RSA, parameters: Some(AnyRef::NULL.into()) };
    let info = SubjectPublicKeyInfoOwned { algorithm, subject_public_key: BitString::from_bytes(der).ok()? };
    info.to_der().ok()
}

/// The size of the modulus of an `RSAPublicKey` (RFC 8017, appendix A.1.1).
fn modulus_bits(key: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(key).ok()?;
    let bits = reader
        .sequence(|fields| {
            let modulus = UintRef::decode(fields)?;
            UintRef::decode(fields)?;
            let zeros = modulus.as_bytes().first().map_or(0, |byte| byte.leading_zeros() as usize);
            Ok(modulus.as_bytes().len() * 8 - zeros)
        })
        .ok()?;
    reader.finish(bits).ok()
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::P256 => f.write_str("ECDSA P-256"),
            Self::P384 => f.write_str("ECDSA P-384"),
            Self::P521 => f.write_str("ECDSA P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
        }
    }
}
