//! Fulcio: a certificate for a key, on the word of an OIDC issuer
//! (<https://github.com/sigstore/fulcio/blob/main/fulcio.proto>, `CreateSigningCertificate`).

use reqwest::Url;
use serde::Deserialize;
use serde_json::json;
use sigstore_verify::crypto::{KeyAlgorithm, parse_certificate_info};
use sigstore_verify::types::{DerCertificate, DerPublicKey};

use crate::http::{Call, Http};
use crate::inspect::base64;
use crate::key::Holder;
use crate::service::{Service, ServiceError, clean};
use crate::token::Token;

/// A chain is a few kilobytes.
const MAX_ANSWER: u64 = 1 << 20;
const MAX_CHAIN: usize = 10;

/// A certificate for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The leaf, DER.
    pub certificate: Vec<u8>,
    /// What leads to the root, DER, next to the leaf first.
    pub chain: Vec<Vec<u8>>,
    /// Whom it names: an e-mail address or a URI.
    pub identity: String,
    /// The OIDC issuer it names.
    pub issuer: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    signed_certificate_embedded_sct: Option<Signed>,
    signed_certificate_detached_sct: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Signed {
    chain: Chain,
}

#[derive(Deserialize)]
struct Chain {
    certificates: Vec<String>,
}

/// Asks for a certificate for a key. It is for this key and names somebody; whether it leads to a root that one trusts
/// is for the verification to say.
///
/// # Errors
/// Fulcio cannot be reached or refuses, or answers with something else.
pub fn certify(http: &Http, fulcio: &Url, token: &Token, holder: &dyn Holder) -> Result<Issued, ServiceError> {
    let url = crate::http::below(fulcio, "api/v2/signingCert");
    let error = |reason: String| ServiceError::new(Service::Fulcio, &url, reason);
    let key = DerPublicKey::from_bytes(holder.public_key());
    let algorithm = match KeyAlgorithm::from_spki(&key) {
        Ok(KeyAlgorithm::EcdsaP256 | KeyAlgorithm::EcdsaP384) => "ECDSA",
        Ok(KeyAlgorithm::Ed25519) => "ED25519",
        Ok(KeyAlgorithm::Rsa) => "RSA_PSS",
        _ => return Err(error("is not asked: it takes ECDSA, Ed25519 and RSA keys".to_owned())),
    };
    let proof = holder.sign(token.identity().as_bytes());
    let proof = proof.map_err(|reason| error(format!("is not asked: the key does not sign ({reason})")))?;
    let request = json!({
        "credentials": { "oidcIdentityToken": token.text() },
        "publicKeyRequest": {
            "publicKey": { "algorithm": algorithm, "content": key.to_pem() },
            "proofOfPossession": base64(&proof),
        },
    });
    let call = Call {
        accept: Some("application/json"),
        secrets: vec![token.text()],
        // A second certificate does no harm.
        repeatable: true,
        ..Call::post(Service::Fulcio, &url, "application/json", request.to_string().into_bytes(), MAX_ANSWER)
    };
    let answer = http.send(&call)?;
    let answer: Answer =
        serde_json::from_slice(&answer.body).map_err(|_| error("answers something that is no certificate".into()))?;
    let Some(signed) = answer.signed_certificate_embedded_sct else {
        return Err(error(match answer.signed_certificate_detached_sct {
            Some(_) => "gives its proof of certificate transparency apart from the certificate, and a bundle has no \
                        place for that: let it embed the proof"
                .to_owned(),
            None => "answers without a certificate".to_owned(),
        }));
    };
    let mut chain = Vec::new();
    for pem in signed.chain.certificates.iter().take(MAX_CHAIN) {
        let der = DerCertificate::from_pem(pem);
        chain.push(der.map_err(|_| error("answers a certificate that cannot be read".to_owned()))?);
    }
    let mut chain = chain.into_iter();
    let leaf = chain.next().ok_or_else(|| error("answers an empty chain".to_owned()))?;
    let info = parse_certificate_info(&leaf)
        .map_err(|reason| error(format!("answers a certificate that cannot be read ({reason})")))?;
    if info.public_key.as_bytes() != holder.public_key() {
        return Err(error("answers a certificate for another key: do not use this service".to_owned()));
    }
    let identity = info.identity.as_ref().map(|identity| clean(identity.as_str(), &[])).unwrap_or_default();
    let issuer = clean(info.issuer.as_deref().unwrap_or_default(), &[]);
    if identity.is_empty() || issuer.is_empty() {
        return Err(error("answers a certificate that names nobody".to_owned()));
    }
    let chain = chain.map(DerCertificate::into_bytes).collect();
    Ok(Issued { certificate: leaf.into_bytes(), chain, identity, issuer })
}
