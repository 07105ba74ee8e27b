//! Where passwords come from, and that they go no further.

use std::io::{IsTerminal, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::exit::Failure;

/// A password; wiped when it is dropped, and never shown.
pub(super) type Password = Zeroizing<Vec<u8>>;

/// The longest password that is read.
const MAX: u64 = 4096;
const VARIABLES: [&str; 2] = ["BOLTSEAL_PASSWORD", "COSIGN_PASSWORD"];

/// The places that are asked for a password, in order.
pub(super) struct Passwords<'a> {
    file: Option<&'a Path>,
}

impl<'a> Passwords<'a> {
    pub(super) fn new(file: Option<&'a Path>) -> Self {
        Self { file }
    }

    /// There is one without asking a person.
    pub(super) fn is_given(&self) -> Result<bool, Failure> {
        Ok(self.given()?.is_some())
    }

    /// The password of a key that is there.
    pub(super) fn of(&self, name: &str) -> Result<Password, Failure> {
        match self.given()? {
            Some(password) => Ok(password),
            None => ask(&format!("Password of `{}`: ", name.escape_debug())),
        }
    }

    /// A password for a key that is being made; a person types it twice.
    pub(super) fn choose(&self) -> Result<Password, Failure> {
        if let Some(password) = self.given()? {
            return Ok(password);
        }
        let password = ask("Password for the new private key: ")?;
        if *ask("The same again: ")? != *password {
            return Err(Failure::usage(anyhow::anyhow!("the two passwords differ: no key was written")));
        }
        Ok(password)
    }

    fn given(&self) -> Result<Option<Password>, Failure> {
        if let Some(file) = self.file {
            return read(file).map(Some);
        }
        Ok(VARIABLES.iter().find_map(std::env::var_os).map(|value| Zeroizing::new(value.into_encoded_bytes())))
    }
}

/// The first line of a file.
fn read(file: &Path) -> Result<Password, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::usage(anyhow::anyhow!("cannot read the password in `{}`: {error}", file.display()))
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX as usize + 1));
    let opened = std::fs::File::open(file).map_err(|error| failed(&error))?;
    opened.take(MAX + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let line = bytes.get(..end).unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() as u64 >= MAX {
        return Err(failed(&format!("its first line is longer than {MAX} bytes")));
    }
    Ok(Zeroizing::new(line.to_vec()))
}

fn ask(prompt: &str) -> Result<Password, Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Failure::usage(anyhow::anyhow!(
            "the key needs a password: name a file with --password-file, or set BOLTSEAL_PASSWORD"
        )));
    }
    let password =
        rpassword::prompt_password(prompt).map_err(|error| anyhow::anyhow!("cannot ask for the password: {error}"))?;
    Ok(Zeroizing::new(password.into_bytes()))
}
