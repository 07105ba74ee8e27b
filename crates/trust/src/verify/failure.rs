//! What an error of the library means: which question it answers, and the way out.

use sigstore_verify::bundle::Error as Shape;
use sigstore_verify::{CertificateError, Error, TimestampError, TransparencyLogError};

use super::trail::{Obstacle, Question};

const TAMPERED: &str = "it was changed after it was signed, or it belongs to another artifact: get both again from where they were published, or sign anew";
const OTHER_ROOT: &str = "if it comes from another Sigstore instance, name its root with `--trusted-root`; if keys were rotated, run `boltseal trust update`";
const NOT_LOGGED: &str = "sign again with a client that logs and puts the proof into the bundle";
const KEY_NOT_LOGGED: &str =
    "sign again with a client that logs, or accept keys without a log with `--insecure-no-log`";
const OTHER_ARTIFACT: &str = "verify the artifact that was signed, or sign this one";

/// The question that an error answers. `keyless` says in which order the library asks.
pub(super) fn read(error: &Error, keyless: bool) -> Obstacle {
    let failed = |question, advice: &str| Obstacle::failed(question, error.to_string(), advice);
    match error {
        Error::SignatureInvalid(_) => failed(Question::Signature, TAMPERED),
        Error::ArtifactMismatch(why) if why.contains("entry") => failed(Question::Entry, TAMPERED),
        Error::ArtifactMismatch(_) => failed(Question::Artifact, OTHER_ARTIFACT),
        Error::UnsupportedArtifact(_) => Obstacle::unknown(
            Question::Artifact,
            error.to_string(),
            "a digest alone is not enough for this kind of signature: verify with the bytes themselves",
        ),
        Error::Certificate(certificate) => of_certificate(certificate),
        Error::TransparencyLog(log) => of_log(log, keyless),
        Error::Timestamp(timestamp) => of_timestamp(timestamp),
        Error::InvalidBundle(why) if why.contains("statement") => {
            failed(Question::Payload, "the payload has to be an in-toto statement about a digest")
        }
        Error::UnsupportedBundle(why) if why.contains("Rekor") || why.contains("hash algorithm") => {
            failed(Question::Entry, "the entry of the log is of a kind that cannot belong to this signature; sign anew")
        }
        Error::UnsupportedBundle(why) if why.contains("payload") || why.contains("statement") => {
            failed(Question::Payload, "the payload has to be an in-toto statement with a sha256 or sha512 subject")
        }
        Error::Bundle(shape) => of_shape(shape, keyless),
        Error::Crypto(_) => Obstacle::unknown(
            Question::Signature,
            error.to_string(),
            "keys of this kind are not known; sign with ECDSA P-256 or P-384, Ed25519 or RSA",
        ),
        Error::InvalidTrustRoot(_) | Error::TrustRoot(_) | Error::TrustedCertificate(_) => {
            Obstacle::unknown(Question::Root, error.to_string(), "get the root anew with `boltseal trust update`")
        }
        _ => failed(Question::Form, "get the bundle again from where it was published, or sign anew"),
    }
}

fn of_certificate(error: &CertificateError) -> Obstacle {
    let failed = |question, advice: &str| Obstacle::failed(question, error.to_string(), advice);
    match error {
        CertificateError::Sct(_) => failed(Question::CertificateLog, OTHER_ROOT),
        CertificateError::NotYetValid { .. } | CertificateError::Expired { .. } => {
            failed(Question::Certificate, "the certificate was not valid when it was signed: sign again while it is")
        }
        CertificateError::ChainInvalid(why) if why.contains("CertExpired") || why.contains("CertNotValidYet") => {
            outside(why)
        }
        CertificateError::ChainInvalid(_) | CertificateError::NoValidAuthority { .. } => {
            failed(Question::Certificate, OTHER_ROOT)
        }
        _ => failed(Question::Certificate, "the certificate cannot be read: sign anew"),
    }
}

/// The library tells times in seconds; people read dates.
fn outside(why: &str) -> Obstacle {
    let moment = |text: &str| {
        let seconds = text.split_once(')')?.0.parse().ok()?;
        let moment = time::OffsetDateTime::from_unix_timestamp(seconds).ok()?;
        moment.format(&time::format_description::well_known::Rfc3339).ok()
    };
    let moments: Vec<String> = why.split("UnixTime(").skip(1).filter_map(moment).collect();
    let detail = match (moments.as_slice(), why.contains("CertExpired")) {
        ([signed, end], true) => format!("a certificate of the chain ended at {end}, and it was signed at {signed}"),
        ([signed, start], false) => {
            format!("a certificate of the chain begins at {start}, and it was signed at {signed}")
        }
        _ => why.to_owned(),
    };
    Obstacle::failed(Question::Certificate, detail, "sign again while the certificate is valid")
}

fn of_log(error: &TransparencyLogError, keyless: bool) -> Obstacle {
    // Of a keyless signature the promise is what proves the time, so it is verified first; by a key it is with the
    // rest of the entry.
    let promise = if keyless { Question::Time } else { Question::Log };
    let failed = |question, advice: &str| Obstacle::failed(question, error.to_string(), advice);
    match error {
        TransparencyLogError::UnknownLog { .. } => failed(promise, OTHER_ROOT),
        TransparencyLogError::InclusionPromise(_) => failed(promise, OTHER_ROOT),
        TransparencyLogError::IntegratedTime(why) if why.contains("future") => {
            failed(promise, "the log claims a time that has not come: see that this machine's clock is right")
        }
        TransparencyLogError::IntegratedTime(_) => {
            failed(Question::Log, "the certificate was not valid when the log took it in: sign again while it is")
        }
        TransparencyLogError::InclusionProof(_) => failed(Question::Log, TAMPERED),
        TransparencyLogError::Checkpoint(_) => failed(Question::Log, OTHER_ROOT),
        TransparencyLogError::MalformedEntry(why) if why.contains("log ID") => failed(promise, TAMPERED),
        _ => failed(Question::Entry, TAMPERED),
    }
}

fn of_timestamp(error: &TimestampError) -> Obstacle {
    let advice = match error {
        TimestampError::NoVerifiedTimestamp(_) => {
            "nothing proves when it was signed: sign with a log that promises a time, or with a timestamp authority"
        }
        _ => OTHER_ROOT,
    };
    Obstacle::failed(Question::Time, error.to_string(), advice)
}

fn of_shape(shape: &Shape, keyless: bool) -> Obstacle {
    let failed = |question, advice: &str| Obstacle::failed(question, shape.to_string(), advice);
    match shape {
        Shape::CertificateChainNotAllowed(_) => {
            failed(Question::Form, "roots and intermediates come from the trusted root: write the leaf alone")
        }
        Shape::MissingInclusionPromise(_)
        | Shape::MissingInclusionProof(_)
        | Shape::MissingSigningTimeEvidence
        | Shape::MissingTimestamp
        | Shape::MissingCheckpoint => {
            failed(Question::Log, if keyless { NOT_LOGGED } else { KEY_NOT_LOGGED }).upfront()
        }
        Shape::LogIndexOutOfRange { .. } | Shape::CheckpointRootMismatch => failed(Question::Log, TAMPERED).upfront(),
        _ => failed(Question::Form, TAMPERED),
    }
}
