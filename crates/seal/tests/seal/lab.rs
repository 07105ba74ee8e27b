//! Images to hang something on, and things that look signed.

use std::collections::BTreeMap;
use std::path::Path;

use boltseal_evidence::{Digest, Platform};
use boltseal_fixture::layout::{Image, Layer, TAG, write_platforms};
use boltseal_fixture::registry::{self, Registry};
use boltseal_image::{Artifacts, Options, Target};
use boltseal_seal::{Attached, Attachment, Discovered, attach, discover};
use boltseal_trust::Signed;

/// Three places where an image can be, which must make no difference.
pub(crate) const PLACES: [&str; 3] = ["a registry with the referrers API", "a registry without it", "a layout"];

/// An image, kept in one of [`PLACES`].
pub(crate) struct Lab {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) registry: Option<Registry>,
}

pub(crate) fn layer() -> Layer {
    Layer::plain(&boltseal_fixture::entry::end())
}

pub(crate) fn image(dir: &Path) {
    Image::new().layer(layer()).write(dir).unwrap();
}

pub(crate) fn platforms(dir: &Path) {
    let image = || Image::new().layer(layer());
    write_platforms(dir, [("amd64", image()), ("arm64", image())]).unwrap();
}

impl Lab {
    pub(crate) fn new(place: &str) -> Self {
        Self::of(place, image)
    }

    pub(crate) fn of(place: &str, write: impl FnOnce(&Path)) -> Self {
        let options = match place {
            "a registry with the referrers API" => {
                Some(registry::Options { referrers: true, page: Some(2), ..writable() })
            }
            "a registry without it" => Some(writable()),
            _ => None,
        };
        let dir = tempfile::tempdir().unwrap();
        write(dir.path());
        let registry = options.map(|options| Registry::serve(dir.path(), options).unwrap());
        Self { dir, registry }
    }

    pub(crate) fn served(options: registry::Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        image(dir.path());
        let registry = Some(Registry::serve(dir.path(), options).unwrap());
        Self { dir, registry }
    }

    pub(crate) fn target(&self) -> Target {
        match &self.registry {
            Some(registry) => target(&registry.reference("team/app", TAG)),
            None => target(&format!("oci:{}:{TAG}", self.dir.path().display())),
        }
    }

    pub(crate) fn digest(&self) -> Digest {
        Artifacts::open(&self.target(), &options()).unwrap().top().unwrap().digest().clone()
    }

    pub(crate) fn attach(&self, signed: &Signed) -> Attached {
        let attachment = Attachment::Signed(signed);
        attach(&self.target(), &options(), &self.digest(), attachment, Some("2026-01-02T03:04:05Z")).unwrap()
    }

    pub(crate) fn discover(&self) -> Discovered {
        discover(&self.target(), &options()).unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.registry.as_ref().map(Registry::requests).unwrap_or_default()
    }
}

pub(crate) fn writable() -> registry::Options {
    registry::Options { writable: true, ..registry::Options::default() }
}

pub(crate) fn options() -> Options {
    Options { retries: 0, platform: Some(platform("amd64")), ..Options::default() }
}

pub(crate) fn target(text: &str) -> Target {
    Target::parse(text).unwrap()
}

pub(crate) fn bundle(number: u32) -> Signed {
    Signed::Bundle(
        format!(r#"{{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","number":{number}}}"#).into(),
    )
}

/// One of every kind that hangs on an image.
pub(crate) fn every_kind() -> Vec<Signed> {
    let annotations = |name: &str| BTreeMap::from([(name.to_owned(), "c2lnbmVk".to_owned())]);
    vec![
        bundle(1),
        Signed::NotationJws(b"{\"payload\":\"\"}".to_vec()),
        Signed::NotationCose(b"\xd2\x84".to_vec()),
        Signed::CosignSignature {
            payload: b"{\"critical\":{}}".to_vec(),
            annotations: annotations("dev.cosignproject.cosign/signature"),
        },
        Signed::CosignAttestation {
            envelope: b"{\"payloadType\":\"\"}".to_vec(),
            annotations: annotations("predicateType"),
        },
    ]
}

/// What was found, in an order of its own.
pub(crate) fn sorted(discovered: &Discovered) -> Vec<String> {
    let mut all: Vec<String> =
        discovered.found.iter().map(|found| format!("{} {:?}", found.subject, found.signed)).collect();
    all.sort();
    all
}

pub(crate) fn platform(architecture: &str) -> Platform {
    Platform { os: "linux".to_owned(), architecture: architecture.to_owned(), variant: None }
}
