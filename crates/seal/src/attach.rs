//! Attaching what was signed to the digest that it is about.

use std::collections::BTreeMap;

use boltseal_evidence::Digest;
use boltseal_image::{Artifacts, Descriptor, Document, Error, Listing, Options, Target, cosign_tag};
use boltseal_trust::Signed;
use serde_json::{Value, json};

use crate::media_type;

/// What is attached.
#[derive(Debug, Clone, Copy)]
pub enum Attachment<'a> {
    /// A signature or an attestation, as its own kind is attached: bundles and Notary Project signatures as referrers,
    /// cosign's from before bundles under its tags.
    Signed(&'a Signed),
    /// Any other artifact, as a referrer.
    Artifact {
        /// What kind of artifact it is.
        artifact_type: &'a str,
        /// The media type of its bytes.
        media_type: &'a str,
        /// Its bytes.
        bytes: &'a [u8],
        /// Annotations of its manifest.
        annotations: &'a BTreeMap<String, String>,
    },
}

/// Where something is attached now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// What it hangs on.
    pub subject: Digest,
    /// `referrer sha256:…`, `tag sha256-….sig`, as [`Found::source`](crate::Found::source) says it.
    pub source: String,
    /// The digest of the manifest that holds it.
    pub manifest: Digest,
    /// It was there already, and nothing was written.
    pub was_there: bool,
}

/// Attaches something to the manifest or index with the digest `subject` in the target's repository or layout.
///
/// The digest, and not the target's tag, says what it hangs on: a tag may have moved since it was signed. The same bytes
/// are not attached twice. `created` (RFC 3339) becomes the manifest's `org.opencontainers.image.created`.
///
/// # Errors
/// The target cannot be written, it has no document with this digest, or a detached signature, which has no place beside
/// an image.
pub fn attach(
    target: &Target,
    options: &Options,
    subject: &Digest,
    attachment: Attachment<'_>,
    created: Option<&str>,
) -> Result<Attached, Error> {
    let artifacts = Artifacts::open_to_write(target, options)?;
    let document = artifacts.document(subject)?.ok_or_else(|| Error::Missing {
        what: format!("the manifest {subject}"),
        place: artifacts.place().to_owned(),
        hint: "; push the image before its signatures".to_owned(),
    })?;
    let place = Place { artifacts: &artifacts, subject: &document, created };
    let none = BTreeMap::new();
    match attachment {
        Attachment::Signed(Signed::Bundle(bytes)) => {
            place.referrer(media_type::BUNDLE, media_type::BUNDLE, bytes, bundle_annotations(bytes))
        }
        Attachment::Signed(Signed::CosignSignature { payload, annotations }) => {
            place.legacy("sig", media_type::SIMPLE_SIGNING, payload, annotations)
        }
        Attachment::Signed(Signed::CosignAttestation { envelope, annotations }) => {
            place.legacy("att", media_type::DSSE, envelope, annotations)
        }
        Attachment::Signed(Signed::NotationJws(bytes)) => {
            place.referrer(media_type::NOTATION, media_type::JWS, bytes, none)
        }
        Attachment::Signed(Signed::NotationCose(bytes)) => {
            place.referrer(media_type::NOTATION, media_type::COSE, bytes, none)
        }
        Attachment::Signed(Signed::Detached(_)) => Err(Error::Unsupported {
            place: artifacts.place().to_owned(),
            message: "a detached signature is not attached to an image: attach a Sigstore bundle".to_owned(),
        }),
        Attachment::Artifact { artifact_type, media_type, bytes, annotations } => {
            place.referrer(artifact_type, media_type, bytes, annotations.clone())
        }
    }
}

/// What clients select bundles by without opening them, as cosign writes it.
fn bundle_annotations(bundle: &[u8]) -> BTreeMap<String, String> {
    use base64::Engine as _;
    let bundle: Value = serde_json::from_slice(bundle).unwrap_or_default();
    let content = if bundle.get("dsseEnvelope").is_some() { "dsse-envelope" } else { "message-signature" };
    let mut annotations = BTreeMap::from([("dev.sigstore.bundle.content".to_owned(), content.to_owned())]);
    let payload = bundle.pointer("/dsseEnvelope/payload").and_then(Value::as_str);
    let payload = payload.and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
    let statement: Option<Value> = payload.and_then(|payload| serde_json::from_slice(&payload).ok());
    let predicate = statement.as_ref().and_then(|statement| statement.get("predicateType")).and_then(Value::as_str);
    if let Some(predicate) = predicate {
        annotations.insert("dev.sigstore.bundle.predicateType".to_owned(), predicate.to_owned());
    }
    annotations
}

struct Place<'a> {
    artifacts: &'a Artifacts,
    subject: &'a Document,
    created: Option<&'a str>,
}

impl Place<'_> {
    /// As a manifest with a subject, an empty configuration and one layer (OCI image specification, *Guidelines for
    /// Artifact Usage*).
    fn referrer(
        &self,
        artifact_type: &str,
        media_type: &str,
        bytes: &[u8],
        mut annotations: BTreeMap<String, String>,
    ) -> Result<Attached, Error> {
        let digest = Digest::sha256_of(bytes);
        if let Some(there) = self.find(artifact_type, &digest) {
            return Ok(self.attached(format!("referrer {there}"), there, true));
        }
        if let Some(created) = self.created {
            annotations.insert("org.opencontainers.image.created".to_owned(), created.to_owned());
        }
        let layer = self.artifacts.put_blob(media_type, bytes)?;
        let config = self.artifacts.put_blob(media_type::EMPTY, b"{}")?;
        let mut manifest = json!({
            "schemaVersion": 2,
            "mediaType": media_type::MANIFEST,
            "artifactType": artifact_type,
            "config": config,
            "layers": [layer],
            "subject": self.subject.descriptor(),
        });
        if let (false, Some(fields)) = (annotations.is_empty(), manifest.as_object_mut()) {
            fields.insert("annotations".to_owned(), json!(annotations));
        }
        // Notation of before OCI 1.1 knows its signatures by the configuration.
        if let (media_type::NOTATION, Some(kind)) = (artifact_type, manifest.pointer_mut("/config/mediaType")) {
            *kind = artifact_type.into();
        }
        let manifest = Document::of_json(&manifest, self.artifacts.place())?;
        self.artifacts.put_document(&manifest, Listing::Listed)?;
        let digest = manifest.digest().clone();
        Ok(self.attached(format!("referrer {digest}"), digest, false))
    }

    /// A referrer of this kind that holds these bytes.
    fn find(&self, artifact_type: &str, digest: &Digest) -> Option<Digest> {
        let listed = self.artifacts.referrers(self.subject.digest());
        let holds = |document: &&Document| {
            document.artifact_type() == artifact_type && document.layers().iter().any(|layer| layer.digest == *digest)
        };
        listed.documents.iter().find(holds).map(|document| document.digest().clone())
    }

    /// As one more layer of the manifest under cosign's tag.
    fn legacy(
        &self,
        ending: &str,
        media_type: &str,
        bytes: &[u8],
        annotations: &BTreeMap<String, String>,
    ) -> Result<Attached, Error> {
        let tag = cosign_tag(self.subject.digest(), ending);
        let layer =
            Descriptor { annotations: Some(annotations.clone()), ..self.artifacts.put_blob(media_type, bytes)? };
        let mut last = None;
        let mut writes = 0;
        self.artifacts.update_tag(&tag, &mut |there| {
            let layers = there.map(Document::layers).unwrap_or_default();
            if let Some(there) = there.filter(|_| layers.contains(&layer)) {
                last = Some(there.digest().clone());
                return Ok(None);
            }
            let mut layers = layers.to_vec();
            layers.push(layer.clone());
            let config = serde_json::to_vec(&legacy_config(&layers)).unwrap_or_default();
            let config = self.artifacts.put_blob(media_type::IMAGE_CONFIG, &config)?;
            let mut manifest = json!({ "schemaVersion": 2, "mediaType": media_type::MANIFEST, "layers": layers });
            if let Some(fields) = manifest.as_object_mut() {
                fields.insert("config".to_owned(), json!(config));
                // What somebody else said of it stays.
                fields.extend(there.and_then(Document::annotations).map(|all| ("annotations".to_owned(), json!(all))));
            }
            let manifest = Document::of_json(&manifest, self.artifacts.place())?;
            last = Some(manifest.digest().clone());
            writes += 1;
            Ok(Some(manifest))
        })?;
        let manifest = last.unwrap_or_else(|| self.subject.digest().clone());
        Ok(self.attached(format!("tag {tag}"), manifest, writes == 0))
    }

    fn attached(&self, source: String, manifest: Digest, was_there: bool) -> Attached {
        Attached { subject: self.subject.digest().clone(), source, manifest, was_there }
    }
}

/// The configuration of an image whose layers are signatures: clients count its `diff_ids`.
fn legacy_config(layers: &[Descriptor]) -> Value {
    let epoch = "0001-01-01T00:00:00Z";
    json!({
        "architecture": "",
        "created": epoch,
        "history": layers.iter().map(|_| json!({ "created": epoch })).collect::<Vec<_>>(),
        "os": "",
        "rootfs": { "type": "layers", "diff_ids": layers.iter().map(|layer| &layer.digest).collect::<Vec<_>>() },
        "config": {},
    })
}
