//! Reading and beginning policies.

use std::path::{Path, PathBuf};

use boltseal_gate::{Policy, Profile};

use crate::exit::{Failure, Status};
use crate::output::Console;

/// Read where no policy is named.
const DEFAULT_FILE: &str = "boltseal-policy.yaml";

/// The largest file that a policy is, or names.
const LARGEST: u64 = 16 << 20;

/// A policy, and the text it was read from.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) policy: Policy,
    /// Its bytes, to carry along as evidence.
    pub(crate) bytes: Vec<u8>,
    /// The files that it names, by the path that it names them with.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// The policy of this name: a file, or a built-in profile; without a name the file that is there, else the profile
/// `baseline`, which is told.
pub(crate) fn load(named: Option<&str>, console: &Console) -> Result<Loaded, Failure> {
    let named = match named {
        Some(named) => named,
        None if Path::new(DEFAULT_FILE).is_file() => DEFAULT_FILE,
        None => {
            console.note(&format!(
                "no policy is named and `{DEFAULT_FILE}` is not here: judged by the built-in profile `baseline`"
            ));
            Profile::Baseline.name()
        }
    };
    let profile = Profile::ALL.into_iter().find(|profile| profile.name() == named);
    let (path, bytes) = match profile {
        Some(_) if !Path::new(named).exists() => {
            (format!("profile {named}"), format!("version: 1\nname: {named}\nprofile: {named}\n").into_bytes())
        }
        _ => (named.to_owned(), read(Path::new(named))?),
    };
    let base = Path::new(&path).parent().map(Path::to_path_buf).unwrap_or_default();
    parse(&path, bytes, &|file| within(&base, file))
}

/// Reads a policy whose files are read by `files`.
pub(crate) fn parse(
    path: &str,
    bytes: Vec<u8>,
    files: &dyn Fn(&str) -> Result<Vec<u8>, String>,
) -> Result<Loaded, Failure> {
    let read = std::cell::RefCell::new(Vec::new());
    let noting = |file: &str| {
        let bytes = files(file)?;
        read.borrow_mut().push((file.to_owned(), bytes.clone()));
        Ok(bytes)
    };
    match Policy::parse(path, &bytes, &noting) {
        Ok(policy) => Ok(Loaded { policy, bytes, files: read.into_inner() }),
        Err(errors) => {
            let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
            // Could not decide, rather than wrong usage: whoever broke the policy must not open the gate.
            Err(Failure::NotAssessed(anyhow::anyhow!("the policy cannot be used\n{}", all.join("\n"))))
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    bounded(path).map_err(|reason| {
        let profiles = Profile::ALL.map(Profile::name).join(", ");
        Failure::usage(anyhow::anyhow!(
            "cannot read policy `{}`: {reason}; name a file or a profile ({profiles})",
            path.display()
        ))
    })
}

/// A file that a policy names, relative to the policy.
fn within(base: &Path, file: &str) -> Result<Vec<u8>, String> {
    let path: PathBuf = base.join(file);
    bounded(&path).map_err(|reason| format!("cannot read `{}`: {reason}", path.display()))
}

/// Reads a file unless it is larger than any that makes sense.
pub(crate) fn bounded(path: &Path) -> Result<Vec<u8>, String> {
    use std::io::Read as _;
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LARGEST { Err(format!("it is larger than {} MiB", LARGEST >> 20)) } else { Ok(bytes) }
}

/// `boltseal gate init`.
pub(super) fn init(file: &Path, profile: &str, force: bool, console: &Console) -> Result<Status, Failure> {
    let profile = Profile::ALL.into_iter().find(|known| known.name() == profile).ok_or_else(|| {
        let profiles = Profile::ALL.map(Profile::name).join(", ");
        Failure::usage(anyhow::anyhow!("`{profile}` is not a profile: use {profiles}"))
    })?;
    if file.exists() && !force {
        return Err(Failure::usage(anyhow::anyhow!("`{}` is there already: --force replaces it", file.display())));
    }
    boltseal_store::write_atomically(file, profile.starter().as_bytes())
        .map_err(|error| anyhow::anyhow!("cannot write `{}`: {error}", file.display()))?;
    console.note(&format!("wrote `{}`; try it: boltseal gate IMAGE --policy {}", file.display(), file.display()));
    Ok(Status::Done)
}
