//! What the steps tell: what was checked against what, out of a bundle and a root.

use sigstore_verify::types::{Bundle, KindVersion, SignatureContent, TransparencyLogEntry};

use super::fulcio::Leaf;
use crate::root::Named;
use crate::{Artifact, Root};

/// The shape of a bundle.
pub(super) fn form(bundle: &Bundle) -> String {
    let material = &bundle.verification_material;
    let content = match &bundle.content {
        SignatureContent::MessageSignature(_) => "a signature over bytes",
        _ => "a signed statement (DSSE)",
    };
    let (entries, stamps) =
        (material.tlog_entries.len(), material.timestamp_verification_data.rfc3161_timestamps.len());
    format!(
        "`{}`: {content}, {}, {}",
        bundle.media_type,
        count(entries, "entry of a log", "entries of logs"),
        count(stamps, "timestamp", "timestamps")
    )
}

fn count(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

/// What is verified.
pub(super) fn artifact(artifact: Artifact<'_>) -> String {
    match artifact {
        Artifact::Bytes(bytes) => format!("{} ({} bytes)", boltseal_evidence::Digest::sha256_of(bytes), bytes.len()),
        Artifact::Digest(digest) => digest.to_string(),
    }
}

/// The entries of logs, and of which logs of the root.
pub(super) fn entries(entries: &[TransparencyLogEntry], root: &Root) -> String {
    let told: Vec<String> = entries.iter().map(|entry| entry_of(entry, root)).collect();
    told.join("; ")
}

fn entry_of(entry: &TransparencyLogEntry, root: &Root) -> String {
    let mut told = format!(
        "entry {} ({} {}) of {}",
        entry.log_index.get(),
        entry.kind_version.kind(),
        entry.kind_version.version(),
        log(entry, root)
    );
    if let Some(proof) = &entry.inclusion_proof
        && let Some(checkpoint) = proof.checkpoint.checkpoint()
    {
        told.push_str(&format!(
            " is in the tree of {} entries, as its checkpoint `{}` says",
            checkpoint.tree_size(),
            checkpoint.origin()
        ));
    }
    if entry.inclusion_promise.is_some() {
        let and = if entry.inclusion_proof.is_some() { " and" } else { "" };
        told.push_str(&format!("{and} was promised by the log (SET)"));
    }
    told
}

/// The address of an entry's log, as the root names it.
pub(super) fn log(entry: &TransparencyLogEntry, root: &Root) -> String {
    let id = entry.log_id.key_id.as_bytes();
    let known = root.parsed().tlogs.iter().find(|log| log.log_id.key_id.as_bytes() == id);
    match known {
        Some(log) => log.base_url.clone(),
        None => "a log that the trusted root names by its key alone".to_owned(),
    }
}

/// The log of the entry is in the root.
pub(super) fn knows_log(entry: &TransparencyLogEntry, root: &Root) -> bool {
    root.parsed().tlogs.iter().any(|log| log.log_id.key_id.as_bytes() == entry.log_id.key_id.as_bytes())
}

/// An entry of the first generation, whose promise proves its time.
pub(super) fn promises_time(entry: &TransparencyLogEntry) -> bool {
    entry.kind_version != KindVersion::HashedRekordV002
        && entry.inclusion_promise.is_some()
        && entry.integrated_time.is_some()
}

/// Which times are proved, and by whom.
pub(super) fn times(bundle: &Bundle, root: &Root, proved: &[String]) -> String {
    let material = &bundle.verification_material;
    let stamps = material.timestamp_verification_data.rfc3161_timestamps.iter();
    let stampers = stamps.map(|stamp| match stamper(stamp.signed_timestamp.as_bytes(), root) {
        Some(named) => format!("the timestamp authority {}", named.name),
        None => "a timestamp authority of the trusted root".to_owned(),
    });
    let promisers = material.tlog_entries.iter().filter(|entry| promises_time(entry));
    let by: Vec<String> = stampers.chain(promisers.map(|entry| log(entry, root))).collect();
    if proved.len() == by.len() {
        let told: Vec<String> = proved.iter().zip(&by).map(|(time, by)| format!("{time} by {by}")).collect();
        return told.join(", ");
    }
    match by.as_slice() {
        [] => "nothing proves a time".to_owned(),
        by => by.join(", "),
    }
}

/// The timestamp authority whose certificate a token names by issuer and serial number.
fn stamper<'a>(token: &[u8], root: &'a Root) -> Option<&'a Named> {
    let names = |named: &&Named| token.windows(named.serial.len()).any(|window| window == named.serial);
    root.stampers.iter().find(names)
}

/// Who issued the certificate and when it counted.
pub(super) fn certificate(leaf: &Leaf, root: &Root, validity: (&str, &str), at: Option<i64>) -> String {
    let authority = at.and_then(|at| leaf.authority(root, at));
    let by = match authority {
        Some(named) => format!("authority {} of the trusted root", named.name),
        None => "authority of the trusted root".to_owned(),
    };
    let (from, until) = validity;
    format!("issued by `{}`, {by}, for signing code; valid from {from} until {until}", leaf.issuer())
}
