//! Archives of `docker save` and its likes: a `manifest.json` that names configurations, tags and layers by path.

use std::io::Read;
use std::path::Path;

use boltseal_evidence::Digest;
use oci_spec::distribution::Reference;
use serde::Deserialize;

use super::archive::Archive;
use super::content::{assemble, verify_digest};
use super::section::Section;
use super::{FileIdentity, Image, LayerDescriptor, LayerSource};
use crate::layer::path::normalise;
use crate::{Error, Options};

/// One image of `manifest.json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    layers: Option<Vec<String>>,
}

struct Layers {
    archive: Archive,
    names: Vec<String>,
    place: String,
}

/// Opens an image of an archive.
pub(super) fn open(path: &Path, reference: Option<&str>, options: &Options) -> Result<Image, Error> {
    let archive = Archive::open(path, &options.limits)?;
    let place = format!("the archive `{}`", archive.path().display());
    let manifest = read(&archive, "manifest.json", "the manifest", options.limits.manifest, &place)?;
    let items: Vec<Item> = serde_json::from_slice(&manifest).map_err(|error| Error::Malformed {
        what: "the manifest",
        place: place.clone(),
        message: error.to_string(),
    })?;
    let item = choose(&items, reference, &place)?;
    let config = read(&archive, &item.config, "the configuration", options.limits.config, &place)?;
    if let Some(claimed) = named_digest(&item.config) {
        verify_digest(&config, &claimed, "the configuration", &place)?;
    }
    let names: Vec<String> = item.layers.iter().flatten().map(|name| plain(name)).collect();
    let descriptors = names.iter().map(|name| LayerDescriptor {
        // Only in a `blobs` directory is a layer named by its own digest.
        digest: named_digest(name).filter(|_| name.starts_with("blobs/")),
        size: archive.section(name).map(|section| section.len()),
        ..LayerDescriptor::default()
    });
    let descriptors = descriptors.collect();
    assemble(config, descriptors, Box::new(Layers { archive, names, place: place.clone() }), &place, options)
}

fn choose<'i>(items: &'i [Item], reference: Option<&str>, place: &str) -> Result<&'i Item, Error> {
    let missing = |what: String| {
        let tags: Vec<String> = items
            .iter()
            .flat_map(|item| item.repo_tags.iter().flatten())
            .take(10)
            .map(|tag| format!("`{tag}`"))
            .collect();
        let hint =
            if tags.is_empty() { String::new() } else { format!("; choose one of its tags: {}", tags.join(", ")) };
        Error::Missing { what, place: place.to_owned(), hint }
    };
    match (reference, items) {
        (None, [only]) => Ok(only),
        (None, []) => Err(missing("an image".to_owned())),
        (None, _) => Err(missing("one image alone".to_owned())),
        (Some(reference), _) => {
            let by_place = reference.strip_prefix('@').and_then(|number| items.get(number.parse::<usize>().ok()?));
            let found = by_place.or_else(|| items.iter().find(|item| is_named(item, reference)));
            found.ok_or_else(|| missing(format!("the image `{reference}`")))
        }
    }
}

/// By a tag, whole or with Docker's defaults left out, or by the beginning of the image ID.
fn is_named(item: &Item, reference: &str) -> bool {
    let whole = Reference::try_from(reference).ok();
    let tagged = item
        .repo_tags
        .iter()
        .flatten()
        .any(|tag| tag == reference || whole.is_some() && Reference::try_from(tag.as_str()).ok() == whole);
    let id = reference.trim_start_matches("sha256:");
    let by_id = id.len() >= 12 && named_digest(&item.config).is_some_and(|digest| digest.hex().starts_with(id));
    tagged || by_id
}

/// `blobs/sha256/HEX` and `HEX.json` name the SHA-256 digest of the file.
fn named_digest(name: &str) -> Option<Digest> {
    let file = name.rsplit('/').next()?;
    format!("sha256:{}", file.strip_suffix(".json").unwrap_or(file)).parse().ok()
}

fn plain(name: &str) -> String {
    let mut path = String::new();
    normalise(name.as_bytes(), &mut path);
    path
}

fn read(archive: &Archive, name: &str, what: &'static str, limit: u64, place: &str) -> Result<Vec<u8>, Error> {
    let section = archive.section(&plain(name)).ok_or_else(|| Error::Missing {
        what: format!("`{name}`"),
        place: place.to_owned(),
        hint: "; is it an archive of `docker save`?".to_owned(),
    })?;
    if section.len() > limit {
        return Err(Error::TooLarge { what, place: place.to_owned(), limit: format!("{limit} bytes") });
    }
    section.read_all(limit).map_err(|error| Error::io(archive.path(), error))
}

impl Layers {
    fn section(&self, layer: &LayerDescriptor) -> Option<Section> {
        self.archive.section(self.names.get(layer.index)?)
    }
}

impl LayerSource for Layers {
    fn open(&self, layer: &LayerDescriptor) -> Result<Box<dyn Read + Send>, Error> {
        let section = self.section(layer).ok_or_else(|| Error::Missing {
            what: format!("layer {} (`{}`)", layer.index, self.names.get(layer.index).map_or("", String::as_str)),
            place: self.place.clone(),
            hint: String::new(),
        })?;
        Ok(Box::new(section))
    }

    fn identity(&self, layer: &LayerDescriptor) -> Option<FileIdentity> {
        if self.archive.is_temporary() { None } else { self.section(layer)?.identity() }
    }
}
