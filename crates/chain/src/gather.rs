//! Gathering the evidence on one subject.

use std::collections::BTreeMap;

use boltseal_advisory::Index;
use boltseal_evidence::{CheckReport, Digest, Report, SubjectKind, Verification};
use boltseal_gate::{Evidence, ImageFacts, KnownBase, Sought};
use boltseal_image::{Image, Target};
use boltseal_seal::Found;
use boltseal_trust::Material;

use crate::{Error, pin};

/// How to gather.
#[derive(Debug, Clone)]
pub struct Options {
    /// How images are read and cached.
    pub scan: boltseal_scan::Options,
    /// How configuration is judged.
    pub check: boltseal_check::Options,
    /// What signatures are held against.
    pub material: Material,
    /// Images that are known as bases.
    pub bases: Sought<Vec<KnownBase>>,
    /// Scorecard results, with where each is from.
    pub scorecards: Sought<Vec<(String, boltseal_gate::Json)>>,
    /// The moment of judgement, RFC 3339 in UTC.
    pub now: String,
    /// What to gather.
    pub wants: Wants,
}

/// What to gather. What is not wanted is missing, and says that it was not looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wants {
    /// Packages and vulnerabilities.
    pub report: bool,
    /// Misconfiguration and secrets of the image's configuration.
    pub check: bool,
    /// Signatures and attestations.
    pub signatures: bool,
}

impl Wants {
    /// Everything.
    pub const ALL: Self = Self { report: true, check: true, signatures: true };
}

/// What was gathered.
#[derive(Debug)]
pub struct Gathered {
    /// The evidence.
    pub evidence: Evidence,
    /// The image by digest: what to read further from.
    pub pinned: Target,
    /// The signatures as they were found.
    pub found: Vec<Found>,
}

/// Gathers everything that is wanted of the image that a target names.
///
/// # Errors
/// [`Error`] where the image cannot be named by a digest. Anything else that cannot be had is missing in the evidence.
pub fn gather(target: &Target, index: &Index, options: &Options) -> Result<Gathered, Error> {
    if !target.is_image() {
        return Err(Error::NotAnImage(target.to_string()));
    }
    let image = Image::open(target, &options.scan.image)?;
    let pinned = pin::pinned(target, &image);
    let subject = pin::subject(target, &image);
    let mut problems = image.problems().to_vec();

    let report = if options.wants.report { report(&pinned, index, options) } else { Sought::default() };
    let check = if options.wants.check { check(&pinned, &subject.digest, options) } else { Sought::default() };
    let mut found = Vec::new();
    let signatures = if options.wants.signatures {
        signatures(&pinned, &image, options, &mut found, &mut problems)
    } else {
        Sought::default()
    };
    let facts = facts(&image, report.as_result().ok());
    let evidence = Evidence {
        schema: 1,
        subject,
        image: Sought::Found(facts),
        report,
        check,
        signatures,
        bases: options.bases.clone(),
        scorecards: options.scorecards.clone(),
        now: options.now.clone(),
        problems,
    };
    Ok(Gathered { evidence, pinned, found })
}

fn report(target: &Target, index: &Index, options: &Options) -> Sought<Report> {
    let scanned = match boltseal_scan::inventory(target, &options.scan) {
        Ok(scanned) => scanned,
        Err(error) => return Sought::Missing(format!("the image could not be scanned: {error}")),
    };
    match boltseal_scan::report(scanned.inventory, index, None) {
        Ok(report) => Sought::Found(report),
        Err(error) => Sought::Missing(format!("the advisory database could not be read: {error}")),
    }
}

/// Findings name the image by digest, so that they are the same whichever way it came.
fn check(target: &Target, digest: &Digest, options: &Options) -> Sought<CheckReport> {
    let subject = boltseal_check::Subject::Image { shown: digest.to_string(), target: target.clone() };
    match boltseal_check::check(&[subject], &options.check) {
        Ok(check) => Sought::Found(check.report),
        Err(error) => Sought::Missing(format!("the image's configuration could not be checked: {error}")),
    }
}

fn signatures(
    target: &Target,
    image: &Image,
    options: &Options,
    found: &mut Vec<Found>,
    problems: &mut Vec<boltseal_evidence::Problem>,
) -> Sought<Vec<Verification>> {
    if image.manifest_digest().is_none() {
        return Sought::Missing(
            "signatures are about manifests, and a `docker save` archive has none; name the image in its registry, or \
             as an OCI layout"
                .to_owned(),
        );
    }
    match boltseal_seal::discover(target, &options.scan.image) {
        Ok(discovered) => {
            // A signature that could not be read may be the one that is asked for.
            let unread = discovered.problems.len();
            problems.extend(discovered.problems.iter().cloned());
            let verified = boltseal_seal::verify_all(&discovered, &material(target, &options.material));
            *found = discovered.found;
            if unread > 0 && verified.is_empty() {
                return Sought::Missing(format!("{unread} signatures are there and could not be read"));
            }
            Sought::Found(verified)
        }
        Err(error) => Sought::Missing(format!("signatures could not be looked for: {error}")),
    }
}

/// What is trusted for this image: the policy of the Notary Project has statements for repositories.
fn material(target: &Target, trusted: &Material) -> Material {
    let mut material = trusted.clone();
    if let (Some(notation), Target::Registry(reference)) = (&trusted.notation, target) {
        let repository = format!("{}/{}", reference.registry(), reference.repository());
        material.notation = Some(std::sync::Arc::new(notation.for_repository(&repository)));
    }
    material
}

fn facts(image: &Image, report: Option<&Report>) -> ImageFacts {
    let platform = image.platform();
    let labels: BTreeMap<String, String> = image
        .config()
        .and_then(|config| config.labels_of_config())
        .map(|labels| labels.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
        .unwrap_or_default();
    // Only digests that were computed while the layers were read: a configuration may claim any.
    let diff_ids = report
        .filter(|report| report.inventory.subject.kind == SubjectKind::Image)
        .map(|report| report.inventory.layers.iter().map(|layer| layer.diff_id.clone()).collect())
        .unwrap_or_default();
    ImageFacts {
        created: image.created().map(str::to_owned),
        platform: format!("{}/{}", platform.os, platform.architecture),
        labels,
        annotations: image.annotations().clone(),
        diff_ids,
    }
}
