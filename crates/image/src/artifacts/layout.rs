//! What hangs on an image in an OCI layout: what `index.json` lists with a `subject`, and what it lists under a tag.

use std::collections::BTreeSet;

use boltseal_evidence::{Digest, Problem};

use super::{Candidate, descriptors, fallback_tag};
use crate::image::content::verify;
use crate::image::layout::{Layout, blob_name, select};
use crate::image::manifest::{self, Descriptor, Documents as _};
use crate::registry::Fetched;
use crate::target::Choice;
use crate::{Error, Limits, Options};

pub(super) fn top(layout: &Layout, choice: Option<&Choice>, options: &Options) -> Result<manifest::Document, Error> {
    let limit = options.limits.manifest;
    let descriptor = select(layout, &layout.index(limit)?, choice, options)?;
    let bytes = layout.document(&descriptor, "the manifest", limit)?;
    Ok(manifest::Document { bytes, digest: descriptor.digest("the index", layout.place())? })
}

/// The document with a digest, listed or not.
pub(super) fn document(layout: &Layout, digest: &Digest, limit: u64) -> Result<Option<Fetched>, Error> {
    match layout.read(&blob_name(digest), "the manifest", limit) {
        Ok(bytes) => Ok(Some(Fetched { bytes, media_type: None, claimed: None, etag: None })),
        Err(Error::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The document that `index.json` lists under a tag, bare or at the end of a reference (`ghcr.io/example/app:1`).
pub(super) fn tagged(layout: &Layout, tag: &str, limit: u64) -> Result<Option<Fetched>, Error> {
    let index = layout.index(limit)?;
    let Some(entry) = index.manifests.iter().find(|entry| is_tagged(entry, tag)) else { return Ok(None) };
    let bytes = layout.document(entry, "the manifest", limit)?;
    let claimed = Some(entry.digest("the index", layout.place())?);
    Ok(Some(Fetched { bytes, media_type: entry.media_type.clone(), claimed, etag: None }))
}

fn is_tagged(entry: &Descriptor, tag: &str) -> bool {
    entry.has_tag(tag) || entry.tag().is_some_and(|name| name.strip_suffix(tag).is_some_and(|rest| rest.ends_with(':')))
}

/// The signatures or attestations that `cosign save` put beside an image, which it names by annotations alone.
pub(super) fn saved_by_cosign(
    layout: &Layout,
    subject: &Digest,
    ending: &str,
    limit: u64,
) -> Result<Option<Digest>, Error> {
    let index = layout.index(limit)?;
    let kind = |entry: &Descriptor| {
        entry.annotation("kind").and_then(|kind| kind.strip_prefix("dev.cosignproject.cosign/")).map(str::to_owned)
    };
    let text = subject.to_string();
    let is_image = |entry: &Descriptor| matches!(kind(entry).as_deref(), Some("image" | "imageIndex"));
    if !index.manifests.iter().any(|entry| entry.digest == text && is_image(entry)) {
        return Ok(None);
    }
    let wanted = format!("{ending}s");
    let entry = index.manifests.iter().find(|entry| kind(entry).as_deref() == Some(wanted.as_str()));
    entry.map(|entry| entry.digest("the index", layout.place())).transpose()
}

/// Whatever is listed and could refer to a digest, and what the fallback tag lists.
pub(super) fn candidates(
    layout: &Layout,
    subject: &Digest,
    limits: &Limits,
    problems: &mut Vec<Problem>,
) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let tag = fallback_tag(subject);
    match tagged(layout, &tag, limits.manifest) {
        Ok(Some(fetched)) => {
            let listed = descriptors(&fetched.bytes, &format!("the fallback tag `{tag}`"), problems);
            candidates.extend(listed.into_iter().map(|digest| Candidate { digest, certain: true }));
        }
        Ok(None) => {}
        Err(error) => problems.push(Problem::general(format!("the fallback tag `{tag}` cannot be read: {error}"))),
    }
    match layout.index(limits.manifest) {
        Ok(index) => {
            for entry in &index.manifests {
                match entry.digest("the index", layout.place()) {
                    Ok(digest) => candidates.push(Candidate { digest, certain: false }),
                    Err(error) => problems.push(Problem::general(error.to_string())),
                }
            }
        }
        Err(error) => problems.push(Problem::general(error.to_string())),
    }
    let mut seen = BTreeSet::new();
    candidates.retain(|candidate| candidate.digest != *subject && seen.insert(candidate.digest.clone()));
    candidates
}

pub(super) fn blob(layout: &Layout, digest: &Digest, size: u64) -> Result<Vec<u8>, Error> {
    let bytes = layout.read(&blob_name(digest), "the blob", size)?;
    let descriptor = Descriptor { digest: digest.to_string(), size, ..Descriptor::default() };
    verify(&bytes, &descriptor, "the blob", layout.place())?;
    Ok(bytes)
}
