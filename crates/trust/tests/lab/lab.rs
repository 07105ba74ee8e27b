//! Cases for the tests of verification: what is signed, what is trusted, and what must come of it.

use std::sync::Arc;

use boltseal_evidence::{Digest, StepStatus, Verification};
use boltseal_fixture::authority::{
    Authority, Curve, Identity, Key, Kind, Logged, Made, Signing, Version, What, Who, hex, statement,
};
use boltseal_trust::{Artifact, Material, PublicKey, Root, Signed};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// 2025-06-01T12:00:00Z, when everything is signed.
pub(crate) const NOW: i64 = 1_748_779_200;
/// When it is verified, a week later.
pub(crate) const LATER: i64 = NOW + 7 * 86_400;
pub(crate) const ARTIFACT: &[u8] = b"an artifact\n";

/// One thing that is verified, and on what it may rest.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) signed: Signed,
    pub(crate) artifact: Vec<u8>,
    pub(crate) root: Option<Value>,
    /// Names and PEM.
    pub(crate) keys: Vec<(String, String)>,
    pub(crate) keys_need_no_log: bool,
    pub(crate) now: i64,
}

impl Case {
    pub(crate) fn bundle(bundle: &Value, authority: &Authority) -> Self {
        Self::of(Signed::Bundle(bundle.to_string().into_bytes()), authority)
    }

    pub(crate) fn of(signed: Signed, authority: &Authority) -> Self {
        Self {
            signed,
            artifact: ARTIFACT.to_vec(),
            root: Some(authority.trusted_root()),
            keys: Vec::new(),
            keys_need_no_log: false,
            now: LATER,
        }
    }

    pub(crate) fn trusting(mut self, name: &str, key: &Key) -> Self {
        self.keys.push((name.to_owned(), key.public_pem()));
        self
    }

    pub(crate) fn material(&self) -> Material {
        let root =
            self.root.as_ref().map(|root| Arc::new(Root::parse("root.json", root.to_string().as_bytes()).unwrap()));
        let keys = self.keys.iter().map(|(name, pem)| PublicKey::from_pem(name, pem.as_bytes()).unwrap());
        Material {
            root,
            keys: keys.collect(),
            keys_need_no_log: self.keys_need_no_log,
            now: self.now,
            ..Material::default()
        }
    }

    /// The verdict on the bytes.
    pub(crate) fn verify(&self) -> Verification {
        boltseal_trust::verify(&self.signed, "the test", Artifact::Bytes(&self.artifact), &self.material())
    }

    /// The verdict where only the digest is at hand.
    pub(crate) fn verify_digest(&self) -> Verification {
        let digest = Digest::sha256_of(&self.artifact);
        boltseal_trust::verify(&self.signed, "the test", Artifact::Digest(&digest), &self.material())
    }
}

/// The steps that did not pass, for messages.
pub(crate) fn told(verification: &Verification) -> String {
    let steps = verification.steps.iter().filter(|step| step.status != StepStatus::NotAsked);
    let steps: Vec<String> = steps.map(|step| format!("  {:?} {}: {}", step.status, step.name, step.detail)).collect();
    format!("{:?}\n{}", verification.standing, steps.join("\n"))
}

/// The name of the first step that failed or could not be told.
pub(crate) fn obstacle(verification: &Verification) -> &str {
    verification.obstacle().map_or("", |step| &step.name)
}

/// A bundle that holds.
#[derive(Debug, Clone)]
pub(crate) struct Good {
    pub(crate) name: String,
    pub(crate) identity: Option<Identity>,
    pub(crate) logged: Logged,
    pub(crate) stamped: Option<bool>,
    pub(crate) version: Version,
    pub(crate) made: Made,
    pub(crate) bundle: Value,
    pub(crate) case: Case,
}

impl Good {
    pub(crate) fn is_blob(&self) -> bool {
        matches!(self.made.what, What::Blob(_))
    }

    pub(crate) fn is_first(&self) -> bool {
        matches!(self.logged, Logged::First(_))
    }

    pub(crate) fn is_second(&self) -> bool {
        matches!(self.logged, Logged::Second(_))
    }
}

pub(crate) fn lab() -> Authority {
    Authority::new("lab", NOW)
}

pub(crate) fn release_key() -> Key {
    Key::from_seed(Curve::P256, "lab", "release")
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) const PROVENANCE: &str = "https://slsa.dev/provenance/v1";

/// A statement about the artifact.
pub(crate) fn about(bytes: &[u8]) -> What {
    What::Statement(statement(&[("artifact", &sha256(bytes))], PROVENANCE, &json!({ "buildDefinition": {} })))
}

pub(crate) fn blob() -> What {
    What::Blob(ARTIFACT.to_vec())
}

/// Every way of signing that the formats know: who, what, where it is logged, whether it is stamped, which version.
pub(crate) fn good(authority: &Authority) -> Vec<Good> {
    let mut out = Vec::new();
    let key = release_key();
    let people =
        [Some(Identity::workflow()), Some(Identity::person("dev@example.com", "https://accounts.example.com")), None];
    let contents = [
        (blob(), Logged::First(Kind::HashedRekord)),
        (about(ARTIFACT), Logged::First(Kind::Dsse)),
        (about(ARTIFACT), Logged::First(Kind::InToto)),
        (blob(), Logged::Second(Kind::HashedRekord)),
        (about(ARTIFACT), Logged::Second(Kind::HashedRekord)),
    ];
    for identity in people {
        for (what, logged) in &contents {
            for stamped in [None, Some(false), Some(true)] {
                // The second generation proves no time, which a certificate needs.
                if matches!(logged, Logged::Second(_)) && stamped.is_none() && identity.is_some() {
                    continue;
                }
                let who = identity.as_ref().map_or(Who::Key(&key), Who::Identity);
                let mut signing = Signing::new(who, what.clone()).logged(*logged);
                if let Some(certificate) = stamped {
                    signing = signing.stamped(certificate);
                }
                let made = authority.sign(&signing);
                for version in Version::ALL {
                    // Entries of the second generation came with version 0.3; keys are not in the older ones here.
                    if version != Version::V03 && (matches!(logged, Logged::Second(_)) || identity.is_none()) {
                        continue;
                    }
                    let bundle = made.bundle(version);
                    let mut case = Case::bundle(&bundle, authority);
                    if identity.is_none() {
                        case = case.trusting("release.pub", &key);
                    }
                    let by = identity.as_ref().map_or("a key", |identity| &identity.name);
                    let content = if matches!(what, What::Blob(_)) { "a blob" } else { "a statement" };
                    out.push(Good {
                        name: format!("{content} by {by}, {logged:?}, stamped {stamped:?}, {version:?}"),
                        identity: identity.clone(),
                        logged: *logged,
                        stamped,
                        version,
                        made: made.clone(),
                        bundle,
                        case,
                    });
                }
            }
        }
    }
    out
}

/// Changes the bytes behind base64 at a place of the JSON.
#[track_caller]
pub(crate) fn garble(json: &mut Value, pointer: &str) {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let field = json.pointer_mut(pointer).unwrap_or_else(|| panic!("there is no {pointer}"));
    let mut bytes = STANDARD.decode(field.as_str().unwrap()).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    *field = json!(STANDARD.encode(bytes));
}

/// Puts something at a place of the JSON, which must be there.
#[track_caller]
pub(crate) fn put(json: &mut Value, pointer: &str, value: Value) {
    *json.pointer_mut(pointer).unwrap_or_else(|| panic!("there is no {pointer}")) = value;
}

/// Takes a field out of an object of the JSON.
#[track_caller]
pub(crate) fn take(json: &mut Value, pointer: &str, field: &str) -> Value {
    let object = json.pointer_mut(pointer).and_then(Value::as_object_mut);
    object.unwrap_or_else(|| panic!("there is no {pointer}")).remove(field).unwrap_or(Value::Null)
}

/// The first entry of the log.
pub(crate) const ENTRY: &str = "/verificationMaterial/tlogEntries/0";

/// The signature, wherever the bundle has it.
pub(crate) fn signature_at(good: &Good) -> &'static str {
    if good.is_blob() { "/messageSignature/signature" } else { "/dsseEnvelope/signatures/0/sig" }
}
