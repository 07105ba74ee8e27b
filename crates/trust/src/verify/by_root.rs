//! Keyless bundles: the certificate of an identity, and a trusted root.

use boltseal_evidence::Standing;
use sigstore_verify::crypto::{CertificateInfo, parse_certificate_info};
use sigstore_verify::{VerificationPolicy, VerificationResult};

use super::bundle::{Case, input};
use super::fulcio::{self, Leaf};
use super::trail::{Obstacle, Outcome, Question, Trail};
use super::{failure, told};
use crate::Root;

pub(super) fn verify(mut trail: Trail, case: Case<'_>) -> Outcome {
    let Some(root) = case.material.root.as_deref() else {
        return trail.end(
            Obstacle::unknown(
                Question::Root,
                "there is no trusted root to hold the certificate and the log against",
                "run `boltseal trust update`, or name a trusted_root.json with `--trusted-root`",
            ),
            case.after,
        );
    };
    trail.ask(Question::Root, format!("`trusted_root.json` with the digest {}", root.digest()));
    let Some(artifact) = input(case.artifact) else {
        return trail.end(
            Obstacle::unknown(Question::Artifact, "its digest is of no known kind", "give the bytes"),
            case.after,
        );
    };
    let policy = VerificationPolicy::any_identity();
    let result = root.verifier().verify(artifact, case.bundle, &policy).map_err(|error| failure::read(&error, true));
    let info = match &result {
        Ok(result) => result.certificate().cloned(),
        Err(_) => case.bundle.signing_certificate().and_then(|der| parse_certificate_info(der).ok()),
    };
    describe(&mut trail, &case, root, info.as_ref(), result.as_ref().ok());
    let judged = result.and_then(|result| stricter(&case, root, &result).map(|()| result));
    let result = match judged {
        Ok(result) => result,
        Err(obstacle) => return trail.end(obstacle, case.after),
    };
    let signer = info.as_ref().and_then(fulcio::signer);
    if signer.is_none() {
        let obstacle = Obstacle::failed(
            Question::Certificate,
            "the certificate names no identity or no issuer",
            "sign with a certificate that Fulcio issued",
        );
        return trail.end(obstacle, case.after);
    }
    let outcome = Outcome {
        signer,
        signed_at: result.verified_timestamps().iter().min().map(ToString::to_string),
        annotations: case.annotations(),
        statement: case.stated.map(|stated| stated.statement),
        ..Outcome::of(trail)
    };
    debug_assert_eq!(outcome.standing(), Standing::Verified);
    outcome
}

/// Says what was checked against what, in the order in which the library does it.
fn describe(
    trail: &mut Trail,
    case: &Case<'_>,
    root: &Root,
    info: Option<&CertificateInfo>,
    result: Option<&VerificationResult>,
) {
    let leaf = case.bundle.signing_certificate().map(Leaf::of).unwrap_or_default();
    let times: Vec<String> =
        result.map(|result| result.verified_timestamps().iter().map(ToString::to_string).collect()).unwrap_or_default();
    let (from, until) = info
        .map(|info| (info.not_before.to_string(), info.not_after.to_string()))
        .unwrap_or_else(|| ("an unknown time".to_owned(), "an unknown time".to_owned()));
    let at = info.map(|info| info.not_before.as_second());
    let logs = leaf.certificate_logs(root);
    let logs = if logs.is_empty() { "a log of the trusted root".to_owned() } else { logs.join(", ") };
    for question in case.after {
        match question {
            Question::Form | Question::Payload | Question::Root | Question::Key => {}
            Question::Time => trail.ask(*question, told::times(case.bundle, root, &times)),
            Question::Certificate => trail.ask(*question, told::certificate(&leaf, root, (&from, &until), at)),
            Question::CertificateLog => trail.ask(*question, format!("promised to be logged by {logs} (SCT)")),
            Question::Log => {
                trail.ask(*question, told::entries(&case.bundle.verification_material.tlog_entries, root));
            }
            Question::Artifact => trail.ask(*question, case.about()),
            Question::Signature => trail.ask(*question, "made with the key of the certificate"),
            Question::Entry => trail.ask(*question, "the log's entry names this signature, certificate and content"),
        }
    }
}

/// What is asked beyond the library.
///
/// The library takes "now" from the system's clock: it refuses times of logs after it, and keys of logs and timestamp
/// authorities that begin after it. The time of the caller's is enforced here for everything that is proved and for the
/// keys of logs; what remains is that a caller whose time is *later* than the system's is judged by the system's, which
/// refuses more.
fn stricter(case: &Case<'_>, root: &Root, result: &VerificationResult) -> Result<(), Obstacle> {
    let now = case.material.now;
    if let Some(late) = result.verified_timestamps().iter().find(|time| time.as_second() > now) {
        return Err(future(&late.to_string()));
    }
    unproved(case)?;
    not_begun(case, root)
}

/// A proved time that has not come.
pub(super) fn future(time: &str) -> Obstacle {
    Obstacle::failed(
        Question::Time,
        format!("{time} is proved, and lies in the future"),
        "see that the clock of this machine is right",
    )
}

/// The library is content where one entry of several shows a proof; here each has to.
pub(super) fn unproved(case: &Case<'_>) -> Result<(), Obstacle> {
    let entries = &case.bundle.verification_material.tlog_entries;
    let bare = entries.iter().find(|entry| entry.inclusion_proof.is_none() && entry.inclusion_promise.is_none());
    match bare {
        None => Ok(()),
        Some(entry) => Err(Obstacle::failed(
            Question::Log,
            format!("entry {} shows neither a proof nor a promise that it is logged", entry.log_index.get()),
            "sign again with a client that puts the proof into the bundle",
        )),
    }
}

/// A log whose key counts only later than now proves nothing yet.
pub(super) fn not_begun(case: &Case<'_>, root: &Root) -> Result<(), Obstacle> {
    for entry in &case.bundle.verification_material.tlog_entries {
        let log = root.parsed().tlogs.iter().find(|log| log.log_id.key_id.as_bytes() == entry.log_id.key_id.as_bytes());
        let start = log.and_then(|log| log.public_key.valid_for.as_ref()).map(|window| window.start);
        if let Some(start) = start.filter(|start| start.as_second() > case.material.now) {
            return Err(Obstacle::failed(
                Question::Log,
                format!("the key of {} counts only from {start} on", told::log(entry, root)),
                "see that the clock of this machine is right",
            ));
        }
    }
    Ok(())
}
