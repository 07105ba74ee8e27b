//! Bytes under a password, as cosign's key files hold them: JSON with scrypt's parameters and NaCl's secretbox.
//!
//! The form is that of `encrypted` in go-securesystemslib.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use poly1305::Poly1305;
use poly1305::universal_hash::KeyInit;
use salsa20::XSalsa20;
use salsa20::cipher::{KeyIvInit, StreamCipher};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::KeyError;

const KEY: usize = 32;
const NONCE: usize = 24;
const SALT: usize = 32;
const TAG: usize = 16;

/// The logarithms of the costs that go-securesystemslib writes and reads; others are refused by both.
const COSTS: std::ops::RangeInclusive<u8> = 15..=17;
/// What it writes.
const COST: u8 = 16;

#[derive(Serialize, Deserialize)]
struct Envelope {
    kdf: Derivation,
    cipher: Cipher,
    ciphertext: String,
}

#[derive(Serialize, Deserialize)]
struct Derivation {
    name: String,
    params: Parameters,
    salt: String,
}

#[derive(Serialize, Deserialize)]
struct Parameters {
    #[serde(rename = "N")]
    n: u64,
    r: u32,
    p: u32,
}

#[derive(Serialize, Deserialize)]
struct Cipher {
    name: String,
    nonce: String,
}

/// Opens the JSON with a password.
pub(super) fn open(json: &[u8], password: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let envelope: Envelope = serde_json::from_slice(json)
        .map_err(|error| KeyError::unusable(format!("its JSON cannot be read: {error}")))?;
    if envelope.kdf.name != "scrypt" || envelope.cipher.name != "nacl/secretbox" {
        return Err(KeyError::unusable(format!(
            "it is encrypted by `{}` and `{}`, and only `scrypt` and `nacl/secretbox` are known",
            envelope.kdf.name.escape_debug(),
            envelope.cipher.name.escape_debug()
        )));
    }
    let Parameters { n, r, p } = envelope.kdf.params;
    let cost = COSTS
        .into_iter()
        .find(|cost| n == 1 << cost && r == 8 && p == 1)
        .ok_or_else(|| KeyError::TooCostly(format!("scrypt with N {n}, r {r}, p {p}")))?;
    let decoded = |text: &str, what: &str| {
        BASE64_STANDARD.decode(text).map_err(|_| KeyError::unusable(format!("its {what} is not base64")))
    };
    let key = derive(password, &decoded(&envelope.kdf.salt, "salt")?, cost)?;
    let nonce: [u8; NONCE] = decoded(&envelope.cipher.nonce, "nonce")?
        .try_into()
        .map_err(|_| KeyError::unusable(format!("its nonce is not {NONCE} bytes long")))?;
    let boxed = decoded(&envelope.ciphertext, "ciphertext")?;
    let (tag, ciphertext) =
        boxed.split_at_checked(TAG).ok_or_else(|| KeyError::unusable("its ciphertext is cut off"))?;
    let (mut stream, mac) = prepare(&key, &nonce);
    aws_lc_rs::constant_time::verify_slices_are_equal(&mac.compute_unpadded(ciphertext), tag)
        .map_err(|_| KeyError::WrongPassword)?;
    let mut plain = Zeroizing::new(ciphertext.to_vec());
    stream.apply_keystream(&mut plain);
    Ok(plain)
}

/// Closes some bytes with a password, as cosign does.
pub(super) fn close(plain: &[u8], password: &[u8]) -> Result<Vec<u8>, KeyError> {
    let (mut salt, mut nonce) = ([0; SALT], [0; NONCE]);
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| KeyError::NotMade)?;
    aws_lc_rs::rand::fill(&mut nonce).map_err(|_| KeyError::NotMade)?;
    let key = derive(password, &salt, COST)?;
    let (mut stream, mac) = prepare(&key, &nonce);
    let mut ciphertext = plain.to_vec();
    stream.apply_keystream(&mut ciphertext);
    let tag = mac.compute_unpadded(&ciphertext);
    let boxed = [tag.as_slice(), &ciphertext].concat();
    let envelope = Envelope {
        kdf: Derivation {
            name: "scrypt".to_owned(),
            params: Parameters { n: 1 << COST, r: 8, p: 1 },
            salt: BASE64_STANDARD.encode(salt),
        },
        cipher: Cipher { name: "nacl/secretbox".to_owned(), nonce: BASE64_STANDARD.encode(nonce) },
        ciphertext: BASE64_STANDARD.encode(boxed),
    };
    serde_json::to_vec(&envelope).map_err(|_| KeyError::NotMade)
}

fn derive(password: &[u8], salt: &[u8], cost: u8) -> Result<Zeroizing<[u8; KEY]>, KeyError> {
    let params = scrypt::Params::new(cost, 8, 1).map_err(|_| KeyError::NotMade)?;
    let mut key = Zeroizing::new([0; KEY]);
    scrypt::scrypt(password, salt, &params, key.as_mut_slice()).map_err(|_| KeyError::NotMade)?;
    Ok(key)
}

/// XSalsa20 past its first 32 bytes, and Poly1305 keyed with those: what NaCl calls `crypto_secretbox`.
fn prepare(key: &[u8; KEY], nonce: &[u8; NONCE]) -> (XSalsa20, Poly1305) {
    let mut stream = XSalsa20::new(key.into(), nonce.into());
    let mut first = Zeroizing::new([0; KEY]);
    stream.apply_keystream(first.as_mut_slice());
    let mac = Poly1305::new((&*first).into());
    (stream, mac)
}
