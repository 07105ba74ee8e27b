//! JWS envelopes, flattened JSON
//! (<https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-envelope-jws.md>).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::envelope::{
    AUTHENTIC_SIGNING_TIME, Attributes, EXPIRY, Envelope, MOST_BYTES, MOST_CERTIFICATES, MOST_ENTRIES, SIGNING_SCHEME,
    SIGNING_TIME, TIMESTAMP_SIGNATURE,
};
use super::{json, when};

/// Takes an envelope apart. An error is a sentence about what is wrong with it.
pub(super) fn parse(bytes: &[u8]) -> Result<Envelope, String> {
    if bytes.len() > MOST_BYTES {
        return Err(format!("the envelope has {} bytes, more than {MOST_BYTES}", bytes.len()));
    }
    let envelope = object(bytes, "the envelope")?;
    for name in envelope.keys() {
        if !["payload", "protected", "header", "signature"].contains(&name.as_str()) {
            return Err(format!("`{name}` has no place in a flattened JWS with one signature"));
        }
    }
    let payload = text(&envelope, "payload")?;
    let protected = text(&envelope, "protected")?;
    let header = match envelope.get("header") {
        Some(Value::Object(header)) => header,
        _ => return Err("`header` is not an object".to_owned()),
    };
    let signature = decoded(&text(&envelope, "signature")?, "signature")?;
    if signature.is_empty() {
        return Err("`signature` is empty".to_owned());
    }
    let signed = object(&decoded(&protected, "protected")?, "the protected header")?;
    if header.len().max(signed.len()) > MOST_ENTRIES {
        return Err(format!("a header has more than {MOST_ENTRIES} entries"));
    }
    let attributes = attributes(&signed)?;
    // RFC 7515, section 4: a name is in one of the two headers.
    for name in header.keys() {
        if !["x5c", TIMESTAMP_SIGNATURE, "io.cncf.notary.signingAgent"].contains(&name.as_str())
            && (reserved(name) || attributes.extended.contains(name))
        {
            return Err(format!("`{name}` is in the header that nobody signs"));
        }
    }
    Ok(Envelope {
        payload: decoded(&payload, "payload")?,
        signed: format!("{protected}.{payload}").into_bytes(),
        signature,
        chain: chain(header)?,
        timestamp: match header.get(TIMESTAMP_SIGNATURE) {
            None | Some(Value::Null) => None,
            Some(Value::String(token)) => Some(
                STANDARD.decode(token).map_err(|error| format!("`{TIMESTAMP_SIGNATURE}` is not base64: {error}"))?,
            ),
            Some(_) => return Err(format!("`{TIMESTAMP_SIGNATURE}` is not a text")),
        },
        attributes,
    })
}

fn reserved(name: &str) -> bool {
    ["alg", "cty", "crit", "b64"].contains(&name) || name.starts_with("io.cncf.notary.")
}

fn attributes(protected: &Map<String, Value>) -> Result<Attributes, String> {
    let mut attributes = Attributes::default();
    for (name, value) in protected {
        let text = || match value {
            Value::String(text) => Ok(text.clone()),
            _ => Err(format!("`{name}` is not a text")),
        };
        let time = || text().and_then(|text| when::parse(&text).ok_or(format!("`{name}` is not a time: `{text}`")));
        match name.as_str() {
            "alg" => {
                let text = text()?;
                attributes.known_algorithm = Algorithm::of_jose(&text);
                attributes.algorithm = Some(text);
            }
            "cty" => attributes.content_type = Some(text()?),
            "crit" => attributes.critical = critical(value)?,
            SIGNING_SCHEME => attributes.scheme = Some(text()?),
            SIGNING_TIME => attributes.signing_time = Some(time()?),
            AUTHENTIC_SIGNING_TIME => attributes.authentic_signing_time = Some(time()?),
            EXPIRY => attributes.expiry = Some(time()?),
            // RFC 7797 would change what is signed.
            "b64" => return Err("`b64` has no place in a signature of the Notary Project".to_owned()),
            _ => attributes.extended.push(name.clone()),
        }
    }
    Ok(attributes)
}

fn critical(value: &Value) -> Result<Vec<String>, String> {
    value
        .as_array()
        .and_then(|names| names.iter().map(|name| name.as_str().map(str::to_owned)).collect())
        .ok_or_else(|| "`crit` is not a list of names".to_owned())
}

fn chain(header: &Map<String, Value>) -> Result<Vec<Vec<u8>>, String> {
    let certificates = match header.get("x5c") {
        Some(Value::Array(certificates)) if !certificates.is_empty() => certificates,
        _ => return Err("`x5c` holds no certificates".to_owned()),
    };
    if certificates.len() > MOST_CERTIFICATES {
        return Err(format!("`x5c` holds {} certificates, more than {MOST_CERTIFICATES}", certificates.len()));
    }
    certificates
        .iter()
        .enumerate()
        .map(|(at, certificate)| {
            let text = certificate.as_str().ok_or_else(|| format!("`x5c[{at}]` is not a text"))?;
            STANDARD.decode(text).map_err(|error| format!("`x5c[{at}]` is not base64: {error}"))
        })
        .collect()
}

fn object(bytes: &[u8], what: &str) -> Result<Map<String, Value>, String> {
    match json::parse(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(format!("{what} is not a JSON object")),
        Err(error) => Err(format!("{what} cannot be read: {error}")),
    }
}

fn text(object: &Map<String, Value>, name: &str) -> Result<String, String> {
    object.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("`{name}` is not a text"))
}

fn decoded(text: &str, name: &str) -> Result<Vec<u8>, String> {
    URL_SAFE_NO_PAD.decode(text).map_err(|error| format!("`{name}` is not base64url: {error}"))
}
