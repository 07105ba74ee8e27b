//! Bundles by a key: no certificate, one of the keys at hand.

use sigstore_verify::types::bundle::VerificationMaterialContent;
use sigstore_verify::types::{DerPublicKey, SignatureContent};
use sigstore_verify::{PublicKeyVerificationPolicy, VerificationResult};

use super::bundle::{Case, input};
use super::by_root::{future, not_begun, unproved};
use super::trail::{Obstacle, Outcome, Question, Trail};
use super::{failure, told};
use crate::public_key::Hash;
use crate::{Artifact, Material, PublicKey, Root};

/// How many keys are tried.
const MAX_KEYS: usize = 256;

pub(super) fn verify(mut trail: Trail, case: Case<'_>) -> Outcome {
    let keys = in_order(&case);
    let key = match keys.as_slice() {
        [] => {
            let hint = hint(&case);
            let named = if hint.is_empty() { String::new() } else { format!(", it hints at `{hint}`") };
            return trail.end(no_key(&format!("it is signed by a key, and there is none at hand{named}")), case.after);
        }
        // Which key made it, is a matter of the signature alone; that this one is right is asked of the library below.
        [first, ..] => keys.iter().find(|key| fits(&case, key)).unwrap_or(first),
    };
    trail.ask(
        Question::Key,
        match keys.len() {
            1 => format!("held against `{}`", key.name),
            tried => format!("held against {tried} keys; `{}` is the one, or the first", key.name),
        },
    );
    match evidence(&case) {
        Ok(Some(root)) => logged(trail, &case, key, root),
        Ok(None) => alone(trail, case, key),
        Err(obstacle) => trail.end(obstacle, case.after),
    }
}

/// There is no key at hand.
pub(super) fn no_key(detail: &str) -> Obstacle {
    Obstacle::unknown(Question::Key, detail, "name the signer's public key with `--key`")
}

/// The keys to try: those that the hint means first.
fn in_order<'a>(case: &Case<'a>) -> Vec<&'a PublicKey> {
    let hint = hint(case);
    let mut keys: Vec<&PublicKey> = case.material.keys.iter().take(MAX_KEYS).collect();
    // The hint is not signed, so it only says where to begin.
    keys.sort_by_key(|key| !hints_at(key, hint));
    keys
}

/// A hint is anything; clients write the SHA-256 of the key's DER, in base64 or hexadecimal.
fn hints_at(key: &PublicKey, hint: &str) -> bool {
    use base64::Engine as _;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &key.der);
    let base64 = base64::engine::general_purpose::STANDARD.encode(digest.as_ref());
    !hint.is_empty() && (hint == base64 || hint == key.fingerprint().hex() || hint == key.name)
}

fn hint<'a>(case: &Case<'a>) -> &'a str {
    match &case.bundle.verification_material.content {
        VerificationMaterialContent::PublicKey(key) => &key.hint,
        _ => "",
    }
}

/// The root to hold logs and timestamps against; none where a key needs no log and nothing is at hand that knows this
/// one.
fn evidence<'a>(case: &Case<'a>) -> Result<Option<&'a Root>, Obstacle> {
    let material: &'a Material = case.material;
    let Some(root) = material.root.as_deref() else {
        return if material.keys_need_no_log {
            Ok(None)
        } else {
            Err(Obstacle::unknown(
                Question::Root,
                "there is no trusted root to hold the entry of the log against",
                "run `boltseal trust update`, name a trusted_root.json with `--trusted-root`, or pass `--insecure-no-log`",
            ))
        };
    };
    let shown = &case.bundle.verification_material;
    let known = shown.tlog_entries.iter().all(|entry| told::knows_log(entry, root));
    let stamped = !shown.timestamp_verification_data.rfc3161_timestamps.is_empty();
    let stampable = !stamped || !root.stampers.is_empty();
    // What the root can tell of is not passed over, even where nothing of it is needed.
    let tells = !shown.tlog_entries.is_empty() && known && stampable;
    Ok((tells || !material.keys_need_no_log).then_some(root))
}

/// With the evidence of logs and timestamps: the library's verdict.
fn logged(mut trail: Trail, case: &Case<'_>, key: &PublicKey, root: &Root) -> Outcome {
    trail.ask(Question::Root, format!("`trusted_root.json` with the digest {}", root.digest()));
    let Some(artifact) = input(case.artifact) else {
        return trail.end(
            Obstacle::unknown(Question::Artifact, "its digest is of no known kind", "give the bytes"),
            case.after,
        );
    };
    let policy = PublicKeyVerificationPolicy::new(DerPublicKey::new(key.der.clone()));
    let result = root.verifier().verify(artifact, case.bundle, &policy).map_err(|error| failure::read(&error, false));
    let entries = &case.bundle.verification_material.tlog_entries;
    let times: Vec<String> = result.as_ref().map(proved).unwrap_or_default();
    for question in case.after {
        match question {
            Question::Log => trail.ask(*question, told::entries(entries, root)),
            Question::Time => match (&result, times.as_slice()) {
                (Ok(_), []) => trail.skip(*question, "nothing proves a time, and a key needs none"),
                _ => trail.ask(*question, told::times(case.bundle, root, &[])),
            },
            Question::Artifact => trail.ask(*question, case.about()),
            Question::Signature => trail.ask(*question, made_with(key)),
            Question::Entry => trail.ask(*question, "the log's entry names this signature, key and content"),
            _ => {}
        }
    }
    let judged = result.and_then(|result| {
        let late = result.verified_timestamps().iter().find(|time| time.as_second() > case.material.now);
        if let Some(late) = late {
            return Err(future(&late.to_string()));
        }
        unproved(case)?;
        not_begun(case, root)?;
        Ok(result)
    });
    match judged {
        Err(obstacle) => trail.end(obstacle, case.after),
        Ok(result) => Outcome {
            signer: Some(key.signer()),
            signed_at: result.verified_timestamps().iter().min().map(ToString::to_string),
            annotations: case.annotations(),
            statement: case.stated.as_ref().map(|stated| stated.statement.clone()),
            ..Outcome::of(trail)
        },
    }
}

fn proved(result: &VerificationResult) -> Vec<String> {
    result.verified_timestamps().iter().map(ToString::to_string).collect()
}

/// Without any: the key alone says so, and the user accepts that.
fn alone(mut trail: Trail, case: Case<'_>, key: &PublicKey) -> Outcome {
    let unneeded = "signatures by a key need no log here (`--insecure-no-log`), and no trusted root knows this one's";
    let mut obstacle = None;
    for question in case.after {
        match question {
            Question::Root | Question::Log | Question::Time | Question::Entry => trail.skip(*question, unneeded),
            Question::Signature => {
                trail.ask(*question, made_with(key));
                obstacle = obstacle.or_else(|| signature(&case, key).err());
            }
            Question::Artifact => {
                trail.ask(*question, case.about());
                obstacle = obstacle.or_else(|| binding(&case).err());
            }
            _ => {}
        }
    }
    match obstacle {
        Some(obstacle) => trail.end(obstacle, case.after),
        None => Outcome {
            signer: Some(key.signer()),
            annotations: case.annotations(),
            statement: case.stated.map(|stated| stated.statement),
            ..Outcome::of(trail)
        },
    }
}

pub(super) fn made_with(key: &PublicKey) -> String {
    let algorithm = key.algorithm().unwrap_or_else(|_| "of an unknown kind".to_owned());
    format!("made with `{}` ({algorithm}, {})", key.name, key.fingerprint())
}

/// The key made the signature, whatever it may be about.
fn fits(case: &Case<'_>, key: &PublicKey) -> bool {
    signature(case, key).is_ok()
}

fn signature(case: &Case<'_>, key: &PublicKey) -> Result<(), Obstacle> {
    let holds = match &case.bundle.content {
        SignatureContent::DsseEnvelope(envelope) => {
            key.made(&envelope.pae(), envelope.signature.sig.as_bytes()).is_some()
        }
        SignatureContent::MessageSignature(signed) => match case.artifact {
            Artifact::Bytes(bytes) => key.made(bytes, signed.signature.as_bytes()).is_some(),
            Artifact::Digest(digest) => return of_digest(key, digest, signed.signature.as_bytes()),
        },
        _ => false,
    };
    if holds { Ok(()) } else { Err(not_made_with(key)) }
}

/// The digest alone is at hand.
pub(super) fn of_digest(key: &PublicKey, digest: &boltseal_evidence::Digest, signature: &[u8]) -> Result<(), Obstacle> {
    let bytes: Vec<u8> = digest
        .hex()
        .as_bytes()
        .chunks(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let hash = match digest.algorithm() {
        boltseal_evidence::Algorithm::Sha256 => Hash::Sha256,
        boltseal_evidence::Algorithm::Sha512 => Hash::Sha512,
    };
    if key.made_of_digest(hash, &bytes, signature) {
        return Ok(());
    }
    if key.hashes_first() {
        return Err(not_made_with(key));
    }
    Err(Obstacle::unknown(
        Question::Signature,
        format!("`{}` signs the bytes themselves, and only their digest is at hand", key.name),
        "verify with the bytes themselves",
    ))
}

pub(super) fn not_made_with(key: &PublicKey) -> Obstacle {
    Obstacle::failed(
        Question::Signature,
        format!("it was not made with `{}` over this content", key.name),
        "it was changed after it was signed, belongs to another artifact, or comes from somebody else: name that one's key",
    )
}

/// What is signed is about the artifact.
fn binding(case: &Case<'_>) -> Result<(), Obstacle> {
    let failed = |detail: String| {
        Obstacle::failed(Question::Artifact, detail, "verify the artifact that was signed, or sign this one")
    };
    match (&case.bundle.content, &case.stated) {
        (_, Some(stated)) if stated.is_about(case.artifact) => Ok(()),
        (_, Some(stated)) => {
            Err(failed(format!("the statement is about {}, not {}", stated.told(), told::artifact(case.artifact))))
        }
        (SignatureContent::MessageSignature(signed), None) => {
            let Some(named) = &signed.message_digest else { return Ok(()) };
            let named = format!("{}:{}", named.algorithm.as_rekor_str(), named.digest.to_hex());
            // A digest of another kind than is at hand, or SHA-384, says nothing: the signature is over the artifact.
            let Ok(named) = named.parse::<boltseal_evidence::Digest>() else { return Ok(()) };
            let holds = match case.artifact {
                Artifact::Bytes(bytes) => named.matches(bytes),
                Artifact::Digest(digest) => digest.algorithm() != named.algorithm() || *digest == named,
            };
            if holds {
                Ok(())
            } else {
                Err(failed(format!("{named} is signed, not {}", told::artifact(case.artifact))))
            }
        }
        _ => Err(failed("nothing says what is signed".to_owned())),
    }
}
