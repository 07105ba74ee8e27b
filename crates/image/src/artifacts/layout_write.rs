//! Writing to an OCI layout: blobs first, `index.json` last, each under a temporary name until it is whole.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use boltseal_evidence::Digest;
use serde_json::{Value, json};

use super::Descriptor;
use crate::Error;
use crate::build::{layout_file, write_whole};
use crate::image::layout::{Files, Layout, blob_name};
use crate::image::manifest::Documents as _;
use crate::image::media_type;

const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// The directory of a layout that can be written.
pub(super) fn directory(layout: &Layout) -> Result<&Path, Error> {
    match &layout.files {
        Files::Directory(root) => Ok(root),
        Files::Archive(_) => Err(Error::Unsupported {
            place: layout.place().to_owned(),
            message: "an archive is not changed in place: unpack it into a directory and name that as `oci:DIR`"
                .to_owned(),
        }),
    }
}

/// Where a blob is kept; its directory is made.
pub(super) fn blob_path(layout: &Layout, digest: &Digest) -> Result<PathBuf, Error> {
    let path = directory(layout)?.join(blob_name(digest));
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| Error::io(parent, error))?;
    }
    Ok(path)
}

/// Files bytes under their digest.
pub(super) fn put_blob(layout: &Layout, digest: &Digest, bytes: &[u8]) -> Result<(), Error> {
    let path = blob_path(layout, digest)?;
    // What has the digest is the same; what merely has the name may be broken.
    if fs::read(&path).is_ok_and(|there| digest.matches(&there)) {
        return Ok(());
    }
    write_whole(&path, bytes).map_err(|error| Error::io(&path, error))
}

/// Lists a document in `index.json`, under a tag that it then has alone, or by its digest.
pub(super) fn list(layout: &Layout, descriptor: &Descriptor, tag: Option<&str>, limit: u64) -> Result<(), Error> {
    let _lock = lock(layout)?;
    list_locked(layout, descriptor, tag, limit)
}

pub(super) fn list_locked(
    layout: &Layout,
    descriptor: &Descriptor,
    tag: Option<&str>,
    limit: u64,
) -> Result<(), Error> {
    let path = directory(layout)?.join("index.json");
    let mut index = if path.exists() {
        let bytes = layout.read("index.json", "the index", limit)?;
        serde_json::from_slice(&bytes).map_err(|error| malformed(layout, error.to_string()))?
    } else {
        json!({ "schemaVersion": 2, "mediaType": media_type::INDEX, "manifests": [] })
    };
    let manifests = index.get_mut("manifests").and_then(Value::as_array_mut);
    let manifests = manifests.ok_or_else(|| malformed(layout, "it has no list of manifests".to_owned()))?;
    let digest = descriptor.digest.to_string();
    let has_digest = |entry: &Value| entry.get("digest").and_then(Value::as_str) == Some(digest.as_str());
    let name =
        |entry: &Value| -> Option<String> { Some(entry.get("annotations")?.get(REF_NAME)?.as_str()?.to_owned()) };
    match tag {
        None if manifests.iter().any(has_digest) => return Ok(()),
        Some(tag) if manifests.iter().any(|entry| has_digest(entry) && name(entry).as_deref() == Some(tag)) => {
            return Ok(());
        }
        _ => {}
    }
    let mut entry = descriptor.clone();
    if let Some(tag) = tag {
        manifests.retain(|entry| name(entry).as_deref() != Some(tag));
        entry.annotations.get_or_insert_default().insert(REF_NAME.to_owned(), tag.to_owned());
    }
    manifests.push(serde_json::to_value(&entry).map_err(|error| malformed(layout, error.to_string()))?);
    let bytes = serde_json::to_vec(&index).map_err(|error| malformed(layout, error.to_string()))?;
    if bytes.len() as u64 > limit {
        // Nobody, ourselves included, would read it again.
        let place = layout.place().to_owned();
        return Err(Error::TooLarge { what: "the index", place, limit: format!("{limit} bytes") });
    }
    write_whole(&path, &bytes).map_err(|error| Error::io(&path, error))
}

/// Keeps other writers of the layout away until it is dropped; makes the layout where there is none.
pub(super) fn lock(layout: &Layout) -> Result<File, Error> {
    let root = directory(layout)?;
    let path = root.join("oci-layout");
    let io = |error: io::Error| Error::io(&path, error);
    fs::create_dir_all(root.join("blobs/sha256")).map_err(|error| Error::io(root, error))?;
    if !path.exists() {
        make(&path).map_err(io)?;
    }
    let file = File::open(&path).map_err(io)?;
    file.lock().map_err(io)?;
    Ok(file)
}

/// Makes the `oci-layout` file, unless another did in between: who has locked it must not lose it.
fn make(path: &Path) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".boltseal-").permissions(fs::Permissions::from_mode(0o666));
    let mut file = builder.tempfile_in(path.parent().unwrap_or(path))?;
    file.write_all(&layout_file()?)?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

fn malformed(layout: &Layout, message: String) -> Error {
    Error::Malformed { what: "the index", place: layout.place().to_owned(), message }
}
