//! Signatures of the Notary Project, its trust policy, certificates and revocation lists.

use std::sync::{Arc, LazyLock};

use boltseal_evidence::StepStatus;
use boltseal_trust::notation::Trust;
use boltseal_trust::{Artifact, Material, Signed, verify};

/// A self-signed envelope of each form, about the bytes `seed`.
pub const JWS: &[u8] = include_bytes!("seeds/notation.json");
pub const COSE: &[u8] = include_bytes!("seeds/notation.cose");

/// When both hold.
const NOW: i64 = 1_780_000_000;
const POLICY: &str = r#"{ "version": "1.0", "trustPolicies": [{
    "name": "all",
    "registryScopes": ["*"],
    "signatureVerification": { "level": "strict" },
    "trustStores": ["ca:a", "tsa:a"],
    "trustedIdentities": ["x509.subject: C=US, ST=WA, O=Example"]
}]}"#;

/// JWS envelopes; and the bytes as a policy and as files of a trust.
pub fn jws(data: &[u8]) -> usize {
    let policies = usize::from(Trust::from_files(data, Vec::new()).is_ok());
    let files = ["truststore/x509/ca/a/a.pem", "truststore/x509/tsa/a/a.pem", "crl/a.crl"];
    let read = |path: &&str| Trust::from_files(POLICY.as_bytes(), vec![((**path).to_owned(), data.to_vec())]).is_ok();
    judged(&Signed::NotationJws(data.to_vec())) + policies + files.iter().filter(|path| read(path)).count()
}

/// COSE envelopes.
pub fn cose(data: &[u8]) -> usize {
    judged(&Signed::NotationCose(data.to_vec()))
}

/// How many questions were answered well.
fn judged(signed: &Signed) -> usize {
    static TRUST: LazyLock<Option<Arc<Trust>>> =
        LazyLock::new(|| Trust::from_files(POLICY.as_bytes(), Vec::new()).ok().map(Arc::new));
    let material = Material { notation: TRUST.clone(), now: NOW, ..Material::default() };
    let verification = verify(signed, "fuzz", Artifact::Bytes(b"seed"), &material);
    // Nobody is trusted here.
    assert!(!verification.is_verified());
    verification.steps.iter().filter(|step| step.status == StepStatus::Passed).count()
}
