//! Taking over files on a machine without a network.

use boltseal_fixture::authority::Authority;
use boltseal_sigstore::import;
use serde_json::{Value, json};

use super::repository::{Lab, NOW, time, trusted_root};

fn taken(lab: &Lab, content: &[u8]) -> Result<boltseal_sigstore::Imported, String> {
    let file = lab.path().join("file.json");
    std::fs::write(&file, content).unwrap();
    import(&lab.trust(), &file, &time(NOW)).map_err(|error| error.to_string())
}

#[test]
fn a_root_a_signing_config_and_both_in_one_are_taken_over() {
    let lab = Lab::new();
    let authority = Authority::new("imported", NOW);
    let root = taken(&lab, authority.trusted_root().to_string().as_bytes()).unwrap();
    assert_eq!(root.overview.unwrap().transparency_logs.len(), 2);
    assert!(!root.has_signing_config);
    assert!(lab.trust().provenance().unwrap().unwrap().tuf.is_none());
    let config = taken(&lab, authority.signing_config(1).to_string().as_bytes()).unwrap();
    assert!(config.overview.is_none() && config.has_signing_config);
    // The root of another instance, whose services nobody named.
    let other = taken(&lab, &trusted_root("other")).unwrap();
    assert!(other.forgot_services);
    assert_eq!(lab.trust().signing_config().unwrap(), None);
    let both = taken(&lab, authority.trust_config(2).to_string().as_bytes()).unwrap();
    assert!(both.overview.is_some() && both.has_signing_config);
    let kept: Value = serde_json::from_slice(&lab.trust().trusted_root().unwrap().unwrap()).unwrap();
    assert_eq!(kept, authority.trusted_root());
}

#[test]
fn what_is_no_file_of_trust_is_not_taken_over() {
    let lab = Lab::trusted();
    let mut keyless = Authority::new("imported", NOW).trusted_root();
    keyless["tlogs"] = json!([]);
    keyless["timestampAuthorities"] = json!([]);
    let mut broken = Authority::new("imported", NOW).trusted_root();
    broken["tlogs"][0]["publicKey"]["rawBytes"] = json!("%%%");
    for (content, expected) in [
        (String::new(), "it is not a trusted root that can be read"),
        ("[1]".to_owned(), "it is not a trusted root that can be read"),
        ("[".repeat(100_000), "it is not a trusted root that can be read"),
        (json!({"mediaType": "text/\u{1b}[31mplain"}).to_string(), "its media type is `text/[31mplain`"),
        (keyless.to_string(), "without a usable log or timestamp authority"),
        (broken.to_string(), "it is not a trusted root that can be read"),
        (" ".repeat(5 << 20), "is larger than 4 MiB"),
    ] {
        let told = taken(&lab, content.as_bytes()).unwrap_err();
        assert!(told.contains(expected) && told.contains("file.json"), "{told}");
        assert!(lab.trusts("first"));
    }
    let told = import(&lab.trust(), &lab.path().join("none"), &time(NOW)).unwrap_err().to_string();
    assert!(told.starts_with("there is no file"), "{told}");
}

#[test]
fn a_log_with_a_bare_rsa_key_is_taken_over() {
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::KeyPair as _;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let lab = Lab::new();
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let mut root = Authority::new("imported", NOW).trusted_root();
    let mut other = root["ctlogs"][0].clone();
    other["publicKey"]["rawBytes"] = json!(STANDARD.encode(key.public_key().as_ref()));
    other["publicKey"]["keyDetails"] = json!("PKCS1_RSA_PKCS1V5");
    other["logId"]["keyId"] = json!(STANDARD.encode([7; 32]));
    root["ctlogs"].as_array_mut().unwrap().push(other);
    let overview = taken(&lab, root.to_string().as_bytes()).unwrap().overview.unwrap();
    assert_eq!((overview.certificate_logs.len(), overview.problems), (2, vec![]));
}

/// What is taken over is what verification can use: neither more nor less.
#[test]
fn a_root_that_verification_would_refuse_is_not_taken_over() {
    let places = [
        "/tlogs/0/publicKey/rawBytes",
        "/ctlogs/0/publicKey/rawBytes",
        "/certificateAuthorities/0/certChain/certificates/1/rawBytes",
        "/timestampAuthorities/0/certChain/certificates/0/rawBytes",
    ];
    for place in places {
        let lab = Lab::trusted();
        let mut root = Authority::new("imported", NOW).trusted_root();
        *root.pointer_mut(place).unwrap() = json!("AAAA");
        let usable = boltseal_trust::Root::parse("it", root.to_string().as_bytes()).is_ok();
        let taken = taken(&lab, root.to_string().as_bytes());
        assert_eq!(taken.is_ok(), usable, "{place}: {taken:?}");
        match taken {
            Ok(taken) => assert!(!taken.overview.unwrap().problems.is_empty(), "{place}"),
            Err(told) => {
                assert!(told.contains("verification cannot use it"), "{told}");
                assert!(lab.trusts("first"));
            }
        }
    }
}
