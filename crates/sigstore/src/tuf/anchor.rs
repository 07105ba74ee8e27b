//! Where trust in a TUF repository begins.

use serde_json::Value;
use sigstore_tuf::canonical_json::to_canonical_bytes;
use sigstore_tuf::{Repository as _, UpdaterConfig};

use crate::folder::{Folder, FolderError, read};
use crate::inspect::sha256;
use crate::tuf::failure::RefreshError;
use crate::tuf::keep::{ANCHOR, Keep};
use crate::tuf::repository::Reader;

/// A version of the public instance's root metadata that this program trusts.
const PUBLIC_VERSION: u64 = 16;
/// The SHA-256 of what is signed in it, in canonical JSON: what its signatures cover, whatever the file's spaces. The
/// fourteenth and fifteenth versions, as other clients ship them, lead to it.
const PUBLIC_SHA256: &str = "cab3eaf1fe33bbae925e1ee1afbec52dce58b290a035858074e7a9a998ae9a64";

/// The root metadata that a refresh begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// The public instance of Sigstore. A known version of its root is fetched, and has to have a known digest.
    Public,
    /// The root metadata that the user gives, and trusts because of where it came from.
    Root(Vec<u8>),
}

impl Anchor {
    /// What the anchor is called, also as the name of a folder: `sigstore`, or the SHA-256 of the root.
    pub fn name(&self) -> String {
        match self {
            Self::Public => "sigstore".to_owned(),
            Self::Root(root) => sha256(root),
        }
    }

    /// The anchor of an earlier refresh into this folder, by its name.
    ///
    /// # Errors
    /// It was not kept, or is another now.
    pub fn kept(folder: &Folder, name: &str) -> Result<Self, FolderError> {
        if name == Self::Public.name() {
            return Ok(Self::Public);
        }
        let path = folder.tuf(name).join(ANCHOR);
        let reason = "the root that trust began with is missing or another";
        let root = read(&path)?.map(Self::Root).filter(|anchor| anchor.name() == name);
        root.ok_or_else(|| FolderError::Damaged { path, reason: reason.to_owned() })
    }

    pub(crate) async fn root(&self, reader: &Reader, keep: &Keep) -> Result<Vec<u8>, RefreshError> {
        let name = format!("{PUBLIC_VERSION}.root.json");
        let kept = format!("root_history/{name}");
        match self {
            Self::Root(root) => Ok(root.clone()),
            Self::Public => {
                if let Some(root) = keep.bytes(&kept).filter(|root| is_public(root)) {
                    return Ok(root);
                }
                let failed = |error: sigstore_tuf::Error| RefreshError::of(&reader.origin().shown(), &error);
                let limit = UpdaterConfig::default().root_max_length;
                let root = reader.fetch_metadata(&name, limit).await.map_err(failed)?;
                root.filter(|root| is_public(root))
                    .ok_or_else(|| RefreshError::NotPublic { repository: reader.origin().shown(), name })
            }
        }
    }
}

fn is_public(root: &[u8]) -> bool {
    signed_digest(root).as_deref() == Some(PUBLIC_SHA256)
}

fn signed_digest(root: &[u8]) -> Option<String> {
    let root: Value = serde_json::from_slice(root).ok()?;
    to_canonical_bytes(root.get("signed")?).ok().map(|bytes| sha256(&bytes))
}
