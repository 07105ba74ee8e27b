//! Refreshing the trusted root through The Update Framework (<https://theupdateframework.github.io/specification/latest/>).
//!
//! Every byte is verified before anything is kept, and what was seen once is the floor of the next run: an older copy
//! is noticed as a replay, also after a restart.

mod anchor;
mod failure;
mod keep;
mod repository;

use std::path::{Path, PathBuf};

use reqwest::Url;
use sigstore_tuf::{Updater, UpdaterConfig};

pub use anchor::Anchor;
pub use failure::RefreshError;

use crate::folder::{Folder, MAX_DOCUMENT, Provenance, TufState};
use crate::http::Http;
use crate::inspect::{Document, Overview};
use crate::tuf::keep::Keep;
use crate::tuf::repository::Reader;

/// Where the public instance of Sigstore publishes its trusted root.
pub const PUBLIC_TUF_URL: &str = "https://tuf-repo-cdn.sigstore.dev/";

const TRUSTED_ROOT: &str = "trusted_root.json";
const SIGNING_CONFIG: &str = "signing_config.v0.2.json";

/// Where a TUF repository is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Behind this URL, which ends in `/`.
    Url(Url),
    /// In this directory: metadata at the top, targets in `targets`.
    Directory(PathBuf),
}

/// Something that is no place of a TUF repository.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an http or https URL nor a directory: name the TUF repository or a mirror of it")]
pub struct OriginError(String);

impl Origin {
    /// The origin that a user names: a URL, or a directory.
    ///
    /// # Errors
    /// It is neither.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        if text.starts_with("http://") || text.starts_with("https://") {
            let slash = if text.ends_with('/') { "" } else { "/" };
            return Url::parse(&format!("{text}{slash}")).map(Self::Url).map_err(|_| OriginError(text.to_owned()));
        }
        let path = Path::new(text.strip_prefix("file://").unwrap_or(text));
        if path.is_dir() { Ok(Self::Directory(path.to_owned())) } else { Err(OriginError(text.to_owned())) }
    }

    /// As it is shown: without a password.
    pub fn shown(&self) -> String {
        match self {
            Self::Url(url) => crate::service::shown(url),
            Self::Directory(path) => path.display().to_string(),
        }
    }
}

/// What a refresh brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// What is trusted now.
    pub overview: Overview,
    /// Where from, and the versions.
    pub provenance: Provenance,
    /// The trusted root is another than before.
    pub changed: bool,
    /// The repository also names the services for signing.
    pub has_signing_config: bool,
}

/// Brings the folder's trusted root up to date. `now` is in seconds since 1970.
///
/// # Errors
/// Anything that does not hold; then the old root stays as it was.
pub fn refresh(
    http: &Http,
    folder: &Folder,
    origin: &Origin,
    anchor: &Anchor,
    now: i64,
) -> Result<Refreshed, RefreshError> {
    let lock = folder.lock()?;
    let time = jiff::Timestamp::from_second(now).map_err(|_| RefreshError::Clock(now))?;
    let source = origin.shown();
    let failed = |error: sigstore_tuf::Error| RefreshError::of(&source, &error);
    let reader = Reader::new(http.wire(), origin.clone());
    let (mut updater, keep) = http.block_on(async {
        let keep = Keep::at(folder.tuf(&anchor.name()));
        let root = anchor.root(&reader, &keep).await?;
        let updater = Updater::new(reader, &root).map_err(failed)?;
        keep.anchor(&root);
        Ok::<_, RefreshError>((updater.with_config(bounds()).with_store(keep.clone()), keep))
    })?;
    let (root, config) = http.block_on(async {
        updater.refresh(time).await.map_err(failed)?;
        let root = updater.get_target(TRUSTED_ROOT, time).await.map_err(failed)?;
        // Older repositories have none.
        let config = match updater.get_target(SIGNING_CONFIG, time).await {
            Ok(bytes) => Some(bytes),
            Err(sigstore_tuf::Error::TargetNotFound(_)) => None,
            Err(error) => return Err(failed(error)),
        };
        Ok((root, config))
    })?;
    if let Some(reason) = keep.failure() {
        return Err(RefreshError::Keep { folder: folder.path().to_owned(), reason });
    }
    let state = state(&updater, anchor);
    if let Some(before) = folder.provenance()?.and_then(|known| known.tuf) {
        not_older(&before, &state).map_err(failed)?;
    }
    let unusable = |file: &'static str| {
        let repository = source.clone();
        move |error| RefreshError::Unusable { repository: repository.clone(), file, error }
    };
    let document = Document::parse(&root).map_err(unusable(TRUSTED_ROOT))?;
    let root = document.trusted_root.unwrap_or(root);
    let overview = Overview::of(&root).map_err(unusable(TRUSTED_ROOT))?;
    if let Some(config) = &config {
        crate::inspect::signing_config(config).map_err(unusable(SIGNING_CONFIG))?;
    }
    let changed = folder.trusted_root()?.as_deref() != Some(root.as_slice());
    let provenance = Provenance { source: source.clone(), updated: time.to_string(), tuf: Some(state) };
    if config.is_none() {
        folder.forget_signing_config(&lock)?;
    }
    folder.replace(Some(&root), config.as_deref(), Some(&provenance), &lock)?;
    Ok(Refreshed { overview, provenance, changed, has_signing_config: config.is_some() })
}

fn bounds() -> UpdaterConfig {
    let mut bounds = UpdaterConfig::default();
    bounds.target_max_length = MAX_DOCUMENT;
    bounds
}

/// The versions are not below those that were reached before, even where the kept metadata was lost. A new root may
/// begin lower ones anew: so an instance recovers from a stolen key that was used to push versions up.
fn not_older(before: &TufState, now: &TufState) -> Result<(), sigstore_tuf::Error> {
    let role = |role: &str, trusted: u64, new: u64| match new < trusted {
        true => Err(sigstore_tuf::Error::Rollback { role: role.to_owned(), trusted, new }),
        false => Ok(()),
    };
    if before.anchor != now.anchor {
        return Ok(());
    }
    role("root", before.root, now.root)?;
    if before.root < now.root {
        return Ok(());
    }
    role("timestamp", before.timestamp, now.timestamp)?;
    role("snapshot", before.snapshot, now.snapshot)?;
    role("targets", before.targets, now.targets)
}

fn state(updater: &Updater, anchor: &Anchor) -> TufState {
    let trusted = updater.trusted();
    let (timestamp, snapshot, targets) = (trusted.timestamp(), trusted.snapshot(), trusted.targets_role("targets"));
    let ends = [
        Some(trusted.root().expires),
        timestamp.map(|it| it.expires),
        snapshot.map(|it| it.expires),
        targets.map(|it| it.expires),
    ];
    TufState {
        anchor: anchor.name(),
        root: trusted.root().version,
        timestamp: timestamp.map_or(0, |it| it.version),
        snapshot: snapshot.map_or(0, |it| it.version),
        targets: targets.map_or(0, |it| it.version),
        expires: ends.into_iter().flatten().min().map(|end| end.to_string()).unwrap_or_default(),
    }
}
