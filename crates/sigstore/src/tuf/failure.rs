//! Why a refresh was refused, and what a user can do about it.

use std::path::PathBuf;

use crate::folder::FolderError;
use crate::inspect::DocumentError;
use crate::service::{ServiceError, clean};

/// The trusted root was not refreshed; the old one is still in place.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// What was seen cannot be kept, so that a replay could not be noticed.
    #[error("cannot keep what was seen in `{}`, and without it a replay could not be noticed: {reason}", folder.display())]
    Keep {
        /// The folder.
        folder: PathBuf,
        /// What the file system says.
        reason: String,
    },
    /// The repository cannot be reached.
    #[error(transparent)]
    Unreached(ServiceError),
    /// The repository is not the public instance's.
    #[error(
        "`{repository}` is no repository of the public Sigstore instance (`{name}` is missing or another): give its first root with `--root FILE`"
    )]
    NotPublic {
        /// The repository.
        repository: String,
        /// The root metadata that was looked for.
        name: String,
    },
    /// The repository, or somebody on the way, offers what does not hold.
    #[error("the TUF repository `{repository}` is refused: {reason}")]
    Refused {
        /// The repository.
        repository: String,
        /// What does not hold, and what to do.
        reason: String,
    },
    /// The repository's own file cannot be used.
    #[error("`{file}` of the TUF repository `{repository}` cannot be used: {error}")]
    Unusable {
        /// The repository.
        repository: String,
        /// The file.
        file: &'static str,
        /// What is wrong with it.
        error: DocumentError,
    },
    /// The clock is of no use.
    #[error("the clock says {0} seconds since 1970, which is no time: set it")]
    Clock(i64),
}

impl RefreshError {
    pub(crate) fn of(source: &str, error: &sigstore_tuf::Error) -> Self {
        if let sigstore_tuf::Error::Transport { source: Some(cause), .. } = error
            && let Some(error) = cause.downcast_ref::<ServiceError>()
        {
            return Self::Unreached(error.clone());
        }
        Self::Refused { repository: source.to_owned(), reason: reason(error) }
    }
}

const TAMPERED: &str =
    "somebody changed it on the way, or it was published by mistake: do not trust it before you know";

fn reason(error: &sigstore_tuf::Error) -> String {
    use sigstore_tuf::Error;
    match error {
        Error::ThresholdNotMet { role, found, threshold } => format!(
            "`{}` has {found} of the {threshold} signatures that it needs: {TAMPERED}; if the repository is another one, give its first root with `--root FILE`",
            name(role)
        ),
        Error::DuplicateSignature { role, .. } => format!("`{}` counts one key twice: {TAMPERED}", name(role)),
        Error::Rollback { role, trusted, new } => format!(
            "it offers version {new} of `{}`, and version {trusted} was seen before: an old copy is replayed; ask the repository itself or a mirror that is up to date",
            name(role)
        ),
        Error::BadRootVersion { trusted, new } => {
            format!("after version {trusted} of `root` it offers version {new}, which is not the next: {TAMPERED}")
        }
        Error::Expired { role, expires } => format!(
            "`{}` ended at {expires}: the repository is not kept up, an old copy is held before this machine, or the clock is wrong",
            name(role)
        ),
        Error::IntegrityMismatch(what) => {
            format!("a file is not the one that the signed metadata names ({}): {TAMPERED}", clean(what, &[]))
        }
        Error::TargetNotFound(target) => {
            format!("it has no `{}`: it is no repository of a Sigstore instance", clean(target, &[]))
        }
        Error::UnknownRole(role) => format!("its root does not say who signs `{}`: {TAMPERED}", name(role)),
        Error::Json(cause) => format!("a file is not JSON ({cause}): {TAMPERED}"),
        Error::Malformed(what) => format!("a file is not TUF metadata ({}): {TAMPERED}", clean(what, &[])),
        Error::Transport { message, .. } => clean(message, &[]),
        other => clean(&chain(other), &[]),
    }
}

fn name(role: &str) -> String {
    clean(role, &[])
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
