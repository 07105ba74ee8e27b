//! Making signatures of the Notary Project: JWS envelopes by somebody with a certificate (`notary.x509`).

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use boltseal_evidence::Digest;
use der::asn1::UintRef;
use der::{Decode, Encode, Reader, SliceReader};
use serde_json::{Map, Value, json};

use super::algorithm::{Algorithm, KeyKind};
use super::envelope::{EXPIRY, PAYLOAD_TYPE, SIGNING_SCHEME, SIGNING_TIME};
use super::{chain, when};
use crate::sign::SignError;
use crate::{Signed, Signer};

/// What is signed: the descriptor of a manifest.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Its media type.
    pub media_type: &'a str,
    /// Its digest.
    pub digest: &'a Digest,
    /// Its bytes.
    pub size: u64,
    /// What the signer adds. Names that begin with `io.cncf.notary` are the Notary Project's own.
    pub annotations: &'a BTreeMap<String, String>,
}

/// A signature, and the annotation that the specification asks of the manifest that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The envelope.
    pub signed: Signed,
    /// Name and value.
    pub annotation: (String, String),
}

/// Signs a descriptor with the key of a chain's leaf. Times are in seconds since 1970; `chain` is DER, leaf first, with
/// its root. The key must be ECDSA: what signs with RSA here signs in a way that the Notary Project does not have.
///
/// # Errors
///
/// Where the chain may not sign, is not valid at that time, or is another key's; and where the signer does not sign.
pub fn sign(
    target: &Target<'_>,
    chain: &[Vec<u8>],
    signer: &dyn Signer,
    signed_at: i64,
    expires: Option<i64>,
) -> Result<Made, SignError> {
    let unwritable = |why: String| SignError::Unwritable(why);
    let certificates = chain::read(chain).map_err(unwritable)?;
    chain::check(&certificates, chain::Purpose::Code).map_err(unwritable)?;
    if let Some(why) = chain::invalid_at(&certificates, signed_at, signed_at) {
        return Err(unwritable(why));
    }
    let leaf = certificates.first().ok_or_else(|| unwritable("there are no certificates".to_owned()))?;
    let own = leaf.parsed.tbs_certificate.subject_public_key_info.to_der().unwrap_or_default();
    if own != signer.public_key().der {
        return Err(unwritable(format!("`{}` is not the certificate of the key that signs", leaf.subject())));
    }
    let algorithm = match (leaf.key, Algorithm::of_key(leaf.key)) {
        (KeyKind::P256 | KeyKind::P384, Some(algorithm)) => algorithm,
        (other, _) => {
            return Err(unwritable(format!(
                "{other} keys do not sign for the Notary Project here: use ECDSA P-256 or P-384"
            )));
        }
    };
    if let Some(name) = target.annotations.keys().find(|name| name.starts_with("io.cncf.notary")) {
        return Err(unwritable(format!("the annotation `{name}` is one of the Notary Project's own")));
    }
    if expires.is_some_and(|expires| expires <= signed_at) {
        return Err(unwritable("it would expire before it is signed".to_owned()));
    }
    let protected = URL_SAFE_NO_PAD.encode(protected(algorithm, signed_at, expires).to_string());
    let payload = URL_SAFE_NO_PAD.encode(payload(target).to_string());
    let message = format!("{protected}.{payload}");
    let signature = fixed(leaf.key, &signer.sign(message.as_bytes())?)
        .filter(|signature| algorithm.verifies(leaf.public_key(), message.as_bytes(), signature))
        .ok_or_else(|| SignError::Refused("what the key made does not verify with its certificate".to_owned()))?;
    let x5c: Vec<String> = chain.iter().map(|der| STANDARD.encode(der)).collect();
    let agent = concat!("boltseal/", env!("CARGO_PKG_VERSION"));
    let envelope = json!({
        "payload": payload,
        "protected": protected,
        "header": { "x5c": x5c, "io.cncf.notary.signingAgent": agent },
        "signature": URL_SAFE_NO_PAD.encode(signature),
    });
    let prints: Vec<String> = certificates.iter().map(|it| it.fingerprint().hex().to_owned()).collect();
    Ok(Made {
        signed: Signed::NotationJws(envelope.to_string().into_bytes()),
        annotation: ("io.cncf.notary.x509chain.thumbprint#S256".to_owned(), json!(prints).to_string()),
    })
}

fn protected(algorithm: Algorithm, signed_at: i64, expires: Option<i64>) -> Value {
    let mut critical = vec![SIGNING_SCHEME];
    let mut header = Map::new();
    header.insert("alg".to_owned(), algorithm.to_string().into());
    header.insert("cty".to_owned(), PAYLOAD_TYPE.into());
    header.insert(SIGNING_SCHEME.to_owned(), "notary.x509".into());
    header.insert(SIGNING_TIME.to_owned(), when::told(signed_at).into());
    if let Some(expires) = expires {
        critical.push(EXPIRY);
        header.insert(EXPIRY.to_owned(), when::told(expires).into());
    }
    header.insert("crit".to_owned(), json!(critical));
    Value::Object(header)
}

fn payload(target: &Target<'_>) -> Value {
    let digest = target.digest.to_string();
    let mut descriptor = json!({ "mediaType": target.media_type, "digest": digest, "size": target.size });
    if let (Some(fields), false) = (descriptor.as_object_mut(), target.annotations.is_empty()) {
        fields.insert("annotations".to_owned(), json!(target.annotations));
    }
    json!({ "targetArtifact": descriptor })
}

/// The two numbers of an ECDSA signature, each as long as the curve's (RFC 7518, section 3.4), from their DER.
fn fixed(key: KeyKind, signature: &[u8]) -> Option<Vec<u8>> {
    let length = match key {
        KeyKind::P256 => 32,
        KeyKind::P384 => 48,
        _ => return None,
    };
    let mut reader = SliceReader::new(signature).ok()?;
    let numbers = reader.sequence(|fields| Ok([UintRef::decode(fields)?, UintRef::decode(fields)?])).ok()?;
    let mut fixed = Vec::with_capacity(2 * length);
    for number in numbers {
        let zeros = length.checked_sub(number.as_bytes().len())?;
        fixed.resize(fixed.len() + zeros, 0);
        fixed.extend_from_slice(number.as_bytes());
    }
    Some(fixed)
}
