//! Telling by its content what a path is.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use super::{Target, TargetError};
use crate::Limits;
use crate::image::Archive;

pub(super) fn recognise(path: &Path) -> Result<Target, TargetError> {
    if path.is_dir() {
        return Ok(recognise_directory(path));
    }
    let content = |content: &str| TargetError::Content { path: path.to_owned(), content: content.to_owned() };
    let mut head = [0; 512];
    let mut file = File::open(path).map_err(|error| content(&format!("not readable ({error})")))?;
    let length = read_up_to(&mut file, &mut head).map_err(|error| content(&format!("not readable ({error})")))?;
    let head = head.get(..length).unwrap_or_default();
    if head.is_empty() {
        return Err(content("empty"));
    }
    if head.trim_ascii_start().starts_with(b"{") {
        return Ok(Target::Sbom(path.to_owned()));
    }
    let archive = Archive::open(path, &Limits::DEFAULT).map_err(|error| content(&format!("unreadable ({error})")))?;
    if archive.section("manifest.json").is_some() {
        // Archives of newer `docker save` are both.
        return Ok(Target::DockerArchive { path: path.to_owned(), reference: None });
    }
    if archive.section("index.json").is_some() {
        return Ok(Target::OciArchive { path: path.to_owned(), choice: None });
    }
    Err(content("no archive of an image"))
}

fn recognise_directory(path: &Path) -> Target {
    let path = path.to_owned();
    if path.join("oci-layout").is_file() || path.join("index.json").is_file() && path.join("blobs").is_dir() {
        return Target::OciLayout { path, choice: None };
    }
    let system = ["etc/os-release", "usr/lib/os-release", "var/lib/dpkg/status", "lib/apk/db/installed", "var/lib/rpm"];
    // A symbolic link (`etc/os-release` often is one, and absolute) counts by being there.
    if system.iter().any(|name| fs::symlink_metadata(path.join(name)).is_ok()) {
        return Target::RootFs(path);
    }
    Target::Directory(path)
}

fn read_up_to(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut length = 0;
    while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => break,
            read => length += read,
        }
    }
    Ok(length)
}
