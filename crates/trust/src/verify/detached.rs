//! Detached signatures by a key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::by_key::{self, made_with, not_made_with, of_digest};
use super::told;
use super::trail::{Obstacle, Outcome, Question, Trail};
use crate::{Artifact, Material};

/// The largest signature that is read: RSA with 8192 bits has 1024 bytes, in base64 a third more.
const MAX_SIZE: usize = 16 << 10;
const ORDER: &[Question] = &[Question::Form, Question::Key, Question::Log, Question::Artifact, Question::Signature];

/// Verifies the raw bytes of a signature, or base64 of them, with each of the keys.
pub(super) fn verify(bytes: &[u8], artifact: Artifact<'_>, material: &Material) -> Outcome {
    let mut trail = Trail::default();
    if bytes.is_empty() || bytes.len() > MAX_SIZE {
        let detail = format!("a signature of {} bytes is none: 1 to {MAX_SIZE} are read", bytes.len());
        return trail.end(Obstacle::failed(Question::Form, detail, "get the signature again"), ORDER);
    }
    let decoded = decode(bytes);
    trail.ask(Question::Form, format!("a signature of {} bytes, detached", decoded.as_deref().unwrap_or(bytes).len()));
    let Some(first) = material.keys.first() else {
        return trail.end(by_key::no_key("a detached signature names no signer, and there is no key at hand"), ORDER);
    };
    trail.ask(Question::Key, format!("held against {}", keys_told(material)));
    if !material.keys_need_no_log {
        let obstacle = Obstacle::failed(
            Question::Log,
            "a detached signature shows no entry in a log",
            "sign as a Sigstore bundle, or accept keys without a log with `--insecure-no-log`",
        );
        return trail.end(obstacle, ORDER);
    }
    trail.skip(Question::Log, "signatures by a key need no log here (`--insecure-no-log`)");
    trail.ask(Question::Artifact, format!("{} is what is signed", told::artifact(artifact)));
    let mut obstacle = None;
    for key in &material.keys {
        // What looks like base64 may be raw all the same.
        for signature in decoded.iter().map(Vec::as_slice).chain([bytes]) {
            let tried = match artifact {
                Artifact::Bytes(message) if key.made(message, signature).is_some() => Ok(()),
                Artifact::Bytes(_) => Err(not_made_with(key)),
                Artifact::Digest(digest) => of_digest(key, digest, signature),
            };
            match tried {
                Ok(()) => {
                    trail.ask(Question::Signature, made_with(key));
                    return Outcome { signer: Some(key.signer()), ..Outcome::of(trail) };
                }
                // What cannot be told by one key is not made certain by another that does not fit.
                Err(met) if met.unknown || obstacle.is_none() => obstacle = Some(met),
                Err(_) => {}
            }
        }
    }
    trail.end(obstacle.unwrap_or_else(|| not_made_with(first)), ORDER)
}

pub(super) fn keys_told(material: &Material) -> String {
    match material.keys.as_slice() {
        [key] => format!("`{}`", key.name),
        keys => format!("{} keys", keys.len()),
    }
}

fn decode(bytes: &[u8]) -> Option<Vec<u8>> {
    let text: String = std::str::from_utf8(bytes).ok()?.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok()
}
