//! The trusted root of a Sigstore instance: who is believed about identities, logs and times.

use std::fmt;

use boltseal_evidence::Digest;
use der::{Decode, Encode};
use sigstore_verify::Verifier;
use sigstore_verify::trust_root::{SIGSTORE_PRODUCTION_TRUSTED_ROOT, TrustedRoot};
use sigstore_verify::types::DerCertificate;

/// The largest `trusted_root.json` that is read.
const MAX_SIZE: usize = 4 << 20;
/// What the media type of a trusted root begins with
/// (<https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto>).
const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.trustedroot";

/// A trusted root (`trusted_root.json`): parsed, checked, and made ready once for any number of verifications.
pub struct Root {
    parsed: TrustedRoot,
    verifier: Verifier,
    digest: Digest,
    pub(crate) authorities: Vec<Named>,
    pub(crate) stampers: Vec<Named>,
}

/// A certificate of the root, and what the steps call it.
#[derive(Debug)]
pub(crate) struct Named {
    /// Where its authority answers.
    pub(crate) name: String,
    /// The subject, DER.
    pub(crate) subject: Vec<u8>,
    /// The value of the subject key identifier, if it has one.
    pub(crate) key: Option<Vec<u8>>,
    /// Issuer and serial number, DER: how a timestamp names the certificate of who made it (RFC 5652, 10.2.4).
    pub(crate) serial: Vec<u8>,
    /// The first and the last second that it is trusted for.
    pub(crate) window: (i64, Option<i64>),
}

/// A file is not a trusted root that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a trusted root: {reason}")]
pub struct RootError {
    /// The file.
    pub name: String,
    /// Why not.
    pub reason: String,
}

impl Root {
    /// Parses `trusted_root.json`; `name` is what an error calls it.
    ///
    /// # Errors
    /// The bytes are too many, no trusted root, or one with a key, certificate or window that cannot be right: nothing
    /// is verified with the rest.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, RootError> {
        let error = |reason: String| RootError { name: name.to_owned(), reason };
        if bytes.len() > MAX_SIZE {
            return Err(error(format!("it has {} bytes, at most {MAX_SIZE} are read", bytes.len())));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| error("it is not UTF-8".to_owned()))?;
        let parsed = TrustedRoot::from_json(text).map_err(|why| error(because(bytes, &why.to_string())))?;
        if !parsed.media_type.starts_with(MEDIA_TYPE) {
            let actual: String = parsed.media_type.chars().filter(|c| !c.is_control()).take(100).collect();
            return Err(error(format!("its media type is `{actual}`, expected is `{MEDIA_TYPE}…`")));
        }
        if parsed.certificate_authorities.is_empty() && parsed.tlogs.is_empty() {
            return Err(error("it names neither a certificate authority nor a log".to_owned()));
        }
        let verifier = Verifier::new(&parsed).map_err(|why| error(why.to_string()))?;
        let window = |range: Option<&sigstore_verify::trust_root::TimeRange>| {
            range.map_or((i64::MIN, None), |range| {
                (range.start.as_second(), range.end.as_ref().map(|end| end.as_second()))
            })
        };
        let authorities = parsed.certificate_authorities.iter().flat_map(|authority| {
            let window = window(authority.valid_for.as_ref());
            let certificates = authority.cert_chain.certificates.iter();
            certificates.filter_map(move |certificate| Named::of(&authority.uri, &certificate.raw_bytes, window))
        });
        let stampers = parsed.timestamp_authorities.iter().filter_map(|authority| {
            let uri = authority.uri.as_deref().or(authority.subject.common_name.as_deref()).unwrap_or("without a name");
            let leaf = authority.cert_chain.certificates.first()?;
            Named::of(uri, &leaf.raw_bytes, window(authority.valid_for.as_ref()))
        });
        let (authorities, stampers) = (authorities.collect(), stampers.collect());
        Ok(Self { parsed, verifier, digest: Digest::sha256_of(bytes), authorities, stampers })
    }

    /// The root of Sigstore's public instance as it was when this program was built.
    ///
    /// # Errors
    /// None that a test would not have seen.
    pub fn public_good() -> Result<Self, RootError> {
        Self::parse("the built-in root of Sigstore's public instance", SIGSTORE_PRODUCTION_TRUSTED_ROOT.as_bytes())
    }

    /// The SHA-256 of its bytes.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The youngest moment at which a key or authority in it begins, seconds since 1970: it is not older than that.
    pub fn newest(&self) -> Option<i64> {
        let keys = self.parsed.tlogs.iter().filter_map(|log| log.public_key.valid_for.as_ref());
        let logs = self.parsed.ctlogs.iter().filter_map(|log| log.public_key.valid_for.as_ref());
        let starts = keys.chain(logs).map(|range| range.start.as_second());
        let named = self.authorities.iter().chain(&self.stampers).map(|named| named.window.0);
        starts.chain(named).filter(|start| *start != i64::MIN).max()
    }

    pub(crate) fn parsed(&self) -> &TrustedRoot {
        &self.parsed
    }

    pub(crate) fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

impl Named {
    fn of(name: &str, der: &DerCertificate, window: (i64, Option<i64>)) -> Option<Self> {
        let certificate = x509_cert::Certificate::from_der(der.as_bytes()).ok()?;
        let inner = &certificate.tbs_certificate;
        let mut serial = inner.issuer.to_der().ok()?;
        serial.extend(inner.serial_number.to_der().ok()?);
        let key = inner.get::<x509_cert::ext::pkix::SubjectKeyIdentifier>().ok().flatten();
        Some(Self {
            name: name.to_owned(),
            subject: inner.subject.to_der().ok()?,
            key: key.map(|(_, key)| key.0.as_bytes().to_vec()),
            serial,
            window,
        })
    }
}

/// Why it does not parse, or what the file is instead.
fn because(bytes: &[u8], why: &str) -> String {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else { return format!("it is not JSON: {why}") };
    let kind = value.get("mediaType").and_then(serde_json::Value::as_str).unwrap_or_default();
    if kind.starts_with("application/vnd.dev.sigstore.bundle") {
        "it is a Sigstore bundle: name a trusted_root.json".to_owned()
    } else if value.get("trustedRoot").is_some() {
        "it is a client trust config: take it over with `boltseal trust import`".to_owned()
    } else if value.get("signed").is_some() {
        "it is metadata of a TUF repository: get the target `trusted_root.json` with `boltseal trust update`".to_owned()
    } else {
        why.to_owned()
    }
}

impl fmt::Debug for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Root").field("digest", &self.digest).finish_non_exhaustive()
    }
}
