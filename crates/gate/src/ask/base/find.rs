//! Which base an image is built on: what its layers show, what provenance says, what it claims itself.

use boltseal_evidence::Digest;
use boltseal_trust::slsa::Provenance;

use super::name::BaseName;
use crate::KnownBase;
use crate::ask::Case;
use crate::ask::provenance::may_be;
use crate::ask::signature::{About, Signers, Weight, weigh};
use crate::ask::source::shown;

/// The annotation, or label, that names a base (OCI image specification, `annotations.md`).
const NAME: &str = "org.opencontainers.image.base.name";
/// The annotation, or label, with the digest of its manifest.
const DIGEST: &str = "org.opencontainers.image.base.digest";

/// Bases whose layers an image begins with.
#[derive(Debug, Default)]
pub(super) struct Layered<'a> {
    /// Those with most layers: the base itself, under each of its names.
    pub(super) longest: Vec<&'a KnownBase>,
    /// Those with fewer: what the base is built on.
    pub(super) below: Vec<&'a KnownBase>,
}

/// An image that went into a build: its name, or why that cannot be read, and its digest.
pub(super) type Ingredient = (Result<BaseName, String>, Option<Digest>);

/// What an image claims of its base.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) name: Result<BaseName, String>,
    pub(super) digest: Option<Digest>,
    /// It stands in the manifest. A label may be inherited from the base, and be about that one's base.
    pub(super) in_manifest: bool,
}

/// Every base that is known.
///
/// # Errors
/// Why none is.
pub(super) fn known<'a>(case: &Case<'a>) -> Result<Vec<&'a KnownBase>, String> {
    let policy = case.policy_bases.iter();
    match case.evidence.bases.as_result() {
        Ok(bases) => Ok(policy.chain(bases).collect()),
        Err(_) if !case.policy_bases.is_empty() => Ok(policy.collect()),
        Err(reason) => Err(format!("no base is known: {reason}")),
    }
}

/// The known bases that the layers of the image begin with. A base without layers is none: every image begins with it.
pub(super) fn layered<'a>(known: &[&'a KnownBase], diff_ids: &[Digest]) -> Layered<'a> {
    let mut all: Vec<&KnownBase> = known
        .iter()
        .copied()
        .filter(|base| !base.diff_ids.is_empty() && diff_ids.starts_with(&base.diff_ids))
        .collect();
    let most = all.iter().map(|base| base.diff_ids.len()).max().unwrap_or_default();
    let below = all.extract_if(.., |base| base.diff_ids.len() < most).collect();
    Layered { longest: all, below }
}

/// The images that went into the build, as provenance by somebody who is wanted says; each with its digest. Err: that
/// cannot be told.
pub(super) fn built_from(signers: &Signers, case: &Case<'_>) -> Result<Vec<Ingredient>, String> {
    let weighed = weigh(case, About::Either, signers, |one| may_be(one, Provenance::is_type))?;
    let mut images = Vec::new();
    for one in weighed.iter().filter(|one| matches!(one.weight, Weight::Counts(_))) {
        let Some(statement) = &one.verification.statement else { continue };
        let provenance =
            Provenance::read(&statement.predicate_type, &statement.predicate).map_err(|error| error.to_string())?;
        for dependency in &provenance.dependencies {
            let Some(image) = dependency.image() else { continue };
            let name = match &image.tag {
                Some(tag) => format!("{}:{tag}", image.repository),
                None => image.repository.clone(),
            };
            let digest = dependency.digest.get("sha256").and_then(|hex| format!("sha256:{hex}").parse().ok());
            let read = BaseName::read(&name).map(|(name, _)| name);
            images.push((read.map_err(|reason| format!("`{}`: {reason}", shown(&name))), digest));
        }
    }
    Ok(images)
}

/// What the image says itself.
pub(super) fn claimed(case: &Case<'_>) -> Option<Claim> {
    let facts = case.evidence.image.as_result().ok()?;
    let (of, in_manifest) = match facts.annotations.contains_key(NAME) {
        true => (&facts.annotations, true),
        false => (&facts.labels, false),
    };
    let written = of.get(NAME)?;
    let read = BaseName::read(written);
    let own = of.get(DIGEST).and_then(|digest| digest.parse().ok());
    let digest = own.or_else(|| read.as_ref().ok()?.1.clone());
    let name = read.map(|(name, _)| name).map_err(|reason| format!("`{}`: {reason}", shown(written)));
    Some(Claim { name, digest, in_manifest })
}
