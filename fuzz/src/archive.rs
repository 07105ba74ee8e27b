//! Archives of images: their manifests, indexes and configurations.

use std::io::Write as _;
use std::path::PathBuf;

use boltseal_image::{Image, Options, Target};

pub(crate) fn docker(data: &[u8]) -> usize {
    open(data, |path| Target::DockerArchive { path, reference: None })
}

pub(crate) fn oci(data: &[u8]) -> usize {
    open(data, |path| Target::OciArchive { path, choice: None })
}

/// 1 if an image could be opened.
fn open(data: &[u8], target: impl FnOnce(PathBuf) -> Target) -> usize {
    let Ok(mut file) = tempfile::NamedTempFile::new() else { return 0 };
    if file.write_all(data).is_err() {
        return 0;
    }
    match Image::open(&target(file.path().to_owned()), &Options::default()) {
        Ok(image) => {
            let _ = (image.created(), image.layers().len(), image.problems().len());
            1
        }
        Err(_) => 0,
    }
}
