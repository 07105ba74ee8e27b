//! COSE_Sign1 envelopes
//! (<https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-envelope-cose.md>).
//!
//! Read from CBOR here and not with a COSE library: those read countersignatures inside countersignatures as deep as
//! they come, and nothing of the Notary Project uses one.

use ciborium::value::{Integer, Value};

use super::algorithm::Algorithm;
use super::envelope::{
    AUTHENTIC_SIGNING_TIME, Attributes, EXPIRY, Envelope, MOST_BYTES, MOST_CERTIFICATES, MOST_ENTRIES, SIGNING_SCHEME,
    SIGNING_TIME, TIMESTAMP_SIGNATURE,
};

/// The tag of COSE_Sign1 (RFC 9052, section 2).
const SIGN1: u64 = 18;
/// The most containers inside one another.
const DEEPEST: usize = 16;

/// A label of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Label {
    Number(i128),
    Text(String),
}

/// What a header holds.
type Entries = Vec<(Label, Value)>;
/// The certificates and the timestamp.
type Unsigned = (Vec<Vec<u8>>, Option<Vec<u8>>);

/// Takes an envelope apart. An error is a sentence about what is wrong with it.
pub(super) fn parse(bytes: &[u8]) -> Result<Envelope, String> {
    if bytes.len() > MOST_BYTES {
        return Err(format!("the envelope has {} bytes, more than {MOST_BYTES}", bytes.len()));
    }
    let parts = match cbor(bytes, "the envelope")? {
        Value::Tag(SIGN1, inner) => match *inner {
            Value::Array(parts) => parts,
            _ => return Err("what the envelope's tag is on is not a list".to_owned()),
        },
        _ => return Err("the envelope is not tagged as one signature (`COSE_Sign1`)".to_owned()),
    };
    let [protected, unprotected, payload, signature] =
        <[Value; 4]>::try_from(parts).map_err(|parts| format!("the envelope has {} parts, not 4", parts.len()))?;
    let protected = bytes_of(protected, "the protected header")?;
    let payload = bytes_of(payload, "the payload")?;
    let signature = bytes_of(signature, "the signature")?;
    if signature.is_empty() {
        return Err("the signature is empty".to_owned());
    }
    let attributes = attributes(header(cbor(&protected, "the protected header")?, "the protected header")?)?;
    let (chain, timestamp) = unsigned(header(unprotected, "the unprotected header")?)?;
    let signed = to_be_signed(&protected, &payload)?;
    Ok(Envelope { attributes, payload, signed, signature, chain, timestamp })
}

/// `Sig_structure` (RFC 9052, section 4.4).
fn to_be_signed(protected: &[u8], payload: &[u8]) -> Result<Vec<u8>, String> {
    let structure = Value::Array(vec![
        Value::Text("Signature1".to_owned()),
        Value::Bytes(protected.to_vec()),
        Value::Bytes(Vec::new()),
        Value::Bytes(payload.to_vec()),
    ]);
    let mut signed = Vec::new();
    ciborium::ser::into_writer(&structure, &mut signed).map_err(|error| error.to_string())?;
    Ok(signed)
}

fn attributes(protected: Entries) -> Result<Attributes, String> {
    let mut attributes = Attributes::default();
    for (label, value) in protected {
        match &label {
            Label::Number(1) => {
                let number = value.as_integer().map(i128::from);
                attributes.known_algorithm = number.and_then(Algorithm::of_cose);
                attributes.algorithm = Some(number.map_or_else(|| "not a number".to_owned(), |it| it.to_string()));
            }
            Label::Number(2) => attributes.critical = critical(value)?,
            Label::Number(3) => attributes.content_type = Some(text(value, "the content type")?),
            Label::Text(name) => match name.as_str() {
                SIGNING_SCHEME => attributes.scheme = Some(text(value, SIGNING_SCHEME)?),
                SIGNING_TIME => attributes.signing_time = Some(time(value, SIGNING_TIME)?),
                AUTHENTIC_SIGNING_TIME => {
                    attributes.authentic_signing_time = Some(time(value, AUTHENTIC_SIGNING_TIME)?);
                }
                EXPIRY => attributes.expiry = Some(time(value, EXPIRY)?),
                _ => attributes.extended.push(name.clone()),
            },
            // The specification's other form, in which the payload is a hash of who knows what.
            Label::Number(258..=260) => return Err("hash envelopes are not read".to_owned()),
            Label::Number(number) => attributes.extended.push(number.to_string()),
        }
    }
    Ok(attributes)
}

fn unsigned(unprotected: Entries) -> Result<Unsigned, String> {
    let (mut chain, mut timestamp) = (Vec::new(), None);
    for (label, value) in unprotected {
        match &label {
            Label::Number(33) => chain = certificates(value)?,
            Label::Text(name) if name == TIMESTAMP_SIGNATURE => {
                timestamp = Some(bytes_of(value, "the timestamp")?);
            }
            Label::Text(name) if name == "io.cncf.notary.signingAgent" => {}
            Label::Number(1..=3) => {
                return Err("the unprotected header holds what must be signed (label 1, 2 or 3)".to_owned());
            }
            Label::Text(name) if name.starts_with("io.cncf.notary.") => {
                return Err(format!("`{name}` is in the header that nobody signs"));
            }
            _ => {}
        }
    }
    if chain.is_empty() {
        return Err("`x5chain` (label 33) holds no certificates".to_owned());
    }
    Ok((chain, timestamp))
}

fn certificates(value: Value) -> Result<Vec<Vec<u8>>, String> {
    let Value::Array(certificates) = value else {
        return Err("`x5chain` is not a list".to_owned());
    };
    if certificates.len() > MOST_CERTIFICATES {
        return Err(format!("`x5chain` holds {} certificates, more than {MOST_CERTIFICATES}", certificates.len()));
    }
    certificates.into_iter().map(|certificate| bytes_of(certificate, "a certificate of `x5chain`")).collect()
}

fn critical(value: Value) -> Result<Vec<String>, String> {
    let Value::Array(labels) = value else {
        return Err("the list of critical labels is not a list".to_owned());
    };
    labels
        .into_iter()
        .map(|one| {
            Ok(match label(one)? {
                Label::Number(number) => number.to_string(),
                Label::Text(text) => text,
            })
        })
        .collect()
}

/// The entries of a header; a label is there once.
fn header(value: Value, what: &str) -> Result<Entries, String> {
    let Value::Map(entries) = value else {
        return Err(format!("{what} is not a map"));
    };
    if entries.len() > MOST_ENTRIES {
        return Err(format!("{what} has {} entries, more than {MOST_ENTRIES}", entries.len()));
    }
    let mut header: Entries = Vec::with_capacity(entries.len());
    for (name, value) in entries {
        let name = label(name)?;
        if header.iter().any(|(before, _)| *before == name) {
            return Err(format!("{what} has the label {name:?} twice"));
        }
        header.push((name, value));
    }
    Ok(header)
}

fn label(value: Value) -> Result<Label, String> {
    match value {
        Value::Integer(number) => Ok(Label::Number(number.into())),
        Value::Text(text) => Ok(Label::Text(text)),
        _ => Err("a label is neither a number nor a text".to_owned()),
    }
}

fn text(value: Value, what: &str) -> Result<String, String> {
    value.into_text().map_err(|_| format!("{what} is not a text"))
}

fn bytes_of(value: Value, what: &str) -> Result<Vec<u8>, String> {
    value.into_bytes().map_err(|_| format!("{what} is not a byte string"))
}

/// Tag 1 on whole seconds since 1970 (RFC 8949, section 3.4.2).
fn time(value: Value, what: &str) -> Result<i64, String> {
    let not_a_time = || format!("`{what}` is not a number of seconds with tag 1");
    let Value::Tag(1, inner) = value else {
        return Err(not_a_time());
    };
    match *inner {
        Value::Integer(seconds) => i64::try_from(<Integer as Into<i128>>::into(seconds)).map_err(|_| not_a_time()),
        _ => Err(not_a_time()),
    }
}

fn cbor(mut bytes: &[u8], what: &str) -> Result<Value, String> {
    let value: Value = ciborium::de::from_reader_with_recursion_limit(&mut bytes, DEEPEST)
        .map_err(|error| format!("{what} cannot be read: {error}"))?;
    if !bytes.is_empty() {
        return Err(format!("{} bytes come after {what}", bytes.len()));
    }
    Ok(value)
}
