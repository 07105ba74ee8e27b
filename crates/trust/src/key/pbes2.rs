//! PKCS#8 under a password: PBES2 (RFC 8018), with bounds on what a file may ask for.

use pkcs8::der::Encode;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{Kdf, Parameters};
use pkcs8::{EncryptedPrivateKeyInfoOwned, EncryptedPrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::KeyError;

/// OpenSSL writes 2,048, OWASP recommends 600,000; a second of work is enough for anybody.
const MAX_ITERATIONS: u32 = 10_000_000;
/// Memory is 128 · N · r bytes: 256 MiB, twice OWASP's highest recommendation.
const MAX_SCRYPT_MEMORY: u64 = 256 << 20;
const MAX_SCRYPT_PARALLEL: u16 = 16;

/// Opens an EncryptedPrivateKeyInfo, DER.
pub(super) fn open(der: &[u8], password: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let info = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| {
        KeyError::unusable(
            "it is encrypted in a way that is not PBES2 with AES: \
             `openssl pkcs8 -topk8 -v2 aes-256-cbc` writes it anew",
        )
    })?;
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return Err(KeyError::unusable(
            "it is encrypted by PBES1, which is broken: \
             `openssl pkcs8 -topk8 -v2 aes-256-cbc` writes it anew",
        ));
    };
    bounded(parameters)?;
    let plain = info.decrypt(password).map_err(|_| KeyError::WrongPassword)?;
    Ok(Zeroizing::new(plain.as_bytes().to_vec()))
}

fn bounded(parameters: &Parameters) -> Result<(), KeyError> {
    match &parameters.kdf {
        Kdf::Pbkdf2(asked) if asked.iteration_count > MAX_ITERATIONS => {
            Err(KeyError::TooCostly(format!("PBKDF2 with {} rounds", asked.iteration_count)))
        }
        Kdf::Scrypt(asked) => {
            let memory = asked.cost_parameter.saturating_mul(u64::from(asked.block_size)).saturating_mul(128);
            if memory > MAX_SCRYPT_MEMORY || asked.parallelization > MAX_SCRYPT_PARALLEL {
                return Err(KeyError::TooCostly(format!(
                    "scrypt with N {}, r {}, p {}",
                    asked.cost_parameter, asked.block_size, asked.parallelization
                )));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Closes PKCS#8 with a password: scrypt and AES-256.
pub(super) fn close(pkcs8: &[u8], password: &[u8]) -> Result<Vec<u8>, KeyError> {
    let scheme = EncryptionScheme::generate();
    let encrypted_data = scheme.encrypt(password, pkcs8).map_err(|_| KeyError::NotMade)?;
    let data = pkcs8::der::asn1::OctetString::new(encrypted_data).map_err(|_| KeyError::NotMade)?;
    EncryptedPrivateKeyInfoOwned { encryption_algorithm: scheme, encrypted_data: data }
        .to_der()
        .map_err(|_| KeyError::NotMade)
}
