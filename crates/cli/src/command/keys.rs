//! `boltseal keys`, and how other commands come by a signer.

mod password;
mod plugin;
mod signer;
mod write;

use std::path::Path;

use boltseal_trust::{Algorithm, Key, KeyFile, PublicKey, Signer as _};
use serde_json::json;

use crate::args::{KeyOutputArguments, KeysCommand, PasswordArguments};
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

use password::Passwords;
pub(crate) use signer::open_signer;

pub(crate) fn run(command: &KeysCommand, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let _ = settings;
    match command {
        KeysCommand::Generate { algorithm, output, password } => {
            write::check(output)?;
            let password = new_password(output, password)?;
            let key = Key::generate(*algorithm)?;
            write::pair(&key, output, password.as_ref(), console)
        }
        KeysCommand::Import { file, output, password, source_password_file } => {
            write::check(output)?;
            let bytes = signer::read_file(file)?;
            let source = source_password_file.as_deref().or(password.password_file.as_deref());
            let key = signer::open(&bytes, &file.display().to_string(), &Passwords::new(source))?;
            let password = new_password(output, password)?;
            write::pair(&key, output, password.as_ref(), console)
        }
        KeysCommand::Show { file, password, json } => show(file, password, *json, console),
        KeysCommand::Public { key, password, output } => {
            let signer = open_signer(key, password)?;
            console.result(output.output.as_deref(), boltseal_trust::public_pem(signer.public_key()).as_bytes())?;
            Ok(Status::Done)
        }
    }
}

/// The password of a file that is about to be written; none where it shall not be encrypted.
fn new_password(
    output: &KeyOutputArguments,
    password: &PasswordArguments,
) -> Result<Option<password::Password>, Failure> {
    if output.no_password { Ok(None) } else { Passwords::new(password.password_file.as_deref()).choose().map(Some) }
}

fn show(file: &Path, password: &PasswordArguments, as_json: bool, console: &Console) -> Result<Status, Failure> {
    let bytes = signer::read_file(file)?;
    let name = file.display().to_string();
    let (form, encrypted, public) = match boltseal_trust::public_key(&name, &bytes) {
        Ok(public) => ("public key".to_owned(), false, Some(public)),
        Err(_) => {
            let parsed = KeyFile::parse(&bytes).map_err(|error| signer::unusable(&name, &error))?;
            // Without a password the form can be told all the same.
            let passwords = Passwords::new(password.password_file.as_deref());
            let public = if parsed.is_encrypted() && !passwords.is_given()? {
                None
            } else {
                Some(signer::open(&bytes, &name, &passwords)?.public_key().clone())
            };
            (format!("private key, {}", parsed.format()), parsed.is_encrypted(), public)
        }
    };
    let told = public.as_ref().map(told).transpose()?;
    if as_json {
        let shown = json!({
            "file": name,
            "form": form,
            "encrypted": encrypted,
            "algorithm": told.as_ref().map(|(algorithm, _)| algorithm),
            "fingerprint": told.as_ref().map(|(_, fingerprint)| fingerprint),
        });
        console.result(None, format!("{shown:#}\n").as_bytes())?;
        return Ok(Status::Done);
    }
    let mut text = format!("{name}: {form}{}\n", if encrypted { ", encrypted" } else { "" });
    match told {
        Some((algorithm, fingerprint)) => {
            text.push_str(&format!("  algorithm    {algorithm}\n  fingerprint  {fingerprint}\n"));
        }
        None => text.push_str("  algorithm and fingerprint are inside: give its password (--password-file)\n"),
    }
    console.result(None, text.as_bytes())?;
    Ok(Status::Done)
}

fn told(key: &PublicKey) -> Result<(String, String), Failure> {
    Ok((Algorithm::of_public_key(&key.der)?.to_string(), key.fingerprint().to_string()))
}
