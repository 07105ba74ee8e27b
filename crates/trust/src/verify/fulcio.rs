//! The certificate that an identity signs with: what it claims, and who of the root issued it.

use boltseal_evidence::{BuildClaims, Signer};
use der::{Decode, Encode};
use sigstore_verify::crypto::CertificateInfo;
use sigstore_verify::types::DerCertificate;

use crate::Root;
use crate::root::Named;

const TIMESTAMPS: &str = "1.3.6.1.4.1.11129.2.4.2";

/// Who signed, as a certificate that is proved says.
pub(super) fn signer(info: &CertificateInfo) -> Option<Signer> {
    let claims = &info.ci_claims;
    let old = &claims.deprecated_github;
    let claims = BuildClaims {
        build_signer_uri: claims.build_signer_uri.clone(),
        build_signer_digest: claims.build_signer_digest.clone(),
        runner_environment: claims.runner_environment.clone(),
        // Certificates from before 2023 have the older claims alone; the repository there is `owner/name` on github.com.
        source_repository_uri: claims.source_repository_uri.clone(),
        source_repository_digest: claims.source_repository_digest.clone().or_else(|| old.workflow_sha.clone()),
        source_repository_ref: claims.source_repository_ref.clone().or_else(|| old.workflow_ref.clone()),
        source_repository_identifier: claims.source_repository_identifier.clone(),
        source_repository_owner_uri: claims.source_repository_owner_uri.clone(),
        source_repository_owner_identifier: claims.source_repository_owner_identifier.clone(),
        build_config_uri: claims.build_config_uri.clone(),
        build_config_digest: claims.build_config_digest.clone(),
        build_trigger: claims.build_trigger.clone().or_else(|| old.workflow_trigger.clone()),
        run_invocation_uri: claims.run_invocation_uri.clone(),
        source_repository_visibility: claims.source_repository_visibility_at_signing.clone(),
    };
    Some(Signer::Keyless {
        identity: info.identity.as_ref()?.as_str().to_owned(),
        issuer: info.issuer.clone()?,
        claims: Box::new(claims),
    })
}

/// What the steps tell about a certificate.
#[derive(Debug, Default)]
pub(super) struct Leaf {
    /// The name of who issued it, RFC 4514.
    issuer: String,
    /// The same, DER.
    issuer_der: Vec<u8>,
    /// The key identifier of who issued it.
    authority_key: Option<Vec<u8>>,
    /// The logs that promised to take it in, by id.
    logs: Vec<Vec<u8>>,
}

impl Leaf {
    /// What can be read of it; what cannot is left out, since nothing is judged by it.
    pub(super) fn of(der: &DerCertificate) -> Self {
        let Ok(certificate) = x509_cert::Certificate::from_der(der.as_bytes()) else { return Self::default() };
        let inner = &certificate.tbs_certificate;
        let authority = inner.get::<x509_cert::ext::pkix::AuthorityKeyIdentifier>().ok().flatten();
        let extensions = inner.extensions.as_deref().unwrap_or_default();
        let stamps = extensions.iter().find(|extension| extension.extn_id.to_string() == TIMESTAMPS);
        Self {
            issuer: inner.issuer.to_string(),
            issuer_der: inner.issuer.to_der().unwrap_or_default(),
            authority_key: authority.and_then(|(_, key)| key.key_identifier).map(|key| key.as_bytes().to_vec()),
            logs: stamps.map(|stamps| logs(stamps.extn_value.as_bytes())).unwrap_or_default(),
        }
    }

    /// Who issued it, among the authorities of the root whose window has the moment.
    pub(super) fn authority<'a>(&self, root: &'a Root, at: i64) -> Option<&'a Named> {
        root.authorities.iter().find(|named| {
            named.subject == self.issuer_der
                && (named.key.is_none() || self.authority_key.is_none() || named.key == self.authority_key)
                && at >= named.window.0
                && named.window.1.is_none_or(|end| at <= end)
        })
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The addresses of the logs of certificates that promised to take it in.
    pub(super) fn certificate_logs<'a>(&self, root: &'a Root) -> Vec<&'a str> {
        let known = root.parsed().ctlogs.iter();
        known
            .filter(|log| self.logs.iter().any(|id| id == log.log_id.key_id.as_bytes()))
            .map(|log| log.base_url.as_str())
            .collect()
    }
}

/// Issued by itself.
pub(super) fn is_root(der: &[u8]) -> bool {
    x509_cert::Certificate::from_der(der).is_ok_and(|certificate| {
        let inner = certificate.tbs_certificate;
        inner.issuer.to_der().ok() == inner.subject.to_der().ok()
    })
}

/// The ids of the logs in a list of signed certificate timestamps (RFC 6962, section 3.3).
fn logs(extension: &[u8]) -> Vec<Vec<u8>> {
    let Ok(list) = der::asn1::OctetStringRef::from_der(extension) else { return Vec::new() };
    let mut rest = list.as_bytes().get(2..).unwrap_or_default();
    let mut logs = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let Some((stamp, after)) = after.split_at_checked(usize::from(u16::from_be_bytes(*length))) else { break };
        // A version, then the id.
        logs.extend(stamp.get(1..33).map(<[u8]>::to_vec));
        rest = after;
    }
    logs
}
