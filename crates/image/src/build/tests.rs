//! What is written can be read back, by us and by skopeo.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use boltseal_evidence::Digest;
use serde_json::Value;

use super::{Compression, ImageBuilder, LayerBuilder};

fn lab() -> ImageBuilder {
    let long = format!("usr/share/{}/file", "d".repeat(180));
    let base = LayerBuilder::new()
        .directory("/etc", 0o755)
        .file("/etc/os-release", "ID=debian\n", 0o644)
        .file(long.as_str(), "long", 0o600)
        .symlink("lib", "/usr/lib")
        .hardlink("etc/os-release.link", "/etc/os-release");
    let top = LayerBuilder::new().whiteout("/etc/os-release").opaque("usr/share").whiteout("lib");
    ImageBuilder::new()
        .layer(base, "COPY base /")
        .history("ENV PATH=/bin")
        .layer(top, "RUN rm /etc/os-release")
        .env("PATH", "/bin")
        .user("nobody")
        .entrypoint(["/bin/app"])
        .cmd(["--serve"])
        .working_dir("/srv")
        .created("2024-05-01T12:00:00Z")
        .platform("linux", "arm64")
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The JSON of the blob that `descriptor` names, after its size and digest were checked.
fn blob(dir: &Path, descriptor: &Value) -> Vec<u8> {
    let digest: Digest = descriptor["digest"].as_str().unwrap().parse().unwrap();
    let bytes = fs::read(dir.join("blobs/sha256").join(digest.hex())).unwrap();
    assert_eq!(descriptor["size"], bytes.len() as u64);
    assert!(digest.matches(&bytes));
    bytes
}

fn inflate(media_type: &str, bytes: &[u8]) -> Vec<u8> {
    match media_type {
        "application/vnd.oci.image.layer.v1.tar" => bytes.to_vec(),
        "application/vnd.oci.image.layer.v1.tar+gzip" => {
            let mut tar = Vec::new();
            flate2::read::GzDecoder::new(bytes).read_to_end(&mut tar).unwrap();
            tar
        }
        "application/vnd.oci.image.layer.v1.tar+zstd" => zstd::decode_all(bytes).unwrap(),
        other => panic!("unexpected media type {other}"),
    }
}

/// The entries of a tar, one a line: type, mode, path, target or content.
fn listing(tar: &[u8]) -> String {
    let mut lines = String::new();
    for entry in tar::Archive::new(tar).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap().replace(&"d".repeat(180), "<180 d>");
        let mut text = match entry.link_name_bytes() {
            Some(target) => format!("-> {}", String::from_utf8(target.into_owned()).unwrap()),
            None => String::new(),
        };
        entry.read_to_string(&mut text).unwrap();
        let header = entry.header();
        assert_eq!((header.mtime().unwrap(), header.uid().unwrap(), header.gid().unwrap()), (0, 0, 0));
        let (kind, mode) = (header.entry_type(), header.mode().unwrap());
        lines.push_str(format!("{kind:?} {mode:o} {path} {}", text.trim_end()).trim_end());
        lines.push('\n');
    }
    lines
}

#[test]
fn a_layout_reads_back_as_it_was_built() {
    let dir = tempfile::tempdir().unwrap();
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
        let layout = dir.path().join(format!("{compression:?}"));
        let digest = lab().compression(compression).write_oci_layout(&layout, "v1").unwrap();

        assert_eq!(json(&layout.join("oci-layout"))["imageLayoutVersion"], "1.0.0");
        let entry = json(&layout.join("index.json"))["manifests"][0].clone();
        assert_eq!(entry["digest"], digest.to_string());
        assert_eq!(entry["annotations"]["org.opencontainers.image.ref.name"], "v1");
        assert_eq!(entry["platform"]["architecture"], "arm64");

        let manifest: Value = serde_json::from_slice(&blob(&layout, &entry)).unwrap();
        let config: Value = serde_json::from_slice(&blob(&layout, &manifest["config"])).unwrap();
        for (index, layer) in manifest["layers"].as_array().unwrap().iter().enumerate() {
            let tar = inflate(layer["mediaType"].as_str().unwrap(), &blob(&layout, layer));
            assert_eq!(config["rootfs"]["diff_ids"][index], Digest::sha256_of(&tar).to_string());
        }
        assert_eq!(config["history"].as_array().unwrap().len(), 3);
        assert_eq!(config["history"][1]["empty_layer"], true);
        assert_eq!(config["config"]["User"], "nobody");
        assert_eq!(config["config"]["Env"][0], "PATH=/bin");
    }
}

#[test]
fn entries_stand_in_the_tar_as_they_were_added() {
    insta::assert_snapshot!(listing(&lab().layers[0].to_tar().unwrap()), @r"
    Directory 755 etc/
    Regular 644 etc/os-release ID=debian
    Regular 600 usr/share/<180 d>/file long
    Symlink 777 lib -> /usr/lib
    Link 644 etc/os-release.link -> etc/os-release
    ");
    insta::assert_snapshot!(listing(&lab().layers[1].to_tar().unwrap()), @r"
    Regular 644 etc/.wh.os-release
    Regular 644 usr/share/.wh..wh..opq
    Regular 644 .wh.lib
    ");
}

#[test]
fn the_same_calls_give_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str| {
        let path = dir.path().join(name);
        lab().write_oci_archive(&path, "v1").unwrap();
        fs::read(path).unwrap()
    };
    assert_eq!(write("one.tar"), write("two.tar"));
}

#[test]
fn a_second_tag_joins_the_layout_and_the_same_tag_replaces() {
    let dir = tempfile::tempdir().unwrap();
    lab().write_oci_layout(dir.path(), "one").unwrap();
    lab().write_oci_layout(dir.path(), "two").unwrap();
    let replaced = lab().user("root").write_oci_layout(dir.path(), "one").unwrap();
    let index = json(&dir.path().join("index.json"));
    let tags: Vec<_> = index["manifests"].as_array().unwrap().iter().map(|entry| &entry["annotations"]).collect();
    assert_eq!(tags.len(), 2);
    assert_eq!(index["manifests"][1]["digest"], replaced.to_string());
}

#[test]
fn nothing_temporary_stays_behind() {
    let dir = tempfile::tempdir().unwrap();
    lab().write_oci_layout(&dir.path().join("layout"), "v1").unwrap();
    lab().write_oci_archive(&dir.path().join("oci.tar"), "v1").unwrap();
    let mut pending = vec![dir.path().to_owned()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let entry = entry.unwrap();
            assert!(!entry.file_name().to_string_lossy().starts_with(".boltseal-"), "{:?}", entry.path());
            if entry.file_type().unwrap().is_dir() {
                pending.push(entry.path());
            }
        }
    }
}

#[test]
fn a_docker_archive_names_its_config_by_the_image_id() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("docker.tar");
    let id = lab().write_docker_archive(&path, "lab").unwrap();
    let mut manifest = Value::Null;
    let mut names = Vec::new();
    for entry in tar::Archive::new(File::open(&path).unwrap()).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        if name == "manifest.json" {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            manifest = serde_json::from_slice(&bytes).unwrap();
        }
        names.push(name);
    }
    assert_eq!(manifest[0]["Config"], format!("{}.json", id.hex()));
    assert_eq!(manifest[0]["RepoTags"][0], "lab:latest");
    for layer in manifest[0]["Layers"].as_array().unwrap() {
        assert!(names.iter().any(|name| Some(name.as_str()) == layer.as_str()));
    }
}

#[test]
fn a_path_that_leaves_the_root_is_refused_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let image = ImageBuilder::new().layer(LayerBuilder::new().file("a/../../etc/passwd", "", 0o644), "ADD");
    let layout = dir.path().join("layout");
    let message = image.write_oci_layout(&layout, "v1").unwrap_err().to_string();
    assert!(message.contains("`a/../../etc/passwd`"), "{message}");
    assert!(!layout.exists());
}

#[test]
fn skopeo_accepts_what_is_written() {
    if Command::new("skopeo").arg("--version").output().is_err() {
        println!("skipped: skopeo is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    let image = lab();
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
        let image = image.clone().compression(compression);
        let name = format!("{compression:?}");
        let digest = image.write_oci_layout(dir.path().join(&name).as_ref(), "v1").unwrap();
        let inspected = skopeo(&["inspect", &format!("oci:{}:v1", at(&name))]);
        assert_eq!(serde_json::from_str::<Value>(&inspected).unwrap()["Digest"], digest.to_string());
        skopeo(&["copy", &format!("oci:{}:v1", at(&name)), &format!("dir:{}", at(&format!("{name}.dir")))]);
    }
    image.write_oci_archive(&dir.path().join("oci.tar"), "v1").unwrap();
    skopeo(&["copy", &format!("oci-archive:{}:v1", at("oci.tar")), &format!("dir:{}", at("from-oci"))]);
    image.write_docker_archive(&dir.path().join("docker.tar"), "lab:v1").unwrap();
    let to = format!("oci:{}:v1", at("from-docker"));
    skopeo(&["copy", &format!("docker-archive:{}:lab:v1", at("docker.tar")), &to]);
    let manifest: Value = serde_json::from_str(&skopeo(&["inspect", "--raw", &to])).unwrap();
    assert_eq!(manifest["layers"].as_array().unwrap().len(), 2);
}

fn skopeo(arguments: &[&str]) -> String {
    let output = Command::new("skopeo").args(["--insecure-policy"]).args(arguments).output().unwrap();
    assert!(output.status.success(), "skopeo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
