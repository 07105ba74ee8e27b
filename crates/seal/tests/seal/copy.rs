//! Copying with everything.

use std::collections::BTreeMap;

use boltseal_evidence::Digest;
use boltseal_fixture::layout::TAG;
use boltseal_fixture::registry::{Options as Serve, Registry};
use boltseal_image::{Artifacts, Listing, Target, cosign_tag};
use boltseal_seal::{Attachment, attach, copy, discover};

use crate::lab::{Lab, PLACES, bundle, every_kind, options, platforms, sorted, target, writable};

/// Something on the index, on a platform's manifest, on a referrer, and under cosign's tag of bills of materials.
fn hang_everything(lab: &Lab) {
    let index = lab.digest();
    let manifest = lab.discover().manifest.unwrap();
    let put = |on: &Digest, attachment: Attachment<'_>| {
        attach(&lab.target(), &options(), on, attachment, None).unwrap().manifest
    };
    for signed in every_kind() {
        put(&index, Attachment::Signed(&signed));
    }
    put(&manifest, Attachment::Signed(&bundle(2)));
    let sbom = Attachment::Artifact {
        artifact_type: "application/spdx+json",
        media_type: "application/spdx+json",
        bytes: b"{\"spdxVersion\":\"SPDX-2.3\"}",
        annotations: &BTreeMap::new(),
    };
    let sbom = put(&manifest, sbom);
    put(&sbom, Attachment::Signed(&bundle(3)));
    let artifacts = Artifacts::open(&lab.target(), &options()).unwrap();
    let signature = artifacts.tagged(&cosign_tag(&index, "sig")).unwrap().unwrap();
    artifacts.put_document(&signature, Listing::Tag(&cosign_tag(&manifest, "sbom"))).unwrap();
}

#[test]
fn a_copy_has_everything_that_hangs_on_the_image_whichever_way_it_goes() {
    for from in PLACES {
        let source = Lab::of(from, platforms);
        hang_everything(&source);
        let expect = sorted(&source.discover());
        assert_eq!(expect.len(), 6);
        for to in PLACES {
            let sink = Lab::new(to);
            let elsewhere = elsewhere(&sink);
            let copied = copy(&source.target(), &elsewhere, &options()).unwrap();
            assert_eq!((&copied.digest, copied.problems), (&source.digest(), vec![]), "{from} to {to}");
            let found = discover(&elsewhere, &options()).unwrap();
            assert_eq!((sorted(&found), &found.problems), (expect.clone(), &vec![]), "{from} to {to}");
            let artifacts = Artifacts::open(&elsewhere, &options()).unwrap();
            let manifest = found.manifest.unwrap();
            let referrers = artifacts.referrers(&manifest).documents;
            let sbom = referrers.iter().find(|document| document.artifact_type() == "application/spdx+json").unwrap();
            assert_eq!(
                artifacts.referrers(sbom.digest()).documents.len(),
                1,
                "{from} to {to}: the referrer's referrer"
            );
            assert!(artifacts.by_cosign_tag(&manifest, "sbom").unwrap().is_some(), "{from} to {to}");
            // Again is no harm, and adds nothing.
            copy(&source.target(), &elsewhere, &options()).unwrap();
            assert_eq!(sorted(&discover(&elsewhere, &options()).unwrap()), expect, "{from} to {to}");
        }
    }
}

/// Another tag there.
fn elsewhere(lab: &Lab) -> Target {
    match &lab.registry {
        Some(registry) => target(&registry.reference("mirror/app", "copied")),
        None => target(&format!("oci:{}:copied", lab.dir.path().display())),
    }
}

#[test]
fn a_copy_into_nothing_makes_a_layout() {
    let source = Lab::new("a registry without it");
    source.attach(&bundle(1));
    let dir = tempfile::tempdir().unwrap();
    let to = Target::OciLayout { path: dir.path().join("new/layout"), choice: None };
    copy(&source.target(), &to, &options()).unwrap();
    assert_eq!(discover(&to, &options()).unwrap().found.len(), 1);
    let named = target(&format!("oci:{}:{TAG}", dir.path().join("new/layout").display()));
    assert_eq!(discover(&named, &options()).unwrap().digest, source.digest());
    let left = std::fs::read_dir(dir.path().join("new/layout/blobs/sha256")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(left.iter().all(|name| !name.starts_with('.')), "{left:?}");
}

#[test]
fn a_copy_of_changed_bytes_is_refused_before_anything_is_named() {
    let source = Lab::new("a layout");
    let image = boltseal_image::Image::open(&source.target(), &options()).unwrap();
    let changed = image.layers()[0].digest.clone().unwrap();
    let registry = Registry::serve(source.dir.path(), Serve { corrupt: Some(changed.clone()), ..writable() }).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let to = Target::OciLayout { path: dir.path().join("layout"), choice: None };
    let error = copy(&target(&registry.reference("a", TAG)), &to, &options()).unwrap_err().to_string();
    assert!(error.contains(&changed.to_string()) && error.contains("not what it claims"), "{error}");
    assert!(!dir.path().join("layout/index.json").exists());
    assert!(!dir.path().join("layout/blobs/sha256").join(changed.hex()).exists());
}

#[test]
fn a_copy_to_a_digest_that_it_does_not_have_is_refused() {
    let source = Lab::new("a layout");
    let sink = Lab::new("a registry without it");
    let other = Digest::sha256_of(b"other").to_string();
    let to = target(&sink.registry.as_ref().unwrap().reference("mirror/app", &other));
    let error = copy(&source.target(), &to, &options()).unwrap_err().to_string();
    assert!(error.contains(&other), "{error}");
}

#[test]
fn a_copy_without_layers_lacks_no_signature() {
    for from in PLACES {
        let source = Lab::of(from, platforms);
        hang_everything(&source);
        let dir = tempfile::tempdir().unwrap();
        let to = Target::OciLayout { path: dir.path().join("layout"), choice: None };
        let copied = boltseal_seal::copy_without_layers(&source.target(), &to, &options()).unwrap();
        assert_eq!(copied.problems, []);
        let found = discover(&to, &options()).unwrap();
        assert_eq!((sorted(&found), found.problems), (sorted(&source.discover()), vec![]), "{from}");
        let blobs = dir.path().join("layout/blobs/sha256");
        assert!(!blobs.join(crate::lab::layer().digest.hex()).exists(), "{from}: the layer is left out");
    }
}
