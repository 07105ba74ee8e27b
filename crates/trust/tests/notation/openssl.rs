//! Timestamps that OpenSSL makes.

use std::process::Command;
use std::time::Duration;

use boltseal_evidence::StepStatus;

use super::forge::{DAY, Paper};
use super::key::{Key, Kind};
use super::world::WORLD;
use super::{FORMS, program, told};

const CONFIGURATION: &str = "
[tsa]
default_tsa = one
[one]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
clock_precision_digits = 3
ess_cert_id_chain = no
";

/// A token over a signature, by a new authority with such a key.
fn token(signature: &[u8], key: &Key, digest: &str, alg: &str) -> Result<(Vec<u8>, super::forge::Holder), String> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let old = |paper: Paper| Paper { not_before: WORLD.now - 1000 * DAY, ..paper };
    let root = old(Paper::authority("openssl root", WORLD.now)).issue(&Key::new(Kind::P384), None);
    let leaf = old(Paper::timestamper("openssl time", WORLD.now)).issue(key, Some(&root));
    write("tsa.cnf", CONFIGURATION.as_bytes());
    write("serial", b"01\n");
    write("signature", signature);
    write("leaf.der", &leaf.der);
    write("root.der", &root.der);
    write("key.der", key.pkcs8());
    let openssl = |arguments: &str| {
        let mut command = Command::new("openssl");
        command.args(arguments.split(' ')).current_dir(folder.path());
        program::run(&mut command, Vec::new(), Duration::from_secs(60))
    };
    openssl("x509 -inform DER -in leaf.der -out leaf.pem")?;
    openssl("pkcs8 -topk8 -nocrypt -inform DER -in key.der -out key.pem")?;
    openssl(&format!("ts -query -data signature -{digest} -cert -out query.tsq"))?;
    openssl(&format!(
        "ts -reply -config tsa.cnf -queryfile query.tsq -signer leaf.pem -inkey key.pem -{alg} -token_out -out token"
    ))?;
    Ok((std::fs::read(folder.path().join("token")).unwrap(), root))
}

#[test]
fn timestamps_of_openssl_hold() {
    for (kind, digest, alg) in [
        (Kind::Rsa2048, "sha256", "sha256"),
        (Kind::Rsa3072, "sha512", "sha512"),
        (Kind::P256, "sha256", "sha256"),
        (Kind::P384, "sha384", "sha384"),
        (Kind::P521, "sha512", "sha512"),
    ] {
        let key = Key::new(kind);
        for form in FORMS {
            let made = std::cell::RefCell::new(None);
            let signed = WORLD.draft().stamped(form, |signature| match token(signature, &key, digest, alg) {
                Ok((token, root)) => {
                    made.replace(Some(Ok(root)));
                    token
                }
                Err(why) => {
                    made.replace(Some(Err(why)));
                    Vec::new()
                }
            });
            let root = match made.into_inner().unwrap() {
                Ok(root) => root,
                Err(why) => return program::skip(&why),
            };
            let mut attempt = WORLD.stamped(signed);
            attempt.files.pop();
            attempt.files.push(super::world::file("tsa:example", &root));
            let verification = attempt.verify_at(WORLD.now + 600);
            assert!(verification.is_verified(), "{kind:?} {form:?}\n{}", told(&verification));
            let step = verification.steps.iter().find(|step| step.name == "authentic timestamp").unwrap();
            assert_eq!(step.status, StepStatus::Passed);
            assert!(step.detail.contains("openssl time"), "{}", step.detail);
            assert!(verification.signed_at.is_some());
        }
    }
}
