//! One request to a registry: sent again where that may help, authenticated when asked to.

use std::path::PathBuf;
use std::sync::PoisonError;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, RANGE};
use reqwest::{Method, Response, StatusCode, Url};

use super::RegistryError;
use super::http::{Http, back_off, describe, is_transient, retry_after};

/// Bytes a second below which an upload is given up.
const SLOWEST: u64 = 32 << 10;

/// A request.
pub(super) struct Call<'a> {
    method: Method,
    /// Below `/v2/`, or a whole address that the registry gave.
    path: String,
    headers: Vec<(HeaderName, String)>,
    body: Payload<'a>,
    /// It is not sent again: what it acts on may be gone by then.
    once: bool,
}

/// What goes with a request.
#[derive(Clone)]
pub(crate) enum Payload<'a> {
    /// Nothing.
    Empty,
    /// A document of this media type.
    Bytes(&'a [u8], &'a str),
    /// A file, and its length.
    File(PathBuf, u64),
}

impl<'a> Call<'a> {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(super) fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Payload::Empty, once: false }
    }

    pub(super) fn accept(self, media_types: Option<&str>) -> Self {
        match media_types {
            Some(media_types) => self.header(ACCEPT, media_types),
            None => self,
        }
    }

    /// The first byte wanted.
    pub(super) fn from(self, from: u64) -> Self {
        if from > 0 { self.header(RANGE, &format!("bytes={from}-")) } else { self }
    }

    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn body(mut self, body: Payload<'a>) -> Self {
        self.body = body;
        self
    }

    pub(super) fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// What the token has to allow.
    fn actions(&self) -> &'static str {
        if matches!(self.method, Method::GET | Method::HEAD) { "pull" } else { "pull,push" }
    }
}

impl Http {
    /// An answer with status 200 or 206.
    pub(super) async fn get(&self, call: &Call<'_>) -> Result<Response, RegistryError> {
        let response = self.call(call).await?;
        if response.status().is_success() { Ok(response) } else { Err(self.refusal(response).await) }
    }

    /// An answer, whatever its status. Waits and tries again where that may help, and authenticates when asked to.
    pub(super) async fn call(&self, call: &Call<'_>) -> Result<Response, RegistryError> {
        let url = self.address(&call.path)?;
        let retries = if call.once { 0 } else { self.retries() };
        let (mut attempt, mut authenticated) = (0, 0);
        loop {
            let pause = match self.send(&url, call).await? {
                Ok(response) if response.status() == StatusCode::UNAUTHORIZED && authenticated < 2 => {
                    authenticated += 1;
                    self.authenticate(response.headers(), call.actions()).await?;
                    continue;
                }
                Ok(response) if attempt < retries && is_transient(response.status()) => {
                    retry_after(response.headers()).unwrap_or_else(|| back_off(attempt))
                }
                Ok(response) => return Ok(response),
                Err(error) if attempt < retries && !error.is_redirect() && !error.is_builder() => back_off(attempt),
                Err(error) => return Err(self.error(describe(&error))),
            };
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    /// The address of a path below `/v2/`, or of what the registry gave as a place to go on.
    pub(super) fn address(&self, path: &str) -> Result<Url, RegistryError> {
        let invalid = || self.error("it has no valid address");
        let base: Url = self.base.parse().map_err(|_| invalid())?;
        if !path.contains("://") && !path.starts_with('/') {
            return format!("{}{path}", self.base).parse().map_err(|_| invalid());
        }
        let url = base.join(path).map_err(|_| self.error("it gives an address that is not valid"))?;
        if url.scheme() != "https" && !(self.plain && url.scheme() == "http") {
            return Err(self.error("it gives an address that leads away from TLS"));
        }
        Ok(url)
    }

    /// The address is one of the registry itself.
    pub(super) fn is_here(&self, url: &Url) -> bool {
        self.base.parse::<Url>().is_ok_and(|base| base.origin() == url.origin())
    }

    async fn send(&self, url: &Url, call: &Call<'_>) -> Result<Result<Response, reqwest::Error>, RegistryError> {
        let mut builder = match &call.body {
            Payload::File(_, length) => {
                let builder = self.uploader()?.request(call.method.clone(), url.clone());
                builder.timeout(Duration::from_secs(60 + length / SLOWEST))
            }
            _ => self.client.request(call.method.clone(), url.clone()),
        };
        for (name, value) in &call.headers {
            builder = builder.header(name, value);
        }
        // Storage elsewhere must not learn the token.
        if self.is_here(url) {
            let authorization = self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(authorization) = authorization {
                builder = builder.header(AUTHORIZATION, authorization);
            }
        }
        builder = match &call.body {
            Payload::Empty if call.method == Method::POST => builder.header(CONTENT_LENGTH, 0),
            Payload::Empty => builder,
            Payload::Bytes(bytes, media_type) => builder.header(CONTENT_TYPE, *media_type).body(bytes.to_vec()),
            Payload::File(path, length) => {
                let file = tokio::fs::File::open(path).await;
                let file = file.map_err(|error| self.error(format!("cannot read `{}`: {error}", path.display())))?;
                builder
                    .header(CONTENT_TYPE, "application/octet-stream")
                    .header(CONTENT_LENGTH, *length)
                    .body(reqwest::Body::from(file))
            }
        };
        Ok(builder.send().await)
    }
}
