//! OCI layouts (OCI image specification, `image-layout.md`), in a directory or in a tar.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use boltseal_evidence::Digest;

use super::archive::Archive;
use super::content::{self, verify};
use super::manifest::{Descriptor, Document, Documents, Index, choose, hangs_on_another};
use super::section::Section;
use super::{FileIdentity, Image, LayerDescriptor, LayerSource};
use crate::target::Choice;
use crate::{Error, Limits, Options};

/// A layout whose files are found by name.
pub(crate) struct Layout {
    pub(crate) files: Files,
    place: String,
}

pub(crate) enum Files {
    Directory(PathBuf),
    Archive(Archive),
}

/// Opens an image of a layout in a directory.
pub(super) fn open_directory(path: &Path, choice: Option<&Choice>, options: &Options) -> Result<Image, Error> {
    open(Layout::directory(path), choice, options)
}

/// Opens an image of a layout in a tar.
pub(super) fn open_archive(path: &Path, choice: Option<&Choice>, options: &Options) -> Result<Image, Error> {
    open(Layout::archive(path, &options.limits)?, choice, options)
}

fn open(layout: Layout, choice: Option<&Choice>, options: &Options) -> Result<Image, Error> {
    let index = layout.index(options.limits.manifest)?;
    let descriptor = select(&layout, &index, choice, options)?;
    let bytes = layout.document(&descriptor, "the manifest", options.limits.manifest)?;
    let digest = descriptor.digest("the index", &layout.place)?;
    content::open(Box::new(layout), Document { bytes, digest }, options)
}

pub(crate) fn select(
    layout: &Layout,
    index: &Index,
    choice: Option<&Choice>,
    options: &Options,
) -> Result<Descriptor, Error> {
    let missing = |what: String| Error::Missing { what, place: layout.place.clone(), hint: hint(&index.manifests) };
    let tagged: Vec<Descriptor> = match choice {
        Some(Choice::Digest(digest)) => return by_digest(layout, index, digest),
        Some(Choice::Tag(tag)) => {
            let tagged: Vec<_> = index.manifests.iter().filter(|entry| entry.has_tag(tag)).cloned().collect();
            if tagged.is_empty() {
                return Err(missing(format!("the tag `{tag}`")));
            }
            tagged
        }
        None => {
            let images = images(layout, &index.manifests, options.limits.manifest);
            let tags: BTreeSet<_> = images.iter().filter_map(Descriptor::tag).collect();
            if tags.len() > 1 {
                return Err(missing("one image alone".to_owned()));
            }
            images
        }
    };
    if tagged.is_empty() {
        return Err(missing("an image".to_owned()));
    }
    choose(&tagged, options.platform.as_ref(), &layout.place).cloned()
}

/// The entries that are images, without the signatures and the like that hang on one. What cannot be told stays.
fn images(layout: &Layout, manifests: &[Descriptor], limit: u64) -> Vec<Descriptor> {
    let mut images: Vec<Descriptor> = manifests.iter().filter(|entry| !entry.is_attached()).cloned().collect();
    if images.len() > 1 {
        images.retain(|entry| {
            let bytes = layout.document(entry, "the manifest", limit).ok();
            !bytes.is_some_and(|bytes| hangs_on_another(&bytes))
        });
    }
    images
}

/// By digest also what the index does not name itself, such as the image of one platform.
fn by_digest(layout: &Layout, index: &Index, digest: &Digest) -> Result<Descriptor, Error> {
    let text = digest.to_string();
    if let Some(entry) = index.manifests.iter().find(|entry| entry.digest == text) {
        return Ok(entry.clone());
    }
    let size = layout.section(&blob_name(digest))?.len();
    Ok(Descriptor { digest: text, size, ..Descriptor::default() })
}

fn hint(manifests: &[Descriptor]) -> String {
    let tags: BTreeSet<_> = manifests.iter().filter_map(Descriptor::tag).collect();
    if tags.is_empty() {
        return String::new();
    }
    let shown: Vec<_> = tags.iter().take(10).map(|tag| format!("`{tag}`")).collect();
    let more = if tags.len() > shown.len() { ", …" } else { "" };
    format!("; choose one of its tags: {}{more}", shown.join(", "))
}

pub(crate) fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().name(), digest.hex())
}

impl Layout {
    /// A layout in a directory, which need not be there yet.
    pub(crate) fn directory(path: &Path) -> Self {
        let place = format!("the OCI layout `{}`", path.display());
        Self { files: Files::Directory(path.to_owned()), place }
    }

    /// A layout in a tar.
    pub(crate) fn archive(path: &Path, limits: &Limits) -> Result<Self, Error> {
        let archive = Archive::open(path, limits)?;
        Ok(Self { files: Files::Archive(archive), place: format!("the OCI archive `{}`", path.display()) })
    }

    /// What `index.json` lists.
    pub(crate) fn index(&self, limit: u64) -> Result<Index, Error> {
        let bytes = self.read("index.json", "the index", limit)?;
        serde_json::from_slice(&bytes).map_err(|error| Error::Malformed {
            what: "the index",
            place: self.place.clone(),
            message: error.to_string(),
        })
    }

    pub(crate) fn section(&self, name: &str) -> Result<Section, Error> {
        let missing = || Error::Missing { what: format!("`{name}`"), place: self.place.clone(), hint: String::new() };
        match &self.files {
            Files::Archive(archive) => archive.section(name).ok_or_else(missing),
            Files::Directory(root) => {
                let path = root.join(name);
                // Before opening: a FIFO would wait for ever.
                match std::fs::metadata(&path) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing()),
                    Err(error) => return Err(Error::io(&path, error)),
                    Ok(metadata) if metadata.is_file() => {}
                    Ok(_) => return Err(Error::io(&path, io::Error::other("it is not a regular file"))),
                }
                let file = File::open(&path).map_err(|error| Error::io(&path, error))?;
                let length = file.metadata().map_err(|error| Error::io(&path, error))?.len();
                Ok(Section::new(Arc::new(file), 0, length))
            }
        }
    }

    pub(crate) fn read(&self, name: &str, what: &'static str, limit: u64) -> Result<Vec<u8>, Error> {
        self.section(name)?.read_all(limit).map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => {
                Error::TooLarge { what, place: self.place.clone(), limit: format!("{limit} bytes") }
            }
            _ => Error::Malformed { what, place: self.place.clone(), message: error.to_string() },
        })
    }

    fn layer(&self, layer: &LayerDescriptor) -> Result<Section, Error> {
        let digest = layer.digest.as_ref().ok_or_else(|| Error::Missing {
            what: format!("layer {}", layer.index),
            place: self.place.clone(),
            hint: String::new(),
        })?;
        self.section(&blob_name(digest))
    }
}

impl Documents for Layout {
    fn place(&self) -> &str {
        &self.place
    }

    fn document(&self, descriptor: &Descriptor, what: &'static str, limit: u64) -> Result<Vec<u8>, Error> {
        let digest = descriptor.digest(what, &self.place)?;
        let bytes = self.read(&blob_name(&digest), what, limit)?;
        verify(&bytes, descriptor, what, &self.place)?;
        Ok(bytes)
    }
}

impl LayerSource for Layout {
    fn open(&self, layer: &LayerDescriptor) -> Result<Box<dyn Read + Send>, Error> {
        Ok(Box::new(self.layer(layer)?))
    }

    fn identity(&self, layer: &LayerDescriptor) -> Option<FileIdentity> {
        if let Files::Archive(archive) = &self.files
            && archive.is_temporary()
        {
            return None;
        }
        self.layer(layer).ok()?.identity()
    }
}
