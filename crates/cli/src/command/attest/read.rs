//! Predicates that are read from files.

use std::io::Read as _;
use std::path::Path;

use anyhow::anyhow;
use boltseal_evidence::{Digest, Verdict};
use boltseal_trust::predicate;
use serde_json::Value;

use crate::exit::Failure;

/// A list of everything in a large image is some 50 MiB.
const MAX_PREDICATE: u64 = 256 << 20;

/// Reads a predicate of some type.
pub(super) fn predicate(file: &Path, kind: &str, now: &str) -> Result<Value, Failure> {
    let text = text(file)?;
    if kind == predicate::CUSTOM {
        return Ok(super::custom(&text, now));
    }
    if kind == predicate::OPENVEX {
        return checked_openvex(file, &text);
    }
    let value = json(file, &text)?;
    if !value.is_object() {
        return Err(Failure::usage(anyhow!("`{}` is no predicate: it is no JSON object", file.display())));
    }
    Ok(value)
}

pub(super) fn openvex(file: &Path) -> Result<Value, Failure> {
    checked_openvex(file, &text(file)?)
}

fn checked_openvex(file: &Path, text: &str) -> Result<Value, Failure> {
    let value = json(file, text)?;
    predicate::check_openvex(&value)
        .map_err(|error| Failure::usage(anyhow!("`{}` cannot be attested: {error}", file.display())))?;
    Ok(value)
}

/// Reads a verdict: what it says, and its JSON as it was written.
pub(super) fn verdict(file: &Path) -> Result<(Verdict, Value), Failure> {
    let text = text(file)?;
    let value = json(file, &text)?;
    let verdict = serde_json::from_value(value.clone())
        .map_err(|error| Failure::usage(anyhow!("`{}` is no verdict: {error}", file.display())))?;
    Ok((verdict, value))
}

/// A verdict is attested to the image that it is on, and to no other.
pub(super) fn is_about(verdict: &Verdict, digest: &Digest) -> Result<(), Failure> {
    if verdict.subject.digest == *digest || verdict.subject.manifest.as_ref() == Some(digest) {
        return Ok(());
    }
    Err(Failure::usage(anyhow!(
        "the verdict is on {}, and the image is {digest}: nothing was signed",
        verdict.subject.digest
    )))
}

fn json(file: &Path, text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::usage(anyhow!("`{}` is no JSON: {error}", file.display())))
}

fn text(file: &Path) -> Result<String, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::usage(anyhow!("cannot read `{}`: {error}", file.display()));
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().take(MAX_PREDICATE + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|opened| opened.take(MAX_PREDICATE + 1).read_to_end(&mut bytes))
    }
    .map_err(|error| failed(&error))?;
    if bytes.len() as u64 > MAX_PREDICATE {
        return Err(failed(&format!("it is larger than {} MiB", MAX_PREDICATE >> 20)));
    }
    String::from_utf8(bytes).map_err(|_| failed(&"it is no text in UTF-8"))
}
