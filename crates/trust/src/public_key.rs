//! Public keys: reading them, and whether one made a signature.

mod kind;

use aws_lc_rs::digest;
use aws_lc_rs::signature::UnparsedPublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boltseal_evidence::{Digest, Signer};
use der::{Decode, Encode};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

pub(crate) use kind::{Hash, KeyKind};

/// The largest file of a key that is read.
const MAX_SIZE: usize = 64 << 10;

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
    /// Reads a PEM file: `PUBLIC KEY` (RFC 7468, section 13), `RSA PUBLIC KEY` (RFC 8017, appendix A.1.1), or the key of
    /// a `CERTIFICATE`, about which nothing else is asked.
    ///
    /// # Errors
    /// It is something else, or a key of a kind that signs nothing here. Nothing of the file is repeated: it may be a
    /// private key.
    pub fn from_pem(name: &str, pem: &[u8]) -> Result<Self, PublicKeyError> {
        let read = || {
            let der = spki(pem)?;
            KeyKind::of(&der)?;
            Ok(der)
        };
        match read() {
            Ok(der) => Ok(Self { name: name.to_owned(), der }),
            Err(reason) => Err(PublicKeyError { name: name.to_owned(), reason }),
        }
    }

    /// The SHA-256 of the DER: how a [`Signer`] names it.
    pub fn fingerprint(&self) -> Digest {
        Digest::sha256_of(&self.der)
    }

    /// Its kind and size for people: `ECDSA P-256`, `RSA 3072`.
    ///
    /// # Errors
    /// The DER is no key that can be used.
    pub fn algorithm(&self) -> Result<String, PublicKeyError> {
        KeyKind::of(&self.der)
            .map(|kind| kind.to_string())
            .map_err(|reason| PublicKeyError { name: self.name.clone(), reason })
    }

    /// Who holds it, as a signer.
    pub(crate) fn signer(&self) -> Signer {
        Signer::Key {
            fingerprint: self.fingerprint(),
            algorithm: self.algorithm().unwrap_or_else(|_| "of an unknown kind".to_owned()),
            name: Some(self.name.clone()).filter(|name| !name.is_empty()),
        }
    }

    /// The hash of the way in which it signed these bytes; none where it did not. RSA by PKCS#1 v1.5 and by PSS.
    pub(crate) fn made(&self, message: &[u8], signature: &[u8]) -> Option<Hash> {
        let (kind, key) = self.parts()?;
        kind.ways()
            .into_iter()
            .find(|(_, way)| UnparsedPublicKey::new(*way, &key).verify(message, signature).is_ok())
            .map(|(hash, _)| hash)
    }

    /// It signed the bytes that have this digest. Never where it hashes otherwise, or, as Ed25519, the bytes
    /// themselves.
    pub(crate) fn made_of_digest(&self, hash: Hash, bytes: &[u8], signature: &[u8]) -> bool {
        let Some((kind, key)) = self.parts() else { return false };
        let algorithm = match hash {
            Hash::Sha256 => &digest::SHA256,
            Hash::Sha384 => &digest::SHA384,
            Hash::Sha512 => &digest::SHA512,
            Hash::Whole => return false,
        };
        let Ok(digest) = digest::Digest::import_less_safe(bytes, algorithm) else { return false };
        kind.ways()
            .into_iter()
            .filter(|(by, _)| *by == hash)
            .any(|(_, way)| UnparsedPublicKey::new(way, &key).verify_digest(&digest, signature).is_ok())
    }

    /// It signs a digest of the bytes, so that the digest is enough to verify.
    pub(crate) fn hashes_first(&self) -> bool {
        KeyKind::of(&self.der).is_ok_and(|kind| kind != KeyKind::Ed25519)
    }

    fn parts(&self) -> Option<(KeyKind, Vec<u8>)> {
        let kind = KeyKind::of(&self.der).ok()?;
        let info = SubjectPublicKeyInfoOwned::from_der(&self.der).ok()?;
        Some((kind, info.subject_public_key.raw_bytes().to_vec()))
    }
}

/// SubjectPublicKeyInfo out of PEM, or what the file is instead.
fn spki(pem: &[u8]) -> Result<Vec<u8>, String> {
    const WANTED: &str = "a PEM block `PUBLIC KEY` is expected";
    if pem.len() > MAX_SIZE {
        return Err(format!("it has {} bytes, at most {MAX_SIZE} are read", pem.len()));
    }
    let Ok(text) = std::str::from_utf8(pem) else { return Err(format!("it is not text; {WANTED}")) };
    let Some((label, body)) = block(text) else { return Err(format!("{}; {WANTED}", instead(text))) };
    if label.ends_with("PRIVATE KEY") {
        return Err(format!(
            "it is a private key (`{label}`), which belongs to the signer alone: name the public key beside it"
        ));
    }
    let body: String = body.split_ascii_whitespace().collect();
    let der = STANDARD.decode(body).map_err(|_| format!("its PEM block `{label}` is not base64"))?;
    match label {
        "PUBLIC KEY" => Ok(der),
        "CERTIFICATE" => {
            let certificate = x509_cert::Certificate::from_der(&der)
                .map_err(|error| format!("its certificate cannot be read: {error}"))?;
            let info = certificate.tbs_certificate.subject_public_key_info;
            info.to_der().map_err(|error| format!("the key of its certificate cannot be read: {error}"))
        }
        "RSA PUBLIC KEY" => kind::rsa_info(&der).ok_or_else(|| "its RSA key cannot be read".to_owned()),
        _ => Err(format!("its PEM block is `{}`; {WANTED}", label.chars().take(60).collect::<String>())),
    }
}

/// Label and body of the first PEM block that is whole.
fn block(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let known = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == ' ';
    if label.len() > 64 || !label.chars().all(known) {
        return None;
    }
    let (body, end) = rest.split_once("-----END ")?;
    end.starts_with(label).then_some((label, body))
}

fn instead(text: &str) -> &'static str {
    let start = text.trim_start();
    if start.is_empty() {
        "it is empty"
    } else if text.contains("-----BEGIN ") {
        "its PEM block has no end"
    } else if start.starts_with('{') {
        "it is JSON"
    } else if start.starts_with("ssh-") || start.starts_with("ecdsa-sha2-") {
        "it is a key of SSH"
    } else {
        "it has no PEM block"
    }
}
