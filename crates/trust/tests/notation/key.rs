//! Keys of every kind that signs, and the forms in which they sign.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair, RsaEncoding, RsaKeyPair};
use der::asn1::{Any, BitString, ObjectIdentifier as Oid};
use der::{Decode, Encode};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    P256,
    P384,
    P521,
    Rsa2048,
    Rsa3072,
    Rsa4096,
}

#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) kind: Kind,
    pkcs8: Vec<u8>,
}

pub(crate) fn oid(text: &str) -> Oid {
    Oid::new_unwrap(text)
}

pub(crate) fn algorithm(text: &str, parameters: Option<Any>) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: oid(text), parameters }
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [Self::P256, Self::P384, Self::P521, Self::Rsa2048, Self::Rsa3072, Self::Rsa4096];

    fn curve(self) -> Option<(&'static EcdsaSigningAlgorithm, &'static EcdsaSigningAlgorithm, &'static str)> {
        Some(match self {
            Self::P256 => (
                &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
                &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
                "1.2.840.10045.3.1.7",
            ),
            Self::P384 => (
                &signature::ECDSA_P384_SHA384_ASN1_SIGNING,
                &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
                "1.3.132.0.34",
            ),
            Self::P521 => (
                &signature::ECDSA_P521_SHA512_ASN1_SIGNING,
                &signature::ECDSA_P521_SHA512_FIXED_SIGNING,
                "1.3.132.0.35",
            ),
            _ => return None,
        })
    }

    /// Its algorithm in JOSE and in COSE.
    pub(crate) fn algorithm(self) -> (&'static str, i64) {
        match self {
            Self::P256 => ("ES256", -7),
            Self::P384 => ("ES384", -35),
            Self::P521 => ("ES512", -36),
            Self::Rsa2048 => ("PS256", -37),
            Self::Rsa3072 => ("PS384", -38),
            Self::Rsa4096 => ("PS512", -39),
        }
    }
}

impl Key {
    pub(crate) fn new(kind: Kind) -> Self {
        let pkcs8 = match kind.curve() {
            Some((algorithm, _, _)) => {
                EcdsaKeyPair::generate(algorithm).unwrap().to_pkcs8v1().unwrap().as_ref().to_vec()
            }
            None => {
                let size = match kind {
                    Kind::Rsa2048 => KeySize::Rsa2048,
                    Kind::Rsa3072 => KeySize::Rsa3072,
                    _ => KeySize::Rsa4096,
                };
                RsaKeyPair::generate(size).unwrap().as_der().unwrap().as_ref().to_vec()
            }
        };
        Self { kind, pkcs8 }
    }

    pub(crate) fn spki(&self) -> SubjectPublicKeyInfoOwned {
        let (algorithm, bits) = match self.kind.curve() {
            Some((signing, _, curve)) => {
                let pair = EcdsaKeyPair::from_pkcs8(signing, &self.pkcs8).unwrap();
                let curve = Any::from_der(&oid(curve).to_der().unwrap()).unwrap();
                (algorithm("1.2.840.10045.2.1", Some(curve)), pair.public_key().as_ref().to_vec())
            }
            None => (algorithm("1.2.840.113549.1.1.1", Some(Any::null())), self.rsa().public_key().as_ref().to_vec()),
        };
        SubjectPublicKeyInfoOwned { algorithm, subject_public_key: BitString::from_bytes(&bits).unwrap() }
    }

    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    fn rsa(&self) -> RsaKeyPair {
        RsaKeyPair::from_pkcs8(&self.pkcs8).unwrap()
    }

    fn rsa_sign(&self, encoding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
        let pair = self.rsa();
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(encoding, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }

    /// As JOSE and COSE have it.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match (self.kind.curve(), self.kind) {
            (Some((_, fixed, _)), _) => {
                let pair = EcdsaKeyPair::from_pkcs8(fixed, &self.pkcs8).unwrap();
                pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
            }
            (None, Kind::Rsa2048) => self.rsa_sign(&signature::RSA_PSS_SHA256, message),
            (None, Kind::Rsa3072) => self.rsa_sign(&signature::RSA_PSS_SHA384, message),
            (None, _) => self.rsa_sign(&signature::RSA_PSS_SHA512, message),
        }
    }

    /// The algorithm with which it signs certificates.
    pub(crate) fn x509_algorithm(&self) -> AlgorithmIdentifierOwned {
        match self.kind {
            Kind::P256 => algorithm("1.2.840.10045.4.3.2", None),
            Kind::P384 => algorithm("1.2.840.10045.4.3.3", None),
            Kind::P521 => algorithm("1.2.840.10045.4.3.4", None),
            _ => algorithm("1.2.840.113549.1.1.11", Some(Any::null())),
        }
    }

    /// As X.509 and CMS have it.
    pub(crate) fn x509_sign(&self, message: &[u8]) -> Vec<u8> {
        match self.kind.curve() {
            Some((asn1, _, _)) => {
                let pair = EcdsaKeyPair::from_pkcs8(asn1, &self.pkcs8).unwrap();
                pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
            }
            None => self.rsa_sign(&signature::RSA_PKCS1_SHA256, message),
        }
    }
}
