//! Trust policies and stores that cannot be used: the message says which file, which statement and which field.

use boltseal_trust::notation::Trust;
use serde_json::{Value, json};

use super::draft::Form;
use super::forge::Paper;
use super::peer;
use super::world::{IDENTITY, WORLD, file, policy};

fn refused(policy: &[u8], files: Vec<(String, Vec<u8>)>) -> String {
    Trust::from_files(policy, files).expect_err("it cannot be used").to_string()
}

/// The policy that is changed, how, what is said of it, and whether the peer refuses it as well.
type Case = (fn(&mut Value), &'static str, bool);

const CASES: &[Case] = &[
    (|it| it["version"] = json!("2.0"), "`trustpolicy.json`: `version` is `\"2.0\"`", true),
    (|it| drop(it.as_object_mut().unwrap().remove("version")), "`version` is missing", true),
    (|it| it["trustPolicies"] = json!([]), "`trustPolicies` holds no statements", true),
    (|it| it["more"] = json!(1), "`more` is not a field", false),
    (|it| one(it)["name"] = json!(""), "`trustpolicy.json`: statement 1, `name`: it is missing", true),
    (|it| one(it)["overide"] = json!(1), "statement `all`: `overide` is not a field", false),
    (|it| again(it, |_| ()), "statement `all`, `name`: `all` is the name of two statements", true),
    (
        |it| again(it, |second| second["name"] = json!("second")),
        "statement `second`, `registryScopes`: `*` is in another statement as well",
        true,
    ),
    (|it| one(it)["registryScopes"] = json!([]), "statement `all`, `registryScopes`: it is empty", true),
    (|it| one(it)["registryScopes"] = json!("*"), "`registryScopes`: it is not a list", true),
    (|it| one(it)["registryScopes"] = json!(["*", "registry.example/app"]), "`*` cannot stand beside others", true),
    (|it| one(it)["registryScopes"] = json!(["registry.example/*"]), "`registryScopes[0]`: `registry.example/*`", true),
    (|it| one(it)["registryScopes"] = json!(["app"]), "`registryScopes[0]`: `app` is not a repository", true),
    (|it| one(it)["registryScopes"] = json!(["registry.example/app:v1"]), "is not a repository", true),
    (|it| one(it)["registryScopes"] = json!(["https://registry.example/app"]), "is not a repository", true),
    (|it| level(it, json!({})), "`signatureVerification.level`: `` is not a level", true),
    (|it| level(it, json!({ "level": "Strict" })), "`Strict` is not a level", true),
    (
        |it| level(it, json!({ "level": "strict", "override": { "integrity": "log" } })),
        "`signatureVerification.override.integrity`: integrity is always enforced",
        true,
    ),
    (
        |it| level(it, json!({ "level": "strict", "override": { "expiry": "skip" } })),
        "`signatureVerification.override.expiry`: only `revocation` can be skipped",
        true,
    ),
    (|it| level(it, json!({ "level": "strict", "override": { "expirey": "log" } })), "it is not a validation", true),
    (|it| level(it, json!({ "level": "strict", "override": { "expiry": "warn" } })), "is not an action", true),
    (|it| level(it, json!({ "level": "strict", "verifyTimestamp": "never" })), "`always` or `afterCertExpiry`", true),
    (|it| level(it, json!({ "level": "skip" })), "`skip` has neither trust stores nor", true),
    (
        |it| {
            *one(it) = json!({
                "name": "all", "registryScopes": ["*"], "signatureVerification": { "level": "skip" },
            })
        },
        "`skip` cannot be for all repositories",
        false,
    ),
    (|it| one(it)["trustStores"] = json!([]), "statement `all`, `trustStores`: it is empty", true),
    (|it| one(it)["trustStores"] = json!(["example"]), "`trustStores[0]`: `example` is not of the form", true),
    (|it| one(it)["trustStores"] = json!(["ca:a", "keys:b"]), "`trustStores[1]`: `keys` is not a kind", true),
    (|it| one(it)["trustStores"] = json!(["ca:../x"]), "`../x` is not a store's name", true),
    (|it| one(it)["trustedIdentities"] = json!([]), "`trustedIdentities`: it is empty", true),
    (|it| one(it)["trustedIdentities"] = json!([IDENTITY, "*"]), "`trustedIdentities[1]`: `*` cannot stand", true),
    (|it| one(it)["trustedIdentities"] = json!(["CN=x"]), "`trustedIdentities[0]`: `CN=x` is not of a kind", true),
    (|it| one(it)["trustedIdentities"] = json!(["email:x"]), "is not of a kind that is known", false),
    (|it| identity(it, "C=US, ST=WA"), "`O` is missing", true),
    (|it| identity(it, "C=US, ST=WA, O=a, O=b"), "`O` is there twice", true),
    (|it| identity(it, "C=US, ST=WA, O=a+OU=b"), "`+` must be escaped", true),
    (|it| identity(it, "C=US, ST=WA, O=#0c01"), "in hexadecimal", true),
    (|it| identity(it, "C=US, ST=WA, O"), "is not an attribute and a value", true),
    (|it| identity(it, "C=US, ST=WA, O="), "`O` has no value", true),
    (|it| identity(it, "C=US, ST=WA, O=a\\"), "escapes nothing", true),
    (
        |it| one(it)["trustedIdentities"] = json!([IDENTITY, format!("{IDENTITY}, CN=x")]),
        "`trustedIdentities[1]`: `x509.subject: C=US, ST=WA, O=Example, CN=x` overlaps with",
        true,
    ),
];

fn one(policy: &mut Value) -> &mut Value {
    &mut policy["trustPolicies"][0]
}

fn level(policy: &mut Value, level: Value) {
    one(policy)["signatureVerification"] = level;
}

fn identity(policy: &mut Value, subject: &str) {
    one(policy)["trustedIdentities"] = json!([format!("x509.subject: {subject}")]);
}

fn again(policy: &mut Value, edit: impl FnOnce(&mut Value)) {
    let mut second = one(policy).clone();
    edit(&mut second);
    policy["trustPolicies"].as_array_mut().unwrap().push(second);
}

fn changed(edit: fn(&mut Value)) -> Value {
    let mut policy = policy("strict", &["ca:example"], IDENTITY);
    edit(&mut policy);
    policy
}

#[test]
fn a_policy_that_cannot_be_used_is_refused_with_its_place() {
    for (edit, says, _) in CASES {
        let policy = changed(*edit);
        let message = refused(policy.to_string().as_bytes(), Vec::new());
        assert!(message.contains(says), "not `{says}`: {message}\n{policy}");
    }
    for (text, says) in [
        ("", "`trustpolicy.json`: it cannot be read"),
        ("[]", "it is not a JSON object"),
        ("{\"version\":\"1.0\",\"version\":\"1.0\"}", "`version` is there twice"),
        (&"[".repeat(100_000), "recursion limit"),
    ] {
        let message = refused(text.as_bytes(), Vec::new());
        assert!(message.contains(says), "not `{says}`: {message}");
    }
    assert!(refused(&vec![b' '; 2 << 20], Vec::new()).contains("more than"));
}

#[test]
fn the_libraries_of_the_notary_project_refuse_these_policies_too() {
    let question = |policy: Value| {
        let mut attempt = WORLD.attempt_of(&WORLD.draft(), Form::Jws);
        attempt.policy = policy;
        peer::question(&attempt)
    };
    let mut lines: Vec<Value> = CASES.iter().map(|(edit, _, _)| question(changed(*edit))).collect();
    // That they answer for other reasons than the policy must not be.
    lines.push(question(changed(|_| ())));
    let Some(answers) = peer::ask("verify", &lines) else { return };
    let (last, answers) = answers.split_last().unwrap();
    assert_eq!(last, "verified");
    for ((edit, says, refuses), answer) in CASES.iter().zip(answers) {
        // One that it takes for valid may still trust another signer.
        let taken = answer == "verified" || answer.contains("no x509 trusted identities");
        assert_eq!(!taken, *refuses, "{says}: {answer}\n{}", changed(*edit));
    }
}

#[test]
fn a_repository_has_its_own_statement_before_the_one_for_all() {
    let mut attempt = WORLD.attempt_of(&WORLD.draft(), Form::Jws);
    again(&mut attempt.policy, |second| {
        second["name"] = json!("own");
        second["registryScopes"] = json!([super::world::REPOSITORY, "registry.example:5000/other"]);
        second["trustStores"] = json!(["ca:other"]);
    });
    assert_eq!(attempt.verify().obstacle().unwrap().detail, "the trust store `ca:other` has no certificates");
    attempt.repository = "registry.example/elsewhere";
    assert!(attempt.verify().is_verified());
    attempt.repository = "registry.example:5000/other";
    assert!(!attempt.verify().is_verified());
}

#[test]
fn identities_are_compared_by_their_attributes_whatever_their_order_and_escapes() {
    let subject = |organisation: &str| Paper {
        subject: vec![
            ("C", "US".to_owned()),
            ("ST", "WA".to_owned()),
            ("O", organisation.to_owned()),
            ("CN", "x".to_owned()),
        ],
        ..WORLD.leaf_paper()
    };
    let mut lines = Vec::new();
    let mut expected = Vec::new();
    for (organisation, identity, trusted) in [
        ("Example", "O=Example,ST=WA,C=US", true),
        ("Example", "  O=Example ,  S=WA ,C=US,CN=x", true),
        ("Example, Inc.", "C=US, ST=WA, O=Example\\, Inc.", true),
        ("Example, Inc.", "C=US, ST=WA, O=Example\\2c Inc.", true),
        ("Exämple", "C=US, ST=WA, O=Exämple", true),
        ("a\\b", "C=US, ST=WA, O=a\\\\b", true),
        ("a;b", "C=US, ST=WA, O=a\\;b", true),
        ("Example ", "C=US, ST=WA, O=Example", false),
        ("Example ", "C=US, ST=WA, O=Example\\ ", true),
        ("example", "C=US, ST=WA, O=Example", false),
        ("Example", "C=US, ST=WA, O=Example, OU=x", false),
        ("Example", "C=US, ST=WA, O=Example, CN=y", false),
    ] {
        let mut attempt = WORLD.attempt_of(&WORLD.draft_by(subject(organisation)), Form::Jws);
        attempt.policy = policy("strict", &["ca:example"], &format!("x509.subject:{identity}"));
        let verification = attempt.verify();
        assert_eq!(verification.is_verified(), trusted, "{organisation} {identity}\n{}", super::told(&verification));
        lines.push(peer::question(&attempt));
        expected.push((identity, trusted));
    }
    let Some(answers) = peer::ask("verify", &lines) else { return };
    for ((identity, trusted), answer) in expected.iter().zip(answers) {
        assert_eq!(answer == "verified", *trusted, "{identity}: {answer}");
    }
}

#[test]
fn a_file_of_a_store_that_cannot_be_used_is_named() {
    let good = policy("strict", &["ca:example"], IDENTITY).to_string();
    let path = |kind: &str, name: &str| format!("truststore/x509/{kind}/example/{name}");
    let pem = |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n").into_bytes();
    let cases: Vec<(String, Vec<u8>, &str)> = vec![
        (path("ca", "a.pem"), pem("%"), "`truststore/x509/ca/example/a.pem`: a block is not base64"),
        (path("ca", "a.pem"), b"-----BEGIN CERTIFICATE-----\nMA==".to_vec(), "a block has no `-----END"),
        (path("ca", "a.pem"), b"-----BEGIN PRIVATE KEY-----".to_vec(), "it has no block `-----BEGIN CERTIFICATE-----`"),
        (path("ca", "a.crt"), b"nothing".to_vec(), "certificate 1: it cannot be read"),
        (path("ca", "a.crt"), Vec::new(), "it is empty"),
        (path("ca", "leaf.der"), WORLD.leaf.der.clone(), "is neither a certificate authority's nor self-signed"),
        (path("tsa", "middle.der"), WORLD.middle.der.clone(), "stores of timestamp authorities hold roots alone"),
        (path("keys", "a.pem"), Vec::new(), "`keys` is not a kind of store"),
        ("truststore/x509/ca/../a.pem".to_owned(), Vec::new(), "`..` is not a store's name"),
        ("crl/a.crl".to_owned(), b"nothing".to_vec(), "`crl/a.crl`: it cannot be read"),
        (path("ca", "big.pem"), vec![b'x'; 2 << 20], "more than"),
    ];
    for (path, bytes, says) in cases {
        let message = refused(good.as_bytes(), vec![(path.clone(), bytes)]);
        assert!(message.contains(says), "not `{says}`: {message}");
    }
}

#[test]
fn files_that_are_no_certificates_are_left_and_said() {
    let good = policy("strict", &["ca:example"], IDENTITY).to_string();
    let files = vec![
        file("ca:example", &WORLD.root),
        ("truststore/x509/ca/example/README.md".to_owned(), b"roots".to_vec()),
        ("truststore/x509/ca/example/old/root.pem".to_owned(), b"not read".to_vec()),
        ("signingkeys.json".to_owned(), b"{}".to_vec()),
    ];
    let trust = Trust::from_files(good.as_bytes(), files).unwrap();
    assert_eq!(trust.notices().len(), 3, "{:?}", trust.notices());
}

#[test]
fn pem_files_may_hold_several_certificates() {
    use base64::Engine;
    let block = |der: &[u8]| {
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("a comment\r\n-----BEGIN CERTIFICATE-----\r\n{}\r\n-----END CERTIFICATE-----\r\n", lines.join("\r\n"))
    };
    let mut attempt = WORLD.attempt_of(&WORLD.draft(), Form::Cose);
    let both = block(&WORLD.other_root.der) + &block(&WORLD.root.der);
    attempt.files = vec![("truststore/x509/ca/example/roots.PEM".to_owned(), both.into_bytes())];
    assert!(attempt.verify().is_verified());
}
