//! An opened image: its configuration, its layers, and the way to their bytes.

mod archive;
mod config;
pub(crate) mod content;
mod docker_archive;
pub(crate) mod layout;
pub(crate) mod manifest;
pub(crate) mod media_type;
mod section;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use archive::Archive;
use boltseal_evidence::{Digest, Platform, Problem};
use oci_spec::image::ImageConfiguration;
use serde::{Deserialize, Serialize};

use crate::{Error, Options, Progress, Target, TargetError, registry};

/// What is known of a layer before its bytes are read. All of it is claimed by the manifest or the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerDescriptor {
    /// The position, from 0 at the base.
    pub index: usize,
    /// The media type; empty where the transport has none.
    pub media_type: String,
    /// The digest of the blob as stored, where the manifest states it.
    pub digest: Option<Digest>,
    /// The size of the blob as stored, in bytes, where the manifest or the archive states it.
    pub size: Option<u64>,
    /// The digest of the uncompressed tar that the configuration states.
    pub diff_id: Option<Digest>,
    /// The Dockerfile instruction that made it, from the history.
    pub created_by: Option<String>,
    /// The layer is one that registries need not hold (Windows base layers): its blob may be absent.
    pub foreign: bool,
}

/// What identifies the bytes of a layer's blob in a local file without reading them.
///
/// Two equal identities mean the same bytes as long as nobody sets clocks back: a file that was changed within the
/// granularity of its own time stamps cannot be told apart, so do not trust an identity whose
/// [`changed`](Self::changed) is within two seconds of the moment at which it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileIdentity {
    /// The device of the file.
    pub device: u64,
    /// Its inode.
    pub inode: u64,
    /// Its size in bytes.
    pub size: u64,
    /// The time of its last modification, in nanoseconds since 1970.
    pub modified: i64,
    /// The time of its last change of status, in nanoseconds since 1970.
    pub changed: i64,
    /// Where the blob begins in it.
    pub offset: u64,
    /// The length of the blob.
    pub length: u64,
}

/// An opened image. Its manifest and configuration are verified; its layers are verified by [`crate::read_layer`].
pub struct Image {
    id: Digest,
    manifest_digest: Option<Digest>,
    index_digest: Option<Digest>,
    annotations: BTreeMap<String, String>,
    config: config::Config,
    layers: Vec<LayerDescriptor>,
    problems: Vec<Problem>,
    blobs: Box<dyn LayerSource>,
    progress: Option<Arc<dyn Progress>>,
}

/// Where the bytes of layers come from.
pub(crate) trait LayerSource: Send + Sync {
    /// The blob's bytes.
    fn open(&self, layer: &LayerDescriptor) -> Result<Box<dyn Read + Send>, Error>;

    /// What identifies them on this machine.
    fn identity(&self, layer: &LayerDescriptor) -> Option<FileIdentity>;
}

impl Image {
    /// Opens an image: reads and verifies its manifest and its configuration.
    pub fn open(target: &Target, options: &Options) -> Result<Self, Error> {
        match target {
            Target::Registry(reference) => {
                let (registry, document) = registry::Repository::open(reference, options)?;
                content::open(Box::new(registry), document, options)
            }
            Target::DockerArchive { path, reference } => docker_archive::open(path, reference.as_deref(), options),
            Target::OciArchive { path, choice } => layout::open_archive(path, choice.as_ref(), options),
            Target::OciLayout { path, choice } => layout::open_directory(path, choice.as_ref(), options),
            Target::RootFs(_) | Target::Directory(_) | Target::Sbom(_) => {
                Err(TargetError::NotAnImage(target.to_string()).into())
            }
        }
    }

    /// The digest of the configuration, computed: the *image ID*, the same for every transport.
    pub fn id(&self) -> &Digest {
        &self.id
    }

    /// The digest of the manifest, computed; none for a `docker save` archive.
    pub fn manifest_digest(&self) -> Option<&Digest> {
        self.manifest_digest.as_ref()
    }

    /// The digest of the image index through which the manifest was found, computed.
    pub fn index_digest(&self) -> Option<&Digest> {
        self.index_digest.as_ref()
    }

    /// The annotations of the manifest; none for a `docker save` archive.
    pub fn annotations(&self) -> &BTreeMap<String, String> {
        &self.annotations
    }

    /// The platform that the configuration states.
    pub fn platform(&self) -> &Platform {
        &self.config.platform
    }

    /// When the configuration says that the image was made, RFC 3339.
    pub fn created(&self) -> Option<&str> {
        self.config.created.as_deref()
    }

    /// The configuration, where it follows the specification closely enough.
    pub fn config(&self) -> Option<&ImageConfiguration> {
        self.config.parsed.as_ref()
    }

    /// The configuration's bytes.
    pub fn config_bytes(&self) -> &[u8] {
        &self.config.bytes
    }

    /// The layers, base first.
    pub fn layers(&self) -> &[LayerDescriptor] {
        &self.layers
    }

    /// What was met on the way and is not as it should be.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The bytes of a layer's blob as stored, streamed and not verified: give them to [`crate::read_layer`].
    pub fn open_layer(&self, index: usize) -> Result<Box<dyn Read + Send>, Error> {
        let layer = self.layer(index)?;
        let blob = self.blobs.open(layer)?;
        Ok(match &self.progress {
            None => blob,
            Some(progress) => {
                progress.layer_opened(index, layer.size);
                Box::new(Counted { blob, index, progress: Arc::clone(progress), finished: false })
            }
        })
    }

    /// What identifies the bytes of a layer's blob on this machine; none for registries.
    pub fn layer_identity(&self, index: usize) -> Option<FileIdentity> {
        self.blobs.identity(self.layers.get(index)?)
    }

    fn layer(&self, index: usize) -> Result<&LayerDescriptor, Error> {
        self.layers.get(index).ok_or_else(|| Error::Missing {
            what: format!("layer {index}"),
            place: "the image".to_owned(),
            hint: format!("; it has {} layers", self.layers.len()),
        })
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image").field("id", &self.id).field("layers", &self.layers).finish_non_exhaustive()
    }
}

/// Tells of each read.
struct Counted {
    blob: Box<dyn Read + Send>,
    index: usize,
    progress: Arc<dyn Progress>,
    finished: bool,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.blob.read(buffer)?;
        if read > 0 {
            self.progress.layer_advanced(self.index, read as u64);
        } else if !buffer.is_empty() && !self.finished {
            self.finished = true;
            self.progress.layer_finished(self.index);
        }
        Ok(read)
    }
}

/// Runs `read` for each of the layers, `parallel` at a time, the largest first so that it does not come last alone;
/// the results are in the order of `layers`.
pub fn for_each_layer<T, F>(layers: &[LayerDescriptor], parallel: usize, read: F) -> Vec<T>
where
    T: Send,
    F: Fn(&LayerDescriptor) -> T + Sync,
{
    let mut order: Vec<usize> = (0..layers.len()).collect();
    order.sort_by_key(|&place| Reverse(layers.get(place).and_then(|layer| layer.size).unwrap_or(0)));
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..parallel.clamp(1, layers.len().max(1)) {
            scope.spawn(|| {
                while let Some(&place) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some(layer) = layers.get(place) else { continue };
                    let result = read(layer);
                    results.lock().unwrap_or_else(PoisonError::into_inner).push((place, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}
