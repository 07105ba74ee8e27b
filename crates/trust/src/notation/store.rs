//! Trust stores: named sets of certificates, read from the files of notation's configuration
//! (<https://github.com/notaryproject/specifications/blob/v1.1.0/specs/trust-store-trust-policy.md#trust-store>).

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::TrustError;
use super::certificate::Certificate;
use super::crl::Crl;

/// The most bytes that a file of certificates may have, and a revocation list.
const MOST_BYTES: usize = 1 << 20;
const MOST_LIST_BYTES: usize = 32 << 20;

/// What the certificates of a store vouch for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StoreKind {
    /// Signers.
    Ca,
    /// Services that sign for others, and tell the time.
    SigningAuthority,
    /// Timestamp authorities.
    Tsa,
}

/// A store: `ca:example`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StoreName {
    pub(super) kind: StoreKind,
    pub(super) name: String,
}

impl StoreKind {
    fn of(text: &str) -> Option<Self> {
        Some(match text {
            "ca" => Self::Ca,
            "signingAuthority" => Self::SigningAuthority,
            "tsa" => Self::Tsa,
            _ => return None,
        })
    }
}

impl StoreName {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (kind, name) = text.split_once(':').ok_or_else(|| format!("`{text}` is not of the form `ca:example`"))?;
        let kind = StoreKind::of(kind)
            .ok_or_else(|| format!("`{kind}` is not a kind of store: `ca`, `signingAuthority` or `tsa`"))?;
        if !is_name(name) {
            return Err(format!("`{name}` is not a store's name: letters, digits, `_`, `.` and `-`"));
        }
        Ok(Self { kind, name: name.to_owned() })
    }
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ca => "ca",
            Self::SigningAuthority => "signingAuthority",
            Self::Tsa => "tsa",
        })
    }
}

impl fmt::Display for StoreName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.name)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().any(|it| it != '.')
        && name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '.' | '-'))
}

/// What the files beside a trust policy hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    pub(super) stores: BTreeMap<StoreName, Vec<Certificate>>,
    pub(super) crls: Vec<Crl>,
    pub(super) notices: Vec<String>,
}

/// Sorts files by their paths: `truststore/x509/KIND/NAME/FILE` is a store's, `crl/FILE` a revocation list. Others are
/// left, and said.
pub(super) fn read(files: Vec<(String, Vec<u8>)>) -> Result<Files, TrustError> {
    let mut read = Files::default();
    for (path, bytes) in files {
        let error = |reason: String| TrustError { file: path.clone(), place: None, reason };
        let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
        let most = if matches!(parts.as_slice(), ["crl" | "crls", _]) { MOST_LIST_BYTES } else { MOST_BYTES };
        if bytes.len() > most {
            return Err(error(format!("it has {} bytes, more than {most}", bytes.len())));
        }
        match parts.as_slice() {
            ["crl" | "crls", _] => {
                for der in blocks(&bytes, "X509 CRL").map_err(error)? {
                    read.crls.push(Crl::parse(&der).map_err(error)?);
                }
            }
            [folders @ .., "x509", kind, name, file] if folders.len() < 2 => {
                let kind = StoreKind::of(kind).ok_or_else(|| {
                    error(format!("`{kind}` is not a kind of store: `ca`, `signingAuthority` or `tsa`"))
                })?;
                if !is_name(name) {
                    return Err(error(format!("`{name}` is not a store's name: letters, digits, `_`, `.` and `-`")));
                }
                if !is_certificate(file) {
                    read.notices.push(format!("`{path}` is left: certificates are `.pem`, `.crt`, `.cer` or `.der`"));
                    continue;
                }
                let certificates = certificates(&bytes, kind).map_err(error)?;
                read.stores.entry(StoreName { kind, name: (*name).to_owned() }).or_default().extend(certificates);
            }
            _ => read.notices.push(format!(
                "`{path}` is left: stores are at `truststore/x509/KIND/NAME/FILE`, revocation lists at `crl/FILE`"
            )),
        }
    }
    Ok(read)
}

fn is_certificate(file: &str) -> bool {
    file.rsplit_once('.')
        .is_some_and(|(_, kind)| ["pem", "crt", "cer", "der"].contains(&kind.to_ascii_lowercase().as_str()))
}

fn certificates(bytes: &[u8], kind: StoreKind) -> Result<Vec<Certificate>, String> {
    let blocks = blocks(bytes, "CERTIFICATE")?;
    blocks
        .iter()
        .enumerate()
        .map(|(at, der)| {
            let certificate = Certificate::parse(der).map_err(|why| format!("certificate {}: {why}", at + 1))?;
            let subject = certificate.subject();
            if kind == StoreKind::Tsa && !(certificate.is_authority() && certificate.is_self_signed()) {
                return Err(format!("`{subject}` is not a root, and stores of timestamp authorities hold roots alone"));
            }
            if !certificate.is_authority() && !certificate.is_self_signed() {
                return Err(format!("`{subject}` is neither a certificate authority's nor self-signed"));
            }
            Ok(certificate)
        })
        .collect()
}

/// The DER in PEM blocks with a label, or the bytes themselves where they are no PEM.
fn blocks(bytes: &[u8], label: &str) -> Result<Vec<Vec<u8>>, String> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if text.contains("-----BEGIN ") => text,
        _ if bytes.is_empty() => return Err("it is empty".to_owned()),
        _ => return Ok(vec![bytes.to_vec()]),
    };
    let mut blocks = Vec::new();
    for block in text.split(&begin).skip(1) {
        let (body, _) = block.split_once(&end).ok_or_else(|| format!("a block has no `{end}`"))?;
        let body: String = body.chars().filter(|character| !character.is_ascii_whitespace()).collect();
        blocks.push(STANDARD.decode(body).map_err(|error| format!("a block is not base64: {error}"))?);
    }
    if blocks.is_empty() { Err(format!("it has no block `{begin}`")) } else { Ok(blocks) }
}
