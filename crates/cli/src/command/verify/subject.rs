//! What is verified: an image, a file, or a digest.

use std::path::{Path, PathBuf};

use boltseal_evidence::Digest;
use boltseal_image::Target;
use boltseal_trust::{Artifact, Material, Signed, verify};

use super::{Looked, material};
use crate::args::VerifyArguments;
use crate::exit::Failure;
use crate::output::Console;
use crate::settings::Settings;

/// The largest file that is verified as a whole.
const MAX_FILE: u64 = 4 << 30;

/// What is verified.
pub(super) enum Subject {
    /// Whatever hangs on it.
    Image(Box<Target>),
    /// A file, with what is beside it.
    File { path: PathBuf, beside: PathBuf, bundle: bool },
    /// A digest, with the bundle or signature of it.
    Digest { digest: Digest, beside: PathBuf, bundle: bool },
}

impl Subject {
    pub(super) fn of(target: &str, arguments: &VerifyArguments) -> Result<Self, Failure> {
        let path = Path::new(target);
        let named = match (&arguments.bundle, &arguments.signature) {
            (Some(bundle), _) => Some((bundle.clone(), true)),
            (None, Some(signature)) => Some((signature.clone(), false)),
            (None, None) => None,
        };
        if let Some((beside, bundle)) = named {
            // A file may be called like a digest; what is there comes first.
            return match target.parse() {
                Ok(digest) if !path.exists() => Ok(Self::Digest { digest, beside, bundle }),
                _ => Ok(Self::File { path: path.to_owned(), beside, bundle }),
            };
        }
        let mut beside = path.as_os_str().to_owned();
        beside.push(".sigstore.json");
        let beside = PathBuf::from(beside);
        if path.is_file() && beside.is_file() {
            return Ok(Self::File { path: path.to_owned(), beside, bundle: true });
        }
        Target::parse(target).map(|target| Self::Image(Box::new(target))).map_err(|error| {
            if path.is_file() {
                return Failure::usage(anyhow::anyhow!(
                    "`{target}` is a file that is no image: name its bundle with `--bundle`, or its signature with `--signature` ({error})"
                ));
            }
            Failure::usage(error)
        })
    }

    /// Finds what is signed and verifies it.
    pub(super) fn verify(
        &self,
        known: &Material,
        arguments: &VerifyArguments,
        settings: &Settings,
        console: &Console,
    ) -> Result<Looked, Failure> {
        match self {
            Self::Image(target) => image(target, known, arguments, settings, console),
            Self::File { path, beside, bundle } => {
                let bytes = content(path)?;
                file(Artifact::Bytes(&bytes), Digest::sha256_of(&bytes), beside, *bundle, known)
            }
            Self::Digest { digest, beside, bundle } => {
                file(Artifact::Digest(digest), digest.clone(), beside, *bundle, known)
            }
        }
    }
}

fn image(
    target: &Target,
    known: &Material,
    arguments: &VerifyArguments,
    settings: &Settings,
    console: &Console,
) -> Result<Looked, Failure> {
    let options = settings.scan_options(&arguments.target, console)?;
    let discovered = boltseal_seal::discover(target, &options.image)?;
    let mut known = known.clone();
    if let (Target::Registry(reference), Some(trust)) = (target, &known.notation) {
        let repository = format!("{}/{}", reference.registry(), reference.repository());
        known.notation = Some(std::sync::Arc::new(trust.for_repository(&repository)));
    }
    let verifications = boltseal_seal::verify_all(&discovered, &known);
    Ok(Looked {
        digest: discovered.digest,
        platform: discovered.manifest.filter(|_| options.image.platform.is_some()),
        verifications,
        problems: discovered.problems,
        file: false,
    })
}

fn file(
    artifact: Artifact<'_>,
    digest: Digest,
    beside: &Path,
    bundle: bool,
    known: &Material,
) -> Result<Looked, Failure> {
    let bytes = material::read(beside)?;
    let signed = if bundle { Signed::Bundle(bytes) } else { Signed::Detached(bytes) };
    let verification = verify(&signed, &beside.display().to_string(), artifact, known);
    Ok(Looked { digest, platform: None, verifications: vec![verification], problems: Vec::new(), file: true })
}

/// The bytes of a file that is verified.
fn content(path: &Path) -> Result<Vec<u8>, Failure> {
    let unable = |why: String| anyhow::anyhow!("cannot read `{}`: {why}", path.display());
    let size = std::fs::metadata(path).map_err(|error| unable(error.to_string()))?.len();
    if size > MAX_FILE {
        let why = format!("it has {size} bytes, at most {MAX_FILE} are read: give its digest, `sha256:…`, instead");
        return Err(unable(why).into());
    }
    Ok(std::fs::read(path).map_err(|error| unable(error.to_string()))?)
}
