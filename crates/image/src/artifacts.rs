//! What hangs on an image: referrers, tags of signatures, and their blobs, wherever the image is kept.
//!
//! [`Artifacts::open`] gets ready to read one repository of a registry or one OCI layout. Documents come with their
//! computed digest, sizes and counts are bounded ([`Limits`]), and what could not be read is told as a problem beside
//! what could: nothing is dropped in silence.

mod document;
mod layout;
mod layout_write;
mod registry;
mod write;

use std::sync::atomic::{AtomicU64, Ordering};

use boltseal_evidence::{Digest, Problem};

pub use document::{Descriptor, Document};
pub use write::{Edit, Listing};

use crate::image::Archive;
use crate::image::content::{digest_of, verify_digest};
use crate::image::layout::Layout;
use crate::image::manifest::{Index, choose};
use crate::registry::Repository;
use crate::{Choice, Error, Limits, Options, Reference, Target, TargetError};

/// The place where an image and what hangs on it are kept.
pub struct Artifacts {
    store: Store,
    options: Options,
    /// Bytes that may still be read of artifacts.
    left: AtomicU64,
}

enum Store {
    Registry(Box<Repository>, Reference),
    Layout(Layout, Option<Choice>),
}

/// Documents that were found, and what stood in the way of finding all.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// In the order of their digests.
    pub documents: Vec<Document>,
    /// What is there and could not be read.
    pub problems: Vec<Problem>,
}

impl Artifacts {
    /// Gets ready. Asks a registry nothing yet, and reads nothing of a layout but an archive's list of members.
    ///
    /// # Errors
    /// A target that is no image, an archive that cannot be read, and a `docker save` archive that holds no OCI layout:
    /// it has no manifest, so there is no digest that anything could hang on.
    pub fn open(target: &Target, options: &Options) -> Result<Self, Error> {
        let store = match target {
            Target::Registry(reference) => {
                Store::Registry(Box::new(Repository::connect(reference, options)?), reference.clone())
            }
            Target::OciLayout { path, choice } => Store::Layout(Layout::directory(path), choice.clone()),
            Target::OciArchive { path, choice } => {
                Store::Layout(Layout::archive(path, &options.limits)?, choice.clone())
            }
            Target::DockerArchive { path, reference } => {
                // Newer `docker save` writes both into one archive.
                if Archive::open(path, &options.limits)?.section("index.json").is_none() {
                    return Err(Error::Unsupported {
                        place: format!("`{}`", path.display()),
                        message: "a `docker save` archive has no manifest, and signatures hang on the digest of one: \
                                  name the image in its registry, or an OCI layout of it (`skopeo copy \
                                  --preserve-digests docker://… oci:…`)"
                            .to_owned(),
                    });
                }
                Store::Layout(Layout::archive(path, &options.limits)?, reference.clone().map(Choice::Tag))
            }
            Target::RootFs(_) | Target::Directory(_) | Target::Sbom(_) => {
                return Err(TargetError::NotAnImage(target.to_string()).into());
            }
        };
        Ok(Self { store, left: AtomicU64::new(options.limits.artifacts_total), options: options.clone() })
    }

    /// The archive, directory or reference, for messages.
    pub fn place(&self) -> &str {
        use crate::image::manifest::Documents as _;
        match &self.store {
            Store::Registry(repository, _) => repository.place(),
            Store::Layout(layout, _) => layout.place(),
        }
    }

    /// The manifest or index that the target names.
    pub fn top(&self) -> Result<Document, Error> {
        let limit = self.limits().manifest;
        let document = match &self.store {
            Store::Registry(repository, reference) => repository.top(reference, limit)?,
            Store::Layout(layout, choice) => layout::top(layout, choice.as_ref(), &self.options)?,
        };
        Document::read(document.bytes, document.digest, None, self.place())
    }

    /// The manifest for the platform that is asked for, where `top` is an index.
    pub fn platform_manifest(&self, top: &Document) -> Result<Option<Document>, Error> {
        let mut found = top.clone();
        for _ in 0..MAX_DEPTH {
            if !found.is_index() {
                return Ok((found.digest() != top.digest()).then_some(found));
            }
            let index: Index = serde_json::from_slice(found.bytes()).map_err(|error| Error::Malformed {
                what: "the index",
                place: self.place().to_owned(),
                message: error.to_string(),
            })?;
            let chosen = choose(&index.manifests, self.options.platform.as_ref(), self.place())?;
            let digest = chosen.digest("the index", self.place())?;
            found = self.document(&digest)?.ok_or_else(|| self.missing(format!("the manifest {digest}")))?;
        }
        let limit = MAX_DEPTH.to_string();
        Err(Error::TooLarge { what: "the nesting of indexes", place: self.place().to_owned(), limit })
    }

    /// The document with this digest; none where there is none.
    pub fn document(&self, digest: &Digest) -> Result<Option<Document>, Error> {
        let limit = self.limits().manifest;
        let fetched = match &self.store {
            Store::Registry(repository, _) => repository.manifest_at(&digest.to_string(), limit)?,
            Store::Layout(layout, _) => layout::document(layout, digest, limit)?,
        };
        let Some(fetched) = fetched else { return Ok(None) };
        verify_digest(&fetched.bytes, digest, "the manifest", self.place())?;
        self.spend(fetched.bytes.len() as u64)?;
        Document::read(fetched.bytes, digest.clone(), fetched.media_type.as_deref(), self.place()).map(Some)
    }

    /// The document under a tag; none where there is no such tag.
    pub fn tagged(&self, tag: &str) -> Result<Option<Document>, Error> {
        let limit = self.limits().manifest;
        let fetched = match &self.store {
            Store::Registry(repository, _) => repository.manifest_at(tag, limit)?,
            Store::Layout(layout, _) => layout::tagged(layout, tag, limit)?,
        };
        let Some(fetched) = fetched else { return Ok(None) };
        if let Some(claimed) = &fetched.claimed {
            verify_digest(&fetched.bytes, claimed, "the manifest", self.place())?;
        }
        self.spend(fetched.bytes.len() as u64)?;
        let digest = fetched.claimed.unwrap_or_else(|| digest_of(&fetched.bytes, boltseal_evidence::Algorithm::Sha256));
        Document::read(fetched.bytes, digest, fetched.media_type.as_deref(), self.place()).map(Some)
    }

    /// Everything that refers to a digest, each document opened: by the referrers API, by the fallback tag, by the
    /// `subject` of what an OCI layout lists. What kind of artifact it is, is for the document to say, never for the
    /// list: on fallback tags the list may be wrong.
    pub fn referrers(&self, subject: &Digest) -> Listed {
        let mut listed = Listed::default();
        let candidates = match &self.store {
            Store::Registry(repository, _) => registry::candidates(self, repository, subject, &mut listed.problems),
            Store::Layout(layout, _) => layout::candidates(layout, subject, self.limits(), &mut listed.problems),
        };
        let limit = self.limits().artifacts;
        let certain = candidates.iter().filter(|candidate| candidate.certain).count();
        if certain > limit || candidates.len() > limit.saturating_mul(LISTED_FOR_EACH) {
            listed.problems.push(Problem::general(format!(
                "{} artifacts may refer to {subject}, and {limit} are read: what the others are is not known",
                candidates.len()
            )));
        }
        let mut opened = 0;
        for candidate in candidates.into_iter().take(limit.saturating_mul(LISTED_FOR_EACH)) {
            if opened == limit {
                break;
            }
            opened += usize::from(candidate.certain);
            match self.document(&candidate.digest) {
                // In a layout everything is a candidate; only its own subject tells.
                Ok(Some(document))
                    if candidate.certain || document.subject().is_some_and(|of| of.digest == *subject) =>
                {
                    listed.documents.push(document);
                }
                Ok(Some(_)) => {}
                Ok(None) => listed.problems.push(Problem::general(format!(
                    "the referrer {} of {subject} is listed and is not there",
                    candidate.digest
                ))),
                Err(error) => listed.problems.push(Problem::general(format!(
                    "{}, which may refer to {subject}, cannot be read: {error}",
                    candidate.digest
                ))),
            }
        }
        let told = self.limits().problems;
        if listed.problems.len() > told {
            let more = listed.problems.len() - told;
            listed.problems.truncate(told);
            listed.problems.push(Problem::general(format!("{more} more referrers of {subject} cannot be read")));
        }
        listed.documents.sort_by(|one, other| one.digest().cmp(other.digest()));
        listed
    }

    /// What hangs on a digest by cosign's tag with this ending (`sig`, `att`, `sbom`); in a layout that `cosign save`
    /// wrote, by its annotation. With it, where it was.
    pub fn by_cosign_tag(&self, subject: &Digest, ending: &str) -> Result<Option<(Document, String)>, Error> {
        let tag = cosign_tag(subject, ending);
        if let Some(document) = self.tagged(&tag)? {
            return Ok(Some((document, format!("tag {tag}"))));
        }
        let Store::Layout(layout, _) = &self.store else { return Ok(None) };
        let Some(digest) = layout::saved_by_cosign(layout, subject, ending, self.limits().manifest)? else {
            return Ok(None);
        };
        Ok(self.document(&digest)?.map(|document| (document, format!("saved {ending} {digest}"))))
    }

    /// The bytes that a descriptor of an artifact names, verified and bounded.
    pub fn blob(&self, descriptor: &Descriptor) -> Result<Vec<u8>, Error> {
        const WHAT: &str = "the blob";
        let limit = self.limits().artifact;
        if descriptor.size > limit {
            let place = format!("{} ({})", self.place(), descriptor.digest);
            return Err(Error::TooLarge { what: WHAT, place, limit: format!("{limit} bytes") });
        }
        self.spend(descriptor.size)?;
        let bytes = match &self.store {
            Store::Registry(repository, _) => repository.blob_at(&descriptor.digest, descriptor.size, WHAT)?,
            Store::Layout(layout, _) => layout::blob(layout, &descriptor.digest, descriptor.size)?,
        };
        let actual = bytes.len() as u64;
        if actual != descriptor.size {
            let place = self.place().to_owned();
            return Err(Error::SizeMismatch { what: WHAT, place, expected: descriptor.size, actual });
        }
        verify_digest(&bytes, &descriptor.digest, WHAT, self.place())?;
        Ok(bytes)
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.options.limits
    }

    fn missing(&self, what: String) -> Error {
        Error::Missing { what, place: self.place().to_owned(), hint: String::new() }
    }

    /// Takes so many bytes from what may be read of all artifacts together.
    fn spend(&self, bytes: u64) -> Result<(), Error> {
        let spent = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        spent.map(drop).map_err(|_| Error::TooLarge {
            what: "the total of signatures and attestations",
            place: self.place().to_owned(),
            limit: format!("{} bytes", self.limits().artifacts_total),
        })
    }
}

impl std::fmt::Debug for Artifacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Artifacts").field("place", &self.place()).finish_non_exhaustive()
    }
}

/// Indexes within indexes.
const MAX_DEPTH: usize = 4;

/// Manifests of a layout that are looked at for each referrer that may be there: most are images.
const LISTED_FOR_EACH: usize = 10;

/// Something that may refer to a digest.
pub(super) struct Candidate {
    digest: Digest,
    /// It was listed as a referrer, rather than merely being there.
    certain: bool,
}

/// The tag under which registries without the referrers API list what refers to a digest
/// (OCI distribution specification, *Referrers Tag Schema*).
pub(crate) fn fallback_tag(digest: &Digest) -> String {
    let hex: String = digest.hex().chars().take(64).collect();
    format!("{}-{hex}", digest.algorithm().name())
}

/// cosign's tag for what hangs on a digest: `sha256-….sig`.
pub fn cosign_tag(subject: &Digest, ending: &str) -> String {
    format!("{}-{}.{ending}", subject.algorithm().name(), subject.hex())
}

/// The descriptors of a list of referrers; what is not well-formed there is a problem.
fn descriptors(bytes: &[u8], of: &str, problems: &mut Vec<Problem>) -> Vec<Digest> {
    #[derive(serde::Deserialize)]
    struct List {
        manifests: Option<Vec<serde_json::Value>>,
    }
    let list: List = match serde_json::from_slice(bytes) {
        Ok(list) => list,
        Err(error) => {
            problems.push(Problem::general(format!("{of} is malformed: {error}")));
            return Vec::new();
        }
    };
    let mut digests = Vec::new();
    let mut unreadable = 0;
    for entry in list.manifests.unwrap_or_default() {
        match entry.get("digest").and_then(serde_json::Value::as_str).map(str::parse) {
            Some(Ok(digest)) => digests.push(digest),
            _ => unreadable += 1,
        }
    }
    if unreadable > 0 {
        problems.push(Problem::general(format!("{of} has {unreadable} entries without a digest that can be read")));
    }
    digests
}
