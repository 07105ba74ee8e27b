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
