//! What a file of trust holds: checked before it is kept, and shown to whoever asks.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sigstore_verify::crypto::{VerificationKey, parse_certificate_info};
use sigstore_verify::trust_root::trusted_root::{CertChain, CertificateSubject, PublicKey};
use sigstore_verify::trust_root::{SIGNING_CONFIG_MEDIA_TYPE, SigningConfig, TrustedRoot};
use sigstore_verify::types::TimeRange;

use crate::service;

const ROOT_MEDIA_TYPES: &[&str] = &[
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
];
const CLIENT_MEDIA_TYPE: &str = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json";

/// A file of trust, told by its media type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The bytes of a trusted root.
    pub trusted_root: Option<Vec<u8>>,
    /// The bytes of a signing config.
    pub signing_config: Option<Vec<u8>>,
}

/// A file is not one of trust, or cannot be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is not JSON, or not of that form.
    #[error("it is not a trusted root that can be read: {0}")]
    Unreadable(String),
    /// It says it is something else.
    #[error("its media type is `{0}`: a trusted root, a signing config v0.2 or a client trust config is wanted")]
    OtherKind(String),
    /// Nothing could be verified with it.
    #[error("it is a trusted root without {0}: nothing could be verified with it")]
    Empty(&'static str),
    /// Verification would not accept it.
    #[error("verification cannot use it: {0}")]
    Unusable(String),
}

/// A certificate authority or a timestamp authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Authority {
    /// Its name: organization and common name.
    pub name: String,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Since when it is trusted, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Until when; absent while it is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// When the first of its certificates ends, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificates_end: Option<String>,
    /// SHA-256 of its certificates, from the leaf to the root, in hex.
    pub fingerprints: Vec<String>,
}

/// A transparency log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Log {
    /// Its address.
    pub uri: String,
    /// Its key id as entries name it, in hex.
    pub key_id: String,
    /// The algorithm of its key, as the specification calls it.
    pub algorithm: String,
    /// Since when its key is trusted, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Until when; absent while it is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
}

/// What a trusted root holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Overview {
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// Certificate authorities (Fulcio).
    pub certificate_authorities: Vec<Authority>,
    /// Certificate transparency logs.
    pub certificate_logs: Vec<Log>,
    /// Transparency logs (Rekor).
    pub transparency_logs: Vec<Log>,
    /// Timestamp authorities.
    pub timestamp_authorities: Vec<Authority>,
    /// What is in there and cannot be used by this program.
    pub problems: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    #[serde(default)]
    media_type: String,
    #[serde(borrow, default)]
    trusted_root: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow, default)]
    signing_config: Option<&'a serde_json::value::RawValue>,
}

impl Document {
    /// Reads a trusted root, a signing config, or a client trust config that holds both, and checks what is inside.
    ///
    /// # Errors
    /// See [`DocumentError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        let unreadable = |error: serde_json::Error| DocumentError::Unreadable(error.to_string());
        let head: Head<'_> = serde_json::from_slice(bytes).map_err(unreadable)?;
        let raw = |value: &serde_json::value::RawValue| value.get().as_bytes().to_vec();
        let document = match head.media_type.as_str() {
            SIGNING_CONFIG_MEDIA_TYPE => Self { trusted_root: None, signing_config: Some(bytes.to_vec()) },
            CLIENT_MEDIA_TYPE => {
                Self { trusted_root: head.trusted_root.map(raw), signing_config: head.signing_config.map(raw) }
            }
            kind if ROOT_MEDIA_TYPES.contains(&kind) => {
                Self { trusted_root: Some(bytes.to_vec()), signing_config: None }
            }
            other => return Err(DocumentError::OtherKind(clean(other))),
        };
        if let Some(root) = &document.trusted_root {
            Overview::of(root)?;
            // What verification would refuse is better refused here, while the old root is still in place.
            boltseal_trust::Root::parse("it", root).map_err(|error| DocumentError::Unusable(clean(&error.reason)))?;
        }
        if let Some(config) = &document.signing_config {
            signing_config(config)?;
        }
        if document.trusted_root.is_none() && document.signing_config.is_none() {
            return Err(DocumentError::Empty("anything in it"));
        }
        Ok(document)
    }
}

/// The addresses of services, as a signing config names them.
pub(crate) fn signing_config(bytes: &[u8]) -> Result<SigningConfig, DocumentError> {
    let text = std::str::from_utf8(bytes).map_err(|error| DocumentError::Unreadable(error.to_string()))?;
    SigningConfig::from_json(text).map_err(|error| DocumentError::Unreadable(error.to_string()))
}

impl Overview {
    /// What a trusted root holds.
    ///
    /// # Errors
    /// It cannot be read, or nothing could be verified with it.
    pub fn of(bytes: &[u8]) -> Result<Self, DocumentError> {
        let root: TrustedRoot =
            serde_json::from_slice(bytes).map_err(|error| DocumentError::Unreadable(error.to_string()))?;
        if !ROOT_MEDIA_TYPES.contains(&root.media_type.as_str()) {
            return Err(DocumentError::OtherKind(clean(&root.media_type)));
        }
        let mut problems = Vec::new();
        let mut certificate_authorities = Vec::new();
        for it in &root.certificate_authorities {
            certificate_authorities.extend(authority(
                &it.subject,
                Some(&it.uri),
                &it.cert_chain,
                it.valid_for,
                &mut problems,
            ));
        }
        let mut timestamp_authorities = Vec::new();
        for it in &root.timestamp_authorities {
            let uri = it.uri.as_deref();
            timestamp_authorities.extend(authority(&it.subject, uri, &it.cert_chain, it.valid_for, &mut problems));
        }
        let mut transparency_logs = Vec::new();
        for it in &root.tlogs {
            transparency_logs.extend(log(&it.base_url, it.log_id.key_id.as_bytes(), &it.public_key, &mut problems));
        }
        let mut certificate_logs = Vec::new();
        for it in &root.ctlogs {
            certificate_logs.extend(log(&it.base_url, it.log_id.key_id.as_bytes(), &it.public_key, &mut problems));
        }
        if transparency_logs.is_empty() && timestamp_authorities.is_empty() {
            return Err(DocumentError::Empty("a usable log or timestamp authority"));
        }
        Ok(Self {
            sha256: sha256(bytes),
            certificate_authorities,
            certificate_logs,
            transparency_logs,
            timestamp_authorities,
            problems,
        })
    }
}

/// An authority, unless none of its certificates can be read: then a problem.
fn authority(
    subject: &CertificateSubject,
    uri: Option<&str>,
    chain: &CertChain,
    valid_for: Option<TimeRange>,
    problems: &mut Vec<String>,
) -> Option<Authority> {
    let words = [subject.organization.as_deref(), subject.common_name.as_deref()];
    let words: Vec<String> = words.into_iter().flatten().map(clean).collect();
    let uri = uri.map(clean).filter(|uri| !uri.is_empty());
    let name = if words.is_empty() { uri.clone().unwrap_or_default() } else { words.join(" / ") };
    let mut end = None;
    let mut fingerprints = Vec::new();
    for entry in &chain.certificates {
        match parse_certificate_info(&entry.raw_bytes) {
            Ok(info) => {
                end = Some(end.map_or(info.not_after, |end: jiff::Timestamp| end.min(info.not_after)));
                fingerprints.push(sha256(entry.raw_bytes.as_bytes()));
            }
            Err(error) => problems.push(format!("a certificate of `{name}` cannot be read: {error}")),
        }
    }
    if fingerprints.is_empty() {
        problems.push(format!("`{name}` has no usable certificate"));
        return None;
    }
    Some(Authority {
        name,
        uri,
        valid_from: valid_for.map(|range| range.start.to_string()),
        valid_until: valid_for.and_then(|range| range.end).map(|end| end.to_string()),
        certificates_end: end.map(|end| end.to_string()),
        fingerprints,
    })
}

/// A log, unless its key is of no kind that this program knows: then a problem.
fn log(uri: &str, key_id: &[u8], key: &PublicKey, problems: &mut Vec<String>) -> Option<Log> {
    let uri = clean(uri);
    // A bare RSA key, as the first logs have it, is no SubjectPublicKeyInfo; the verification reads it all the same.
    let bare = key.key_details.as_str().starts_with("PKCS1_");
    if !bare && let Err(error) = VerificationKey::from_spki(&key.raw_bytes) {
        problems.push(format!("the key of `{uri}` cannot be used: {error}"));
        return None;
    }
    Some(Log {
        uri,
        key_id: hex(key_id),
        algorithm: clean(key.key_details.as_str()),
        valid_from: key.valid_for.map(|range| range.start.to_string()),
        valid_until: key.valid_for.and_then(|range| range.end).map(|end| end.to_string()),
    })
}

fn clean(text: &str) -> String {
    service::clean(text, &[])
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
