//! `boltseal sign`.

mod blob;
mod image;
mod way;

use std::path::Path;

use boltseal_image::Target;

use crate::args::SignArguments;
use crate::exit::{Failure, Status};
use crate::output::Console;
use crate::settings::Settings;

pub(crate) use image::{Place, Written, tell};
pub(crate) use way::Way;

/// What is signed.
enum What<'a> {
    File(&'a Path),
    Image(Target),
}

pub(crate) fn run(arguments: &SignArguments, settings: &Settings, console: &Console) -> Result<Status, Failure> {
    let wants_file = arguments.bundle.is_some() || arguments.output_signature.is_some();
    let what: Vec<What<'_>> =
        arguments.target.targets.iter().map(|target| recognise(target, wants_file)).collect::<Result<_, Failure>>()?;
    check(&what, arguments, wants_file)?;
    let options = settings.scan_options(&arguments.target, console)?.image;
    let way = Way::open(&arguments.signer, arguments.target.ca_file.as_deref(), settings, console)?;
    let mut written = Vec::new();
    for what in &what {
        match what {
            What::File(path) => written.push(blob::sign(path, arguments, &way)?),
            What::Image(target) => written.extend(image::sign(target, &options, arguments, &way, settings)?),
        }
    }
    tell(&written, arguments.attach.json, console)?;
    Ok(Status::Done)
}

fn recognise(target: &str, wants_file: bool) -> Result<What<'_>, Failure> {
    if let Some(path) = target.strip_prefix("blob:") {
        return Ok(What::File(Path::new(path)));
    }
    let is_file = Path::new(target).is_file();
    if is_file && wants_file {
        return Ok(What::File(Path::new(target)));
    }
    match Target::parse(target) {
        Ok(parsed) if parsed.is_image() => Ok(What::Image(parsed)),
        _ if is_file => Ok(What::File(Path::new(target))),
        Ok(_) => Err(Failure::usage(anyhow::anyhow!("`{target}` is neither an image nor a file: nothing was signed"))),
        Err(error) => Err(Failure::usage(error)),
    }
}

/// What was written on the command line means something for what is signed.
fn check(what: &[What<'_>], arguments: &SignArguments, wants_file: bool) -> Result<(), Failure> {
    let usage = |message: &str| Err(Failure::usage(anyhow::anyhow!("{message}")));
    let files = what.iter().filter(|what| matches!(what, What::File(_))).count();
    if wants_file && (files != 1 || what.len() != 1) {
        return usage("--bundle and --output-signature are of one file: an image's signature is attached to it");
    }
    if files > 0 && !arguments.annotations.is_empty() {
        return usage("annotations are signed with images alone: a file's signature is over its bytes");
    }
    if files > 0 && arguments.attach.format == crate::args::SignatureForm::Legacy && arguments.bundle.is_some() {
        return usage("a file's signature from before bundles is its bare signature: --output-signature");
    }
    Ok(())
}
