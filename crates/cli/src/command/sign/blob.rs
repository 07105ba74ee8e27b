//! Signing a file.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use boltseal_evidence::Digest;

use super::{Way, Written};
use crate::args::{SignArguments, SignatureForm};
use crate::exit::Failure;

/// A file is held in memory while it is signed.
const MAX_FILE: u64 = 2 << 30;

pub(super) fn sign(path: &Path, arguments: &SignArguments, way: &Way) -> Result<Written, Failure> {
    let bytes = read(path)?;
    let signed = way.blob(&bytes)?;
    let mut places = Vec::new();
    let mut write = |path: &Path, bytes: &[u8]| -> Result<(), Failure> {
        boltseal_store::write_atomically(path, bytes)
            .map_err(|error| anyhow!("cannot write `{}`: {error}", path.display()))?;
        places.push(path.display().to_string());
        Ok(())
    };
    let bare = arguments
        .output_signature
        .clone()
        .or_else(|| (arguments.attach.format == SignatureForm::Legacy).then(|| with_ending(path, ".sig")));
    if let Some(bare) = &bare {
        write(bare, format!("{}\n", BASE64_STANDARD.encode(&signed.signature)).as_bytes())?;
    }
    if bare.is_none() || arguments.bundle.is_some() {
        let bundle = arguments.bundle.clone().unwrap_or_else(|| with_ending(path, ".sigstore.json"));
        write(&bundle, &signed.bundle)?;
    }
    Ok(Written {
        subject: path.display().to_string(),
        digest: Digest::sha256_of(&bytes),
        predicate_type: None,
        places,
        was_there: false,
        signer: way.told(),
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::from(anyhow!("cannot read `{}`: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(anyhow!(
            "`{}` is larger than {} GiB: sign a file with its checksum instead",
            path.display(),
            MAX_FILE >> 30
        )
        .into());
    }
    Ok(bytes)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
