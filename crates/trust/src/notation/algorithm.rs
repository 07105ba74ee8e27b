//! The six algorithms that sign, and the keys that each belongs to
//! (<https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md#algorithm-selection>).

use std::fmt;

use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

/// How the payload is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
}

/// A public key's kind and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// RSA, and the bits of its modulus.
    Rsa(usize),
    P256,
    P384,
    P521,
    Ed25519,
}

impl Algorithm {
    /// By its name in JOSE (RFC 7518, section 3.1).
    pub(super) fn of_jose(name: &str) -> Option<Self> {
        Some(match name {
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "ES512" => Self::Es512,
            _ => return None,
        })
    }

    /// By its number in COSE (RFC 9053, section 2.1; RFC 8230, section 2).
    pub(super) fn of_cose(number: i128) -> Option<Self> {
        Some(match number {
            -37 => Self::Ps256,
            -38 => Self::Ps384,
            -39 => Self::Ps512,
            -7 => Self::Es256,
            -35 => Self::Es384,
            -36 => Self::Es512,
            _ => return None,
        })
    }

    /// The one that a key signs with; `None` for a key that may not sign.
    pub(super) fn of_key(kind: KeyKind) -> Option<Self> {
        Some(match kind {
            KeyKind::Rsa(2048) => Self::Ps256,
            KeyKind::Rsa(3072) => Self::Ps384,
            KeyKind::Rsa(4096) => Self::Ps512,
            KeyKind::P256 => Self::Es256,
            KeyKind::P384 => Self::Es384,
            KeyKind::P521 => Self::Es512,
            KeyKind::Rsa(_) | KeyKind::Ed25519 => return None,
        })
    }

    /// The signature is of this key over these bytes. `key` is what a certificate has as the bits of its public key.
    pub(super) fn verifies(self, key: &[u8], signed: &[u8], signature: &[u8]) -> bool {
        let algorithm: &'static dyn VerificationAlgorithm = match self {
            Self::Ps256 => &signature::RSA_PSS_2048_8192_SHA256,
            Self::Ps384 => &signature::RSA_PSS_2048_8192_SHA384,
            Self::Ps512 => &signature::RSA_PSS_2048_8192_SHA512,
            Self::Es256 => &signature::ECDSA_P256_SHA256_FIXED,
            Self::Es384 => &signature::ECDSA_P384_SHA384_FIXED,
            Self::Es512 => &signature::ECDSA_P521_SHA512_FIXED,
        };
        UnparsedPublicKey::new(algorithm, key).verify(signed, signature).is_ok()
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
        })
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
            Self::P256 => f.write_str("ECDSA P-256"),
            Self::P384 => f.write_str("ECDSA P-384"),
            Self::P521 => f.write_str("ECDSA P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
        }
    }
}
