//! An image as an OCI layout directory (OCI `image-layout.md`).

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use boltseal_evidence::Digest;
use oci_spec::image::{
    ANNOTATION_REF_NAME, Descriptor, ImageIndex, ImageIndexBuilder, MediaType, OciLayoutBuilder, SCHEMA_VERSION,
};

use super::{Blob, ImageBuilder, Rendered};

impl ImageBuilder {
    /// Writes the image into the OCI layout at `dir` under `tag` and returns the manifest's digest.
    ///
    /// The directory is made where it is missing. A layout that is there keeps its other tags. Blobs come first
    /// and `index.json` last, each under a temporary name until it is whole, so a reader finds the old image or
    /// the new one.
    ///
    /// # Errors
    /// What the file system reports; a path that no tar can hold; an `index.json` in `dir` that is none.
    pub fn write_oci_layout(&self, dir: &Path, tag: &str) -> io::Result<Digest> {
        let rendered = self.render(self.compression)?;
        let blobs = dir.join("blobs").join("sha256");
        fs::create_dir_all(&blobs)?;
        for blob in rendered.blobs() {
            write_whole(&blobs.join(blob.digest.hex()), &blob.bytes)?;
        }
        let index_path = dir.join("index.json");
        let index = if index_path.exists() {
            let mut index = ImageIndex::from_file(&index_path).map_err(|error| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("`{}` is not an image index: {error}", index_path.display()),
                )
            })?;
            let mut manifests = index.manifests().clone();
            manifests.retain(|manifest| ref_name(manifest) != Some(tag));
            manifests.push(rendered.tagged(tag)?);
            index.set_manifests(manifests);
            index
        } else {
            rendered.index(tag)?
        };
        write_whole(&dir.join("oci-layout"), &layout_file()?)?;
        write_whole(&index_path, &serde_json::to_vec(&index)?)?;
        Ok(rendered.manifest.digest)
    }
}

impl Rendered {
    /// Layers, configuration and manifest, in the order in which they must exist.
    pub(crate) fn blobs(&self) -> impl Iterator<Item = &Blob> {
        self.layers.iter().chain([&self.config, &self.manifest])
    }

    /// An index that holds this image alone.
    pub(crate) fn index(&self, tag: &str) -> io::Result<ImageIndex> {
        ImageIndexBuilder::default()
            .schema_version(SCHEMA_VERSION)
            .media_type(MediaType::ImageIndex)
            .manifests(vec![self.tagged(tag)?])
            .build()
            .map_err(io::Error::other)
    }

    fn tagged(&self, tag: &str) -> io::Result<Descriptor> {
        let mut descriptor = self.manifest.descriptor(MediaType::ImageManifest)?;
        descriptor.set_platform(Some(self.platform.clone()));
        descriptor.set_annotations(Some(HashMap::from([(ANNOTATION_REF_NAME.to_owned(), tag.to_owned())])));
        Ok(descriptor)
    }
}

/// The content of the `oci-layout` file.
pub(crate) fn layout_file() -> io::Result<Vec<u8>> {
    let layout = OciLayoutBuilder::default().image_layout_version("1.0.0").build().map_err(io::Error::other)?;
    Ok(serde_json::to_vec(&layout)?)
}

/// Writes `bytes` to `path` so that the name never stands for part of them.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".boltseal-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // A temporary file is private by default; an image is for everyone the umask lets in.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn ref_name(descriptor: &Descriptor) -> Option<&str> {
    descriptor.annotations().as_ref()?.get(ANNOTATION_REF_NAME).map(String::as_str)
}
