//! Predicates that are made here.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::anyhow;
use boltseal_evidence::{DatabaseKind, Report};
use boltseal_report::{Format, IgnoreFile, RenderOptions};
use boltseal_scan::Scanned;
use boltseal_trust::predicate::provenance::{self, Given};
use boltseal_trust::predicate::{self, Openvex, OpenvexStatus, ScanTimes};
use serde_json::Value;

use super::{Context, Image, Predicate};
use crate::args::{AttestCommon, ProvenanceArguments, SbomForm, VexStatus};
use crate::command::db;
use crate::exit::Failure;
use crate::progress;
use crate::settings::Settings;

/// What is inside.
pub(super) fn sbom(
    image: &Image<'_>,
    common: &AttestCommon,
    form: SbomForm,
    context: &Context<'_>,
) -> Result<Predicate, Failure> {
    let (format, kind) = match form {
        SbomForm::Cyclonedx => (Format::CycloneDx, predicate::CYCLONEDX),
        SbomForm::Spdx => (Format::Spdx, predicate::SPDX),
    };
    let (scanned, target) = scan(image, common, context)?;
    let render = RenderOptions { today: context.settings.today.clone(), target, ..RenderOptions::default() };
    let text = boltseal_report::sbom(&scanned.inventory, format, &render)?;
    Ok(Predicate { kind: kind.to_owned(), value: serde_json::from_str(&text)? })
}

/// Which vulnerabilities are known.
pub(super) fn vulnerabilities(
    image: &Image<'_>,
    common: &AttestCommon,
    ignore_file: Option<&Path>,
    context: &Context<'_>,
) -> Result<Predicate, Failure> {
    let started = now()?;
    let report = report(image, common, ignore_file, context)?;
    let value = predicate::vulnerabilities(&report, &ScanTimes { started, finished: now()? })?;
    Ok(Predicate { kind: predicate::VULNERABILITIES.to_owned(), value })
}

/// Where a VEX document comes from.
pub(super) struct Decisions<'a> {
    pub(super) file: &'a Path,
    pub(super) status: VexStatus,
    pub(super) author: &'a str,
}

/// Which vulnerabilities do no harm.
pub(super) fn vex(
    image: &Image<'_>,
    common: &AttestCommon,
    from: &Decisions<'_>,
    context: &Context<'_>,
) -> Result<Predicate, Failure> {
    let report = report(image, common, Some(from.file), context)?;
    let repository = image.place.repository();
    let document = Openvex {
        author: from.author,
        timestamp: &context.settings.now,
        image: &image.digest,
        repository: Some(repository.as_str()).filter(|name| !name.is_empty()),
        status: match from.status {
            VexStatus::NotAffected => OpenvexStatus::NotAffected,
            VexStatus::Affected => OpenvexStatus::Affected,
        },
    };
    Ok(Predicate { kind: predicate::OPENVEX.to_owned(), value: document.document(&report)? })
}

/// How the image was built. Of the environment only what provenance may hold is looked up.
pub(super) fn provenance(given: &ProvenanceArguments, settings: &Settings) -> Result<Value, Failure> {
    let variables: BTreeMap<String, String> = provenance::VARIABLES
        .iter()
        .filter_map(|name| std::env::var(name).ok().map(|value| ((*name).to_owned(), value)))
        .collect();
    let given = Given {
        builder_id: given.builder_id.clone(),
        build_type: given.build_type.clone(),
        source_uri: given.source_uri.clone(),
        source_ref: given.source_ref.clone(),
        source_commit: given.source_commit.clone(),
        parameters: given.parameters.iter().cloned().collect(),
        invocation_id: given.invocation_id.clone(),
        started_on: None,
        finished_on: Some(settings.now.clone()),
    };
    provenance::provenance(&variables, &given).map_err(Failure::usage)
}

fn report(
    image: &Image<'_>,
    common: &AttestCommon,
    ignore_file: Option<&Path>,
    context: &Context<'_>,
) -> Result<Report, Failure> {
    let index = db::open(context.settings)?;
    let ignore = ignore_file.map(read_ignore_file).transpose()?;
    let (scanned, _) = scan(image, common, context)?;
    let mut report = boltseal_scan::report(scanned.inventory, &index, None)?;
    if report.database.kind == DatabaseKind::Starter {
        return Err(predicate::VulnerabilitiesError::Starter.into());
    }
    if let Some(ignore) = ignore {
        for problem in ignore.apply(&mut report.findings, &context.settings.today) {
            context.console.warning(&problem.message);
        }
    }
    Ok(report)
}

/// Scans the very image that is attested, by its digest.
fn scan(image: &Image<'_>, common: &AttestCommon, context: &Context<'_>) -> Result<(Scanned, String), Failure> {
    let (target, shown) = image.place.pinned(&image.digest)?;
    let options = context.settings.scan_options(&common.target, context.console)?;
    let progress = progress::Shown::new(context.console, &shown);
    let scanned = boltseal_scan::inventory(&target, &progress.attach(&options))?;
    progress.finish();
    Ok((scanned, shown))
}

fn read_ignore_file(path: &Path) -> Result<IgnoreFile, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(anyhow!("cannot read ignore file `{}`: {error}", path.display())))?;
    IgnoreFile::parse(&path.display().to_string(), &text).map_err(|errors| {
        let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::usage(anyhow!("{}", all.join("\n")))
    })
}

/// This moment, RFC 3339.
fn now() -> Result<String, Failure> {
    let moment = time::OffsetDateTime::now_utc();
    let moment = moment.replace_nanosecond(0).unwrap_or(moment);
    Ok(moment.format(&time::format_description::well_known::Rfc3339)?)
}
