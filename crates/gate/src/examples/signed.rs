//! Signatures and attestations of an example in a few words.

use std::collections::BTreeMap;

use boltseal_evidence::{
    BuildClaims, Digest, SignatureFormat, Signer, Standing, Statement, Step, StepStatus, Verification,
};
use serde::Deserialize;
use serde_json::Value as Json;

/// A signature: by `identity` and `issuer` (with the `claims` of the certificate), by `key` (the fingerprint), or by
/// `subject` and `trust-store`. With `type` and `predicate` it is an attestation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ShortSignature {
    identity: Option<String>,
    issuer: Option<String>,
    #[serde(default)]
    claims: BuildClaims,
    key: Option<Digest>,
    subject: Option<String>,
    trust_store: Option<String>,
    #[serde(rename = "type")]
    predicate_type: Option<String>,
    #[serde(default)]
    predicate: Json,
    /// `verified` where nothing is said; `rejected` or `unknown`.
    standing: Option<Standing>,
    signed_at: Option<String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    /// The digest that it is about; the subject's where nothing is said.
    digest: Option<Digest>,
}

impl ShortSignature {
    /// What it stands for, as the signature of this number of this subject.
    pub(super) fn full(self, number: usize, subject: &Digest) -> Result<Verification, String> {
        let standing = self.standing.unwrap_or(Standing::Verified);
        let status = match standing {
            Standing::Verified => StepStatus::Passed,
            Standing::Rejected => StepStatus::Failed,
            Standing::Unknown => StepStatus::Unknown,
        };
        let signer = match (self.identity, self.issuer, self.key, self.subject, self.trust_store) {
            (Some(identity), Some(issuer), None, None, None) => {
                Signer::Keyless { identity, issuer, claims: Box::new(self.claims) }
            }
            (None, None, Some(fingerprint), None, None) => {
                Signer::Key { fingerprint, algorithm: "ECDSA P-256".to_owned(), name: None }
            }
            (None, None, None, Some(subject), Some(trust_store)) => {
                Signer::Certificate { fingerprint: Digest::sha256_of(subject.as_bytes()), subject, trust_store }
            }
            _ => {
                return Err(
                    "a signature is by `identity` and `issuer`, by `key`, or by `subject` and `trust-store`".to_owned()
                );
            }
        };
        let statement =
            self.predicate_type.map(|predicate_type| Statement { predicate_type, predicate: self.predicate });
        Ok(Verification {
            format: match signer {
                Signer::Certificate { .. } => SignatureFormat::NotationJws,
                Signer::Key { .. } | Signer::Keyless { .. } => SignatureFormat::SigstoreBundle,
            },
            source: format!("signature {} of the example", number + 1),
            digest: Digest::sha256_of(format!("signature {number}").as_bytes()),
            subject: self.digest.unwrap_or_else(|| subject.clone()),
            standing,
            // Nobody has signed what does not hold.
            signer: (standing == Standing::Verified).then_some(signer),
            signed_at: self.signed_at,
            statement,
            annotations: self.annotations,
            steps: vec![Step {
                name: "signature".to_owned(),
                status,
                detail: "the example says so".to_owned(),
                advice: None,
            }],
        })
    }
}
