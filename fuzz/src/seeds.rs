//! One small valid input for each target: what a corpus starts from, and proof that the target reaches its parser.

mod rpm;
mod text;

use std::io;

use boltseal_fixture::packages::{self, System};
use boltseal_fixture::{entry, zip};
use boltseal_image::build::{ImageBuilder, LayerBuilder};

/// The seed of a target; `None` if there is no such target, or the seed could not be made.
pub fn of(target: &str) -> Option<Vec<u8>> {
    match text::SEEDS.iter().find(|(name, _)| *name == target) {
        Some((_, text)) => Some(text.as_bytes().to_vec()),
        None => made(target),
    }
}

/// Seeds that are not text, or that the fixtures make.
fn made(target: &str) -> Option<Vec<u8>> {
    let system = [System::new("bash", "5.1-2")];
    match target {
        "apk_installed" => Some(packages::apk_installed(&system).1),
        "docker_archive" => archive(|image, path| image.write_docker_archive(path, "lab:1").map(|_| ())).ok(),
        "dpkg_status" => Some(packages::dpkg_status(&system).1),
        "executable" => Some(packages::go_binary("go1.20", ("a.b/c", "v1.0.0"), &[("d.e/f", "v0.3.2")])),
        "gemspec" => Some(packages::gemspec("var/lib/gems", "x", "1").1),
        "index" => Some(boltseal_advisory::starter::index().ok()?.as_bytes().to_vec()),
        "jar" => jar().ok(),
        "npm_package" => Some(packages::node_module("app", "x", "1.0.0").1),
        "oci_archive" => archive(|image, path| image.write_oci_archive(path, "1").map(|_| ())).ok(),
        "os_release" => Some(packages::os_release("debian", "12").1),
        "python_egg" => egg().ok(),
        "rpmdb_bdb" => Some(rpm::bdb(&rpm::header())),
        "rpmdb_ndb" => Some(rpm::ndb(&rpm::header())),
        "rpmdb_sqlite" => rpm::sqlite(&rpm::header()).ok(),
        "tar_walk" => Some(entry::tar(&[
            entry::Entry::pax(&[("path", b"long/name")]),
            entry::Entry::file("short", "content"),
            entry::Entry::directory("d"),
            entry::Entry::symlink("d/link", "../long/name"),
            entry::Entry::hardlink("d/hard", "long/name"),
            entry::Entry::file("d/.wh.gone", ""),
        ])),
        "trust_notation" => Some(crate::notation::JWS.to_vec()),
        "trust_notation_cose" => Some(crate::notation::COSE.to_vec()),
        "trust_bundle" => Some(bundle()),
        _ => None,
    }
}

/// What a Sigstore of one's own signed, which the public one's root does not know.
fn bundle() -> Vec<u8> {
    use boltseal_fixture::authority::{Authority, Identity, Signing, Version, What, Who};
    let authority = Authority::new("fuzz", 1_748_779_200);
    let identity = Identity::workflow();
    let made = authority.sign(&Signing::new(Who::Identity(&identity), What::Blob(crate::trust::ARTIFACT.to_vec())));
    made.bundle(Version::V03).to_string().into_bytes()
}

/// A JAR within a JAR.
fn jar() -> io::Result<Vec<u8>> {
    let inner = packages::jar("g", "inner", "1.0")?;
    let properties = b"groupId=g\nartifactId=outer\nversion=2.0\n";
    let outer = zip::Zip::new().deflated("META-INF/maven/g/outer/pom.properties", properties)?;
    Ok(outer.stored("BOOT-INF/lib/inner-1.0.jar", &inner)?.finish())
}

fn egg() -> io::Result<Vec<u8>> {
    let metadata = b"Metadata-Version: 2.1\nName: x\nVersion: 1\n\n";
    Ok(zip::Zip::new().deflated("EGG-INFO/PKG-INFO", metadata)?.finish())
}

fn archive(write: impl FnOnce(&ImageBuilder, &std::path::Path) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("image.tar");
    let layer = LayerBuilder::new().file("etc/os-release", "ID=debian\n", 0o644);
    write(&ImageBuilder::new().layer(layer, "ADD root.tar /"), &path)?;
    std::fs::read(path)
}
