//! Writing to a registry (OCI distribution specification, *Pushing Blobs*, *Pushing Manifests*).

use std::time::Duration;

use boltseal_evidence::Digest;
use reqwest::header::{HeaderMap, IF_MATCH, LOCATION};
use reqwest::{Method, StatusCode};

use super::artifacts::{Refused, header};
use super::call::{Call, Payload};
use super::http::back_off;
use super::repository::Repository;
use super::{Pushed, RegistryError};
use crate::Error;

/// Times that a blob's upload is begun anew.
const UPLOADS: u32 = 3;

impl Repository {
    /// Something will be written.
    pub(crate) fn will_write(&self) {
        self.connection.http.will_write();
    }

    /// The blob is there.
    pub(crate) fn has_blob(&self, digest: &Digest) -> Result<bool, Error> {
        let call = Call::new(Method::HEAD, format!("{}/blobs/{digest}", self.connection.repository));
        Ok(self.tell(&call)?.is_ok())
    }

    /// Uploads a blob in one piece, unless it is there.
    pub(crate) fn push_blob(&self, digest: &Digest, payload: &Payload<'_>) -> Result<(), Error> {
        if self.has_blob(digest)? {
            return Ok(());
        }
        let mut attempt = 0;
        loop {
            match self.upload(digest, payload) {
                Ok(()) => return Ok(()),
                Err((again, error)) if !again || attempt + 1 >= UPLOADS => return Err(error.into()),
                Err(_) => std::thread::sleep(back_off(attempt)),
            }
            attempt += 1;
        }
    }

    /// Begins an upload and ends it; with an error, whether it may help to begin again.
    fn upload(&self, digest: &Digest, payload: &Payload<'_>) -> Result<(), (bool, RegistryError)> {
        let http = &self.connection.http;
        let final_error = |error: RegistryError| (false, error);
        let begin = Call::new(Method::POST, format!("{}/blobs/uploads/", self.connection.repository));
        let headers = self.tell(&begin).map_err(final_error)?.map_err(|(_, error)| final_error(error))?;
        let location = header(&headers, LOCATION.as_str())
            .ok_or_else(|| final_error(http.error("it begins an upload and does not say where it goes on")))?;
        let mut url = http.address(&location).map_err(final_error)?;
        url.query_pairs_mut().append_pair("digest", &digest.to_string());
        let end = Call::new(Method::PUT, url.as_str()).body(payload.clone()).once();
        match self.tell(&end) {
            Ok(Ok(_)) => Ok(()),
            // A session that ended in between is not found any more.
            Ok(Err((status, error))) => Err((status.is_server_error() || status == StatusCode::NOT_FOUND, error)),
            Err(error) => Err((true, error)),
        }
    }

    /// Puts a manifest under a tag or digest; with `unchanged`, only where what is there still has this `ETag`.
    pub(crate) fn push_manifest(
        &self,
        name: &str,
        bytes: &[u8],
        media_type: &str,
        digest: &Digest,
        unchanged: Option<&str>,
    ) -> Result<Pushed, Error> {
        let path = format!("{}/manifests/{name}", self.connection.repository);
        let mut call = Call::new(Method::PUT, path).body(Payload::Bytes(bytes, media_type));
        if let Some(etag) = unchanged {
            call = call.header(IF_MATCH, etag);
        }
        let headers = match self.tell(&call)? {
            Ok(headers) => headers,
            Err((StatusCode::PRECONDITION_FAILED, _)) => return Ok(Pushed::Changed),
            Err((_, error)) => return Err(error.into()),
        };
        let stored = header(&headers, "docker-content-digest").and_then(|text| text.parse::<Digest>().ok());
        if let Some(stored) = stored.filter(|stored| stored != digest) {
            return Err(Error::DigestMismatch {
                what: "the manifest as it was stored",
                place: self.place.clone(),
                expected: digest.clone(),
                actual: stored,
            });
        }
        Ok(Pushed::Done { lists_referrers: headers.contains_key("oci-subject") })
    }

    /// The headers of an answer whose body says nothing; of a refusal, what it means.
    fn tell(&self, call: &Call<'_>) -> Result<Result<HeaderMap, Refused>, RegistryError> {
        let http = &self.connection.http;
        self.connection.runtime.block_on(async {
            let response = http.call(call).await?;
            let status = response.status();
            if status.is_success() {
                return Ok(Ok(response.headers().clone()));
            }
            Ok(Err((status, http.refusal(response).await)))
        })
    }

    /// Waits a little, so that somebody who writes at the same time has written.
    pub(crate) fn let_others_write(&self, attempt: u32) {
        std::thread::sleep(back_off(attempt).min(Duration::from_secs(2)) / 4);
    }
}
