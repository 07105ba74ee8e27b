//! Public keys in PEM.

use base64::Engine;
use boltseal_trust::PublicKey;

/// Larger files are no public keys, in bytes.
const LARGEST: usize = 64 << 10;

/// Reads a public key, SubjectPublicKeyInfo in PEM (RFC 7468, section 13).
///
/// # Errors
/// What it is instead. Never says anything that was read, since people mistake their private key for it.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<PublicKey, String> {
    if bytes.len() > LARGEST {
        return Err("it is too large for a public key".to_owned());
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not PEM: convert it to `-----BEGIN PUBLIC KEY-----`")?;
    if text.contains("PRIVATE KEY-----") {
        return Err("it is a private key: write the public one, and keep this where it belongs".to_owned());
    }
    if text.contains("-----BEGIN CERTIFICATE-----") {
        return Err("it is a certificate: take its public key by `openssl x509 -pubkey -noout`".to_owned());
    }
    let Some((_, rest)) = text.split_once("-----BEGIN PUBLIC KEY-----") else {
        return Err("it has no `-----BEGIN PUBLIC KEY-----`".to_owned());
    };
    let Some((body, rest)) = rest.split_once("-----END PUBLIC KEY-----") else {
        return Err("it ends before `-----END PUBLIC KEY-----`".to_owned());
    };
    if rest.contains("-----BEGIN") {
        return Err("it holds more than one key: give each a name of its own".to_owned());
    }
    let body: String = body.split_ascii_whitespace().collect();
    let der = base64::engine::general_purpose::STANDARD.decode(body).map_err(|_| "its base64 is broken")?;
    // A SEQUENCE of at least an algorithm and a bit string.
    if der.first() != Some(&0x30) || der.len() < 32 {
        return Err("it is not the DER of a public key".to_owned());
    }
    Ok(PublicKey { name: name.to_owned(), der })
}
