//! What is trusted in a run: the root, keys, and the trust of the Notary Project.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use boltseal_trust::{Material, PublicKey, Root, notation};

use crate::args::VerifyArguments;
use crate::command::trust;
use crate::exit::Failure;
use crate::output::Console;
use crate::settings::Settings;

/// How many files a folder of trust may have, and how deep it may be.
const MAX_FILES: usize = 10_000;
const MAX_DEPTH: usize = 8;
/// The largest file of trust that is read.
const MAX_SIZE: u64 = 64 << 20;

/// What the arguments name as trusted.
pub(super) fn of(arguments: &VerifyArguments, settings: &Settings, console: &Console) -> Result<Material, Failure> {
    let signer = &arguments.signer;
    let keys: Vec<PublicKey> = signer.keys.iter().map(|path| public_key(path)).collect::<Result<_, _>>()?;
    // Keys that need no log rest on nothing else.
    let keys_alone = signer.insecure_no_log && signer.identity.is_none() && signer.identity_regex.is_none();
    let root = match (&arguments.trusted_root, keys_alone && !signer.any_identity) {
        (None, true) => None,
        (path, _) => trusted_root(path.as_deref(), settings, console)?,
    };
    Ok(Material {
        root,
        keys,
        keys_need_no_log: signer.insecure_no_log,
        notation: signer.notation_trust.as_deref().map(|folder| notation_trust(folder, console)).transpose()?,
        now: settings.seconds(),
    })
}

/// Reads a public key.
pub(crate) fn public_key(path: &Path) -> Result<PublicKey, Failure> {
    let name = path.display().to_string();
    let bytes = read(path)?;
    PublicKey::from_pem(&name, &bytes).map_err(Failure::usage)
}

/// The root to verify with: the one that is named, else the one that `trust update` keeps, else the built-in one of the
/// public instance, which is told.
pub(crate) fn trusted_root(
    path: Option<&Path>,
    settings: &Settings,
    console: &Console,
) -> Result<Option<Arc<Root>>, Failure> {
    if let Some(path) = path {
        return Ok(Some(Arc::new(Root::parse(&path.display().to_string(), &read(path)?)?)));
    }
    // Without a home there is no folder, and nothing in it.
    if let Ok(folder) = trust::folder(settings)
        && let Some(bytes) = folder.trusted_root()?
    {
        let name = folder.trusted_root_path().display().to_string();
        return Ok(Some(Arc::new(Root::parse(&name, &bytes)?)));
    }
    let root = Root::public_good()?;
    let age = root.newest().and_then(day).map(|day| format!(", as of {day}")).unwrap_or_default();
    console.note(&format!(
        "no trusted root is kept: verifying with the built-in one of Sigstore's public instance{age}; `boltseal trust update` gets today's"
    ));
    Ok(Some(Arc::new(root)))
}

/// Reads `trustpolicy.json` and the trust stores of a folder.
pub(crate) fn notation_trust(folder: &Path, console: &Console) -> Result<Arc<notation::Trust>, Failure> {
    let policy = read(&folder.join("trustpolicy.json"))?;
    let mut files = Vec::new();
    for part in ["truststore", "crls", "crl"] {
        collect(folder, &PathBuf::from(part), 0, &mut files)?;
    }
    let trust = notation::Trust::from_files(&policy, files).map_err(Failure::usage)?;
    for notice in trust.notices() {
        console.warning(notice);
    }
    Ok(Arc::new(trust))
}

/// The files below a folder, by their paths in it, in a stable order.
fn collect(base: &Path, part: &Path, depth: usize, files: &mut Vec<(String, Vec<u8>)>) -> Result<(), Failure> {
    let Ok(entries) = std::fs::read_dir(base.join(part)) else { return Ok(()) };
    let mut names: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.file_name()).collect();
    names.sort();
    for name in names {
        let path = part.join(name);
        let whole = base.join(&path);
        if whole.is_dir() && depth < MAX_DEPTH {
            collect(base, &path, depth + 1, files)?;
        } else if whole.is_file() {
            if files.len() == MAX_FILES {
                return Err(Failure::usage(anyhow::anyhow!("`{}` has more than {MAX_FILES} files", base.display())));
            }
            files.push((path.display().to_string(), read(&whole)?));
        }
    }
    Ok(())
}

/// Reads a file that the user named.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let unable = |why: String| Failure::usage(anyhow::anyhow!("cannot read `{}`: {why}", path.display()));
    let size = std::fs::metadata(path).map_err(|error| unable(error.to_string()))?.len();
    if size > MAX_SIZE {
        return Err(unable(format!("it has {size} bytes, at most {MAX_SIZE} are read")));
    }
    std::fs::read(path).map_err(|error| unable(error.to_string()))
}

fn day(seconds: i64) -> Option<String> {
    time::OffsetDateTime::from_unix_timestamp(seconds).ok().map(|moment| moment.date().to_string())
}
