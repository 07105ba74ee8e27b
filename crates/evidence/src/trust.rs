//! What was signed about a digest, by whom, and whether it holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Digest;

/// How a signature is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SignatureFormat {
    /// A Sigstore bundle (`application/vnd.dev.sigstore.bundle…`), v0.1 to v0.3.
    SigstoreBundle,
    /// What cosign wrote before bundles: a simple-signing payload or a DSSE envelope, the signature and its material in
    /// annotations of the layer.
    CosignLegacy,
    /// A Notary Project signature in a JWS envelope.
    NotationJws,
    /// A Notary Project signature in a COSE envelope.
    NotationCose,
}

/// What came of one question that a verification asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum StepStatus {
    /// It holds.
    Passed,
    /// It does not hold.
    Failed,
    /// What it would be checked against is not there (no trusted root, no key), so nobody can say.
    Unknown,
    /// A step before it ended the verification.
    NotReached,
    /// It was not asked for, or this kind of signature has no such part.
    NotAsked,
}

/// One question that a verification asks, and the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// What is asked, in a few words: `certificate chain`.
    pub name: String,
    /// The answer.
    pub status: StepStatus,
    /// What was checked against what, in a sentence.
    pub detail: String,
    /// How to mend it, where it failed or could not be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// What a certificate of Fulcio says about the build that asked for it
/// (<https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md>, `1.3.6.1.4.1.57264.1.8` to `.22`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BuildClaims {
    /// The workflow that asked, with its reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_signer_uri: Option<String>,
    /// The commit of that workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_signer_digest: Option<String>,
    /// `github-hosted`, `self-hosted`, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runner_environment: Option<String>,
    /// The repository that is built.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_repository_uri: Option<String>,
    /// Its commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_repository_digest: Option<String>,
    /// Its branch or tag: `refs/heads/main`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_repository_ref: Option<String>,
    /// The id of the repository, which survives a renaming.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_repository_identifier: Option<String>,
    /// Its owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_repository_owner_uri: Option<String>,
    /// The id of its owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_repository_owner_identifier: Option<String>,
    /// The top-level workflow, with its reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_config_uri: Option<String>,
    /// Its commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_config_digest: Option<String>,
    /// The event that started it: `push`, `workflow_dispatch`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_trigger: Option<String>,
    /// The page of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_invocation_uri: Option<String>,
    /// Whether the repository was public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_repository_visibility: Option<String>,
}

/// Whose signature it is. Only what was proved: a name in a payload is no signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Signer {
    /// Who holds a key.
    Key {
        /// The SHA-256 of the public key's DER (SubjectPublicKeyInfo).
        fingerprint: Digest,
        /// `ECDSA P-256`, `Ed25519`, `RSA 3072`.
        algorithm: String,
        /// What the verifier calls the key: its file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// Whom an OIDC issuer vouched for, by a short-lived certificate.
    Keyless {
        /// The certificate's subject alternative name: an e-mail address or the URI of a workflow.
        identity: String,
        /// The OIDC issuer.
        issuer: String,
        /// What the certificate says about the build.
        #[serde(default)]
        claims: Box<BuildClaims>,
    },
    /// Whom a certificate authority of a trust store vouched for.
    Certificate {
        /// The distinguished name of the leaf: `CN=release, O=Example`.
        subject: String,
        /// The SHA-256 of the leaf's DER.
        fingerprint: Digest,
        /// The trust store and the name of the anchor: `ca:example`.
        trust_store: String,
    },
}

/// Whether a signature holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Standing {
    /// Every step that was asked for passed.
    Verified,
    /// A step failed.
    Rejected,
    /// No step failed, and one could not be told: there is nothing to check it against.
    Unknown,
}

/// What a signer states about the subject: an in-toto statement
/// (<https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>) whose subject was compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Statement {
    /// The kind of predicate, a URI: `https://slsa.dev/provenance/v1`.
    pub predicate_type: String,
    /// The predicate.
    pub predicate: serde_json::Value,
}

/// A signature, who made it, and whether it holds for the subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verification {
    /// How it is written down.
    pub format: SignatureFormat,
    /// Where it was found: `referrer sha256:…`, `tag sha256-….sig`, a file.
    pub source: String,
    /// The digest of the bytes of the bundle or envelope.
    pub digest: Digest,
    /// The digest that it was held against: the image's manifest or index, or the blob.
    pub subject: Digest,
    /// Whether it holds.
    pub standing: Standing,
    /// Who signed; absent unless the signature itself is proved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<Signer>,
    /// When it was signed, RFC 3339, as a log or a timestamp authority proves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<String>,
    /// What is stated, where it is an attestation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Statement>,
    /// Signed annotations (cosign's `optional`, Notation's user metadata).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// What was asked, in order, and the answers.
    pub steps: Vec<Step>,
}

impl Verification {
    /// It holds.
    pub fn is_verified(&self) -> bool {
        self.standing == Standing::Verified
    }

    /// The first step that did not pass.
    pub fn obstacle(&self) -> Option<&Step> {
        self.steps.iter().find(|step| matches!(step.status, StepStatus::Failed | StepStatus::Unknown))
    }
}
