//! Certificates of any kind, good and bad, revocation lists, and timestamps.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos};
use der::asn1::{Any, BitString, GeneralizedTime, OctetString, SetOfVec, UtcTime, Utf8StringRef};
use der::{Decode, Encode, Tag};
use x509_cert::attr::{Attribute, AttributeTypeAndValue};
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};
use x509_cert::{Certificate, TbsCertificate, Version};

use super::key::{Key, algorithm, oid};

pub(crate) const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
pub(crate) const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
pub(crate) const SERVER: &str = "1.3.6.1.5.5.7.3.1";
pub(crate) const ANY_USE: &str = "2.5.29.37.0";
pub(crate) const DAY: i64 = 86_400;

/// What a certificate says.
#[derive(Debug, Clone)]
pub(crate) struct Paper {
    pub(crate) subject: Vec<(&'static str, String)>,
    pub(crate) serial: u8,
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
    /// `cA`, the longest path and whether it is critical.
    pub(crate) basic: Option<(bool, Option<u8>, bool)>,
    pub(crate) usage: Option<(Vec<KeyUsages>, bool)>,
    pub(crate) extended: Option<(Vec<&'static str>, bool)>,
    pub(crate) extra: Vec<Extension>,
    /// Another algorithm than that of the issuer's key, in name.
    pub(crate) algorithm: Option<&'static str>,
}

/// A certificate with its key.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    pub(crate) paper: Paper,
    pub(crate) key: Key,
    pub(crate) der: Vec<u8>,
}

pub(crate) fn time(seconds: i64) -> Time {
    let since = Duration::from_secs(seconds.try_into().unwrap());
    match UtcTime::from_unix_duration(since) {
        Ok(time) => Time::UtcTime(time),
        Err(_) => Time::GeneralTime(GeneralizedTime::from_unix_duration(since).unwrap()),
    }
}

pub(crate) fn name(parts: &[(&str, String)]) -> Name {
    let part = |(kind, value): &(&str, String)| {
        let kind = match *kind {
            "CN" => "2.5.4.3",
            "C" => "2.5.4.6",
            "ST" => "2.5.4.8",
            "O" => "2.5.4.10",
            "OU" => "2.5.4.11",
            other => other,
        };
        let value = Any::from(Utf8StringRef::new(value).unwrap());
        let pair = AttributeTypeAndValue { oid: oid(kind), value };
        RelativeDistinguishedName(SetOfVec::try_from(vec![pair]).unwrap())
    };
    RdnSequence(parts.iter().map(part).collect())
}

pub(crate) fn extension(id: &str, critical: bool, value: &impl Encode) -> Extension {
    Extension { extn_id: oid(id), critical, extn_value: OctetString::new(value.to_der().unwrap()).unwrap() }
}

impl Paper {
    fn plain(common: &str, now: i64) -> Self {
        Self {
            subject: vec![
                ("C", "US".to_owned()),
                ("ST", "WA".to_owned()),
                ("O", "Example".to_owned()),
                ("CN", common.to_owned()),
            ],
            serial: 7,
            not_before: now - 30 * DAY,
            not_after: now + 365 * DAY,
            basic: None,
            usage: None,
            extended: None,
            extra: Vec::new(),
            algorithm: None,
        }
    }

    pub(crate) fn authority(common: &str, now: i64) -> Self {
        let usage = vec![KeyUsages::KeyCertSign, KeyUsages::CRLSign];
        Self { serial: 1, basic: Some((true, None, true)), usage: Some((usage, true)), ..Self::plain(common, now) }
    }

    pub(crate) fn leaf(common: &str, now: i64) -> Self {
        Self {
            usage: Some((vec![KeyUsages::DigitalSignature], true)),
            extended: Some((vec![CODE_SIGNING], false)),
            ..Self::plain(common, now)
        }
    }

    pub(crate) fn timestamper(common: &str, now: i64) -> Self {
        Self { extended: Some((vec![TIME_STAMPING], true)), ..Self::leaf(common, now) }
    }

    fn extensions(&self) -> Vec<Extension> {
        let mut extensions = self.extra.clone();
        if let Some((ca, longest, critical)) = self.basic {
            let value = BasicConstraints { ca, path_len_constraint: longest };
            extensions.push(extension("2.5.29.19", critical, &value));
        }
        if let Some((usages, critical)) = &self.usage {
            let mut flags = der::flagset::FlagSet::default();
            usages.iter().for_each(|usage| flags |= *usage);
            extensions.push(extension("2.5.29.15", *critical, &KeyUsage(flags)));
        }
        if let Some((uses, critical)) = &self.extended {
            let value = ExtendedKeyUsage(uses.iter().map(|id| oid(id)).collect());
            extensions.push(extension("2.5.29.37", *critical, &value));
        }
        extensions
    }

    /// Signed by an issuer, or by itself.
    pub(crate) fn issue(self, key: &Key, issuer: Option<&Holder>) -> Holder {
        let (issuer_name, issuer_key) = match issuer {
            Some(issuer) => (name(&issuer.paper.subject), &issuer.key),
            None => (name(&self.subject), key),
        };
        let signature = self.algorithm.map_or_else(|| issuer_key.x509_algorithm(), |id| algorithm(id, None));
        let tbs_certificate = TbsCertificate {
            version: Version::V3,
            serial_number: SerialNumber::new(&[self.serial]).unwrap(),
            signature: signature.clone(),
            issuer: issuer_name,
            validity: Validity { not_before: time(self.not_before), not_after: time(self.not_after) },
            subject: name(&self.subject),
            subject_public_key_info: key.spki(),
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(self.extensions()),
        };
        let signed = issuer_key.x509_sign(&tbs_certificate.to_der().unwrap());
        let certificate = Certificate {
            tbs_certificate,
            signature_algorithm: signature,
            signature: BitString::from_bytes(&signed).unwrap(),
        };
        Holder { paper: self, key: key.clone(), der: certificate.to_der().unwrap() }
    }
}

/// A revocation list of an issuer.
pub(crate) fn crl(issuer: &Holder, revoked: &[u8], this_update: i64, next_update: i64) -> Vec<u8> {
    crl_about(issuer, revoked, (this_update, next_update), None)
}

/// One that is about some certificates alone.
pub(crate) fn crl_about(
    issuer: &Holder,
    revoked: &[u8],
    (this_update, next_update): (i64, i64),
    scope: Option<Extension>,
) -> Vec<u8> {
    let entry = |serial: &u8| RevokedCert {
        serial_number: SerialNumber::new(&[*serial]).unwrap(),
        revocation_date: time(this_update - DAY),
        crl_entry_extensions: None,
    };
    let revoked: Vec<RevokedCert> = revoked.iter().map(entry).collect();
    let tbs_cert_list = TbsCertList {
        version: Version::V2,
        signature: issuer.key.x509_algorithm(),
        issuer: name(&issuer.paper.subject),
        this_update: time(this_update),
        next_update: Some(time(next_update)),
        revoked_certificates: (!revoked.is_empty()).then_some(revoked),
        crl_extensions: scope.map(|scope| vec![scope]),
    };
    let signed = issuer.key.x509_sign(&tbs_cert_list.to_der().unwrap());
    let list = CertificateList {
        tbs_cert_list,
        signature_algorithm: issuer.key.x509_algorithm(),
        signature: BitString::from_bytes(&signed).unwrap(),
    };
    list.to_der().unwrap()
}

/// What a timestamp says.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) time: i64,
    pub(crate) accuracy: u8,
    /// Leave the attribute out that ties it to a certificate.
    pub(crate) untied: bool,
    /// Change the time after it is signed.
    pub(crate) altered: bool,
}

impl Stamp {
    pub(crate) fn at(time: i64) -> Self {
        Self { time, accuracy: 1, untied: false, altered: false }
    }

    /// Over a signature, by an authority whose certificates follow.
    pub(crate) fn over(&self, signature: &[u8], authority: &Holder, others: &[&Holder]) -> Vec<u8> {
        let sequence = |parts: &[Vec<u8>]| Any::new(Tag::Sequence, parts.concat()).unwrap().to_der().unwrap();
        let sha256 = algorithm("2.16.840.1.101.3.4.2.1", None);
        let hashed = |bytes: &[u8]| OctetString::new(digest(&SHA256, bytes).as_ref()).unwrap();
        let imprint = sequence(&[sha256.to_der().unwrap(), hashed(signature).to_der().unwrap()]);
        let info = |time: i64| {
            let time = GeneralizedTime::from_unix_duration(Duration::from_secs(time.try_into().unwrap())).unwrap();
            sequence(&[
                1_u8.to_der().unwrap(),
                oid("1.3.6.1.4.1.99999.1").to_der().unwrap(),
                imprint.clone(),
                5_u8.to_der().unwrap(),
                time.to_der().unwrap(),
                sequence(&[self.accuracy.to_der().unwrap()]),
            ])
        };
        let stated = info(self.time);
        let attribute =
            |id: &str, value: Any| Attribute { oid: oid(id), values: SetOfVec::try_from(vec![value]).unwrap() };
        let any = |der: Vec<u8>| Any::from_der(&der).unwrap();
        let named = sequence(&[sequence(&[sequence(&[hashed(&authority.der).to_der().unwrap()])])]);
        let mut attributes = vec![
            attribute("1.2.840.113549.1.9.3", any(oid("1.2.840.113549.1.9.16.1.4").to_der().unwrap())),
            attribute("1.2.840.113549.1.9.4", any(hashed(&stated).to_der().unwrap())),
        ];
        if !self.untied {
            attributes.push(attribute("1.2.840.113549.1.9.16.2.47", any(named)));
        }
        let signed_attrs = SetOfVec::try_from(attributes).unwrap();
        let signed = authority.key.x509_sign(&signed_attrs.to_der().unwrap());
        let certificate = |der: &[u8]| CertificateChoices::Certificate(Certificate::from_der(der).unwrap());
        let own = Certificate::from_der(&authority.der).unwrap();
        let signer = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: own.tbs_certificate.issuer.clone(),
                serial_number: own.tbs_certificate.serial_number.clone(),
            }),
            digest_alg: sha256.clone(),
            signed_attrs: Some(signed_attrs),
            signature_algorithm: authority.key.x509_algorithm(),
            signature: OctetString::new(signed).unwrap(),
            unsigned_attrs: None,
        };
        let stated = if self.altered { info(self.time - 1000) } else { stated };
        let mut certificates = vec![certificate(&authority.der)];
        certificates.extend(others.iter().map(|other| certificate(&other.der)));
        let data = SignedData {
            version: CmsVersion::V3,
            digest_algorithms: SetOfVec::try_from(vec![sha256]).unwrap(),
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: oid("1.2.840.113549.1.9.16.1.4"),
                econtent: Some(any(OctetString::new(stated).unwrap().to_der().unwrap())),
            },
            certificates: Some(cms::signed_data::CertificateSet(SetOfVec::try_from(certificates).unwrap())),
            crls: None,
            signer_infos: SignerInfos(SetOfVec::try_from(vec![signer]).unwrap()),
        };
        let content = any(data.to_der().unwrap());
        ContentInfo { content_type: oid("1.2.840.113549.1.7.2"), content }.to_der().unwrap()
    }
}
