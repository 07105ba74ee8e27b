//! The same image by every local way.

use std::fs;
use std::path::Path;

use boltseal_evidence::Digest;
use boltseal_image::{Error, Image, Limits, Options, Target, TargetError, for_each_layer, read_layer};

use crate::build::{Notes, Tar, gzip};

/// An image of two layers, one compressed, with an attestation beside it.
pub(crate) struct Sample {
    pub(crate) config: Vec<u8>,
    pub(crate) manifest: Vec<u8>,
    pub(crate) index: Vec<u8>,
    pub(crate) blobs: Vec<Vec<u8>>,
    pub(crate) tars: Vec<Vec<u8>>,
}

pub(crate) fn sample() -> Sample {
    let tars = vec![Tar::new().file("a", "1").finish(), Tar::new().file("b", "2").finish()];
    let blobs = vec![tars[0].clone(), gzip(&tars[1])];
    let diff_ids: Vec<_> = tars.iter().map(|tar| Digest::sha256_of(tar).to_string()).collect();
    let config = serde_json::json!({
        "architecture": "amd64", "os": "linux", "created": "2026-01-02T03:04:05Z",
        "config": {"Cmd": ["sh"]},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [
            {"created_by": "ADD rootfs"}, {"created_by": "ENV A=B", "empty_layer": true}, {"created_by": "RUN touch b"},
        ],
    });
    let config = serde_json::to_vec(&config).unwrap();
    let descriptor = |media_type: &str, bytes: &[u8]| serde_json::json!({"mediaType": media_type, "digest": Digest::sha256_of(bytes).to_string(), "size": bytes.len()});
    let manifest = serde_json::to_vec(&serde_json::json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("application/vnd.oci.image.config.v1+json", &config),
        "layers": [
            descriptor("application/vnd.oci.image.layer.v1.tar", &blobs[0]),
            descriptor("application/vnd.oci.image.layer.v1.tar+gzip", &blobs[1]),
        ],
    }))
    .unwrap();
    let mut entry = descriptor("application/vnd.oci.image.manifest.v1+json", &manifest);
    entry["platform"] = serde_json::json!({"os": "linux", "architecture": "amd64"});
    let mut attestation = descriptor("application/vnd.oci.image.manifest.v1+json", b"attestation");
    attestation["platform"] = serde_json::json!({"os": "unknown", "architecture": "unknown"});
    let index =
        serde_json::to_vec(&serde_json::json!({"schemaVersion": 2, "manifests": [attestation, entry]})).unwrap();
    Sample { config, manifest, index, blobs, tars }
}

fn write_layout(root: &Path, sample: &Sample) {
    let directory = root.join("blobs/sha256");
    fs::create_dir_all(&directory).unwrap();
    for bytes in sample.blobs.iter().chain([&sample.config, &sample.manifest, &sample.index]) {
        fs::write(directory.join(Digest::sha256_of(bytes).hex()), bytes).unwrap();
    }
    fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let entry = |tag: &str, bytes: &[u8], kind: &str| {
        serde_json::json!({
            "mediaType": format!("application/vnd.oci.image.{kind}.v1+json"), "size": bytes.len(),
            "digest": Digest::sha256_of(bytes).to_string(), "annotations": {"org.opencontainers.image.ref.name": tag},
        })
    };
    let index = serde_json::json!({"schemaVersion": 2, "manifests": [
        entry("one", &sample.manifest, "manifest"), entry("many", &sample.index, "index"),
    ]});
    fs::write(root.join("index.json"), index.to_string()).unwrap();
}

fn docker_archive(sample: &Sample) -> Vec<u8> {
    let id = Digest::sha256_of(&sample.config);
    let manifest = serde_json::json!([{
        "Config": format!("{}.json", id.hex()), "RepoTags": ["alpine:3.4"], "Layers": ["x/layer.tar", "y/layer.tar"],
    }]);
    Tar::new()
        .entry(b'0', format!("{}.json", id.hex()).as_bytes(), "", &sample.config)
        .entry(b'0', b"z/layer.tar", "", &sample.tars[0])
        .symlink("x/layer.tar", "../z/layer.tar")
        .entry(b'0', b"y/layer.tar", "", &sample.tars[1])
        .file("manifest.json", &manifest.to_string())
        .finish()
}

fn oci_archive(root: &Path) -> Vec<u8> {
    let mut tar = Tar::new();
    for name in ["oci-layout", "index.json"] {
        tar = tar.entry(b'0', name.as_bytes(), "", &fs::read(root.join(name)).unwrap());
    }
    for entry in fs::read_dir(root.join("blobs/sha256")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        tar = tar.entry(b'0', name.as_bytes(), "", &fs::read(&path).unwrap());
    }
    tar.finish()
}

fn open(target: &str) -> Result<Image, Error> {
    Image::open(&Target::parse(target)?, &Options::default())
}

pub(crate) fn check_sample(image: &Image, sample: &Sample) {
    assert_eq!(*image.id(), Digest::sha256_of(&sample.config));
    assert_eq!(image.config_bytes(), sample.config);
    assert_eq!((image.platform().os.as_str(), image.platform().architecture.as_str()), ("linux", "amd64"));
    assert_eq!(image.created(), Some("2026-01-02T03:04:05Z"));
    assert!(image.config().is_some());
    assert_eq!(image.problems(), []);
    let made: Vec<_> = image.layers().iter().map(|layer| layer.created_by.as_deref().unwrap()).collect();
    assert_eq!(made, ["ADD rootfs", "RUN touch b"]);
    let read = for_each_layer(image.layers(), 2, |layer| {
        let mut notes = Notes::default();
        let raw = image.open_layer(layer.index).unwrap();
        let summary = read_layer(raw, layer, &Limits::DEFAULT, &mut notes).unwrap();
        assert_eq!(summary.diff_id, Digest::sha256_of(&sample.tars[layer.index]));
        notes.contents.remove(0)
    });
    assert_eq!(read, [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
}

#[test]
fn every_local_transport_gives_the_same_image() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("layout");
    let sample = sample();
    write_layout(&root, &sample);
    let files = [
        ("docker.tar", docker_archive(&sample)),
        ("docker.tar.gz", gzip(&docker_archive(&sample))),
        ("oci.tar", oci_archive(&root)),
    ];
    for (name, bytes) in &files {
        fs::write(directory.path().join(name), bytes).unwrap();
    }
    let base = directory.path().to_str().unwrap();
    let manifest = Digest::sha256_of(&sample.manifest);
    for target in [
        format!("oci:{base}/layout:one"),
        format!("oci:{base}/layout:many"),
        format!("oci:{base}/layout@{manifest}"),
        format!("oci-archive:{base}/oci.tar:many"),
        format!("docker-archive:{base}/docker.tar"),
        format!("docker-archive:{base}/docker.tar:alpine:3.4"),
        format!("docker-archive:{base}/docker.tar:docker.io/library/alpine:3.4"),
        format!("docker-archive:{base}/docker.tar:@0"),
        format!("{base}/docker.tar"),
        format!("{base}/docker.tar.gz"),
    ] {
        let image = open(&target).unwrap_or_else(|error| panic!("{target}: {error}"));
        check_sample(&image, &sample);
        assert_eq!(image.layer_identity(0).is_some(), !target.ends_with("gz"), "{target}");
        assert_eq!(image.manifest_digest().is_some(), target.starts_with("oci"), "{target}");
    }
    let many = open(&format!("oci:{base}/layout:many")).unwrap();
    assert_eq!(many.index_digest(), Some(&Digest::sha256_of(&sample.index)));
    let identities = [many.layer_identity(0), many.layer_identity(1)];
    assert_ne!(identities[0], identities[1]);

    let refused = |target: String, expect: &str| {
        let error = open(&target).map(drop).unwrap_err().to_string();
        assert!(error.contains(expect), "{target}: {error}");
    };
    refused(format!("oci:{base}/layout"), "choose one of its tags: `many`, `one`");
    refused(format!("{base}/oci.tar"), "choose one of its tags: `many`, `one`");
    refused(format!("oci:{base}/layout:none"), "the tag `none` is not in");
    refused(format!("docker-archive:{base}/docker.tar:debian"), "`alpine:3.4`");
    refused(format!("dir:{base}"), "is not an image");
}

#[test]
fn a_document_that_was_tampered_with_is_refused_with_both_digests() {
    let directory = tempfile::tempdir().unwrap();
    let sample = sample();
    write_layout(directory.path(), &sample);
    for bytes in [&sample.manifest, &sample.config] {
        let expected = Digest::sha256_of(bytes);
        let path = directory.path().join("blobs/sha256").join(expected.hex());
        let mut changed = bytes.clone();
        *changed.last_mut().unwrap() = b' ';
        fs::write(&path, &changed).unwrap();
        let error = open(&format!("oci:{}:one", directory.path().display())).map(drop).unwrap_err().to_string();
        assert!(error.contains(&expected.to_string()), "{error}");
        assert!(error.contains(&Digest::sha256_of(&changed).to_string()), "{error}");
        fs::write(&path, bytes).unwrap();
    }
}

#[test]
fn a_truncated_archive_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cut.tar");
    let bytes = docker_archive(&sample());
    fs::write(&path, &bytes[..bytes.len() - 2500]).unwrap();
    let error = open(&format!("docker-archive:{}", path.display())).map(drop).unwrap_err().to_string();
    assert!(error.contains("truncated") || error.contains("is not in"), "{error}");
}

#[test]
fn targets_are_parsed() {
    let directory = tempfile::tempdir().unwrap();
    let base = directory.path().to_str().unwrap();
    fs::create_dir_all(format!("{base}/root/etc")).unwrap();
    fs::write(format!("{base}/root/etc/os-release"), "").unwrap();
    fs::write(format!("{base}/bom.json"), "{}").unwrap();
    fs::write(format!("{base}/text"), "no archive at all").unwrap();
    let check = |text: String, expect: &str| {
        let got = Target::parse(&text).map_or_else(|error| error.to_string(), |target| target.to_string());
        assert!(got.starts_with(expect), "{text}: {got}");
    };
    check("debian".into(), "docker.io/library/debian:latest");
    check("registry:ghcr.io/a/b:c".into(), "ghcr.io/a/b:c");
    check("localhost:5000/a".into(), "localhost:5000/a:latest");
    check("docker:27-dind".into(), "docker.io/library/docker:27-dind");
    check("docker:debian:13".into(), "`docker:` is not read from the daemon: save the image with `docker save");
    check("podman:app".into(), "`podman:` is not read");
    check("containerd:docker.io/a/b:c".into(), "`containerd:` is not read");
    check("oci:no/where:ghcr.io/a:b".into(), "oci:no/where:ghcr.io/a:b");
    check(format!("{base}/root"), "rootfs:");
    check(base.into(), "dir:");
    check(format!("{base}/bom.json"), "sbom:");
    check(format!("{base}/text"), &format!("`{base}/text` is "));
    check("Not A Reference".into(), "`Not A Reference` is neither");
    assert_eq!(Target::parse(""), Err(TargetError::Empty));
}
