//! RFC 3161 timestamps: a CMS signature (RFC 5652) of a timestamp authority over the digest of the signature.
//!
//! Sigstore's library reads these as well, for authorities whose certificate is known beforehand and whose keys are
//! ECDSA; a trust store holds roots, and most authorities sign with RSA.

use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512};
use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{Any, ObjectIdentifier as Oid, OctetStringRef};
use der::{Decode, Encode, Header, Reader, SliceReader, Tag, TagNumber, Tagged};
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef};

use super::bounds;
use super::certificate::Certificate;
use super::chain::{self, Purpose};

const SIGNED_DATA: Oid = Oid::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: Oid = Oid::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.47");
const SUBJECT_KEY_IDENTIFIER: Oid = Oid::new_unwrap("2.5.29.14");
const RSA: Oid = Oid::new_unwrap("1.2.840.113549.1.1.1");
/// The baseline policy of timestamps, accurate to a second where nothing else is said (RFC 3628, section 5.2).
const BASELINE: Oid = Oid::new_unwrap("0.4.0.2023.1.1");

/// The most bytes of a token, the most certificates in one, and the longest chain from one.
const MOST_BYTES: usize = 1 << 17;
const MOST_CERTIFICATES: usize = 10;
const LONGEST: usize = 6;

/// A timestamp that holds.
#[derive(Debug)]
pub(super) struct Timestamp {
    /// The time that is stated, in seconds since 1970.
    pub(super) time: i64,
    /// The first and the last second that it may have been.
    pub(super) range: (i64, i64),
    /// The authority's certificates, leaf first, to a root that is trusted.
    pub(super) chain: Vec<Certificate>,
}

/// Verifies a token over a signature. An error is a sentence.
pub(super) fn verify(token: &[u8], signature: &[u8], roots: &[&Certificate]) -> Result<Timestamp, String> {
    if token.len() > MOST_BYTES {
        return Err(format!("the timestamp has {} bytes, more than {MOST_BYTES}", token.len()));
    }
    bounds::check(token).map_err(|why| format!("the timestamp: {why}"))?;
    let unreadable = |error: der::Error| format!("the timestamp cannot be read: {error}");
    let content = ContentInfo::from_der(token).map_err(unreadable)?;
    if content.content_type != SIGNED_DATA {
        return Err("the timestamp is not signed data".to_owned());
    }
    let signed: SignedData = content.content.decode_as().map_err(unreadable)?;
    if signed.encap_content_info.econtent_type != TST_INFO {
        return Err("what is signed in the timestamp is no time".to_owned());
    }
    let stated = signed.encap_content_info.econtent.as_ref().ok_or("the timestamp states nothing")?;
    let stated = stated.decode_as::<OctetStringRef<'_>>().map_err(unreadable)?.as_bytes().to_vec();
    let info = Info::parse(&stated).map_err(unreadable)?;
    info.is_of(signature)?;
    let certificates = certificates(&signed)?;
    let [signer] = signed.signer_infos.0.as_slice() else {
        return Err(format!("the timestamp has {} signatures, not one", signed.signer_infos.0.len()));
    };
    let leaf = certificates
        .iter()
        .find(|certificate| is_signer(&signer.sid, certificate))
        .ok_or("the timestamp does not hold the certificate of its signer")?;
    check_signature(signer, &stated, leaf)?;
    let chain = path(leaf, &certificates, roots)
        .ok_or_else(|| format!("the chain of `{}` does not lead to a root that is trusted", leaf.subject()))?;
    chain::check(&chain, Purpose::Time).map_err(|why| format!("of the timestamp authority, {why}"))?;
    let (time, range) = info.times()?;
    if let Some(why) = chain::invalid_at(&chain, range.0, range.1) {
        return Err(format!("of the timestamp authority, {why}"));
    }
    Ok(Timestamp { time, range, chain })
}

/// `TSTInfo` (RFC 3161, section 2.4.2), as far as it counts.
struct Info {
    policy: Oid,
    hash: Oid,
    hashed: Vec<u8>,
    time: String,
    /// Millionths of a second.
    accuracy: Option<u64>,
}

impl Info {
    fn parse(bytes: &[u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(bytes)?;
        let info = reader.sequence(|fields| {
            if u8::decode(fields)? != 1 {
                return Err(Tag::Integer.value_error());
            }
            let policy = Oid::decode(fields)?;
            let (hash, hashed) = fields.sequence(|imprint| {
                let hash = AlgorithmIdentifierRef::decode(imprint)?.oid;
                Ok((hash, OctetStringRef::decode(imprint)?.as_bytes().to_vec()))
            })?;
            der::asn1::IntRef::decode(fields)?;
            // The library's type for it knows no fractions of seconds.
            let time = Any::decode(fields)?;
            if time.tag() != Tag::GeneralizedTime {
                return Err(Tag::GeneralizedTime.value_error());
            }
            let time = String::from_utf8(time.value().to_vec()).map_err(|_| Tag::GeneralizedTime.value_error())?;
            let mut accuracy = None;
            while !fields.is_finished() {
                if fields.peek_tag()? == Tag::Sequence {
                    accuracy = Some(fields.sequence(accuracy_of)?);
                } else {
                    Any::decode(fields)?;
                }
            }
            Ok(Self { policy, hash, hashed, time, accuracy })
        })?;
        reader.finish(info)
    }

    fn is_of(&self, signature: &[u8]) -> Result<(), String> {
        let own = hashed(self.hash, signature)
            .ok_or_else(|| format!("the timestamp is over a digest of the kind {}", self.hash))?;
        if own == self.hashed { Ok(()) } else { Err("the timestamp is of another signature".to_owned()) }
    }

    /// The time, and the seconds within which it may have been.
    fn times(&self) -> Result<(i64, (i64, i64)), String> {
        let (whole, fraction) =
            self.time.strip_suffix('Z').and_then(|time| time.split_at_checked(14)).unwrap_or(("", ""));
        let digits: Vec<char> = whole.chars().collect();
        let time = match digits.as_slice() {
            [y1, y2, y3, y4, mo1, mo2, d1, d2, h1, h2, mi1, mi2, s1, s2] => {
                super::when::parse(&format!("{y1}{y2}{y3}{y4}-{mo1}{mo2}-{d1}{d2}T{h1}{h2}:{mi1}{mi2}:{s1}{s2}Z"))
            }
            _ => None,
        };
        let plain = fraction.is_empty()
            || fraction.strip_prefix('.').is_some_and(|digits| {
                !digits.is_empty() && digits.len() < 10 && digits.bytes().all(|byte| byte.is_ascii_digit())
            });
        let time = time.filter(|_| plain).ok_or_else(|| "the timestamp's time cannot be read".to_owned())?;
        let accuracy = self.accuracy.unwrap_or(if self.policy == BASELINE { 1_000_000 } else { 0 });
        let accuracy = i64::try_from(accuracy.div_ceil(1_000_000)).unwrap_or(i64::MAX);
        let last = time.saturating_add(accuracy).saturating_add(i64::from(!fraction.is_empty()));
        Ok((time, (time.saturating_sub(accuracy), last)))
    }
}

/// `Accuracy`: seconds, and thousandths and millionths of one.
fn accuracy_of<'r, R: Reader<'r>>(fields: &mut R) -> der::Result<u64> {
    let mut micros = 0_u64;
    while !fields.is_finished() {
        let header = Header::decode(fields)?;
        let bytes = fields.read_vec(header.length)?;
        let number =
            bytes.iter().try_fold(0_u64, |number, byte| number.checked_mul(256)?.checked_add(u64::from(*byte)));
        let scale = match header.tag {
            Tag::Integer => 1_000_000,
            Tag::ContextSpecific { number: TagNumber::N0, .. } => 1_000,
            Tag::ContextSpecific { number: TagNumber::N1, .. } => 1,
            _ => return Err(Tag::Sequence.value_error()),
        };
        micros = micros.saturating_add(number.unwrap_or(u64::MAX).saturating_mul(scale));
    }
    Ok(micros)
}

fn certificates(signed: &SignedData) -> Result<Vec<Certificate>, String> {
    let choices = signed.certificates.as_ref().map(|set| set.0.as_slice()).unwrap_or_default();
    if choices.len() > MOST_CERTIFICATES {
        return Err(format!("the timestamp holds {} certificates, more than {MOST_CERTIFICATES}", choices.len()));
    }
    Ok(choices
        .iter()
        .filter_map(|choice| match choice {
            // One that cannot be read is nobody's here.
            CertificateChoices::Certificate(certificate) => {
                certificate.to_der().ok().and_then(|der| Certificate::parse(&der).ok())
            }
            CertificateChoices::Other(_) => None,
        })
        .collect())
}

fn is_signer(signer: &SignerIdentifier, certificate: &Certificate) -> bool {
    let own = &certificate.parsed.tbs_certificate;
    match signer {
        SignerIdentifier::IssuerAndSerialNumber(it) => it.issuer == own.issuer && it.serial_number == own.serial_number,
        SignerIdentifier::SubjectKeyIdentifier(wanted) => own.extensions.iter().flatten().any(|extension| {
            extension.extn_id == SUBJECT_KEY_IDENTIFIER
                && SubjectKeyIdentifier::from_der(extension.extn_value.as_bytes()).is_ok_and(|own| own == *wanted)
        }),
    }
}

/// RFC 5652, sections 5.4 and 5.6: the signature is over the attributes, and these are over the content.
fn check_signature(signer: &SignerInfo, stated: &[u8], leaf: &Certificate) -> Result<(), String> {
    let attributes = signer.signed_attrs.as_ref().ok_or("the timestamp signs no attributes")?;
    let attribute = |oid: Oid| {
        let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
        match (found.next().map(|attribute| attribute.values.as_slice()), found.next()) {
            (Some([value]), None) => Some(value),
            _ => None,
        }
    };
    let kind = attribute(CONTENT_TYPE).and_then(|value| value.decode_as::<Oid>().ok());
    if kind != Some(TST_INFO) {
        return Err("the timestamp does not sign that it is one".to_owned());
    }
    let digest = attribute(MESSAGE_DIGEST).and_then(|value| value.decode_as::<OctetStringRef<'_>>().ok());
    let own = hashed(signer.digest_alg.oid, stated)
        .ok_or_else(|| format!("the timestamp signs a digest of the kind {}", signer.digest_alg.oid))?;
    if digest.map(|digest| digest.as_bytes()) != Some(own.as_slice()) {
        return Err("the timestamp's time was changed after it was signed".to_owned());
    }
    names_certificate(attribute(SIGNING_CERTIFICATE_V2), attribute(SIGNING_CERTIFICATE), leaf)?;
    let signed = attributes.to_der().map_err(|error| format!("the timestamp cannot be read: {error}"))?;
    let algorithm = signature_algorithm(signer);
    leaf.verifies(&algorithm, &signed, signer.signature.as_bytes())
        .map_err(|why| format!("the key of `{}` did not sign the timestamp: {why}", leaf.subject()))
}

/// The algorithm of a signature; where RSA alone is named, the digest's says which.
fn signature_algorithm(signer: &SignerInfo) -> AlgorithmIdentifierOwned {
    let oid = match (signer.signature_algorithm.oid == RSA, signer.digest_alg.oid.to_string().as_str()) {
        (true, "2.16.840.1.101.3.4.2.1") => Oid::new_unwrap("1.2.840.113549.1.1.11"),
        (true, "2.16.840.1.101.3.4.2.2") => Oid::new_unwrap("1.2.840.113549.1.1.12"),
        (true, "2.16.840.1.101.3.4.2.3") => Oid::new_unwrap("1.2.840.113549.1.1.13"),
        _ => return signer.signature_algorithm.clone(),
    };
    AlgorithmIdentifierOwned { oid, parameters: None }
}

/// The attribute that ties the signature to one certificate (RFC 5816, section 2.2.1; RFC 2634, section 5.4.1).
fn names_certificate(newer: Option<&Any>, older: Option<&Any>, leaf: &Certificate) -> Result<(), String> {
    let (value, is_newer) = match (newer, older) {
        (Some(value), _) => (value, true),
        (None, Some(value)) => (value, false),
        (None, None) => return Err("the timestamp does not sign which certificate it is by".to_owned()),
    };
    let first = || {
        let bytes = value.to_der()?;
        let mut reader = SliceReader::new(&bytes)?;
        Header::decode(&mut reader)?;
        Header::decode(&mut reader)?;
        Header::decode(&mut reader)?;
        let hash = match reader.peek_tag()? {
            Tag::Sequence => AlgorithmIdentifierRef::decode(&mut reader)?.oid.to_string(),
            _ if is_newer => "2.16.840.1.101.3.4.2.1".to_owned(),
            _ => "1.3.14.3.2.26".to_owned(),
        };
        Ok((hash, OctetStringRef::decode(&mut reader)?.as_bytes().to_vec()))
    };
    let (hash, named) = first().map_err(|error: der::Error| format!("the timestamp cannot be read: {error}"))?;
    let own = match hash.as_str() {
        // What the first form of the attribute has; the signature over it is a better one.
        "1.3.14.3.2.26" if !is_newer => digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, leaf.der()).as_ref().to_vec(),
        other => Oid::new(other)
            .ok()
            .and_then(|oid| hashed(oid, leaf.der()))
            .ok_or_else(|| format!("the timestamp names its certificate by a digest of the kind {other}"))?,
    };
    if own == named { Ok(()) } else { Err("the timestamp signs another certificate than its own".to_owned()) }
}

/// From a certificate up to a root that is trusted, over certificates that came along.
fn path(leaf: &Certificate, others: &[Certificate], roots: &[&Certificate]) -> Option<Vec<Certificate>> {
    let mut path = vec![leaf.clone()];
    while path.len() < LONGEST {
        let last = path.last()?;
        if let Some(root) = roots.iter().find(|root| last.issued_by(root).is_ok()) {
            if root.der() != last.der() {
                path.push((*root).clone());
            }
            return Some(path);
        }
        let next = others
            .iter()
            .find(|other| path.iter().all(|before| before.der() != other.der()) && last.issued_by(other).is_ok())?;
        path.push(next.clone());
    }
    None
}

fn hashed(hash: Oid, bytes: &[u8]) -> Option<Vec<u8>> {
    let algorithm = match hash.to_string().as_str() {
        "2.16.840.1.101.3.4.2.1" => &SHA256,
        "2.16.840.1.101.3.4.2.2" => &SHA384,
        "2.16.840.1.101.3.4.2.3" => &SHA512,
        _ => return None,
    };
    Some(digest::digest(algorithm, bytes).as_ref().to_vec())
}
