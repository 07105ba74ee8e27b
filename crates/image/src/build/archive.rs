//! An image as one file: an OCI archive, or the docker-archive that `docker save` writes.

use std::io;
use std::path::Path;

use boltseal_evidence::Digest;
use serde::Serialize;

use super::layer::{Compression, LayerBuilder};
use super::layout::{layout_file, write_whole};
use super::{Blob, ImageBuilder};

/// One image of a docker-archive's `manifest.json`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DockerManifest<'a> {
    config: &'a str,
    repo_tags: [&'a str; 1],
    layers: &'a [String],
}

impl ImageBuilder {
    /// Writes the image as an OCI archive, a tar of an OCI layout, and returns the manifest's digest.
    ///
    /// # Errors
    /// What the file system reports; a path that no tar can hold. `path` is then as it was.
    pub fn write_oci_archive(&self, path: &Path, tag: &str) -> io::Result<Digest> {
        let rendered = self.render(self.compression)?;
        let mut archive = LayerBuilder::new().file("oci-layout", layout_file()?, 0o644).file(
            "index.json",
            serde_json::to_vec(&rendered.index(tag)?)?,
            0o644,
        );
        let digest = rendered.manifest.digest.clone();
        let blobs = rendered.layers.into_iter().chain([rendered.config, rendered.manifest]);
        for Blob { digest, bytes } in blobs {
            archive = archive.file(format!("blobs/sha256/{}", digest.hex()), bytes, 0o644);
        }
        write_whole(path, &archive.to_tar()?)?;
        Ok(digest)
    }

    /// Writes the image as a docker-archive named `repo_tag` (`lab:latest`) and returns the configuration's
    /// digest, which Docker calls the image ID.
    ///
    /// # Errors
    /// What the file system reports; a path that no tar can hold. `path` is then as it was.
    pub fn write_docker_archive(&self, path: &Path, repo_tag: &str) -> io::Result<Digest> {
        let rendered = self.render(Compression::None)?;
        let layers: Vec<String> = rendered.layers.iter().map(|blob| format!("{}.tar", blob.digest.hex())).collect();
        let config = format!("{}.json", rendered.config.digest.hex());
        let manifest = serde_json::to_vec(&[DockerManifest {
            config: &config,
            repo_tags: [&qualified(repo_tag)],
            layers: &layers,
        }])?;
        let mut archive = LayerBuilder::new();
        for (name, blob) in layers.into_iter().zip(rendered.layers) {
            archive = archive.file(name, blob.bytes, 0o644);
        }
        let digest = rendered.config.digest;
        archive = archive.file(config, rendered.config.bytes, 0o644).file("manifest.json", manifest, 0o644);
        write_whole(path, &archive.to_tar()?)?;
        Ok(digest)
    }
}

/// Docker refuses a repository name without a tag here.
fn qualified(repo_tag: &str) -> String {
    let name = repo_tag.rsplit('/').next().unwrap_or(repo_tag);
    if name.contains(':') { repo_tag.to_owned() } else { format!("{repo_tag}:latest") }
}
