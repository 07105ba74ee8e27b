//! The rules for the certificates that come with a signature
//! (<https://github.com/notaryproject/specifications/blob/v1.1.0/specs/signature-specification.md#certificate-requirements>).
//! They ask whether the chain is one that may sign; whether anybody trusts it is asked of the trust stores.

use x509_cert::ext::pkix::KeyUsages;

use super::algorithm::Algorithm;
use super::certificate::Certificate;

/// What the leaf signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Code.
    Code,
    /// Timestamps.
    Time,
}

const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
/// Uses of a key that no signer's certificate may have beside its own.
const OTHER_USES: [(&str, &str); 5] = [
    ("2.5.29.37.0", "any use (anyExtendedKeyUsage)"),
    ("1.3.6.1.5.5.7.3.1", "TLS servers (serverAuth)"),
    ("1.3.6.1.5.5.7.3.2", "TLS clients (clientAuth)"),
    ("1.3.6.1.5.5.7.3.4", "e-mail (emailProtection)"),
    ("1.3.6.1.5.5.7.3.9", "OCSP (OCSPSigning)"),
];

/// Reads the certificates of a chain. An error names the first that cannot be read.
pub(super) fn read(chain: &[Vec<u8>]) -> Result<Vec<Certificate>, String> {
    chain
        .iter()
        .enumerate()
        .map(|(at, der)| Certificate::parse(der).map_err(|why| format!("certificate {at}: {why}")))
        .collect()
}

/// Holds a chain, leaf first, against the rules. An error is a sentence about the first that is broken.
pub(super) fn check(chain: &[Certificate], purpose: Purpose) -> Result<(), String> {
    let Some(leaf) = chain.first() else {
        return Err("there are no certificates".to_owned());
    };
    let place = |at: usize, why: String| {
        format!("certificate {at} (`{}`): {why}", chain.get(at).map(Certificate::subject).unwrap_or_default())
    };
    check_leaf(leaf, purpose).map_err(|why| place(0, why))?;
    for (at, certificate) in chain.iter().enumerate() {
        match chain.get(at + 1) {
            // The last one is the root, whether it is the leaf as well or not.
            None => certificate
                .issued_by(certificate)
                .map_err(|why| place(at, format!("the chain does not end with a self-signed root: {why}")))?,
            Some(issuer) => {
                if certificate.is_self_signed() {
                    return Err(place(at, "it is self-signed, and more certificates follow it".to_owned()));
                }
                certificate.issued_by(issuer).map_err(|why| place(at, why))?;
            }
        }
        if at > 0 {
            check_authority(certificate, at - 1, purpose).map_err(|why| place(at, why))?;
        }
    }
    Ok(())
}

fn check_leaf(leaf: &Certificate, purpose: Purpose) -> Result<(), String> {
    if leaf.is_authority() {
        return Err("it is a certificate authority's, which may not sign artifacts itself".to_owned());
    }
    let Some(usage) = &leaf.usage else {
        return Err("it has no key usage, and must be for digital signatures".to_owned());
    };
    if !usage.critical && purpose == Purpose::Code {
        return Err("its key usage is not critical".to_owned());
    }
    if !usage.value.digital_signature() {
        return Err("its key usage is not for digital signatures".to_owned());
    }
    let allowed = KeyUsages::DigitalSignature | KeyUsages::NonRepudiation;
    if usage.value.0.into_iter().any(|one| !allowed.contains(one)) {
        return Err("its key usage is for more than digital signatures".to_owned());
    }
    check_uses(leaf, purpose)?;
    match Algorithm::of_key(leaf.key) {
        Some(_) => Ok(()),
        None => Err(format!("its key is {}: RSA 2048, 3072, 4096 or ECDSA P-256, P-384, P-521 may sign", leaf.key)),
    }
}

fn check_uses(leaf: &Certificate, purpose: Purpose) -> Result<(), String> {
    let Some(extended) = &leaf.extended else {
        return match purpose {
            Purpose::Code => Ok(()),
            Purpose::Time => Err("its extended key usage is not for timestamps".to_owned()),
        };
    };
    let uses: Vec<String> = extended.value.0.iter().map(ToString::to_string).collect();
    match purpose {
        Purpose::Code => {
            let other = OTHER_USES.iter().chain(&[(TIME_STAMPING, "timestamps (timeStamping)")]);
            match other.into_iter().find(|(oid, _)| uses.iter().any(|used| used == oid)) {
                Some((_, told)) => Err(format!("its extended key usage is for {told}, not for code signing alone")),
                None if uses.is_empty() => Err("its extended key usage is empty".to_owned()),
                None => Ok(()),
            }
        }
        // RFC 3161, section 2.3: this one alone, and critical.
        Purpose::Time if uses.as_slice() != [TIME_STAMPING] => {
            let also = if uses.iter().any(|used| used == CODE_SIGNING) { " (it is for code signing)" } else { "" };
            Err(format!("its extended key usage is not for timestamps alone{also}"))
        }
        Purpose::Time if !extended.critical => Err("its extended key usage is not critical".to_owned()),
        Purpose::Time => Ok(()),
    }
}

/// `below` is how many authorities stand between it and the leaf.
fn check_authority(authority: &Certificate, below: usize, purpose: Purpose) -> Result<(), String> {
    let Some(basic) = &authority.basic else {
        return Err("it issues certificates and has no basic constraints".to_owned());
    };
    if !basic.value.ca {
        return Err("it issues certificates and is not a certificate authority's".to_owned());
    }
    if !basic.critical && purpose == Purpose::Code {
        return Err("its basic constraints are not critical".to_owned());
    }
    if let Some(longest) = basic.value.path_len_constraint
        && usize::from(longest) < below
    {
        return Err(format!("it allows {longest} authorities below it, and there are {below}"));
    }
    match &authority.usage {
        None => Err("it issues certificates and has no key usage".to_owned()),
        Some(usage) if !usage.critical && purpose == Purpose::Code => Err("its key usage is not critical".to_owned()),
        Some(usage) if !usage.value.key_cert_sign() => Err("its key usage is not for signing certificates".to_owned()),
        Some(_) => Ok(()),
    }
}

/// The first certificate that is not valid from the first to the second time, and why.
pub(super) fn invalid_at(chain: &[Certificate], from: i64, to: i64) -> Option<String> {
    chain.iter().find_map(|certificate| {
        let (first, last) = certificate.validity();
        let told = super::when::told;
        if from < first {
            Some(format!("`{}` is valid from {}, and it was {}", certificate.subject(), told(first), told(from)))
        } else if to > last {
            Some(format!("`{}` was valid until {}, and it was {}", certificate.subject(), told(last), told(to)))
        } else {
            None
        }
    })
}
