//! Certificate revocation lists (RFC 5280, section 5), given as files: nothing is fetched.

use der::asn1::ObjectIdentifier as Oid;
use der::{Decode, Encode};
use x509_cert::crl::CertificateList;
use x509_cert::ext::pkix::crl::dp::IssuingDistributionPoint;
use x509_cert::ext::pkix::name::DistributionPointName;

use super::bounds;
use super::certificate::{Certificate, signed_part};
use super::trail::Answer;
use super::when;

/// `issuingDistributionPoint`: what part of the certificates the list is about.
const DISTRIBUTION_POINT: Oid = Oid::new_unwrap("2.5.29.28");
const REMOVED: Oid = Oid::new_unwrap("2.5.29.21");

/// A list, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Crl {
    signed: Vec<u8>,
    parsed: CertificateList,
}

/// Whether a certificate was revoked.
enum Status {
    Good,
    Revoked(i64),
    Unknown(String),
}

impl Crl {
    /// Reads DER, all of it. An error is a sentence.
    pub(super) fn parse(der: &[u8]) -> Result<Self, String> {
        bounds::check(der)?;
        let parsed = CertificateList::from_der(der).map_err(|error| format!("the list cannot be read: {error}"))?;
        let signed = signed_part(der).map_err(|error| format!("the list cannot be read: {error}"))?;
        Ok(Self { signed, parsed })
    }

    fn status(&self, certificate: &Certificate, issuer: &Certificate, now: i64) -> Status {
        let list = &self.parsed.tbs_cert_list;
        let signature = self.parsed.signature.as_bytes().unwrap_or_default();
        if self.parsed.signature_algorithm != list.signature {
            return Status::Unknown("the list names two algorithms".to_owned());
        }
        if let Some(usage) = &issuer.usage
            && !usage.value.crl_sign()
        {
            return Status::Unknown(format!("`{}` may not sign lists", issuer.subject()));
        }
        if let Err(why) = issuer.verifies(&self.parsed.signature_algorithm, &self.signed, signature) {
            return Status::Unknown(format!("the list is not of `{}`: {why}", issuer.subject()));
        }
        let seconds =
            |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
        if seconds(list.this_update) > now {
            return Status::Unknown(format!("the list is from {}", when::told(seconds(list.this_update))));
        }
        match list.next_update.map(seconds) {
            Some(next) if next < now => {
                return Status::Unknown(format!("the list was good until {}", when::told(next)));
            }
            None => return Status::Unknown("the list does not say until when it is good".to_owned()),
            Some(_) => {}
        }
        for extension in list.crl_extensions.as_deref().unwrap_or_default() {
            let covers = match extension.extn_id {
                DISTRIBUTION_POINT => covers(extension.extn_value.as_bytes(), certificate),
                _ => !extension.critical,
            };
            if !covers {
                let oid = extension.extn_id;
                return Status::Unknown(format!(
                    "the list is not about every certificate, or of a kind that is not read ({oid})"
                ));
            }
        }
        let serial = &certificate.parsed.tbs_certificate.serial_number;
        let revoked = list.revoked_certificates.iter().flatten().find(|revoked| revoked.serial_number == *serial);
        match revoked {
            None => Status::Good,
            Some(revoked) => {
                let entry = revoked.crl_entry_extensions.as_deref().unwrap_or_default();
                if entry.iter().any(|extension| extension.critical && extension.extn_id != REMOVED) {
                    return Status::Unknown("its entry in the list is of a kind that is not read".to_owned());
                }
                Status::Revoked(seconds(revoked.revocation_date))
            }
        }
    }

    fn is_of(&self, issuer: &Certificate) -> bool {
        let (own, other) = (self.parsed.tbs_cert_list.issuer.to_der(), issuer.parsed.tbs_certificate.subject.to_der());
        own.is_ok() && own == other
    }
}

/// A list that is about some certificates alone (RFC 5280, section 5.2.5) is about this one, for every reason.
fn covers(scope: &[u8], certificate: &Certificate) -> bool {
    let Ok(scope) = IssuingDistributionPoint::from_der(scope) else {
        return false;
    };
    let kind = match certificate.is_authority() {
        true => !scope.only_contains_user_certs,
        false => !scope.only_contains_ca_certs,
    };
    let place = match &scope.distribution_point {
        None => true,
        Some(DistributionPointName::FullName(names)) => certificate.lists.iter().any(|own| names.contains(own)),
        Some(DistributionPointName::NameRelativeToCRLIssuer(_)) => false,
    };
    kind && place && !scope.indirect_crl && !scope.only_contains_attribute_certs && scope.only_some_reasons.is_none()
}

/// Asks the lists about a chain, leaf first. A certificate that names neither a list nor a responder cannot be revoked
/// by one. Only good news of everyone is good news.
pub(super) fn check(chain: &[Certificate], crls: &[Crl], now: i64) -> Answer {
    const ADVICE: &str = "add the authority's current revocation list to the trust's files as `crl/FILE`, or let the \
                          trust policy override `revocation` with `log` or `skip`";
    let mut asked = Vec::new();
    let mut open = None;
    for (certificate, issuer) in chain.iter().zip(chain.iter().skip(1)) {
        let subject = certificate.subject();
        let of_issuer: Vec<&Crl> = crls.iter().filter(|crl| crl.is_of(issuer)).collect();
        if !certificate.revocable && of_issuer.is_empty() {
            continue;
        }
        let mut why = "no revocation list of its issuer is at hand, and nothing is fetched".to_owned();
        let mut good = false;
        for crl in of_issuer {
            match crl.status(certificate, issuer, now) {
                Status::Good => good = true,
                Status::Unknown(reason) => why = reason,
                Status::Revoked(at) => {
                    return Answer::failed(
                        format!("`{subject}` was revoked at {}", when::told(at)),
                        "have the artifact signed again with a certificate that is not revoked",
                    );
                }
            }
        }
        if good {
            asked.push(format!("`{subject}`"));
        } else if open.is_none() {
            open = Some(format!("whether `{subject}` was revoked cannot be told: {why}"));
        }
    }
    match open {
        Some(detail) => Answer::unknown(detail, ADVICE),
        None if asked.is_empty() => {
            Answer::not_asked("no certificate of the chain names a revocation list or a responder")
        }
        None => Answer::passed(format!("not in the revocation lists of their issuers: {}", asked.join(", "))),
    }
}
