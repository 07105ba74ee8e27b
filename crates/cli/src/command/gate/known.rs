//! What a judgement may rest on besides the image: roots, keys, known bases, scorecards.

use std::path::Path;

use boltseal_chain::{Options, Wants};
use boltseal_gate::{Json, KnownBase, Policy, Sought};
use boltseal_trust::Material;

use crate::args::{KnownArguments, TargetArguments};
use crate::command::trust;
use crate::command::verify::material::{notation_trust, public_key, read, trusted_root};
use crate::exit::Failure;
use crate::output::Console;
use crate::settings::Settings;

/// How evidence is gathered in this run. Everything is wanted unless the caller says otherwise.
pub(crate) fn options(
    target: &TargetArguments,
    known: &KnownArguments,
    policy: Option<&Policy>,
    settings: &Settings,
    console: &Console,
) -> Result<Options, Failure> {
    let scan = settings.scan_options(target, console)?;
    let check = boltseal_check::Options { image: scan.image.clone(), render: false, ..Default::default() };
    let mut material = material(known, settings, console)?;
    let mut bases = bases(known.bases.as_deref())?;
    if let Some(policy) = policy {
        material.keys.extend(policy.keys.iter().cloned());
        bases.extend(policy.bases.iter().cloned());
    }
    let named = known.bases.is_some() || policy.is_some_and(|policy| !policy.bases.is_empty());
    Ok(Options {
        scan,
        check,
        material,
        bases: if named {
            Sought::Found(bases)
        } else {
            Sought::Missing("no images are known as bases; `--bases FILE` or the policy names some".to_owned())
        },
        scorecards: scorecards(&known.scorecards)?,
        now: settings.now.clone(),
        wants: Wants::ALL,
    })
}

/// What signatures are held against.
pub(crate) fn material(known: &KnownArguments, settings: &Settings, console: &Console) -> Result<Material, Failure> {
    Ok(Material {
        root: trusted_root(known.trusted_root.as_deref(), settings, console)?,
        keys: known.keys.iter().map(|path| public_key(path)).collect::<Result<_, _>>()?,
        keys_need_no_log: known.insecure_no_log,
        notation: known.notation_trust.as_deref().map(|folder| notation_trust(folder, console)).transpose()?,
        now: settings.seconds(),
    })
}

/// The bytes of the trusted root of this run, to carry along; none where only the built-in one is there.
pub(crate) fn root_bytes(known: &KnownArguments, settings: &Settings) -> Result<Option<Vec<u8>>, Failure> {
    match &known.trusted_root {
        Some(path) => read(path).map(Some),
        None => Ok(trust::folder(settings)?.trusted_root()?),
    }
}

fn bases(file: Option<&Path>) -> Result<Vec<KnownBase>, Failure> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let bytes = read(file)?;
    KnownBase::list(&file.display().to_string(), &bytes)
        .map_err(|reason| Failure::usage(anyhow::anyhow!("`{}` is not a list of bases: {reason}", file.display())))
}

fn scorecards(files: &[std::path::PathBuf]) -> Result<Sought<Vec<(String, Json)>>, Failure> {
    if files.is_empty() {
        return Ok(Sought::Missing("no result of Scorecard is at hand; `--scorecard FILE` names one".to_owned()));
    }
    let cards = files.iter().map(|file| {
        let bytes = read(file)?;
        let card: Json = serde_json::from_slice(&bytes).map_err(|error| {
            Failure::usage(anyhow::anyhow!("scorecard `{}` is not valid JSON: {error}", file.display()))
        })?;
        Ok((file.display().to_string(), card))
    });
    cards.collect::<Result<Vec<_>, Failure>>().map(Sought::Found)
}
