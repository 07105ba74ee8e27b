//! The annotations in which cosign kept signatures and what proves them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::verify::{bounds, fulcio};

const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
const CERTIFICATE: &str = "dev.sigstore.cosign/certificate";
const CHAIN: &str = "dev.sigstore.cosign/chain";
const BUNDLE: &str = "dev.sigstore.cosign/bundle";
const TIMESTAMP: &str = "dev.sigstore.cosign/rfc3161timestamp";

/// What the annotations hold. What is there has to be readable: nothing is passed over.
#[derive(Debug)]
pub(super) struct Annotations {
    /// Base64.
    pub(super) signature: Option<String>,
    /// The leaf and what lies between it and the root, DER; empty where a key signed.
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) entry: Option<Entry>,
    /// A token, base64.
    pub(super) timestamp: Option<String>,
}

/// An entry of a log of the first generation, as cosign's `bundle` annotation holds it.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    #[serde(rename = "SignedEntryTimestamp")]
    promise: String,
    #[serde(rename = "Payload")]
    payload: Payload,
    #[serde(skip)]
    kind: String,
    #[serde(skip)]
    version: String,
    #[serde(skip)]
    log: String,
}

#[derive(Debug, Deserialize)]
struct Payload {
    body: String,
    #[serde(rename = "integratedTime")]
    time: i64,
    #[serde(rename = "logIndex")]
    index: i64,
    #[serde(rename = "logID")]
    log: String,
}

#[derive(Deserialize)]
struct Stamped {
    #[serde(rename = "SignedRFC3161Timestamp")]
    token: String,
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
    #[serde(rename = "apiVersion")]
    version: String,
}

impl Annotations {
    /// An error is a sentence.
    pub(super) fn read(annotations: &BTreeMap<String, String>) -> Result<Self, String> {
        let given = |name: &str| annotations.get(name).map(String::as_str).filter(|text| !text.trim().is_empty());
        for name in [SIGNATURE, CERTIFICATE, CHAIN, BUNDLE, TIMESTAMP] {
            bounds::check(&format!("annotation `{name}`"), given(name).unwrap_or_default().as_bytes(), usize::MAX)?;
        }
        let mut certificates = Vec::new();
        if let Some(pem) = given(CERTIFICATE) {
            certificates = blocks(pem).map_err(|why| format!("the annotation `{CERTIFICATE}`: {why}"))?;
            if certificates.len() != 1 {
                return Err(format!("the annotation `{CERTIFICATE}` has {} certificates, not one", certificates.len()));
            }
            let chain = blocks(given(CHAIN).unwrap_or_default());
            let chain = chain.map_err(|why| format!("the annotation `{CHAIN}`: {why}"))?;
            // Roots are those of the trusted root, never what comes along.
            certificates.extend(chain.into_iter().filter(|der| !fulcio::is_root(der)));
        }
        let timestamp = given(TIMESTAMP).map(|text| {
            serde_json::from_str::<Stamped>(text)
                .map(|stamped| stamped.token)
                .map_err(|error| format!("the annotation `{TIMESTAMP}` cannot be read: {error}"))
        });
        Ok(Self {
            signature: given(SIGNATURE).map(str::to_owned),
            certificates,
            entry: given(BUNDLE).map(Entry::read).transpose()?,
            timestamp: timestamp.transpose()?,
        })
    }
}

impl Entry {
    fn read(text: &str) -> Result<Self, String> {
        let unreadable = |why: String| format!("the annotation `{BUNDLE}` cannot be read: {why}");
        bounds::check("entry of the log", text.as_bytes(), bounds::MAX_DEPTH)?;
        let mut entry: Self = serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        let body = STANDARD.decode(&entry.payload.body).map_err(|_| unreadable("its body is not base64".to_owned()))?;
        bounds::check("body of the log's entry", &body, bounds::MAX_DEPTH)?;
        let kind: Kind = serde_json::from_slice(&body).map_err(|error| unreadable(format!("its body: {error}")))?;
        let id = entry.payload.log.as_bytes();
        let id: Option<Vec<u8>> =
            id.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
        let id = id.filter(|id| id.len() == 32).ok_or_else(|| unreadable("its log has no id".to_owned()))?;
        entry.log = STANDARD.encode(id);
        (entry.kind, entry.version) = (kind.kind, kind.version);
        Ok(entry)
    }

    pub(super) fn as_in_bundle(&self) -> Value {
        json!({
            "logIndex": self.payload.index.to_string(),
            "logId": { "keyId": self.log },
            "kindVersion": { "kind": self.kind, "version": self.version },
            "integratedTime": self.payload.time.to_string(),
            "inclusionPromise": { "signedEntryTimestamp": self.promise },
            "canonicalizedBody": self.payload.body,
        })
    }
}

/// The certificates of a PEM text, DER. An error is a sentence.
fn blocks(pem: &str) -> Result<Vec<Vec<u8>>, String> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    let mut found = Vec::new();
    for block in pem.split(BEGIN).skip(1) {
        if found.len() == bounds::MAX_CERTIFICATES {
            return Err(format!("at most {} certificates are read", bounds::MAX_CERTIFICATES));
        }
        let (body, _) = block.split_once("-----END CERTIFICATE-----").ok_or("a certificate has no end")?;
        let body: String = body.split_ascii_whitespace().collect();
        found.push(STANDARD.decode(body).map_err(|_| "a certificate is not base64")?);
    }
    if found.is_empty() && !pem.trim().is_empty() {
        return Err("it has no PEM block `CERTIFICATE`".to_owned());
    }
    Ok(found)
}
