//! Putting documents and blobs where an image is kept.

use std::io::{Read, Write as _};

use boltseal_evidence::{Digest, Hasher};
use serde_json::{Value, json};

use super::{Artifacts, Descriptor, Document, Store, fallback_tag, layout_write};
use crate::image::layout::Layout;
use crate::image::{LayerSource as _, media_type};
use crate::registry::{Fetched, Payload, Pushed, Repository};
use crate::{Error, LayerDescriptor, Options, Target};

/// Times that a tag is read again and written again while others write it.
const ATTEMPTS: u32 = 8;

/// Says what shall be under a tag, given what is there; nothing where all is well.
pub type Edit<'a> = dyn FnMut(Option<&Document>) -> Result<Option<Document>, Error> + 'a;

/// How a document is to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing<'a> {
    /// Through another document, or by its digest.
    Within,
    /// By its digest; an OCI layout lists it.
    Listed,
    /// Under a tag.
    Tag(&'a str),
}

impl Artifacts {
    /// Like [`open`](Self::open), and asks a registry for leave to write from the first request on.
    ///
    /// # Errors
    /// Those of [`open`](Self::open); an archive, which is not changed in place.
    pub fn open_to_write(target: &Target, options: &Options) -> Result<Self, Error> {
        let artifacts = Self::open(target, options)?;
        match &artifacts.store {
            Store::Registry(repository, _) => repository.will_write(),
            Store::Layout(layout, _) => drop(layout_write::directory(layout)?),
        }
        Ok(artifacts)
    }

    /// Files bytes as a blob and names them.
    pub fn put_blob(&self, media_type: &str, bytes: &[u8]) -> Result<Descriptor, Error> {
        let descriptor = Descriptor::of(media_type, bytes);
        match &self.store {
            Store::Registry(repository, _) => {
                repository.push_blob(&descriptor.digest, &Payload::Bytes(bytes, "application/octet-stream"))?;
            }
            Store::Layout(layout, _) => layout_write::put_blob(layout, &descriptor.digest, bytes)?,
        }
        Ok(descriptor)
    }

    /// Files a document. One with a subject is listed among the referrers of it: by the registry, by the fallback tag
    /// where the registry does not do that, or in the layout's index.
    pub fn put_document(&self, document: &Document, listing: Listing<'_>) -> Result<(), Error> {
        match &self.store {
            Store::Registry(repository, _) => self.push(repository, document, listing),
            Store::Layout(layout, _) => {
                layout_write::put_blob(layout, document.digest(), document.bytes())?;
                let tag = match listing {
                    Listing::Within if document.subject().is_none() => return Ok(()),
                    Listing::Tag(tag) => Some(tag),
                    Listing::Within | Listing::Listed => None,
                };
                layout_write::list(layout, &listed(document), tag, self.limits().manifest)
            }
        }
    }

    /// Copies a blob of any size from another place, verified on the way. Nothing is read where it is there.
    pub fn copy_blob(&self, from: &Self, descriptor: &Descriptor) -> Result<(), Error> {
        let digest = &descriptor.digest;
        match &self.store {
            Store::Registry(repository, _) => {
                if repository.has_blob(digest)? {
                    return Ok(());
                }
                let spooled = spool(from, descriptor, &std::env::temp_dir(), false)?;
                repository.push_blob(digest, &Payload::File(spooled.path().to_owned(), descriptor.size))
            }
            Store::Layout(layout, _) => {
                let path = layout_write::blob_path(layout, digest)?;
                if std::fs::metadata(&path).is_ok_and(|there| there.is_file() && there.len() == descriptor.size) {
                    return Ok(());
                }
                let directory = path.parent().unwrap_or(&path);
                let spooled = spool(from, descriptor, directory, true)?;
                spooled.as_file().sync_all().map_err(|error| Error::io(&path, error))?;
                spooled.persist(&path).map(drop).map_err(|error| Error::io(&path, error.error))
            }
        }
    }

    /// Changes what is under a tag. `edit` gets what is there and returns what shall be, or nothing where all is well.
    /// It is asked again while others write the same tag, and once more after writing: a writer who had read before
    /// may have written after us.
    pub fn update_tag(&self, tag: &str, edit: &mut Edit<'_>) -> Result<(), Error> {
        match &self.store {
            Store::Layout(layout, _) => self.update_in_layout(layout, tag, edit),
            Store::Registry(repository, _) => {
                for attempt in 0..ATTEMPTS {
                    let there = repository.manifest_at(tag, self.limits().manifest)?;
                    let etag = there.as_ref().and_then(|there| there.etag.clone());
                    let there = there.map(|there| self.read(there)).transpose()?;
                    let Some(wanted) = edit(there.as_ref())? else { return Ok(()) };
                    let (bytes, kind) = (wanted.bytes(), wanted.media_type());
                    repository.push_manifest(tag, bytes, kind, wanted.digest(), etag.as_deref())?;
                    repository.let_others_write(attempt);
                }
                Err(Error::Unsupported {
                    place: self.place().to_owned(),
                    message: format!("the tag `{tag}` is written by others all the time: try again"),
                })
            }
        }
    }

    fn update_in_layout(&self, layout: &Layout, tag: &str, edit: &mut Edit<'_>) -> Result<(), Error> {
        let _lock = layout_write::lock(layout)?;
        let there = match self.tagged(tag) {
            Ok(there) => there,
            // A layout that is about to be.
            Err(Error::Missing { .. }) => None,
            Err(error) => return Err(error),
        };
        let Some(wanted) = edit(there.as_ref())? else { return Ok(()) };
        layout_write::put_blob(layout, wanted.digest(), wanted.bytes())?;
        layout_write::list_locked(layout, &wanted.descriptor(), Some(tag), self.limits().manifest)
    }

    fn read(&self, fetched: Fetched) -> Result<Document, Error> {
        let digest = Digest::sha256_of(&fetched.bytes);
        Document::read(fetched.bytes, digest, fetched.media_type.as_deref(), self.place())
    }

    fn push(&self, repository: &Repository, document: &Document, listing: Listing<'_>) -> Result<(), Error> {
        let digest = document.digest().to_string();
        let name = if let Listing::Tag(tag) = listing { tag } else { &digest };
        let (bytes, kind) = (document.bytes(), document.media_type());
        let pushed = repository.push_manifest(name, bytes, kind, document.digest(), None)?;
        match document.subject() {
            Some(subject) if pushed == (Pushed::Done { lists_referrers: false }) => {
                self.list_under_fallback_tag(&subject.digest, &listed(document))
            }
            _ => Ok(()),
        }
    }

    /// Appends to the list that stands in for the referrers API. What others wrote there stays as it is.
    fn list_under_fallback_tag(&self, subject: &Digest, entry: &Descriptor) -> Result<(), Error> {
        let tag = fallback_tag(subject);
        let place = self.place().to_owned();
        let malformed = |message: String| Error::Malformed {
            what: "the list of referrers",
            place: format!("{place} (tag `{tag}`)"),
            message,
        };
        self.update_tag(&tag, &mut |there| {
            let mut index = match there {
                None => json!({ "schemaVersion": 2, "mediaType": media_type::INDEX, "manifests": [] }),
                Some(there) if there.is_index() => {
                    serde_json::from_slice(there.bytes()).map_err(|error| malformed(error.to_string()))?
                }
                Some(_) => return Err(malformed("it is a manifest and not an index".to_owned())),
            };
            let manifests = index.get_mut("manifests").and_then(Value::as_array_mut);
            let manifests = manifests.ok_or_else(|| malformed("it has no list of manifests".to_owned()))?;
            let digest = entry.digest.to_string();
            if manifests.iter().any(|listed| listed.get("digest").and_then(Value::as_str) == Some(digest.as_str())) {
                return Ok(None);
            }
            manifests.push(serde_json::to_value(entry).map_err(|error| malformed(error.to_string()))?);
            Document::of_json(&index, &place).map(Some)
        })
    }

    /// The bytes of a blob, streamed and not verified.
    fn open_blob(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send>, Error> {
        let layer = LayerDescriptor {
            digest: Some(descriptor.digest.clone()),
            size: Some(descriptor.size),
            ..LayerDescriptor::default()
        };
        match &self.store {
            Store::Registry(repository, _) => repository.open(&layer),
            Store::Layout(layout, _) => layout.open(&layer),
        }
    }
}

/// The descriptor under which a document is listed: with its kind and annotations, as the referrers API gives them.
fn listed(document: &Document) -> Descriptor {
    let is_referrer = document.subject().is_some();
    Descriptor {
        artifact_type: is_referrer.then(|| document.artifact_type().to_owned()).filter(|kind| !kind.is_empty()),
        annotations: document.annotations().filter(|_| is_referrer).cloned(),
        ..document.descriptor()
    }
}

/// Reads a blob into a temporary file in `directory` and verifies it. `for_everyone` lets in whom the umask lets in, as
/// what stays needs.
fn spool(
    from: &Artifacts,
    descriptor: &Descriptor,
    directory: &std::path::Path,
    for_everyone: bool,
) -> Result<tempfile::NamedTempFile, Error> {
    const WHAT: &str = "the blob";
    let mut reader = from.open_blob(descriptor)?.take(descriptor.size.saturating_add(1));
    let io = |error: std::io::Error| Error::io(directory, error);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".boltseal-");
    if for_everyone {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(directory).map_err(io)?;
    let mut hasher = Hasher::new(descriptor.digest.algorithm());
    let mut buffer = vec![0; 256 * 1024];
    let mut actual = 0u64;
    loop {
        let read = reader.read(&mut buffer).map_err(|error| Error::Malformed {
            what: WHAT,
            place: format!("{} ({})", from.place(), descriptor.digest),
            message: error.to_string(),
        })?;
        let piece = buffer.get(..read).unwrap_or_default();
        if piece.is_empty() {
            break;
        }
        actual += read as u64;
        hasher.update(piece);
        file.write_all(piece).map_err(io)?;
    }
    let place = from.place().to_owned();
    if actual != descriptor.size {
        return Err(Error::SizeMismatch { what: WHAT, place, expected: descriptor.size, actual });
    }
    let digest = hasher.finish();
    if digest != descriptor.digest {
        let expected = descriptor.digest.clone();
        return Err(Error::DigestMismatch { what: WHAT, place, expected, actual: digest });
    }
    file.flush().map_err(io)?;
    Ok(file)
}
