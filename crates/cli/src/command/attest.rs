//! `boltseal attest`.

mod made;
mod read;

use std::path::Path;

use anyhow::anyhow;
use boltseal_evidence::Digest;
use boltseal_image::Target;
use boltseal_trust::sign::cosign_attestation;
use boltseal_trust::{InToto, Signed, StatementVersion, Subject, predicate};
use serde_json::{Value, json};

use crate::args::{AttestArguments, AttestCommand, AttestCommon, SignatureForm};
use crate::command::sign::{Place, Way, tell};
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

/// What is attested of an image.
struct Predicate {
    /// Its type, a URI.
    kind: String,
    value: Value,
}

/// The image that a predicate is about.
struct Image<'a> {
    place: &'a Place<'a>,
    /// What is attested: of the platform's manifest, or of what the reference names.
    digest: Digest,
}

pub(crate) fn run(arguments: &AttestArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let context = Context { settings, console };
    match &arguments.command {
        None => {
            let Some(file) = &arguments.predicate else {
                return Err(Failure::usage(anyhow!("nothing is attested: name a file with --predicate, or a command")));
            };
            let kind = predicate::predicate_type(&arguments.predicate_type).map_err(Failure::usage)?;
            let value = read::predicate(file, &kind, &settings.now)?;
            context.attest(&arguments.common, false, |_| Ok(Predicate { kind: kind.clone(), value: value.clone() }))
        }
        Some(AttestCommand::Sbom { common, form }) => {
            context.attest(common, true, |image| made::sbom(image, common, *form, &context))
        }
        Some(AttestCommand::Vulnerabilities { common, ignore_file }) => {
            context.attest(common, true, |image| made::vulnerabilities(image, common, ignore_file.as_deref(), &context))
        }
        Some(AttestCommand::Vex { common, file: Some(file), .. }) => {
            let value = read::openvex(file)?;
            context
                .attest(common, false, |_| Ok(Predicate { kind: predicate::OPENVEX.to_owned(), value: value.clone() }))
        }
        Some(AttestCommand::Vex { common, file: None, from_ignore, status, author }) => {
            context.attest(common, true, |image| {
                let from = made::Decisions {
                    file: from_ignore.as_deref().unwrap_or(Path::new("")),
                    status: *status,
                    author: author.as_deref().unwrap_or_default(),
                };
                made::vex(image, common, &from, &context)
            })
        }
        Some(AttestCommand::Provenance { common, given }) => {
            let value = made::provenance(given, settings)?;
            context.attest(common, false, |_| {
                Ok(Predicate { kind: predicate::provenance::TYPE.to_owned(), value: value.clone() })
            })
        }
        Some(AttestCommand::Verdict { common, file }) => {
            let (verdict, value) = read::verdict(file)?;
            context.attest(common, false, |image| {
                read::is_about(&verdict, &image.digest)?;
                Ok(Predicate { kind: predicate::VERDICT.to_owned(), value: value.clone() })
            })
        }
    }
}

/// How this run goes.
struct Context<'a> {
    settings: &'a Settings,
    console: &'a Console,
}

impl Context<'_> {
    /// Makes the predicate of each image, signs it and attaches it. The key is opened first: whoever has no password
    /// need not wait for a scan.
    fn attest(
        &self,
        common: &AttestCommon,
        of_platform: bool,
        make: impl Fn(&Image<'_>) -> Result<Predicate, Failure>,
    ) -> Result<Status, Failure> {
        let options = self.settings.scan_options(&common.target, self.console)?.image;
        let way = if common.print {
            None
        } else {
            Some(Way::open(&common.signer, common.target.ca_file.as_deref(), self.settings, self.console)?)
        };
        let mut written = Vec::new();
        for target in &common.target.targets {
            let parsed = Target::parse(target).map_err(Failure::usage)?;
            if !parsed.is_image() {
                return Err(Failure::usage(anyhow!("`{target}` is no image: attestations hang on an image's digest")));
            }
            let place = Place::open(&parsed, &options)?;
            let digest = if of_platform { place.platform()? } else { place.top.digest().clone() };
            let image = Image { place: &place, digest };
            let Predicate { kind, value } = make(&image)?;
            let subject = match place.repository() {
                name if name.is_empty() => Subject::new(&image.digest),
                name => Subject::new(&image.digest).named(name),
            };
            let version = match common.attach.format {
                SignatureForm::Bundle => StatementVersion::V1,
                SignatureForm::Legacy => StatementVersion::V01,
            };
            let statement = InToto::new(version, subject, kind.clone(), value);
            let Some(way) = &way else {
                let mut text = serde_json::to_string_pretty(&statement)?;
                text.push('\n');
                self.console.result(None, text.as_bytes())?;
                continue;
            };
            let made = way.statement(&statement)?;
            let signed = match common.attach.format {
                SignatureForm::Bundle => Signed::Bundle(made.bundle),
                SignatureForm::Legacy => cosign_attestation(made.envelope, &kind, &made.proof)?,
            };
            written.push(place.attach(&image.digest, &signed, Some(&kind), way, self.settings)?);
        }
        if way.is_some() {
            tell(&written, common.attach.json, self.console)?;
        }
        Ok(Status::Done)
    }
}

/// What cosign wraps around text that has no type.
fn custom(text: &str, now: &str) -> Value {
    json!({ "Data": text, "Timestamp": now })
}
