//! Evidence that travels: one OCI layout with an image's manifests, everything that is signed about it, and what was
//! found and decided, for another machine to check without a network.
//!
//! The image keeps its digest. What is not signed (reports, the verdict, the policy, what was trusted) is one artifact
//! with the image as its subject, and each document a layer of it with its name as `org.opencontainers.image.title`.

use std::path::Path;

use boltseal_evidence::{Digest, Problem};
use boltseal_image::{Artifacts, Choice, Document, Error, Listing, Options, Target};
use serde_json::json;

/// The kind of artifact that holds the documents.
pub const ARTIFACT_TYPE: &str = "application/vnd.boltseal.evidence.v1+json";

/// The tag in the layout by which it is found.
const TAG: &str = "boltseal-evidence";

/// The name of a layer (OCI image specification, *Pre-Defined Annotation Keys*).
const TITLE: &str = "org.opencontainers.image.title";

/// The most documents of one bundle.
const MOST: usize = 256;

/// One document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Included {
    /// Its name: `verdict.json`, `policy/keys/release.pub`.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The digest of the image or index.
    pub digest: Digest,
    /// Signatures, attestations and other artifacts that came along.
    pub attached: usize,
    /// What could not be copied, since it could not be read.
    pub problems: Vec<Problem>,
}

/// Writes the image that `pinned` names (by digest), what hangs on it, and the documents, as an OCI layout in `folder`.
///
/// # Errors
/// The image cannot be read, or the folder cannot be written.
pub fn export(
    pinned: &Target,
    folder: &Path,
    documents: &[Included],
    with_layers: bool,
    options: &Options,
) -> Result<Exported, Error> {
    let to = Target::OciLayout { path: folder.to_owned(), choice: None };
    let copied = if with_layers {
        boltseal_seal::copy(pinned, &to, options)?
    } else {
        boltseal_seal::copy_without_layers(pinned, &to, options)?
    };
    let layout = Artifacts::open_to_write(&to, options)?;
    let missing = || Error::Missing {
        what: format!("the manifest {}", copied.digest),
        place: folder.display().to_string(),
        hint: String::new(),
    };
    let subject = layout.document(&copied.digest)?.ok_or_else(missing)?;
    let mut layers = Vec::new();
    for document in documents {
        let blob = layout.put_blob(&document.media_type, &document.bytes)?;
        layers.push(json!({
            "mediaType": blob.media_type,
            "digest": blob.digest.to_string(),
            "size": document.bytes.len(),
            "annotations": { TITLE: document.name },
        }));
    }
    let config = layout.put_blob("application/vnd.oci.empty.v1+json", b"{}")?;
    let about = subject.descriptor();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": ARTIFACT_TYPE,
        "config": { "mediaType": config.media_type, "digest": config.digest.to_string(), "size": 2 },
        "layers": layers,
        "subject": {
            "mediaType": about.media_type,
            "digest": about.digest.to_string(),
            "size": subject.bytes().len(),
        },
    });
    layout.put_document(&Document::of_json(&manifest, &folder.display().to_string())?, Listing::Tag(TAG))?;
    Ok(Exported { digest: copied.digest, attached: copied.attached.len(), problems: copied.problems })
}

/// A bundle as it was read. Every digest in it was computed; nothing else of it is believed.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The image or index that it is about, by digest, in the layout.
    pub image: Target,
    /// Its digest.
    pub digest: Digest,
    /// The documents.
    pub documents: Vec<Included>,
}

impl Bundle {
    /// The bytes of the document with this name.
    pub fn document(&self, name: &str) -> Option<&[u8]> {
        self.documents.iter().find(|document| document.name == name).map(|document| document.bytes.as_slice())
    }
}

/// Reads a bundle that [`export`] wrote.
///
/// # Errors
/// The folder is no such bundle, or a digest in it does not hold.
pub fn read(folder: &Path, options: &Options) -> Result<Bundle, Error> {
    let place = folder.display().to_string();
    let layout = Artifacts::open(&Target::OciLayout { path: folder.to_owned(), choice: None }, options)?;
    let manifest = layout.tagged(TAG)?.filter(|manifest| manifest.artifact_type() == ARTIFACT_TYPE);
    let manifest = manifest.ok_or_else(|| Error::Unsupported {
        place: place.clone(),
        message: "this folder does not hold the evidence on an image; `boltseal evidence export` writes such a folder"
            .to_owned(),
    })?;
    let subject = manifest.subject().ok_or_else(|| Error::Malformed {
        what: "the evidence",
        place: place.clone(),
        message: "it does not say which image it is about".to_owned(),
    })?;
    let digest = subject.digest.clone();
    // Its bytes are read, so that the digest is computed.
    layout.document(&digest)?.ok_or_else(|| Error::Missing {
        what: format!("the manifest {digest}"),
        place: place.clone(),
        hint: ", which the evidence is about".to_owned(),
    })?;
    if manifest.layers().len() > MOST {
        return Err(Error::TooLarge { what: "the list of documents", place, limit: MOST.to_string() });
    }
    let mut documents = Vec::new();
    for layer in manifest.layers() {
        documents.push(Included {
            name: layer.annotation(TITLE).unwrap_or_default().to_owned(),
            media_type: layer.media_type.clone(),
            bytes: layout.blob(layer)?,
        });
    }
    let image = Target::OciLayout { path: folder.to_owned(), choice: Some(Choice::Digest(digest.clone())) };
    Ok(Bundle { image, digest, documents })
}
