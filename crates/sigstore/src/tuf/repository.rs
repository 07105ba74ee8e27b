//! Reading a TUF repository: over HTTP, or in a directory.

use std::path::{Component, Path};

use reqwest::StatusCode;
use sigstore_tuf::transport::FetchFuture;
use sigstore_tuf::{Error, Repository};

use crate::folder::MAX_DOCUMENT;
use crate::http::{Call, Wire};
use crate::service::Service;
use crate::tuf::Origin;

/// Reads the files of a repository, each within its bound.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    wire: Wire,
    origin: Origin,
}

impl Reader {
    pub(crate) fn new(wire: Wire, origin: Origin) -> Self {
        Self { wire, origin }
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    async fn read(&self, path: &str, limit: u64) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        match &self.origin {
            Origin::Directory(directory) => from_directory(directory, path, limit),
            Origin::Url(base) => {
                let url =
                    base.join(path).map_err(|_| Error::transport(format!("`{path}` is no file of a repository")))?;
                let wanted = &[StatusCode::NOT_FOUND, StatusCode::FORBIDDEN, StatusCode::GONE];
                let call = Call { wanted, ..Call::get(Service::Tuf, &url, limit) };
                let answer = self
                    .wire
                    .send(&call)
                    .await
                    .map_err(|error| Error::transport_with_source(error.to_string(), error))?;
                // Stores of objects that may not be listed answer 403 for what is not there.
                Ok((answer.status == StatusCode::OK).then_some(answer.body))
            }
        }
    }
}

fn from_directory(directory: &Path, path: &str, limit: u64) -> sigstore_tuf::Result<Option<Vec<u8>>> {
    use std::io::Read as _;
    let relative = Path::new(path);
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(Error::transport(format!("`{path}` is no file of a repository")));
    }
    let path = directory.join(relative);
    let failed = |error: std::io::Error| Error::transport(format!("`{}` cannot be read: {error}", path.display()));
    let file = match std::fs::File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(Error::transport(format!("`{}` is larger than the limit of {limit} bytes", path.display())));
    }
    Ok(Some(bytes))
}

impl Repository for Reader {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(self.read(name, max_length))
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        let path = format!("targets/{path}");
        Box::pin(async move { self.read(&path, max_length.min(MAX_DOCUMENT)).await })
    }
}
