//! From a verified manifest to an opened image; what OCI layouts, OCI archives and registries share.

use std::collections::BTreeMap;

use boltseal_evidence::{Algorithm, Digest, Hasher, Platform, Problem};

use super::config::Config;
use super::manifest::{CONFIGURATION, Descriptor, Document, Documents, find};
use super::{Image, LayerDescriptor, LayerSource, media_type};
use crate::{Error, Options};

/// Documents and layers by digest.
pub(crate) trait ContentStore: Documents + LayerSource {}

impl<T: Documents + LayerSource> ContentStore for T {}

/// Opens the image that a document leads to.
pub(super) fn open(store: Box<dyn ContentStore>, document: Document, options: &Options) -> Result<Image, Error> {
    let found = find(&*store, document, options.platform.as_ref(), options.limits.manifest)?;
    let place = store.place().to_owned();
    let manifest = found.manifest;
    let config_type = manifest.config.media_type();
    if !media_type::is_image_config(config_type) {
        let kind = manifest.artifact_type.as_deref().unwrap_or(config_type);
        let message = format!("this is an artifact of type `{kind}`, not a container image");
        return Err(Error::Unsupported { place, message });
    }
    let bytes = store.document(&manifest.config, CONFIGURATION, options.limits.config)?;
    let blobs = manifest.layers.into_iter().map(|layer| {
        Ok(LayerDescriptor {
            digest: Some(layer.digest("the manifest", &place)?),
            size: Some(layer.size),
            foreign: media_type::is_foreign(layer.media_type()),
            media_type: layer.media_type.unwrap_or_default(),
            ..LayerDescriptor::default()
        })
    });
    let layers = blobs.collect::<Result<Vec<_>, Error>>()?;
    let mut image = assemble(bytes, layers, store, &place, options)?;
    image.manifest_digest = Some(found.digest);
    image.annotations = manifest.annotations.unwrap_or_default();
    image.index_digest = found.index;
    Ok(image)
}

/// Puts an image together from its configuration and the blobs of its layers.
pub(super) fn assemble(
    config: Vec<u8>,
    mut layers: Vec<LayerDescriptor>,
    blobs: Box<dyn LayerSource>,
    place: &str,
    options: &Options,
) -> Result<Image, Error> {
    let id = Digest::sha256_of(&config);
    let config = Config::parse(config, place)?;
    check_platform(&config.platform, options.platform.as_ref(), place)?;
    if layers.len() > options.limits.layers {
        let limit = format!("{} layers", options.limits.layers);
        return Err(Error::TooLarge { what: "the list of layers", place: place.to_owned(), limit });
    }
    if layers.len() != config.diff_ids.len() {
        let message = format!("it names {} layers and the manifest {}", config.diff_ids.len(), layers.len());
        return Err(Error::Malformed { what: "the configuration", place: place.to_owned(), message });
    }
    let mut problems = Vec::new();
    let history_fits = config.created_by.len() == layers.len();
    if !history_fits && !config.created_by.is_empty() {
        problems.push(Problem::general(format!(
            "the history tells of {} layers and there are {}: which instruction made which layer is not known",
            config.created_by.len(),
            layers.len()
        )));
    }
    for (index, (layer, diff_id)) in layers.iter_mut().zip(&config.diff_ids).enumerate() {
        layer.index = index;
        layer.diff_id = Some(diff_id.clone());
        layer.created_by = config.created_by.get(index).filter(|_| history_fits).cloned().flatten();
        if !layer.media_type.is_empty() && !media_type::is_layer(&layer.media_type) {
            let message = format!("the layer has the unknown media type `{}`; read as what it is", layer.media_type);
            problems.push(Problem { path: None, layer: Some(index), message });
        }
    }
    Ok(Image {
        id,
        manifest_digest: None,
        index_digest: None,
        annotations: BTreeMap::new(),
        config,
        layers,
        problems,
        blobs,
        progress: options.progress.clone(),
    })
}

fn check_platform(has: &Platform, wanted: Option<&Platform>, place: &str) -> Result<(), Error> {
    let show = |platform: &Platform| format!("{}/{}", platform.os, platform.architecture);
    match wanted {
        Some(wanted) if show(wanted) != show(has) => {
            Err(Error::NoPlatform { place: place.to_owned(), wanted: show(wanted), available: show(has) })
        }
        _ => Ok(()),
    }
}

/// The bytes are those that a descriptor names.
pub(crate) fn verify(bytes: &[u8], descriptor: &Descriptor, what: &'static str, place: &str) -> Result<(), Error> {
    let actual = bytes.len() as u64;
    if actual != descriptor.size {
        return Err(Error::SizeMismatch { what, place: place.to_owned(), expected: descriptor.size, actual });
    }
    verify_digest(bytes, &descriptor.digest(what, place)?, what, place)
}

pub(crate) fn verify_digest(bytes: &[u8], expected: &Digest, what: &'static str, place: &str) -> Result<(), Error> {
    let actual = digest_of(bytes, expected.algorithm());
    if actual == *expected {
        return Ok(());
    }
    Err(Error::DigestMismatch { what, place: place.to_owned(), expected: expected.clone(), actual })
}

pub(crate) fn digest_of(bytes: &[u8], algorithm: Algorithm) -> Digest {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(bytes);
    hasher.finish()
}
