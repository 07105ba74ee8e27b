//! Finding everything signed that hangs on the digest that a target names.

use std::collections::BTreeMap;

use boltseal_evidence::{Digest, Problem, Verification};
use boltseal_image::{Artifacts, Descriptor, Document, Error, Options, Target, cosign_tag};
use boltseal_trust::{Artifact, Material, Signed};

use crate::media_type;
use crate::{Discovered, Found};

/// Signed layers of one digest that are fetched: a manifest may list any number, and each costs a request and a
/// verification, be it empty.
const MAX_LAYERS: usize = 2_000;

/// Finds every signature and attestation of the image or index that a target names, and of the manifest for the
/// platform inside an index: Sigstore bundles, Notary Project signatures and cosign's from before bundles, as
/// referrers (by the API and by the fallback tag) and on cosign's tags.
///
/// What each is, its own manifest says; the list that named it is not believed. Nothing is verified.
///
/// # Errors
/// The target cannot be opened, or the document that it names cannot be read. What hangs on it and cannot be read is a
/// problem, not an error.
pub fn discover(target: &Target, options: &Options) -> Result<Discovered, Error> {
    let artifacts = Artifacts::open(target, options)?;
    let (top, manifest, problems) = subjects(&artifacts, options)?;
    let manifest = manifest.map(|manifest| manifest.digest().clone());
    let mut discovered = Discovered { digest: top.digest().clone(), manifest, found: Vec::new(), problems };
    discovered.look(&artifacts);
    Ok(discovered)
}

/// What a target names.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The manifest or index, with its computed digest.
    pub document: Document,
    /// The manifest for the platform, where `document` is an index that has one.
    pub manifest: Option<Document>,
}

/// Finds what a target names: what a signature would be about.
///
/// # Errors
/// The target cannot be opened, or the document that it names cannot be read.
pub fn resolve(target: &Target, options: &Options) -> Result<Subject, Error> {
    let (document, manifest, _) = subjects(&Artifacts::open(target, options)?, options)?;
    Ok(Subject { document, manifest })
}

fn subjects(artifacts: &Artifacts, options: &Options) -> Result<(Document, Option<Document>, Vec<Problem>), Error> {
    let top = artifacts.top()?;
    let mut problems = Vec::new();
    let manifest = match artifacts.platform_manifest(&top) {
        Ok(manifest) => manifest,
        // Nobody asked for a platform, so the index alone is what is meant.
        Err(error @ Error::NoPlatform { .. }) if options.platform.is_none() => {
            problems.push(Problem::general(format!("signatures of the index alone were looked for: {error}")));
            None
        }
        Err(error) => return Err(error),
    };
    Ok((top, manifest, problems))
}

impl Discovered {
    /// Looks in one more place for what is signed about the same digests: signatures may be kept in a repository of their
    /// own (cosign's `COSIGN_REPOSITORY`).
    ///
    /// # Errors
    /// The place cannot be opened.
    pub fn look_in(&mut self, target: &Target, options: &Options) -> Result<(), Error> {
        self.look(&Artifacts::open(target, options)?);
        Ok(())
    }

    fn look(&mut self, artifacts: &Artifacts) {
        for digest in [Some(self.digest.clone()), self.manifest.clone()].into_iter().flatten() {
            let (signed, met) = of_subject(artifacts, &digest);
            let new = signed.into_iter().filter(|found| !self.found.contains(found)).collect::<Vec<_>>();
            self.found.extend(new);
            self.problems.extend(met);
        }
    }
}

/// Verifies everything that was found, each against the digest that it hangs on, in the same order.
pub fn verify_all(discovered: &Discovered, material: &Material) -> Vec<Verification> {
    let verify = |found: &Found| {
        boltseal_trust::verify(&found.signed, &found.source, Artifact::Digest(&found.subject), material)
    };
    discovered.found.iter().map(verify).collect()
}

/// Everything signed that hangs on one digest.
fn of_subject(artifacts: &Artifacts, subject: &Digest) -> (Vec<Found>, Vec<Problem>) {
    let listed = artifacts.referrers(subject);
    let mut collector =
        Collector { artifacts, subject, found: Vec::new(), problems: listed.problems, left: MAX_LAYERS };
    for document in &listed.documents {
        collector.take(document, &format!("referrer {}", document.digest()));
    }
    for ending in media_type::LEGACY_ENDINGS {
        match artifacts.by_cosign_tag(subject, ending) {
            Ok(Some((document, source))) => collector.take(&document, &source),
            Ok(None) => {}
            Err(error) => collector
                .problems
                .push(Problem::general(format!("the tag `{}` cannot be read: {error}", cosign_tag(subject, ending)))),
        }
    }
    (collector.found, collector.problems)
}

struct Collector<'a> {
    artifacts: &'a Artifacts,
    subject: &'a Digest,
    found: Vec<Found>,
    problems: Vec<Problem>,
    /// Layers that may still be fetched.
    left: usize,
}

impl Collector<'_> {
    /// Takes the signed layers of a document.
    fn take(&mut self, document: &Document, source: &str) {
        let layers = document.layers();
        let signed: Vec<_> =
            layers.iter().filter_map(|layer| Some((layer, Kind::of(layer, document.artifact_type())?))).collect();
        if signed.is_empty() && document.artifact_type() == media_type::NOTATION {
            let types: Vec<&str> = layers.iter().map(|layer| layer.media_type.as_str()).collect();
            self.problems.push(Problem::general(format!(
                "{source} of {}: a signature of Notation in an envelope that is not known: `{}`",
                self.subject,
                types.join("`, `").chars().take(200).collect::<String>()
            )));
        }
        if signed.len() > self.left {
            self.problems.push(Problem::general(format!(
                "{source} of {}: {} signatures are there, and at most {MAX_LAYERS} of all are read: what the others are \
                 is not known",
                self.subject,
                signed.len()
            )));
        }
        let fetched = signed.len().min(self.left);
        self.left -= fetched;
        for (layer, kind) in signed.into_iter().take(fetched) {
            match self.artifacts.blob(layer) {
                Ok(bytes) => self.found.push(Found {
                    subject: self.subject.clone(),
                    source: source.to_owned(),
                    signed: kind.signed(bytes, layer),
                }),
                Err(error) => self.problems.push(Problem::general(format!(
                    "{source} of {}: the signature cannot be read: {error}",
                    self.subject
                ))),
            }
        }
    }
}

/// How something signed is kept in a layer.
#[derive(Clone, Copy)]
enum Kind {
    Bundle,
    CosignSignature,
    CosignAttestation,
    NotationJws,
    NotationCose,
}

impl Kind {
    /// By the layer's media type; by what the manifest is where that says nothing.
    fn of(layer: &Descriptor, artifact_type: &str) -> Option<Self> {
        match layer.media_type.as_str() {
            kind if kind.starts_with(media_type::BUNDLE_PREFIX) => Some(Self::Bundle),
            media_type::SIMPLE_SIGNING => Some(Self::CosignSignature),
            media_type::DSSE => Some(Self::CosignAttestation),
            media_type::JWS if artifact_type == media_type::NOTATION => Some(Self::NotationJws),
            media_type::COSE if artifact_type == media_type::NOTATION => Some(Self::NotationCose),
            _ if artifact_type.starts_with(media_type::BUNDLE_PREFIX) => Some(Self::Bundle),
            _ => None,
        }
    }

    fn signed(self, bytes: Vec<u8>, layer: &Descriptor) -> Signed {
        let annotations = || -> BTreeMap<String, String> { layer.annotations.clone().unwrap_or_default() };
        match self {
            Self::Bundle => Signed::Bundle(bytes),
            Self::CosignSignature => Signed::CosignSignature { payload: bytes, annotations: annotations() },
            Self::CosignAttestation => Signed::CosignAttestation { envelope: bytes, annotations: annotations() },
            Self::NotationJws => Signed::NotationJws(bytes),
            Self::NotationCose => Signed::NotationCose(bytes),
        }
    }
}
