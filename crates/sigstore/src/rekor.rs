//! Rekor: a signature is entered in a transparency log, and the log's proof comes back.

mod request;

use std::collections::BTreeMap;

use reqwest::StatusCode;
use sigstore_verify::rekor::LogEntry;
use sigstore_verify::types::{KindVersion, TransparencyLogEntry};

use crate::http::{Answer, Call, Http, below};
use crate::service::{Service, ServiceError};
use crate::services::{LogAddress, LogVersion};

use request::Expected;
pub use request::{Content, Entry, Verifier};

/// A proof grows with the logarithm of the log; the body holds the certificate.
const MAX_ANSWER: u64 = 8 << 20;

/// Enters a signature in a log: the entry with its proof, as a bundle holds it (`TransparencyLogEntry`,
/// <https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_rekor.proto>). It is about this signature;
/// whether the log signed it is for the verification to say.
///
/// # Errors
/// The log cannot be reached or refuses, takes no such entry, or answers with another.
pub fn enter(http: &Http, log: &LogAddress, entry: &Entry<'_>) -> Result<TransparencyLogEntry, ServiceError> {
    let path = match log.version {
        LogVersion::V1 => "api/v1/log/entries",
        LogVersion::V2 => "api/v2/log/entries",
    };
    let url = below(&log.url, path);
    let error = |reason: String| ServiceError::new(Service::Rekor, &url, reason);
    let (request, expected) = match log.version {
        LogVersion::V1 => request::v1(entry),
        LogVersion::V2 => request::v2(entry),
    }
    .map_err(|reason| error(format!("is not asked: {reason}")))?;
    let call = Call {
        accept: Some("application/json"),
        // A log of version 1 answers what it has under another status, and has it once.
        repeatable: log.version == LogVersion::V1,
        wanted: if log.version == LogVersion::V1 { &[StatusCode::CONFLICT] } else { &[] },
        ..Call::post(Service::Rekor, &url, "application/json", request.to_string().into_bytes(), MAX_ANSWER)
    };
    let mut answer = http.send(&call)?;
    if answer.status == StatusCode::CONFLICT {
        answer = existing(http, log, &answer)
            .ok_or_else(|| error("says that it has this entry already, and not where: sign again".to_owned()))??;
    }
    let entry = match log.version {
        LogVersion::V1 => from_v1(&answer.body, expected.kind),
        LogVersion::V2 => serde_json::from_slice(&answer.body).map_err(|reason| reason.to_string()),
    };
    let entry: TransparencyLogEntry = entry.map_err(|reason| error(format!("answers no entry ({reason})")))?;
    check(&entry, &expected, log.version).map_err(error)?;
    Ok(entry)
}

/// The entry that a log of version 1 has already.
fn existing(http: &Http, log: &LogAddress, conflict: &Answer) -> Option<Result<Answer, ServiceError>> {
    let id = conflict.location.as_deref()?.rsplit('/').next()?;
    let is_id = (64..=80).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let url = is_id.then(|| below(&log.url, &format!("api/v1/log/entries/{id}")))?;
    let call = Call { accept: Some("application/json"), ..Call::get(Service::Rekor, &url, MAX_ANSWER) };
    Some(http.send(&call))
}

fn from_v1(body: &[u8], kind: KindVersion) -> Result<TransparencyLogEntry, String> {
    let entries: BTreeMap<String, LogEntry> = serde_json::from_slice(body).map_err(|reason| reason.to_string())?;
    let mut entries = entries.into_values();
    match (entries.next(), entries.next()) {
        (Some(entry), None) => entry.to_bundle_entry(kind).map_err(|reason| reason.to_string()),
        _ => Err("not exactly one".to_owned()),
    }
}

/// What came back is about what was sent, and complete.
fn check(entry: &TransparencyLogEntry, expected: &Expected, version: LogVersion) -> Result<(), String> {
    if entry.kind_version != expected.kind {
        return Err(format!(
            "answers an entry of kind {} {}, and {} {} was entered",
            entry.kind_version.kind(),
            entry.kind_version.version(),
            expected.kind.kind(),
            expected.kind.version()
        ));
    }
    if !expected.is_in(entry.canonicalized_body.as_bytes()) {
        return Err("answers another entry than the one that was entered: do not use this service".to_owned());
    }
    let Some(proof) = &entry.inclusion_proof else {
        return Err("answers without a proof of inclusion".to_owned());
    };
    if proof.checkpoint.is_empty() {
        return Err("answers a proof without a checkpoint".to_owned());
    }
    if version == LogVersion::V1 && (entry.inclusion_promise.is_none() || entry.integrated_time.is_none()) {
        return Err("answers without a signed time of entry".to_owned());
    }
    Ok(())
}
