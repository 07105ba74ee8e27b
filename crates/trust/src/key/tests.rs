//! Keys cross files unchanged, and bad files are told from bad passwords.

use super::*;

#[test]
fn every_kind_of_key_survives_every_form_of_file() {
    for algorithm in Algorithm::MADE {
        let key = Key::generate(algorithm).unwrap();
        assert_eq!(key.algorithm(), algorithm);
        let files = [
            (key.to_pkcs8(None).unwrap(), None),
            (key.to_pkcs8(Some(b"pw")).unwrap(), Some(b"pw".as_slice())),
            (key.to_cosign(b"").unwrap(), Some(b"".as_slice())),
        ];
        for (pem, password) in files {
            let file = KeyFile::parse(pem.as_bytes()).unwrap();
            assert_eq!(file.is_encrypted(), password.is_some());
            let opened = file.open(password).unwrap();
            assert_eq!(opened.public_key(), key.public_key(), "{algorithm}");
            if password.is_some() {
                assert_eq!(file.open(None).unwrap_err(), KeyError::PasswordWanted);
                assert_eq!(file.open(Some(b"other")).unwrap_err(), KeyError::WrongPassword);
            }
        }
    }
}

#[test]
fn a_signature_is_by_its_key_and_no_other() {
    for algorithm in Algorithm::MADE {
        let (key, other) = (Key::generate(algorithm).unwrap(), Key::generate(algorithm).unwrap());
        let signature = key.sign(b"hello").unwrap();
        assert!(crate::sign::is_by(key.public_key(), b"hello", &signature), "{algorithm}");
        assert!(!crate::sign::is_by(key.public_key(), b"hullo", &signature), "{algorithm}");
        assert!(!crate::sign::is_by(other.public_key(), b"hello", &signature), "{algorithm}");
    }
}

#[test]
fn a_file_that_asks_for_too_much_is_not_opened() {
    let sealed = |n: u64, r: u64, p: u64| {
        let json = serde_json::json!({
            "kdf": { "name": "scrypt", "params": { "N": n, "r": r, "p": p }, "salt": "AAAA" },
            "cipher": { "name": "nacl/secretbox", "nonce": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
            "ciphertext": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        });
        let pem = pem::encode(&pem::Pem::new("ENCRYPTED SIGSTORE PRIVATE KEY", json.to_string()));
        KeyFile::parse(pem.as_bytes()).unwrap().open(Some(b"pw")).unwrap_err()
    };
    for (n, r, p) in
        [(1 << 30, 8, 1), (1 << 16, 1 << 20, 1), (1 << 16, 8, 1 << 20), (0, 8, 1), (65537, 8, 1), (2, 8, 1)]
    {
        assert!(matches!(sealed(n, r, p), KeyError::TooCostly(_)), "{n} {r} {p}");
    }
    assert_eq!(sealed(1 << 15, 8, 1), KeyError::WrongPassword);

    use pkcs8::der::Encode as _;
    use pkcs8::pkcs5::EncryptionScheme;
    use pkcs8::pkcs5::pbes2::{Kdf, Pbkdf2Params};
    let EncryptionScheme::Pbes2(mut parameters) = EncryptionScheme::generate() else {
        panic!("PBES2 is what is generated")
    };
    let mut asked = Pbkdf2Params::hmac_sha256(1000, b"saltsalt").unwrap();
    asked.iteration_count = 11_000_000;
    parameters.kdf = Kdf::Pbkdf2(asked);
    let info = pkcs8::EncryptedPrivateKeyInfoOwned {
        encryption_algorithm: EncryptionScheme::Pbes2(parameters),
        encrypted_data: pkcs8::der::asn1::OctetString::new(vec![0; 64]).unwrap(),
    };
    let pem = pem::encode(&pem::Pem::new("ENCRYPTED PRIVATE KEY", info.to_der().unwrap()));
    let error = KeyFile::parse(pem.as_bytes()).unwrap().open(Some(b"pw")).unwrap_err();
    assert!(matches!(error, KeyError::TooCostly(_)), "{error}");
}

#[test]
fn a_key_shows_itself_by_its_public_half_alone() {
    let key = Key::generate(Algorithm::Ed25519).unwrap();
    let shown = format!("{key:?} {:?}", KeyFile::parse(key.to_pkcs8(None).unwrap().as_bytes()).unwrap());
    let seed = key.pkcs8().unwrap();
    assert!(shown.contains("sha256:") && shown.len() < 200, "{shown}");
    assert!(!shown.contains(&format!("{:?}", &seed[16..20])), "{shown}");
}
