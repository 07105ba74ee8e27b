//! Finding.

use boltseal_fixture::layout::{Image, Layout, TAG, descriptor, media_type, replace, tagged};
use boltseal_fixture::registry::Canned;
use boltseal_image::{Options, Target};
use boltseal_seal::{discover, verify_all};
use boltseal_trust::{Material, Signed};
use serde_json::{Value, json};

use crate::lab::{Lab, PLACES, bundle, every_kind, layer, options, platform, platforms, target, writable};

#[test]
fn every_kind_is_found_wherever_the_image_is_kept() {
    for place in PLACES {
        let lab = Lab::new(place);
        let all = every_kind();
        for signed in &all {
            lab.attach(signed);
        }
        let found = lab.discover();
        assert_eq!(found.problems, [], "{place}");
        assert_eq!(found.found.len(), all.len(), "{place}: {:?}", found.found);
        for signed in &all {
            assert!(found.found.iter().any(|found| found.signed == *signed), "{place}: {signed:?}");
        }
        assert!(found.found.iter().all(|found| found.subject == lab.digest()), "{place}");
        assert_eq!(found.found, lab.discover().found, "{place}: the order changes");
        let verified = verify_all(&found, &Material::default());
        assert_eq!(verified.len(), all.len());
        assert!(
            verified.iter().all(|verification| !verification.is_verified() && verification.subject == lab.digest())
        );
    }
}

#[test]
fn an_image_that_nothing_hangs_on_has_no_problem() {
    for place in PLACES {
        let found = Lab::new(place).discover();
        assert!(found.found.is_empty() && found.problems.is_empty(), "{place}: {found:?}");
    }
}

#[test]
fn what_hangs_on_the_manifest_of_the_platform_is_found_with_what_hangs_on_the_index() {
    for place in PLACES {
        let lab = Lab::of(place, platforms);
        lab.attach(&bundle(1));
        let before = lab.discover();
        let manifest = before.manifest.clone().unwrap();
        let attachment = bundle(2);
        boltseal_seal::attach(
            &lab.target(),
            &options(),
            &manifest,
            boltseal_seal::Attachment::Signed(&attachment),
            None,
        )
        .unwrap();
        let found = lab.discover();
        assert_eq!(found.digest, lab.digest());
        let subjects: Vec<_> = found.found.iter().map(|found| (&found.subject, &found.signed)).collect();
        assert_eq!(subjects, [(&found.digest, &bundle(1)), (&manifest, &bundle(2))], "{place}");
        let other = Options { platform: Some(platform("arm64")), ..options() };
        assert_eq!(discover(&lab.target(), &other).unwrap().found.len(), 1, "{place}");
        let missing = Options { platform: Some(platform("s390x")), ..options() };
        let error = discover(&lab.target(), &missing).unwrap_err().to_string();
        assert!(error.contains("linux/s390x"), "{error}");
    }
}

#[test]
fn the_kind_that_a_list_claims_is_not_believed() {
    let plain = Lab::new("a registry without it");
    plain.attach(&bundle(7));
    let tag = format!("sha256-{}", plain.digest().hex());
    let list = std::fs::read(plain.dir.path().join("blobs/sha256").join(hex_of_tag(&plain, &tag))).unwrap();
    let mut list: Value = serde_json::from_slice(&list).unwrap();
    replace(&mut list, "/manifests/0/artifactType", "application/vnd.oci.empty.v1+json");
    let path = format!("/v2/team/app/manifests/{tag}");
    let canned = vec![Canned::json(path, media_type::INDEX, list.to_string())];
    let registry = boltseal_fixture::registry::Registry::serve(
        plain.dir.path(),
        boltseal_fixture::registry::Options { canned, ..writable() },
    )
    .unwrap();
    let found = discover(&target(&registry.reference("team/app", TAG)), &options()).unwrap();
    assert_eq!(found.found.len(), 1, "{:?}", found.problems);
}

/// The digest under a tag, as the registry states it.
fn hex_of_tag(lab: &Lab, tag: &str) -> String {
    let artifacts = boltseal_image::Artifacts::open(&lab.target(), &options()).unwrap();
    artifacts.tagged(tag).unwrap().unwrap().digest().hex().to_owned()
}

#[test]
fn a_registry_that_got_the_api_later_still_shows_what_the_fallback_tag_lists() {
    let lab = Lab::new("a registry without it");
    lab.attach(&bundle(1));
    let tag = format!("sha256-{}", lab.digest().hex());
    let list = std::fs::read(lab.dir.path().join("blobs/sha256").join(hex_of_tag(&lab, &tag))).unwrap();
    let canned = vec![Canned::json(format!("/v2/team/app/manifests/{tag}"), media_type::INDEX, list)];
    let later = boltseal_fixture::registry::Registry::serve(
        lab.dir.path(),
        boltseal_fixture::registry::Options { canned, referrers: true, ..writable() },
    )
    .unwrap();
    let found = discover(&target(&later.reference("team/app", TAG)), &options()).unwrap();
    assert_eq!(found.found.len(), 1, "{:?}", found.problems);
}

#[test]
fn bundles_of_older_media_types_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let kinds =
        ["application/vnd.dev.sigstore.bundle+json;version=0.1", "application/vnd.dev.sigstore.bundle.v0.2+json"];
    let layout = Layout::create(dir.path()).unwrap();
    let config = b"{}";
    let empty = descriptor("application/vnd.oci.empty.v1+json", &layout.put(config).unwrap(), 2);
    let image = json!({ "schemaVersion": 2, "mediaType": media_type::MANIFEST, "config": empty, "layers": [] });
    let put = |manifest: &Value| {
        let bytes = manifest.to_string().into_bytes();
        descriptor(media_type::MANIFEST, &layout.put(&bytes).unwrap(), bytes.len() as u64)
    };
    let subject = put(&image);
    let mut listed = vec![tagged(subject.clone())];
    for kind in kinds {
        let bytes = format!("{{\"kind\":\"{kind}\"}}").into_bytes();
        let layer = descriptor(kind, &layout.put(&bytes).unwrap(), bytes.len() as u64);
        listed.push(put(&json!({ "schemaVersion": 2, "config": empty, "layers": [layer], "subject": subject })));
    }
    let written = layout.index(&listed).unwrap().to_string();
    let found = discover(&target(&written), &options()).unwrap();
    assert_eq!(found.found.len(), 2, "{:?}", found.problems);
    assert!(found.found.iter().all(|found| matches!(found.signed, Signed::Bundle(_))));
}

#[test]
fn a_layout_with_signatures_still_holds_one_image() {
    let lab = Lab::new("a layout");
    for signed in every_kind() {
        lab.attach(&signed);
    }
    let bare = Target::OciLayout { path: lab.dir.path().to_owned(), choice: None };
    let image = boltseal_image::Image::open(&bare, &options()).unwrap();
    assert_eq!(image.manifest_digest(), Some(&lab.digest()));
    assert_eq!(discover(&bare, &options()).unwrap().found.len(), 5);
}

#[test]
fn an_archive_of_a_layout_is_read_as_the_layout_is() {
    let lab = Lab::new("a layout");
    for signed in every_kind() {
        lab.attach(&signed);
    }
    let tar = lab.dir.path().with_extension("tar");
    let packed = std::process::Command::new("tar").arg("-cf").arg(&tar).arg("-C").arg(lab.dir.path()).arg(".").status();
    assert!(packed.unwrap().success());
    let archive = Target::OciArchive { path: tar.clone(), choice: None };
    let found = discover(&archive, &options());
    let written =
        boltseal_seal::attach(&archive, &options(), &lab.digest(), boltseal_seal::Attachment::Signed(&bundle(9)), None);
    std::fs::remove_file(&tar).unwrap();
    assert_eq!(found.unwrap().found, lab.discover().found);
    let error = written.unwrap_err().to_string();
    assert!(error.contains("not changed in place"), "{error}");
}

#[test]
fn a_docker_archive_has_no_digest_to_hang_something_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("image.tar");
    let config = b"{}".to_vec();
    let mut tar = boltseal_image::build::LayerBuilder::new();
    tar = tar.file("c.json", config, 0o644);
    tar = tar.file("manifest.json", br#"[{"Config":"c.json","RepoTags":["a:1"],"Layers":[]}]"#.to_vec(), 0o644);
    std::fs::write(&path, tar.to_tar().unwrap()).unwrap();
    let error = discover(&target(&format!("docker-archive:{}", path.display())), &options()).unwrap_err().to_string();
    assert!(error.contains("has no manifest") && error.contains("skopeo copy"), "{error}");
}

#[test]
fn what_cosign_saves_is_found_by_its_annotations() {
    let dir = tempfile::tempdir().unwrap();
    Image::new().layer(layer()).write(dir.path()).unwrap();
    let read = |path: &std::path::Path| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let index = dir.path().join("index.json");
    let image = read(&index)["manifests"][0].clone();
    let layout = Layout::create(dir.path()).unwrap();
    let payload = b"{\"critical\":{}}";
    let signed = descriptor(
        "application/vnd.dev.cosign.simplesigning.v1+json",
        &layout.put(payload).unwrap(),
        payload.len() as u64,
    );
    let manifest = json!({
        "schemaVersion": 2,
        "config": descriptor(media_type::CONFIG, &layout.put(b"{}").unwrap(), 2),
        "layers": [signed],
    })
    .to_string();
    let mut signatures =
        descriptor(media_type::MANIFEST, &layout.put(manifest.as_bytes()).unwrap(), manifest.len() as u64);
    let kind = |entry: &mut Value, kind: &str| {
        entry["annotations"] = json!({ "kind": format!("dev.cosignproject.cosign/{kind}") });
    };
    kind(&mut signatures, "sigs");
    let mut image = image;
    kind(&mut image, "image");
    layout.index(&[image, signatures]).unwrap();
    let found = discover(&target(&format!("oci:{}", dir.path().display())), &options()).unwrap();
    assert_eq!(found.found.len(), 1, "{:?}", found.problems);
    assert!(found.found[0].source.starts_with("saved sig sha256:"), "{}", found.found[0].source);
}

#[test]
fn signatures_that_are_kept_elsewhere_are_found_when_it_is_said_where() {
    let lab = Lab::new("a layout");
    let elsewhere = Lab::new("a registry without it");
    assert_eq!(lab.digest(), elsewhere.digest(), "the same image");
    lab.attach(&bundle(1));
    elsewhere.attach(&bundle(2));
    let mut found = lab.discover();
    assert_eq!(found.found.len(), 1);
    for _ in 0..2 {
        found.look_in(&elsewhere.target(), &options()).unwrap();
        let signed: Vec<_> = found.found.iter().map(|found| &found.signed).collect();
        assert_eq!(signed, [&bundle(1), &bundle(2)], "each once");
    }
}

#[test]
fn what_a_target_names_is_resolved_to_its_digest() {
    for place in PLACES {
        let lab = Lab::of(place, platforms);
        let subject = boltseal_seal::resolve(&lab.target(), &options()).unwrap();
        assert_eq!(*subject.document.digest(), lab.digest());
        assert!(subject.document.is_index() && subject.document.digest().matches(subject.document.bytes()), "{place}");
        assert_eq!(subject.manifest.map(|manifest| manifest.digest().clone()), lab.discover().manifest, "{place}");
    }
}
