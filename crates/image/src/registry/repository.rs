//! One repository of a registry: manifests, configurations and layers by digest.

use std::io::Read;
use std::sync::Arc;

use boltseal_evidence::Digest;
use oci_spec::distribution::Reference;
use tokio::runtime::{Builder, Runtime};

use super::RegistryError;
use super::blob::BlobReader;
use super::call::Call;
use super::http::Http;
use crate::image::content::{digest_of, verify, verify_digest};
use crate::image::manifest::{CONFIGURATION, Descriptor, Document, Documents};
use crate::image::media_type;
use crate::image::{FileIdentity, LayerSource};
use crate::{Error, LayerDescriptor, Options};

/// What readers of layers keep alive.
pub(super) struct Connection {
    pub(super) http: Http,
    pub(super) runtime: Runtime,
    pub(super) repository: String,
}

pub(crate) struct Repository {
    pub(super) connection: Arc<Connection>,
    pub(super) place: String,
}

impl Repository {
    /// Connects, and fetches the document that a reference names.
    pub(crate) fn open(reference: &Reference, options: &Options) -> Result<(Self, Document), Error> {
        let repository = Self::connect(reference, options)?;
        let document = repository.top(reference, options.limits.manifest)?;
        Ok((repository, document))
    }

    /// Gets ready to ask, and asks nothing yet.
    pub(crate) fn connect(reference: &Reference, options: &Options) -> Result<Self, Error> {
        let registry = reference.registry();
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("registry").enable_all().build();
        let runtime = runtime.map_err(|error| RegistryError {
            registry: registry.to_owned(),
            message: format!("cannot start the client: {error}"),
        })?;
        let http = {
            let _entered = runtime.enter();
            Http::new(registry, reference.repository(), options)?
        };
        let connection = Arc::new(Connection { http, runtime, repository: reference.repository().to_owned() });
        Ok(Self { connection, place: format!("`{reference}`") })
    }

    /// The manifest or index with the digest or tag of a reference; the digest counts where both are given.
    pub(crate) fn top(&self, reference: &Reference, limit: u64) -> Result<Document, Error> {
        if let Some(digest) = reference.digest() {
            let digest: Digest = digest.parse().map_err(|error: boltseal_evidence::DigestError| {
                Error::Unsupported { place: self.place.clone(), message: error.to_string() }
            })?;
            let (bytes, _) = self.manifest(&digest.to_string(), limit)?;
            verify_digest(&bytes, &digest, "the manifest", &self.place)?;
            return Ok(Document { bytes, digest });
        }
        let (bytes, claimed) = self.manifest(reference.tag().unwrap_or("latest"), limit)?;
        if let Some(claimed) = &claimed {
            verify_digest(&bytes, claimed, "the manifest", &self.place)?;
        }
        let digest = claimed.unwrap_or_else(|| digest_of(&bytes, boltseal_evidence::Algorithm::Sha256));
        Ok(Document { bytes, digest })
    }

    /// A manifest's bytes, and the digest that the registry states.
    fn manifest(&self, name: &str, limit: u64) -> Result<(Vec<u8>, Option<Digest>), Error> {
        let path = format!("{}/manifests/{name}", self.connection.repository);
        self.fetch(path, Some(media_type::ACCEPT), limit, "the manifest")
    }

    fn fetch(
        &self,
        path: String,
        accept: Option<&'static str>,
        limit: u64,
        what: &'static str,
    ) -> Result<(Vec<u8>, Option<Digest>), Error> {
        let Connection { http, runtime, .. } = &*self.connection;
        let call = Call::get(path).accept(accept);
        let mut attempt = 0;
        let (claimed, body) = loop {
            let result = runtime.block_on(async {
                let response = http.get(&call).await?;
                let claimed = response.headers().get("docker-content-digest").and_then(|value| value.to_str().ok());
                let claimed = claimed.and_then(|text| text.parse().ok());
                Ok::<_, RegistryError>((claimed, http.body(response, limit, what).await))
            });
            match result? {
                (claimed, Ok(body)) => break (claimed, body),
                (_, Err(error)) if attempt >= http.retries().min(2) => return Err(error.into()),
                _ => attempt += 1,
            }
        };
        Ok((body, claimed))
    }
}

impl Documents for Repository {
    fn place(&self) -> &str {
        &self.place
    }

    fn document(&self, descriptor: &Descriptor, what: &'static str, limit: u64) -> Result<Vec<u8>, Error> {
        let digest = descriptor.digest(what, &self.place)?;
        let bytes = if what == CONFIGURATION {
            self.fetch(format!("{}/blobs/{digest}", self.connection.repository), None, limit, what)?.0
        } else {
            self.manifest(&digest.to_string(), limit)?.0
        };
        verify(&bytes, descriptor, what, &self.place)?;
        Ok(bytes)
    }
}

impl LayerSource for Repository {
    fn open(&self, layer: &LayerDescriptor) -> Result<Box<dyn Read + Send>, Error> {
        let digest = layer.digest.as_ref().ok_or_else(|| Error::Missing {
            what: format!("layer {}", layer.index),
            place: self.place.clone(),
            hint: String::new(),
        })?;
        let path = format!("{}/blobs/{digest}", self.connection.repository);
        Ok(Box::new(BlobReader::open(Arc::clone(&self.connection), path, layer.size)?))
    }

    fn identity(&self, _: &LayerDescriptor) -> Option<FileIdentity> {
        None
    }
}
