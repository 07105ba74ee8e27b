//! Where feeds come from: their public addresses, a mirror behind a URL, or a directory.

use std::path::{Path, PathBuf};

use reqwest::Url;

use crate::Feed;

/// Where feeds come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Each from its public address.
    Public,
    /// All from under this URL, which ends in `/`.
    Mirror(Url),
    /// All from under this directory.
    Directory(PathBuf),
}

/// A mirror that cannot be one.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// Neither a URL nor a directory.
    #[error("the mirror `{0}` is neither an http or https URL nor a directory")]
    Neither(String),
}

/// Where one feed lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Url(Url),
    File(PathBuf),
}

impl Origin {
    /// The origin that `--mirror` names: an `http` or `https` URL, a `file:` URL, or a directory.
    ///
    /// # Errors
    /// [`OriginError::Neither`].
    pub fn of_mirror(mirror: &str) -> Result<Self, OriginError> {
        let neither = || OriginError::Neither(mirror.to_owned());
        if mirror.starts_with("http://") || mirror.starts_with("https://") {
            let mut text = mirror.to_owned();
            if !text.ends_with('/') {
                text.push('/');
            }
            return Url::parse(&text).map(Self::Mirror).map_err(|_| neither());
        }
        let path = Path::new(mirror.strip_prefix("file://").unwrap_or(mirror));
        if path.is_dir() { Ok(Self::Directory(path.to_owned())) } else { Err(neither()) }
    }

    pub(crate) fn place(&self, feed: &Feed) -> Option<Place> {
        match self {
            Self::Public => Url::parse(&feed.url).ok().map(Place::Url),
            Self::Mirror(base) => base.join(&feed.mirror_path.replace(' ', "%20")).ok().map(Place::Url),
            Self::Directory(directory) => Some(Place::File(directory.join(&feed.mirror_path))),
        }
    }
}

impl Place {
    /// The place as it is shown: without a password in a URL.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Url(url) => {
                let mut url = url.clone();
                let _ = url.set_password(None);
                let _ = url.set_username("");
                url.set_query(None);
                url.to_string()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_is_a_url_or_a_directory() {
        let feed = crate::feeds().into_iter().find(|feed| feed.name == "osv/Rocky Linux").unwrap();
        let at = |mirror: &str| Origin::of_mirror(mirror).unwrap().place(&feed).unwrap().shown();
        assert_eq!(at("http://u:secret@127.0.0.1:9/m"), "http://127.0.0.1:9/m/osv/Rocky%20Linux/all.zip");
        let directory = tempfile::tempdir().unwrap();
        assert!(at(directory.path().to_str().unwrap()).ends_with("osv/Rocky Linux/all.zip"));
        assert!(Origin::of_mirror("/no/such/directory").is_err());
    }
}
