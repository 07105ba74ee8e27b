//! Writing a key pair.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use boltseal_trust::{Key, Signer as _};

use super::password::Password;
use crate::args::{KeyFileFormat, KeyOutputArguments};
use crate::exit::{Failure, Status};
use crate::output::Console;

/// Nothing is replaced unasked. Told before a password is asked for; the writing itself makes sure.
pub(super) fn check(output: &KeyOutputArguments) -> Result<(), Failure> {
    if output.no_password && output.format == KeyFileFormat::Cosign {
        return Err(Failure::usage(anyhow::anyhow!(
            "cosign's form is always encrypted: write an unencrypted key with --format pkcs8"
        )));
    }
    let there = [path(output, ".key"), path(output, ".pub")].into_iter().find(|path| path.symlink_metadata().is_ok());
    match there {
        Some(path) if !output.force => Err(in_the_way(&path)),
        _ => Ok(()),
    }
}

pub(super) fn pair(
    key: &Key,
    output: &KeyOutputArguments,
    password: Option<&Password>,
    console: &Console,
) -> Result<Status, Failure> {
    let text = match (output.format, password) {
        (KeyFileFormat::Cosign, password) => key.to_cosign(password.map_or(&[], |password| password.as_slice()))?,
        (KeyFileFormat::Pkcs8, password) => key.to_pkcs8(password.map(|password| password.as_slice()))?,
    };
    let (private, public) = (path(output, ".key"), path(output, ".pub"));
    boltseal_store::write_secret(&private, text.as_bytes(), output.force).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => in_the_way(&private),
        _ => anyhow::anyhow!("cannot write `{}`: {error}", private.display()).into(),
    })?;
    boltseal_store::write_atomically(&public, key.public_pem().as_bytes())
        .map_err(|error| anyhow::anyhow!("cannot write `{}`: {error}", public.display()))?;
    let empty = password.is_none_or(|password| password.is_empty());
    if empty {
        console.warning(&format!("whoever can read `{}` can sign: it has no password", private.display()));
    }
    let told = format!(
        "private key  {}\npublic key   {}\nalgorithm    {}\nfingerprint  {}\n",
        private.display(),
        public.display(),
        key.algorithm(),
        key.public_key().fingerprint()
    );
    console.result(None, told.as_bytes())?;
    Ok(Status::Done)
}

fn path(output: &KeyOutputArguments, ending: &str) -> PathBuf {
    let mut path: OsString = output.output_prefix.clone().into();
    path.push(ending);
    path.into()
}

fn in_the_way(path: &Path) -> Failure {
    Failure::usage(anyhow::anyhow!(
        "`{}` is there already: choose another --output-prefix, or replace it with --force",
        path.display()
    ))
}
