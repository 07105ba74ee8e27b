//! Signing an image, and attaching what was signed.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::anyhow;
use boltseal_evidence::Digest;
use boltseal_image::{Artifacts, Document, Options, Target};
use boltseal_seal::{Attachment, attach};
use boltseal_trust::sign::{self, cosign_payload};
use boltseal_trust::{InToto, Signed};
use serde::Serialize;

use super::Way;
use crate::args::{SignArguments, SignatureForm};
use crate::exit::Failure;
use crate::output::Console;
use crate::settings::Settings;

/// More images than any index names.
const MAX_IMAGES: usize = 1000;

/// Something that was signed, and where it is now.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Written {
    /// The image or file as it is called.
    pub(crate) subject: String,
    /// Its digest: what was signed.
    pub(crate) digest: Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) predicate_type: Option<String>,
    /// `referrer sha256:…`, `tag sha256-….sig`, or files.
    pub(crate) places: Vec<String>,
    /// The same was attached before.
    pub(crate) was_there: bool,
    /// Who signed.
    pub(crate) signer: String,
}

/// Where an image is, and what of it is signed.
pub(crate) struct Place<'a> {
    target: &'a Target,
    options: &'a Options,
    artifacts: Artifacts,
    pub(crate) top: Document,
}

impl<'a> Place<'a> {
    /// Finds the digest that a target names now. From here on the tag is not looked at again.
    pub(crate) fn open(target: &'a Target, options: &'a Options) -> Result<Self, Failure> {
        if matches!(target, Target::OciArchive { .. } | Target::DockerArchive { .. }) {
            return Err(Failure::usage(anyhow!(
                "`{target}` is an archive, to which nothing can be attached: push the image and name it in its \
                 registry, unpack it into an OCI layout, or sign the file itself as blob:FILE"
            )));
        }
        let artifacts = Artifacts::open(target, options)?;
        let top = artifacts.top()?;
        Ok(Self { target, options, artifacts, top })
    }

    /// Registry and repository, `ghcr.io/example/app`; empty for a layout.
    pub(crate) fn repository(&self) -> String {
        match self.target {
            Target::Registry(reference) => format!("{}/{}", reference.registry(), reference.repository()),
            _ => String::new(),
        }
    }

    /// The digest of the manifest for the platform, where the reference names an index.
    pub(crate) fn platform(&self) -> Result<Digest, Failure> {
        let manifest = self.artifacts.platform_manifest(&self.top)?;
        Ok(manifest.unwrap_or_else(|| self.top.clone()).digest().clone())
    }

    /// The image with this digest as a target, and how it is called.
    pub(crate) fn pinned(&self, digest: &Digest) -> Result<(Target, String), Failure> {
        let called = self.called(digest);
        let text = match self.target {
            Target::Registry(_) => format!("registry:{called}"),
            _ => called.clone(),
        };
        Ok((Target::parse(&text)?, called))
    }

    /// The image as it is called, by its digest.
    fn called(&self, digest: &Digest) -> String {
        match self.target {
            Target::Registry(_) => format!("{}@{digest}", self.repository()),
            Target::OciLayout { path, .. } => format!("oci:{}@{digest}", path.display()),
            other => other.to_string(),
        }
    }

    /// The document's digest and those of all that it names, each once.
    fn with_children(&self) -> Result<Vec<Digest>, Failure> {
        let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
        let mut waiting = vec![self.top.clone()];
        while let Some(document) = waiting.pop() {
            if !seen.insert(document.digest().to_string()) {
                continue;
            }
            if seen.len() > MAX_IMAGES {
                return Err(anyhow!("the index names more than {MAX_IMAGES} images: nothing was signed").into());
            }
            all.push(document.digest().clone());
            for child in document.manifests().iter().rev() {
                let digest = &child.digest;
                let child = self.artifacts.document(digest)?.ok_or_else(|| {
                    anyhow!(
                        "the index names {digest}, which is not there: nothing was signed (it takes a whole copy, \
                             as `skopeo copy --all` makes)"
                    )
                })?;
                waiting.push(child);
            }
        }
        Ok(all)
    }

    pub(crate) fn attach(
        &self,
        digest: &Digest,
        signed: &Signed,
        predicate_type: Option<&str>,
        way: &Way,
        settings: &Settings,
    ) -> Result<Written, Failure> {
        let attached =
            attach(self.target, self.options, digest, Attachment::Signed(signed), Some(settings.now.as_str()))?;
        Ok(Written {
            subject: self.called(digest),
            digest: digest.clone(),
            predicate_type: predicate_type.map(str::to_owned),
            places: vec![attached.source],
            was_there: attached.was_there,
            signer: way.told(),
        })
    }
}

pub(super) fn sign(
    target: &Target,
    options: &Options,
    arguments: &SignArguments,
    way: &Way,
    settings: &Settings,
) -> Result<Vec<Written>, Failure> {
    let place = Place::open(target, options)?;
    let digests = if arguments.recursive { place.with_children()? } else { vec![place.top.digest().clone()] };
    let annotations: BTreeMap<String, String> = arguments.annotations.iter().cloned().collect();
    digests
        .iter()
        .map(|digest| {
            let signed = match arguments.attach.format {
                SignatureForm::Bundle => {
                    Signed::Bundle(way.statement(&InToto::image_signature(digest, &annotations))?.bundle)
                }
                SignatureForm::Legacy => {
                    let payload = cosign_payload(digest, &place.repository(), &annotations)?;
                    let (signature, proof) = way.payload(&payload)?;
                    sign::cosign_signature(payload, &signature, &proof)?
                }
            };
            place.attach(digest, &signed, None, way, settings)
        })
        .collect()
}

/// Says what was written and where.
pub(crate) fn tell(written: &[Written], as_json: bool, console: &Console) -> Result<(), Failure> {
    let mut text = String::new();
    if as_json {
        text = serde_json::to_string_pretty(written)?;
        text.push('\n');
    } else {
        for written in written {
            let what = match &written.predicate_type {
                Some(predicate_type) => format!("attested {predicate_type} of"),
                None => "signed".to_owned(),
            };
            text.push_str(&format!("{what} {}\n", written.subject));
            if !written.subject.ends_with(&written.digest.to_string()) {
                text.push_str(&format!("  digest  {}\n", written.digest));
            }
            text.push_str(&format!("  signer  {}\n", written.signer));
            for place in &written.places {
                let there = if written.was_there { " (was there)" } else { "" };
                text.push_str(&format!("  wrote   {place}{there}\n"));
            }
        }
    }
    console.result(None, text.as_bytes())
}
