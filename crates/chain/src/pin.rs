//! From what the user named to a digest, and back to a target that names nothing else.

use boltseal_evidence::{Digest, JudgedSubject};
use boltseal_image::{Choice, Image, Reference, Target};

/// The same image, named by digest. A `docker save` archive has no manifest; its configuration's digest names it.
pub(crate) fn pinned(target: &Target, image: &Image) -> Target {
    let Some(digest) = top(image) else { return target.clone() };
    match target {
        Target::Registry(reference) => Target::Registry(Reference::with_digest(
            reference.registry().to_owned(),
            reference.repository().to_owned(),
            digest.to_string(),
        )),
        Target::OciLayout { path, .. } => {
            Target::OciLayout { path: path.clone(), choice: Some(Choice::Digest(digest.clone())) }
        }
        Target::OciArchive { path, .. } => {
            Target::OciArchive { path: path.clone(), choice: Some(Choice::Digest(digest.clone())) }
        }
        other => other.clone(),
    }
}

/// What the target named: the index, or the manifest where there is none.
fn top(image: &Image) -> Option<&Digest> {
    image.index_digest().or_else(|| image.manifest_digest())
}

/// What is judged.
pub(crate) fn subject(target: &Target, image: &Image) -> JudgedSubject {
    let digest = top(image).unwrap_or_else(|| image.id()).clone();
    let (repository, tag) = match target {
        Target::Registry(reference) => (
            Some(format!("{}/{}", reference.registry(), reference.repository())),
            reference.digest().is_none().then(|| reference.tag().unwrap_or("latest").to_owned()),
        ),
        _ => (None, None),
    };
    JudgedSubject {
        manifest: image.manifest_digest().filter(|manifest| **manifest != digest).cloned(),
        configuration: Some(image.id().clone()),
        digest,
        repository,
        tag,
    }
}
