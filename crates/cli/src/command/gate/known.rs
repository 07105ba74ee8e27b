//! What a judgement may rest on besides the image: roots, keys, known bases, scorecards.

use std::path::Path;
use std::sync::Arc;

use boltseal_chain::{Options, Wants};
use boltseal_gate::{Json, KnownBase, Policy, Sought};
use boltseal_trust::{Material, PublicKey, Root};

use super::policy::bounded;
use crate::args::{KnownArguments, TargetArguments};
use crate::command::trust;
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
    let mut material = material(known, settings)?;
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
pub(crate) fn material(known: &KnownArguments, settings: &Settings) -> Result<Material, Failure> {
    Ok(Material {
        root: root(known.trusted_root.as_deref(), settings)?,
        keys: keys(&known.keys)?,
        keys_need_no_log: known.insecure_no_log,
        now: settings.seconds(),
        ..Material::default()
    })
}

/// The trusted root of this run: the file that is named, else the one that `boltseal trust update` keeps, if any.
pub(crate) fn root(named: Option<&Path>, settings: &Settings) -> Result<Option<Arc<Root>>, Failure> {
    let bytes = match named {
        Some(path) => Some(read(path, "trusted root")?),
        None => trust::folder(settings)?.trusted_root()?,
    };
    bytes.map(|bytes| Root::parse(&bytes).map(Arc::new).map_err(Failure::usage)).transpose()
}

/// The bytes of the trusted root of this run.
pub(crate) fn root_bytes(known: &KnownArguments, settings: &Settings) -> Result<Option<Vec<u8>>, Failure> {
    match &known.trusted_root {
        Some(path) => read(path, "trusted root").map(Some),
        None => Ok(trust::folder(settings)?.trusted_root()?),
    }
}

/// Public keys by their files.
pub(crate) fn keys(files: &[std::path::PathBuf]) -> Result<Vec<PublicKey>, Failure> {
    files
        .iter()
        .map(|file| {
            let bytes = read(file, "key")?;
            PublicKey::from_pem(&file.display().to_string(), &bytes).map_err(Failure::usage)
        })
        .collect()
}

fn bases(file: Option<&Path>) -> Result<Vec<KnownBase>, Failure> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let bytes = read(file, "list of bases")?;
    KnownBase::list(&file.display().to_string(), &bytes).map_err(Failure::usage)
}

fn scorecards(files: &[std::path::PathBuf]) -> Result<Sought<Vec<(String, Json)>>, Failure> {
    if files.is_empty() {
        return Ok(Sought::Missing("no result of Scorecard is at hand; `--scorecard FILE` names one".to_owned()));
    }
    let cards = files.iter().map(|file| {
        let bytes = read(file, "scorecard")?;
        let card: Json = serde_json::from_slice(&bytes).map_err(|error| {
            Failure::usage(anyhow::anyhow!("scorecard `{}` is not valid JSON: {error}", file.display()))
        })?;
        Ok((file.display().to_string(), card))
    });
    cards.collect::<Result<Vec<_>, Failure>>().map(Sought::Found)
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    bounded(path)
        .map_err(|reason| Failure::usage(anyhow::anyhow!("cannot read {what} `{}`: {reason}", path.display())))
}
