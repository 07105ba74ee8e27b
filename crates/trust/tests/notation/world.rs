//! Authorities, a signer, a trust policy and its stores, and what is tried with them.

use std::sync::{Arc, LazyLock};
use std::time::{SystemTime, UNIX_EPOCH};

use boltseal_evidence::Verification;
use boltseal_trust::notation::Trust;
use boltseal_trust::{Artifact, Material, Signed, verify};
use serde_json::{Value, json};

use super::draft::{Draft, Form, manifest};
use super::forge::{DAY, Holder, Paper};
use super::key::{Key, Kind};

pub(crate) const REPOSITORY: &str = "registry.example/app";
pub(crate) const IDENTITY: &str = "x509.subject: C=US, ST=WA, O=Example";

/// Whom there is. Times are about the machine's own, since the peer has no other.
pub(crate) struct World {
    pub(crate) now: i64,
    pub(crate) root: Holder,
    pub(crate) middle: Holder,
    pub(crate) leaf: Holder,
    pub(crate) other_root: Holder,
    pub(crate) tsa_root: Holder,
    pub(crate) tsa: Holder,
    /// For certificates that a test makes.
    pub(crate) spare: Key,
}

pub(crate) static WORLD: LazyLock<World> = LazyLock::new(|| {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap();
    let root = Paper::authority("root", now).issue(&Key::new(Kind::P384), None);
    let middle = Paper::authority("middle", now).issue(&Key::new(Kind::P256), Some(&root));
    let leaf = Paper::leaf("release", now).issue(&Key::new(Kind::P256), Some(&middle));
    let other_root = Paper::authority("stranger", now).issue(&Key::new(Kind::P256), None);
    let old = |paper: Paper| Paper { not_before: now - 1000 * DAY, ..paper };
    let tsa_root = old(Paper::authority("time root", now)).issue(&Key::new(Kind::P256), None);
    let tsa = old(Paper::timestamper("time", now)).issue(&Key::new(Kind::Rsa2048), Some(&tsa_root));
    World { now, root, middle, leaf, other_root, tsa_root, tsa, spare: Key::new(Kind::P256) }
});

/// One signature, held against one policy and its stores.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) signed: Signed,
    pub(crate) manifest: Vec<u8>,
    pub(crate) policy: Value,
    /// Paths and bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) repository: &'static str,
}

/// A policy with one statement for everything.
pub(crate) fn policy(level: &str, stores: &[&str], identity: &str) -> Value {
    json!({ "version": "1.0", "trustPolicies": [{
        "name": "all",
        "registryScopes": ["*"],
        "signatureVerification": { "level": level },
        "trustStores": stores,
        "trustedIdentities": [identity],
    }]})
}

pub(crate) fn file(store: &str, holder: &Holder) -> (String, Vec<u8>) {
    (format!("truststore/x509/{}/root.crt", store.replace(':', "/")), holder.der.clone())
}

impl World {
    pub(crate) fn draft(&self) -> Draft {
        Draft::new(&self.leaf, &[&self.middle, &self.root], self.now)
    }

    /// By a leaf that the intermediate issues to the spare key.
    pub(crate) fn draft_by(&self, paper: Paper) -> Draft {
        let leaf = paper.issue(&self.spare, Some(&self.middle));
        Draft::new(&leaf, &[&self.middle, &self.root], self.now)
    }

    /// By a good leaf of another intermediate.
    pub(crate) fn draft_below(&self, middle: Paper) -> Draft {
        let middle = middle.issue(&self.spare, Some(&self.root));
        let leaf = Paper::leaf("release", self.now).issue(&self.spare, Some(&middle));
        Draft::new(&leaf, &[&middle, &self.root], self.now)
    }

    pub(crate) fn leaf_paper(&self) -> Paper {
        Paper::leaf("release", self.now)
    }

    /// Against the strict policy that trusts the root and the signer.
    pub(crate) fn attempt(&self, signed: Signed) -> Attempt {
        Attempt {
            signed,
            manifest: manifest(),
            policy: policy("strict", &["ca:example"], IDENTITY),
            files: vec![file("ca:example", &self.root)],
            repository: REPOSITORY,
        }
    }

    pub(crate) fn attempt_of(&self, draft: &Draft, form: Form) -> Attempt {
        self.attempt(draft.signed(form))
    }

    /// Against a policy that asks for timestamps.
    pub(crate) fn stamped(&self, signed: Signed) -> Attempt {
        let mut attempt = self.attempt(signed);
        attempt.policy = policy("strict", &["ca:example", "tsa:example"], IDENTITY);
        attempt.files.push(file("tsa:example", &self.tsa_root));
        attempt
    }
}

impl Attempt {
    pub(crate) fn trust(&self) -> Trust {
        Trust::from_files(self.policy.to_string().as_bytes(), self.files.clone())
            .unwrap()
            .for_repository(self.repository)
    }

    pub(crate) fn verify(&self) -> Verification {
        self.verify_at(WORLD.now)
    }

    pub(crate) fn verify_at(&self, now: i64) -> Verification {
        let material = Material { notation: Some(Arc::new(self.trust())), now, ..Material::default() };
        verify(&self.signed, "a test", Artifact::Bytes(&self.manifest), &material)
    }
}
