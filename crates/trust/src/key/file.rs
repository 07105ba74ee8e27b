//! Key files: which kinds there are, and reading and writing them.

use std::fmt;

use zeroize::Zeroizing;

use super::{Algorithm, Key, KeyError, pbes2, secretbox};
use crate::PublicKey;
use crate::sign::Signer as _;

/// The largest key file that is read: an encrypted RSA key of 8,192 bits takes 8 KiB.
const MAX_FILE: usize = 64 * 1024;

const SIGSTORE: &str = "ENCRYPTED SIGSTORE PRIVATE KEY";
const COSIGN: &str = "ENCRYPTED COSIGN PRIVATE KEY";
const PKCS8: &str = "PRIVATE KEY";
const PKCS8_ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";
const SEC1: &str = "EC PRIVATE KEY";
const PKCS1: &str = "RSA PRIVATE KEY";
const PUBLIC: &str = "PUBLIC KEY";

/// How a private key is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFormat {
    /// As cosign writes it: PKCS#8 under scrypt and NaCl's secretbox.
    Cosign,
    /// PKCS#8 (RFC 5958), plain or encrypted by PBES2.
    Pkcs8,
    /// An elliptic curve key by SEC 1 (RFC 5915). Read only.
    Sec1,
    /// An RSA key by PKCS#1 (RFC 8017). Read only.
    Pkcs1,
}

/// A file of a private key, unopened.
pub struct KeyFile {
    format: KeyFormat,
    encrypted: bool,
    contents: Zeroizing<Vec<u8>>,
}

impl KeyFile {
    /// Finds the first private key in a PEM file (RFC 7468).
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() > MAX_FILE {
            return Err(KeyError::unusable(format!("a key file is at most {} KiB large", MAX_FILE / 1024)));
        }
        let blocks = pem::parse_many(bytes).map_err(|_| KeyError::unusable("its PEM cannot be read"))?;
        for block in blocks {
            let (format, encrypted) = match block.tag() {
                SIGSTORE | COSIGN => (KeyFormat::Cosign, true),
                PKCS8_ENCRYPTED => (KeyFormat::Pkcs8, true),
                PKCS8 => (KeyFormat::Pkcs8, false),
                SEC1 | PKCS1 if block.headers().get("Proc-Type").is_some() => {
                    return Err(KeyError::unusable(
                        "it is encrypted as OpenSSL did before PKCS#8: `openssl pkcs8 -topk8` writes it anew",
                    ));
                }
                SEC1 => (KeyFormat::Sec1, false),
                PKCS1 => (KeyFormat::Pkcs1, false),
                "OPENSSH PRIVATE KEY" => {
                    return Err(KeyError::unusable(
                        "it is a key of OpenSSH: `ssh-keygen -p -m PKCS8` writes it as PKCS#8",
                    ));
                }
                PUBLIC | "RSA PUBLIC KEY" | "CERTIFICATE" => {
                    continue;
                }
                _ => continue,
            };
            return Ok(Self { format, encrypted, contents: Zeroizing::new(block.into_contents()) });
        }
        Err(KeyError::unusable(format!("no PEM block `{SIGSTORE}`, `{PKCS8}` or the like is in it")))
    }

    /// How it is written down.
    pub fn format(&self) -> KeyFormat {
        self.format
    }

    /// Only a password opens it.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Opens it. The password of a file that is not encrypted is not looked at.
    pub fn open(&self, password: Option<&[u8]>) -> Result<Key, KeyError> {
        let password = || password.ok_or(KeyError::PasswordWanted);
        match (self.format, self.encrypted) {
            (KeyFormat::Cosign, _) => Key::from_pkcs8(&secretbox::open(&self.contents, password()?)?),
            (KeyFormat::Pkcs8, true) => Key::from_pkcs8(&pbes2::open(&self.contents, password()?)?),
            (KeyFormat::Pkcs8, false) => Key::from_pkcs8(&self.contents),
            (KeyFormat::Sec1, _) => Key::from_sec1(&self.contents),
            (KeyFormat::Pkcs1, _) => Key::from_pkcs1(&self.contents),
        }
    }
}

impl Key {
    /// The private key as PEM, as cosign reads it, encrypted with the password; an empty one is a password too.
    pub fn to_cosign(&self, password: &[u8]) -> Result<Zeroizing<String>, KeyError> {
        Ok(armor(SIGSTORE, secretbox::close(&self.pkcs8()?, password)?))
    }

    /// The private key as PKCS#8 in PEM, encrypted where there is a password.
    pub fn to_pkcs8(&self, password: Option<&[u8]>) -> Result<Zeroizing<String>, KeyError> {
        let plain = self.pkcs8()?;
        Ok(match password {
            Some(password) => armor(PKCS8_ENCRYPTED, pbes2::close(&plain, password)?),
            None => armor(PKCS8, plain.to_vec()),
        })
    }

    /// The public key as PEM.
    pub fn public_pem(&self) -> String {
        public_pem(self.public_key())
    }
}

/// A public key as PEM (RFC 7468, section 13).
pub fn public_pem(key: &PublicKey) -> String {
    armor(PUBLIC, key.der.clone()).to_string()
}

/// Reads a public key out of PEM; `name` is what the user calls it.
pub fn public_key(name: &str, bytes: &[u8]) -> Result<PublicKey, KeyError> {
    if bytes.len() > MAX_FILE {
        return Err(KeyError::unusable(format!("a key file is at most {} KiB large", MAX_FILE / 1024)));
    }
    let block = pem::parse_many(bytes)
        .map_err(|_| KeyError::unusable("its PEM cannot be read"))?
        .into_iter()
        .find(|block| block.tag() == PUBLIC)
        .ok_or_else(|| KeyError::unusable(format!("no PEM block `{PUBLIC}` is in it")))?;
    Algorithm::of_public_key(block.contents())?;
    Ok(PublicKey { name: name.to_owned(), der: block.into_contents() })
}

fn armor(tag: &str, contents: Vec<u8>) -> Zeroizing<String> {
    let contents = Zeroizing::new(contents);
    let block = pem::Pem::new(tag, contents.as_slice());
    let text = pem::encode_config(&block, pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF));
    let _wiped = Zeroizing::new(block.into_contents());
    Zeroizing::new(text)
}

impl fmt::Display for KeyFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cosign => "cosign",
            Self::Pkcs8 => "PKCS#8",
            Self::Sec1 => "SEC 1",
            Self::Pkcs1 => "PKCS#1",
        })
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyFile({}, encrypted: {})", self.format, self.encrypted)
    }
}
