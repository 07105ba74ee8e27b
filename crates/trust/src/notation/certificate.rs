//! X.509 certificates: what the rules of the Notary Project ask of one, and whether another issued it.

use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use boltseal_evidence::Digest;
use der::asn1::{ObjectIdentifier as Oid, UintRef};
use der::{Decode, Encode, Header, Reader, SliceReader};
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{BasicConstraints, CrlDistributionPoints, ExtendedKeyUsage, KeyUsage};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::algorithm::KeyKind;
use super::{bounds, name};

const BASIC_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.19");
const KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.15");
const EXTENDED_KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.37");
const CRL_DISTRIBUTION_POINTS: Oid = Oid::new_unwrap("2.5.29.31");
const AUTHORITY_INFORMATION: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.1.1");
/// `id-ad-ocsp`, as its DER stands within the extension.
const OCSP: &[u8] = &[0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01];

const RSA: Oid = Oid::new_unwrap("1.2.840.113549.1.1.1");
const EC: Oid = Oid::new_unwrap("1.2.840.10045.2.1");
const P256: Oid = Oid::new_unwrap("1.2.840.10045.3.1.7");
const P384: Oid = Oid::new_unwrap("1.3.132.0.34");
const P521: Oid = Oid::new_unwrap("1.3.132.0.35");
const ED25519: Oid = Oid::new_unwrap("1.3.101.112");

/// The most bytes of a certificate, and the most extensions.
const MOST_BYTES: usize = 1 << 16;
const MOST_EXTENSIONS: usize = 64;

/// A certificate, taken apart; who issued it is not asked yet.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    der: Vec<u8>,
    signed: Vec<u8>,
    pub(super) parsed: x509_cert::Certificate,
    pub(super) key: KeyKind,
    pub(super) basic: Option<Extension<BasicConstraints>>,
    pub(super) usage: Option<Extension<KeyUsage>>,
    pub(super) extended: Option<Extension<ExtendedKeyUsage>>,
    /// It says where to ask whether it was revoked.
    pub(super) revocable: bool,
    /// Where it says that its revocation lists are.
    pub(super) lists: Vec<GeneralName>,
}

/// An extension that counts.
#[derive(Debug, Clone)]
pub(super) struct Extension<T> {
    pub(super) critical: bool,
    pub(super) value: T,
}

impl Certificate {
    /// Reads DER, all of it. An error is a sentence.
    pub(super) fn parse(der: &[u8]) -> Result<Self, String> {
        if der.len() > MOST_BYTES {
            return Err(format!("it has {} bytes, more than {MOST_BYTES}", der.len()));
        }
        bounds::check(der)?;
        let parsed = x509_cert::Certificate::from_der(der).map_err(|error| format!("it cannot be read: {error}"))?;
        let signed = signed_part(der).map_err(|error| format!("it cannot be read: {error}"))?;
        if parsed.signature_algorithm != parsed.tbs_certificate.signature {
            return Err("it names two algorithms for its signature".to_owned());
        }
        let key = key_kind(&parsed)?;
        if extensions(&parsed).len() > MOST_EXTENSIONS {
            return Err(format!("it has more than {MOST_EXTENSIONS} extensions"));
        }
        let mut revocable = false;
        for (at, extension) in extensions(&parsed).iter().enumerate() {
            if extensions(&parsed).iter().take(at).any(|before| before.extn_id == extension.extn_id) {
                return Err(format!("it has the extension {} twice", extension.extn_id));
            }
            revocable |= extension.extn_id == CRL_DISTRIBUTION_POINTS
                || extension.extn_id == AUTHORITY_INFORMATION
                    && extension.extn_value.as_bytes().windows(OCSP.len()).any(|window| window == OCSP);
        }
        Ok(Self {
            der: der.to_vec(),
            signed,
            key,
            basic: extension(&parsed, BASIC_CONSTRAINTS)?,
            usage: extension(&parsed, KEY_USAGE)?,
            extended: extension(&parsed, EXTENDED_KEY_USAGE)?,
            revocable,
            lists: lists(&parsed),
            parsed,
        })
    }

    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn fingerprint(&self) -> Digest {
        Digest::sha256_of(&self.der)
    }

    /// The subject, RFC 4514.
    pub(super) fn subject(&self) -> String {
        name::told(&self.parsed.tbs_certificate.subject)
    }

    /// The first and the last second that it is valid.
    pub(super) fn validity(&self) -> (i64, i64) {
        let validity = &self.parsed.tbs_certificate.validity;
        let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs().try_into().unwrap_or(i64::MAX);
        (seconds(validity.not_before), seconds(validity.not_after))
    }

    /// The bits of its public key.
    pub(super) fn public_key(&self) -> &[u8] {
        self.parsed.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes()
    }

    /// It is a certificate authority's.
    pub(super) fn is_authority(&self) -> bool {
        self.basic.as_ref().is_some_and(|basic| basic.value.ca)
    }

    /// Its issuer's name and signature are its own.
    pub(super) fn is_self_signed(&self) -> bool {
        self.issued_by(self).is_ok()
    }

    /// The other's name is its issuer's and the other's key signed it. An error is a sentence.
    pub(super) fn issued_by(&self, issuer: &Self) -> Result<(), String> {
        if self.parsed.tbs_certificate.issuer != issuer.parsed.tbs_certificate.subject {
            return Err(format!(
                "its issuer is `{}`, not `{}`",
                name::told(&self.parsed.tbs_certificate.issuer),
                issuer.subject()
            ));
        }
        let signature = self.parsed.signature.as_bytes().unwrap_or_default();
        issuer
            .verifies(&self.parsed.signature_algorithm, &self.signed, signature)
            .map_err(|why| format!("the key of `{}` did not sign it: {why}", issuer.subject()))
    }

    /// Its key signed these bytes. SHA-1 and RSA below 2048 bits sign nothing.
    pub(super) fn verifies(
        &self,
        algorithm: &AlgorithmIdentifierOwned,
        signed: &[u8],
        signature: &[u8],
    ) -> Result<(), String> {
        let known = signature_algorithm(algorithm, self.key)
            .ok_or_else(|| format!("{} with {} is not a signature that counts", told(algorithm.oid), self.key))?;
        UnparsedPublicKey::new(known, self.public_key())
            .verify(signed, signature)
            .map_err(|_| "the signature does not fit".to_owned())
    }
}

fn extensions(certificate: &x509_cert::Certificate) -> &[x509_cert::ext::Extension] {
    certificate.tbs_certificate.extensions.as_deref().unwrap_or_default()
}

fn extension<'a, T: Decode<'a>>(
    certificate: &'a x509_cert::Certificate,
    oid: Oid,
) -> Result<Option<Extension<T>>, String> {
    extensions(certificate)
        .iter()
        .find(|extension| extension.extn_id == oid)
        .map(|extension| {
            T::from_der(extension.extn_value.as_bytes())
                .map(|value| Extension { critical: extension.critical, value })
                .map_err(|error| format!("its extension {oid} cannot be read: {error}"))
        })
        .transpose()
}

/// The places of revocation lists. One that cannot be read makes no list fit, which is never good news.
fn lists(certificate: &x509_cert::Certificate) -> Vec<GeneralName> {
    let points = extension::<CrlDistributionPoints>(certificate, CRL_DISTRIBUTION_POINTS).ok().flatten();
    let names = points.into_iter().flat_map(|points| points.value.0).filter_map(|point| point.distribution_point);
    names
        .flat_map(|name| match name {
            DistributionPointName::FullName(names) => names,
            DistributionPointName::NameRelativeToCRLIssuer(_) => Vec::new(),
        })
        .take(MOST_EXTENSIONS)
        .collect()
}

/// What the issuer signed, as it stands in the bytes.
pub(super) fn signed_part(der: &[u8]) -> der::Result<Vec<u8>> {
    let mut reader = SliceReader::new(der)?;
    Header::decode(&mut reader)?;
    reader.tlv_bytes().map(<[u8]>::to_vec)
}

fn key_kind(certificate: &x509_cert::Certificate) -> Result<KeyKind, String> {
    let info = &certificate.tbs_certificate.subject_public_key_info;
    let unusable = || format!("its key is of the kind {}, which signs nothing here", info.algorithm.oid);
    match info.algorithm.oid {
        RSA => Ok(KeyKind::Rsa(
            modulus_bits(info.subject_public_key.raw_bytes()).map_err(|error| format!("its key: {error}"))?,
        )),
        EC => match info.algorithm.parameters.as_ref().and_then(|curve| curve.decode_as::<Oid>().ok()) {
            Some(P256) => Ok(KeyKind::P256),
            Some(P384) => Ok(KeyKind::P384),
            Some(P521) => Ok(KeyKind::P521),
            _ => Err(unusable()),
        },
        ED25519 => Ok(KeyKind::Ed25519),
        _ => Err(unusable()),
    }
}

/// `RSAPublicKey` (RFC 8017, appendix A.1.1).
fn modulus_bits(key: &[u8]) -> der::Result<usize> {
    let mut reader = SliceReader::new(key)?;
    let bits = reader.sequence(|fields| {
        let modulus = UintRef::decode(fields)?;
        UintRef::decode(fields)?;
        let zeros = modulus.as_bytes().first().map_or(0, |byte| byte.leading_zeros() as usize);
        Ok(modulus.as_bytes().len() * 8 - zeros)
    })?;
    reader.finish(bits)
}

/// The parameters of RSASSA-PSS with one hash throughout and a salt as long as it (RFC 4055, section 3.1).
fn pss_parameters(hash: u8, salt: u8) -> Vec<u8> {
    let digest = [0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, hash, 0x05, 0x00];
    let mut parameters = vec![0x30, 0x34, 0xa0, 0x0f];
    parameters.extend_from_slice(&digest);
    parameters.extend_from_slice(&[0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09]);
    parameters.extend_from_slice(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08]);
    parameters.extend_from_slice(&digest);
    parameters.extend_from_slice(&[0xa2, 0x03, 0x02, 0x01, salt]);
    parameters
}

fn signature_algorithm(
    algorithm: &AlgorithmIdentifierOwned,
    key: KeyKind,
) -> Option<&'static dyn VerificationAlgorithm> {
    let name = algorithm.oid.to_string();
    Some(match (name.as_str(), key) {
        ("1.2.840.113549.1.1.11", KeyKind::Rsa(_)) => &signature::RSA_PKCS1_2048_8192_SHA256,
        ("1.2.840.113549.1.1.12", KeyKind::Rsa(_)) => &signature::RSA_PKCS1_2048_8192_SHA384,
        ("1.2.840.113549.1.1.13", KeyKind::Rsa(_)) => &signature::RSA_PKCS1_2048_8192_SHA512,
        ("1.2.840.113549.1.1.10", KeyKind::Rsa(_)) => {
            let parameters = algorithm.parameters.as_ref()?.to_der().ok()?;
            if parameters == pss_parameters(1, 32) {
                &signature::RSA_PSS_2048_8192_SHA256
            } else if parameters == pss_parameters(2, 48) {
                &signature::RSA_PSS_2048_8192_SHA384
            } else if parameters == pss_parameters(3, 64) {
                &signature::RSA_PSS_2048_8192_SHA512
            } else {
                return None;
            }
        }
        ("1.2.840.10045.4.3.2", KeyKind::P256) => &signature::ECDSA_P256_SHA256_ASN1,
        ("1.2.840.10045.4.3.2", KeyKind::P384) => &signature::ECDSA_P384_SHA256_ASN1,
        ("1.2.840.10045.4.3.2", KeyKind::P521) => &signature::ECDSA_P521_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", KeyKind::P256) => &signature::ECDSA_P256_SHA384_ASN1,
        ("1.2.840.10045.4.3.3", KeyKind::P384) => &signature::ECDSA_P384_SHA384_ASN1,
        ("1.2.840.10045.4.3.3", KeyKind::P521) => &signature::ECDSA_P521_SHA384_ASN1,
        ("1.2.840.10045.4.3.4", KeyKind::P521) => &signature::ECDSA_P521_SHA512_ASN1,
        ("1.3.101.112", KeyKind::Ed25519) => &signature::ED25519,
        _ => return None,
    })
}

fn told(oid: Oid) -> String {
    match oid.to_string().as_str() {
        "1.2.840.113549.1.1.5" => "SHA-1 with RSA".to_owned(),
        "1.2.840.10045.4.1" => "ECDSA with SHA-1".to_owned(),
        "1.2.840.113549.1.1.4" => "MD5 with RSA".to_owned(),
        other => format!("the algorithm {other}"),
    }
}
