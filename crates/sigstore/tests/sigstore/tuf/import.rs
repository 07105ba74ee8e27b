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
fn keys_and_certificates_that_cannot_be_used_are_told_and_the_rest_is_taken_over() {
    let lab = Lab::new();
    let mut root = Authority::new("imported", NOW).trusted_root();
    root["tlogs"][0]["publicKey"]["rawBytes"] = json!("AAAA");
    root["certificateAuthorities"][0]["certChain"]["certificates"] = json!([{ "rawBytes": "AAAA" }]);
    let overview = taken(&lab, root.to_string().as_bytes()).unwrap().overview.unwrap();
    assert_eq!((overview.transparency_logs.len(), overview.certificate_authorities.len()), (1, 0));
    let problems = overview.problems.join("\n");
    assert!(problems.contains("the key of `https://rekor.sigstore.example` cannot be used"), "{problems}");
    assert!(problems.contains("has no usable certificate"), "{problems}");
}
