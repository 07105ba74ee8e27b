//! What both kinds of envelope hold, and the rules for what is signed along with the payload
//! (<https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md>).

use super::algorithm::Algorithm;
use super::trail::Answer;
use super::when;

/// The most bytes that an envelope may have: certificates and a timestamp take some ten thousand.
pub(super) const MOST_BYTES: usize = 1 << 20;
/// The most certificates that a chain may have.
pub(super) const MOST_CERTIFICATES: usize = 10;
/// The most entries of a header.
pub(super) const MOST_ENTRIES: usize = 64;

/// The type of payload that there is.
pub(super) const PAYLOAD_TYPE: &str = "application/vnd.cncf.notary.payload.v1+json";

pub(super) const SIGNING_SCHEME: &str = "io.cncf.notary.signingScheme";
pub(super) const SIGNING_TIME: &str = "io.cncf.notary.signingTime";
pub(super) const AUTHENTIC_SIGNING_TIME: &str = "io.cncf.notary.authenticSigningTime";
pub(super) const EXPIRY: &str = "io.cncf.notary.expiry";
pub(super) const TIMESTAMP_SIGNATURE: &str = "io.cncf.notary.timestampSignature";
pub(super) const PLUGIN: &str = "io.cncf.notary.verificationPlugin";

/// An envelope, taken apart; nothing in it is believed yet.
#[derive(Debug)]
pub(super) struct Envelope {
    /// What is signed along with the payload.
    pub(super) attributes: Attributes,
    /// The payload.
    pub(super) payload: Vec<u8>,
    /// What the signature is over.
    pub(super) signed: Vec<u8>,
    /// The signature.
    pub(super) signature: Vec<u8>,
    /// The certificates, DER, leaf first.
    pub(super) chain: Vec<Vec<u8>>,
    /// The RFC 3161 token.
    pub(super) timestamp: Option<Vec<u8>>,
}

/// What is signed along with the payload.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// The algorithm as it is written: `PS256`, or a number of COSE.
    pub(super) algorithm: Option<String>,
    /// What that is, where it is one of the six.
    pub(super) known_algorithm: Option<Algorithm>,
    /// The type of the payload.
    pub(super) content_type: Option<String>,
    /// The names that a verifier must understand.
    pub(super) critical: Vec<String>,
    /// The signing scheme.
    pub(super) scheme: Option<String>,
    /// When the signer says that it was signed.
    pub(super) signing_time: Option<i64>,
    /// When a signing authority says that it was signed.
    pub(super) authentic_signing_time: Option<i64>,
    /// When the signer says that it should be used no more.
    pub(super) expiry: Option<i64>,
    /// The names of all attributes that this specification does not name.
    pub(super) extended: Vec<String>,
}

/// Who vouches for the time of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// `notary.x509`: nobody, or a timestamp authority.
    X509,
    /// `notary.x509.signingAuthority`: the service that signs for others.
    SigningAuthority,
}

/// What the signed attributes come to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meaning {
    pub(super) algorithm: Algorithm,
    pub(super) scheme: Scheme,
    /// The time that the scheme's attribute tells.
    pub(super) time: i64,
    pub(super) expiry: Option<i64>,
}

const SIGN_AGAIN: &str = "have it signed again with a tool that follows the Notary Project's specification";

/// Holds the signed attributes against the specification.
pub(super) fn judge(attributes: &Attributes) -> Result<(Meaning, Answer), Answer> {
    let fail = |detail: String| Answer::failed(detail, SIGN_AGAIN);
    let algorithm = match (&attributes.algorithm, attributes.known_algorithm) {
        (_, Some(algorithm)) => algorithm,
        (Some(name), None) => return Err(fail(format!("the algorithm `{name}` is none of PS256 to ES512"))),
        (None, None) => return Err(fail("no algorithm is signed".to_owned())),
    };
    match attributes.content_type.as_deref() {
        Some(PAYLOAD_TYPE) => {}
        Some(other) => return Err(fail(format!("the payload is `{other}`, not `{PAYLOAD_TYPE}`"))),
        None => return Err(fail("the type of the payload is not signed".to_owned())),
    }
    let scheme = match attributes.scheme.as_deref() {
        Some("notary.x509") => Scheme::X509,
        Some("notary.x509.signingAuthority") => Scheme::SigningAuthority,
        Some(other) => return Err(fail(format!("the signing scheme `{other}` is not known"))),
        None => return Err(fail(format!("`{SIGNING_SCHEME}` is missing"))),
    };
    criticals(attributes, scheme)?;
    let (wanted, time, forbidden) = match scheme {
        Scheme::X509 => (SIGNING_TIME, attributes.signing_time, attributes.authentic_signing_time),
        Scheme::SigningAuthority => {
            (AUTHENTIC_SIGNING_TIME, attributes.authentic_signing_time, attributes.signing_time)
        }
    };
    if forbidden.is_some() {
        let other = if scheme == Scheme::X509 { AUTHENTIC_SIGNING_TIME } else { SIGNING_TIME };
        return Err(fail(format!("`{other}` must not be there in this signing scheme")));
    }
    let time = time.ok_or_else(|| fail(format!("`{wanted}` is missing")))?;
    if let Some(expiry) = attributes.expiry
        && expiry <= time
    {
        let (expiry, time) = (when::told(expiry), when::told(time));
        return Err(fail(format!("it expires at {expiry}, not after it was signed at {time}")));
    }
    let detail = format!(
        "{algorithm}, `{}`, critical: {}",
        attributes.scheme.as_deref().unwrap_or_default(),
        attributes.critical.join(", ")
    );
    Ok((Meaning { algorithm, scheme, time, expiry: attributes.expiry }, Answer::passed(detail)))
}

/// What is critical must be known, present and complete.
fn criticals(attributes: &Attributes, scheme: Scheme) -> Result<(), Answer> {
    if let Some(plugin) = attributes.extended.iter().find(|name| name.starts_with(PLUGIN)) {
        return Err(Answer::failed(
            format!("it asks for a plug-in of notation (`{plugin}`), and there is none here"),
            "verify it with `notation` and that plug-in",
        ));
    }
    let mut missing = vec![(SIGNING_SCHEME, true)];
    missing.push((AUTHENTIC_SIGNING_TIME, scheme == Scheme::SigningAuthority));
    missing.push((EXPIRY, attributes.expiry.is_some()));
    for (at, name) in attributes.critical.iter().enumerate() {
        let Some((_, present)) = missing.iter().find(|(known, _)| known == name) else {
            return Err(Answer::failed(
                format!("the critical attribute `{name}` is not known, so it must not be passed over"),
                "verify it with the tool that it was made for, or have it signed without that attribute",
            ));
        };
        if !present {
            return Err(Answer::failed(format!("`{name}` is marked critical and is not there"), SIGN_AGAIN));
        }
        if attributes.critical.iter().take(at).any(|before| before == name) {
            return Err(Answer::failed(format!("`{name}` is marked critical twice"), SIGN_AGAIN));
        }
    }
    match missing.iter().find(|(name, needed)| *needed && !attributes.critical.iter().any(|critical| critical == name))
    {
        Some((name, _)) => Err(Answer::failed(format!("`{name}` is not marked critical"), SIGN_AGAIN)),
        None => Ok(()),
    }
}
