//! From what `--key` names to something that signs.

use std::path::Path;

use boltseal_trust::{Key, KeyError, KeyFile, Signer};
use zeroize::Zeroizing;

use super::password::Passwords;
use super::plugin::Plugin;
use crate::args::PasswordArguments;
use crate::exit::Failure;

/// Far more than any key file has.
const MAX_FILE: u64 = 1 << 20;

/// Opens what `--key` names: a file, `env://VARIABLE`, or `plugin:COMMAND`.
pub(crate) fn open_signer(reference: &str, password: &PasswordArguments) -> Result<Box<dyn Signer>, Failure> {
    let plugin = reference.strip_prefix("plugin:").or_else(|| reference.strip_prefix("cmd:"));
    if let Some(command) = plugin {
        return Ok(Box::new(Plugin::start(command)?));
    }
    let passwords = Passwords::new(password.password_file.as_deref());
    if let Some(variable) = reference.strip_prefix("env://") {
        let value = std::env::var_os(variable)
            .ok_or_else(|| Failure::usage(anyhow::anyhow!("the variable `{variable}` of --key is not set")))?;
        let bytes = Zeroizing::new(value.into_encoded_bytes());
        return Ok(Box::new(open(&bytes, reference, &passwords)?));
    }
    if let Some((scheme, _)) = reference.split_once("://") {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{}` keys are not opened here: name a program that signs with one, --key plugin:COMMAND",
            scheme.escape_debug()
        )));
    }
    let bytes = read_file(Path::new(reference))?;
    Ok(Box::new(open(&bytes, reference, &passwords)?))
}

pub(super) fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    use std::io::Read as _;
    let failed =
        |error: std::io::Error| Failure::usage(anyhow::anyhow!("cannot read the key `{}`: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MAX_FILE).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

pub(super) fn open(bytes: &[u8], name: &str, passwords: &Passwords<'_>) -> Result<Key, Failure> {
    let file = KeyFile::parse(bytes).map_err(|error| unusable(name, &error))?;
    let password = if file.is_encrypted() { Some(passwords.of(name)?) } else { None };
    file.open(password.as_ref().map(|password| password.as_slice())).map_err(|error| unusable(name, &error))
}

pub(super) fn unusable(name: &str, error: &KeyError) -> Failure {
    Failure::usage(anyhow::anyhow!("`{}` cannot be used: {error}", name.escape_debug()))
}
