//! Writing images: layers from entries, and an image as an OCI layout, an OCI archive or a docker-archive.
//!
//! The same calls give the same bytes: entries stand in the order they were added, every time is the epoch
//! unless it was set, and nothing of the machine (user, clock, umask) reaches the image.
//!
//! ```no_run
//! use boltseal_image::build::{ImageBuilder, LayerBuilder};
//! # fn main() -> std::io::Result<()> {
//! let base = LayerBuilder::new().directory("etc", 0o755).file("etc/os-release", "ID=debian\n", 0o644);
//! let manifest = ImageBuilder::new()
//!     .layer(base, "COPY os-release /etc/")
//!     .write_oci_layout("lab".as_ref(), "latest")?;
//! println!("oci:lab:latest is {manifest}");
//! # Ok(())
//! # }
//! ```

mod archive;
mod layer;
mod layout;

pub(crate) use layout::{layout_file, write_whole};

use std::fmt::Display;
use std::io;

use boltseal_evidence::Digest;
use oci_spec::image::{
    Arch, Config, ConfigBuilder, Descriptor, History, HistoryBuilder, ImageConfigurationBuilder, ImageManifestBuilder,
    MediaType, Os, Platform, PlatformBuilder, RootFsBuilder, SCHEMA_VERSION,
};

pub use layer::{Compression, LayerBuilder};

const EPOCH: &str = "1970-01-01T00:00:00Z";

/// An image being put together: layers, history and configuration.
///
/// Every `write_…` method leaves the image as it is, so one image can be written in several forms.
#[derive(Debug, Clone)]
pub struct ImageBuilder {
    layers: Vec<LayerBuilder>,
    steps: Vec<Step>,
    compression: Compression,
    created: String,
    os: Os,
    architecture: Arch,
    env: Vec<String>,
    user: Option<String>,
    entrypoint: Vec<String>,
    command: Vec<String>,
    working_dir: Option<String>,
}

/// One line of the image's history.
#[derive(Debug, Clone)]
struct Step {
    created_by: String,
    empty: bool,
}

/// The image as blobs, before it takes the form of a directory or an archive.
pub(crate) struct Rendered {
    pub(crate) manifest: Blob,
    pub(crate) config: Blob,
    pub(crate) layers: Vec<Blob>,
    pub(crate) platform: Platform,
}

/// Bytes and the digest that was computed from them.
pub(crate) struct Blob {
    pub(crate) digest: Digest,
    pub(crate) bytes: Vec<u8>,
}

impl Blob {
    fn new(bytes: Vec<u8>) -> Self {
        Self { digest: Digest::sha256_of(&bytes), bytes }
    }

    fn descriptor(&self, media_type: MediaType) -> io::Result<Descriptor> {
        Ok(Descriptor::new(media_type, self.bytes.len() as u64, spec_digest(&self.digest)?))
    }
}

impl Default for ImageBuilder {
    fn default() -> Self {
        Self {
            layers: Vec::new(),
            steps: Vec::new(),
            compression: Compression::Gzip,
            created: EPOCH.to_owned(),
            os: Os::Linux,
            architecture: Arch::Amd64,
            env: Vec::new(),
            user: None,
            entrypoint: Vec::new(),
            command: Vec::new(),
            working_dir: None,
        }
    }
}

impl ImageBuilder {
    /// An image without layers, for `linux/amd64`, created at the epoch, its layers to be compressed with gzip.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a layer on top, and the history line that says what made it.
    pub fn layer(mut self, layer: LayerBuilder, created_by: impl Into<String>) -> Self {
        self.layers.push(layer);
        self.steps.push(Step { created_by: created_by.into(), empty: false });
        self
    }

    /// Adds a history line that made no layer, such as `ENV` or `CMD`.
    pub fn history(mut self, created_by: impl Into<String>) -> Self {
        self.steps.push(Step { created_by: created_by.into(), empty: true });
        self
    }

    /// How the layers are compressed in OCI forms. A docker-archive always holds them uncompressed.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// When the image was created, as RFC 3339 text.
    pub fn created(mut self, rfc3339: impl Into<String>) -> Self {
        self.created = rfc3339.into();
        self
    }

    /// The platform in Go's words: `linux`, `arm64`.
    pub fn platform(mut self, os: &str, architecture: &str) -> Self {
        self.os = Os::from(os);
        self.architecture = Arch::from(architecture);
        self
    }

    /// Adds an environment variable.
    pub fn env(mut self, name: impl Display, value: impl Display) -> Self {
        self.env.push(format!("{name}={value}"));
        self
    }

    /// The user that the image's process runs as: a name or id, with an optional `:group`.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// The executable and its leading arguments.
    pub fn entrypoint(mut self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.entrypoint = words.into_iter().map(Into::into).collect();
        self
    }

    /// The arguments after the entry point, or the command itself where there is none.
    pub fn cmd(mut self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.command = words.into_iter().map(Into::into).collect();
        self
    }

    /// The directory that the image's process starts in.
    pub fn working_dir(mut self, path: impl Into<String>) -> Self {
        self.working_dir = Some(path.into());
        self
    }

    /// Renders layers, configuration and manifest in memory.
    pub(crate) fn render(&self, compression: Compression) -> io::Result<Rendered> {
        let mut layers = Vec::new();
        let mut descriptors = Vec::new();
        let mut diff_ids = Vec::new();
        for layer in &self.layers {
            let tar = layer.to_tar()?;
            diff_ids.push(Digest::sha256_of(&tar).to_string());
            let blob = Blob::new(compression.pack(tar)?);
            descriptors.push(blob.descriptor(compression.media_type())?);
            layers.push(blob);
        }
        let config = Blob::new(self.configuration(diff_ids)?);
        let manifest = ImageManifestBuilder::default()
            .schema_version(SCHEMA_VERSION)
            .media_type(MediaType::ImageManifest)
            .config(config.descriptor(MediaType::ImageConfig)?)
            .layers(descriptors)
            .build()
            .map_err(io::Error::other)?;
        let manifest = Blob::new(serde_json::to_vec(&manifest)?);
        let platform = PlatformBuilder::default()
            .os(self.os.clone())
            .architecture(self.architecture.clone())
            .build()
            .map_err(io::Error::other)?;
        Ok(Rendered { manifest, config, layers, platform })
    }

    fn configuration(&self, diff_ids: Vec<String>) -> io::Result<Vec<u8>> {
        let rootfs = RootFsBuilder::default().diff_ids(diff_ids).build().map_err(io::Error::other)?;
        let history = self.steps.iter().map(|step| self.history_of(step)).collect::<io::Result<Vec<_>>>()?;
        let configuration = ImageConfigurationBuilder::default()
            .created(self.created.clone())
            .architecture(self.architecture.clone())
            .os(self.os.clone())
            .config(self.run_configuration()?)
            .rootfs(rootfs)
            .history(history)
            .build()
            .map_err(io::Error::other)?;
        Ok(serde_json::to_vec(&configuration)?)
    }

    fn history_of(&self, step: &Step) -> io::Result<History> {
        let line = HistoryBuilder::default().created(self.created.clone()).created_by(step.created_by.clone());
        let line = if step.empty { line.empty_layer(true) } else { line };
        line.build().map_err(io::Error::other)
    }

    fn run_configuration(&self) -> io::Result<Config> {
        let mut config = ConfigBuilder::default();
        if !self.env.is_empty() {
            config = config.env(self.env.clone());
        }
        if let Some(user) = &self.user {
            config = config.user(user.clone());
        }
        if !self.entrypoint.is_empty() {
            config = config.entrypoint(self.entrypoint.clone());
        }
        if !self.command.is_empty() {
            config = config.cmd(self.command.clone());
        }
        if let Some(path) = &self.working_dir {
            config = config.working_dir(path.clone());
        }
        config.build().map_err(io::Error::other)
    }
}

/// Our digest in the OCI crate's type.
fn spec_digest(digest: &Digest) -> io::Result<oci_spec::image::Digest> {
    digest.to_string().parse().map_err(io::Error::other)
}

#[cfg(test)]
mod tests;
