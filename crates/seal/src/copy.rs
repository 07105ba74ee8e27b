//! Copying an image with everything that hangs on it.

use std::collections::BTreeSet;

use boltseal_evidence::{Digest, Problem};
use boltseal_image::{Artifacts, Choice, Descriptor, Document, Error, Listing, Options, Target, cosign_tag};

use crate::media_type;

/// Manifests and indexes of one copy.
const MAX_DOCUMENTS: usize = 10_000;
/// Documents that lead to one another.
const MAX_DEPTH: usize = 8;

/// What was copied.
#[derive(Debug, Clone)]
pub struct Copied {
    /// The digest of the image or index, the same in both places.
    pub digest: Digest,
    /// What hangs on it or on something in it: the digests of referrers and of what cosign's tags name.
    pub attached: Vec<Digest>,
    /// What could not be copied, since it could not be read. The copy may lack signatures.
    pub problems: Vec<Problem>,
}

/// Copies the image or index that `from` names, all platforms of it, and everything that hangs on any of it: referrers,
/// referrers of referrers, cosign's tags. Digests stay as they are.
///
/// `to` is a repository or an OCI layout; its tag, or else that of `from`, becomes the copy's.
///
/// # Errors
/// A part of the image itself cannot be read, or `to` cannot be written.
pub fn copy(from: &Target, to: &Target, options: &Options) -> Result<Copied, Error> {
    copy_parts(from, to, true, options)
}

/// As [`copy`], but leaves out the layers of images: enough to verify everything that is signed, not to run it.
///
/// # Errors
/// As [`copy`].
pub fn copy_without_layers(from: &Target, to: &Target, options: &Options) -> Result<Copied, Error> {
    copy_parts(from, to, false, options)
}

fn copy_parts(from: &Target, to: &Target, layers: bool, options: &Options) -> Result<Copied, Error> {
    let (source, sink) = (Artifacts::open(from, options)?, Artifacts::open_to_write(to, options)?);
    let top = source.top()?;
    if let Some(named) = digest(to).filter(|named| named != top.digest()) {
        let (what, place) = ("the copy", to.to_string());
        return Err(Error::DigestMismatch { what, place, expected: named, actual: top.digest().clone() });
    }
    let tag = tag(to).or_else(|| if digest(to).is_some() { None } else { tag(from) });
    let listing = tag.as_deref().map_or(Listing::Listed, Listing::Tag);
    let mut copier =
        Copier { source: &source, sink: &sink, layers, seen: BTreeSet::new(), attached: vec![], problems: vec![] };
    copier.document(&top, listing, 0)?;
    Ok(Copied { digest: top.digest().clone(), attached: copier.attached, problems: copier.problems })
}

/// The tag that a target names, unless it names a digest.
fn tag(target: &Target) -> Option<String> {
    match target {
        Target::Registry(reference) if reference.digest().is_none() => reference.tag().map(str::to_owned),
        Target::OciLayout { choice: Some(Choice::Tag(tag)), .. }
        | Target::OciArchive { choice: Some(Choice::Tag(tag)), .. } => Some(tag.clone()),
        _ => None,
    }
}

/// The digest that a target names.
fn digest(target: &Target) -> Option<Digest> {
    match target {
        Target::Registry(reference) => reference.digest()?.parse().ok(),
        Target::OciLayout { choice: Some(Choice::Digest(digest)), .. } => Some(digest.clone()),
        _ => None,
    }
}

struct Copier<'a> {
    source: &'a Artifacts,
    sink: &'a Artifacts,
    /// Copy the layers of images.
    layers: bool,
    seen: BTreeSet<Digest>,
    attached: Vec<Digest>,
    problems: Vec<Problem>,
}

impl Copier<'_> {
    /// Copies what a document names, the document, and what hangs on it.
    fn document(&mut self, document: &Document, listing: Listing<'_>, depth: usize) -> Result<(), Error> {
        let known = !self.seen.insert(document.digest().clone());
        if known && listing == Listing::Within {
            return Ok(());
        }
        if depth > MAX_DEPTH || self.seen.len() > MAX_DOCUMENTS {
            return Err(Error::TooLarge {
                what: "what hangs on the image",
                place: self.source.place().to_owned(),
                limit: format!("{MAX_DOCUMENTS} documents, {MAX_DEPTH} from one to the next"),
            });
        }
        if known {
            return self.sink.put_document(document, listing);
        }
        for child in document.manifests() {
            let found = self.source.document(&child.digest)?.ok_or_else(|| Error::Missing {
                what: format!("the manifest {}", child.digest),
                place: self.source.place().to_owned(),
                hint: String::new(),
            })?;
            self.document(&found, Listing::Within, depth + 1)?;
        }
        for blob in document.config().into_iter().chain(document.layers()) {
            if !self.layers && is_file_system(document, blob) {
                continue;
            }
            match self.sink.copy_blob(self.source, blob) {
                // Registries need not hold layers that are not distributable.
                Err(_) if is_foreign(&blob.media_type) => {}
                result => result?,
            }
        }
        self.sink.put_document(document, listing)?;
        self.hanging_on(document.digest(), depth)
    }

    fn hanging_on(&mut self, subject: &Digest, depth: usize) -> Result<(), Error> {
        let listed = self.source.referrers(subject);
        self.problems.extend(listed.problems);
        for referrer in &listed.documents {
            if !self.seen.contains(referrer.digest()) {
                self.attach(referrer, Listing::Listed, depth)?;
            }
        }
        for ending in media_type::COSIGN_ENDINGS {
            match self.source.by_cosign_tag(subject, ending) {
                Ok(Some((document, _))) => {
                    self.attach(&document, Listing::Tag(&cosign_tag(subject, ending)), depth)?;
                }
                Ok(None) => {}
                Err(error) => self.problems.push(Problem::general(format!(
                    "the tag `{}` cannot be read: {error}",
                    cosign_tag(subject, ending)
                ))),
            }
        }
        Ok(())
    }

    fn attach(&mut self, document: &Document, listing: Listing<'_>, depth: usize) -> Result<(), Error> {
        self.document(document, listing, depth + 1)?;
        self.attached.push(document.digest().clone());
        Ok(())
    }
}

/// A layer of something that runs. What cosign hangs on an image looks like an image, too, but for its layers.
fn is_file_system(document: &Document, blob: &Descriptor) -> bool {
    document.config().is_some_and(|config| media_type::is_image_config(&config.media_type))
        && ["application/vnd.oci.image.layer.", "application/vnd.docker.image.rootfs."]
            .iter()
            .any(|prefix| blob.media_type.starts_with(prefix))
}

fn is_foreign(media_type: &str) -> bool {
    media_type.contains(".nondistributable.") || media_type.contains(".foreign.")
}
