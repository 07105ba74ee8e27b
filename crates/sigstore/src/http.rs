//! Requests to the services: bounded in size and time, tried again where that may help, tied to one host.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Client, Method, Response, StatusCode, Url, redirect};

use crate::service::{Service, ServiceError};

/// Bytes of a refusal that are looked at.
const MAX_REFUSAL: u64 = 64 << 10;
const MAX_REDIRECTS: usize = 5;
const MAX_WAIT: Duration = Duration::from_secs(30);

/// How services are reached.
#[derive(Debug, Clone)]
pub struct Connection {
    /// PEM files of certificate authorities to trust besides the system's.
    pub certificate_authorities: Vec<PathBuf>,
    /// How often a request that failed in passing is sent again.
    pub retries: u32,
    /// How long one request may take, from the connection to the last byte.
    pub timeout: Duration,
}

impl Default for Connection {
    fn default() -> Self {
        Self { certificate_authorities: Vec::new(), retries: 3, timeout: Duration::from_secs(60) }
    }
}

/// The way to all services: one client, one runtime. Blocks; must not be used inside another async runtime.
#[derive(Debug)]
pub struct Http {
    runtime: tokio::runtime::Runtime,
    wire: Wire,
}

/// The part of [`Http`] that waits asynchronously.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    client: Client,
    retries: u32,
}

/// No client could be set up.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up connections: {0}")]
pub struct ConnectionError(String);

/// One request.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) service: Service,
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    pub(crate) body: Option<(&'static str, Vec<u8>)>,
    pub(crate) accept: Option<&'static str>,
    /// Sent as `Authorization: Bearer`.
    pub(crate) bearer: Option<&'a str>,
    /// What must not appear in an error.
    pub(crate) secrets: Vec<&'a str>,
    /// The largest body that is read, in bytes.
    pub(crate) limit: u64,
    /// Sending it twice does no harm, also where the first time went through.
    pub(crate) repeatable: bool,
    /// Statuses that are no failure, besides success.
    pub(crate) wanted: &'static [StatusCode],
}

impl<'a> Call<'a> {
    pub(crate) fn get(service: Service, url: &'a Url, limit: u64) -> Self {
        Self {
            service,
            method: Method::GET,
            url,
            body: None,
            accept: None,
            bearer: None,
            secrets: Vec::new(),
            limit,
            repeatable: true,
            wanted: &[],
        }
    }

    pub(crate) fn post(service: Service, url: &'a Url, kind: &'static str, body: Vec<u8>, limit: u64) -> Self {
        let body = Some((kind, body));
        Self { method: Method::POST, body, repeatable: false, ..Self::get(service, url, limit) }
    }

    fn error(&self, reason: impl Into<String>) -> ServiceError {
        ServiceError::new(self.service, self.url, reason)
    }
}

/// An answer that is no failure.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Http {
    /// A client of its own.
    ///
    /// # Errors
    /// A file of certificate authorities cannot be read, or the system has no TLS roots.
    pub fn new(connection: &Connection) -> Result<Self, ConnectionError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| ConnectionError(error.to_string()))?;
        let wire = Wire { client: client(connection)?, retries: connection.retries };
        Ok(Self { runtime, wire })
    }

    pub(crate) fn wire(&self) -> Wire {
        self.wire.clone()
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub(crate) fn send(&self, call: &Call<'_>) -> Result<Answer, ServiceError> {
        self.block_on(self.wire.send(call))
    }
}

impl Wire {
    pub(crate) async fn send(&self, call: &Call<'_>) -> Result<Answer, ServiceError> {
        if !call.secrets.is_empty() && !is_private(call.url) {
            return Err(
                call.error("would get a token over plain HTTP, where anybody on the way can read it: use https")
            );
        }
        let mut attempt = 0;
        loop {
            let again = attempt < self.retries;
            let pause = match self.once(call).await {
                Ok(response) if response.status().is_success() || call.wanted.contains(&response.status()) => {
                    let (status, location) = (response.status(), location(response.headers()));
                    match read(response, call.limit).await {
                        Ok(body) => return Ok(Answer { status, location, body }),
                        Err(Cut::TooLarge) => {
                            return Err(call.error(format!("sends more than the limit of {} bytes", call.limit)));
                        }
                        Err(Cut::Broken(_)) if again && call.repeatable => back_off(attempt),
                        Err(Cut::Broken(reason)) => return Err(call.error(reason)),
                    }
                }
                Ok(response) if again && may_pass(response.status(), call.repeatable) => {
                    retry_after(response.headers()).unwrap_or_else(|| back_off(attempt))
                }
                Ok(response) => {
                    let status = response.status();
                    let body = read(response, MAX_REFUSAL).await.unwrap_or_default();
                    return Err(ServiceError::refused(call.service, call.url, status, &body, &call.secrets));
                }
                Err(error) if again && (error.is_connect() || call.repeatable) && !is_final(&error) => {
                    back_off(attempt)
                }
                Err(error) => return Err(call.error(describe(&error))),
            };
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    async fn once(&self, call: &Call<'_>) -> Result<Response, reqwest::Error> {
        let mut request = self.client.request(call.method.clone(), call.url.clone());
        if let Some(accept) = call.accept {
            request = request.header(ACCEPT, accept);
        }
        if let Some(Ok(mut value)) = call.bearer.map(|token| HeaderValue::from_str(&format!("Bearer {token}"))) {
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if let Some((kind, body)) = &call.body {
            request = request.header(CONTENT_TYPE, *kind).body(body.clone());
        }
        request.send().await
    }
}

enum Cut {
    TooLarge,
    Broken(String),
}

async fn read(mut response: Response, limit: u64) -> Result<Vec<u8>, Cut> {
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(Cut::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| Cut::Broken(describe(&error)))? {
        if body.len() as u64 + piece.len() as u64 > limit {
            return Err(Cut::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn client(connection: &Connection) -> Result<Client, ConnectionError> {
    let mut certificates = Vec::new();
    for path in &connection.certificate_authorities {
        let failed = |what: String| ConnectionError(format!("`{}` {what}", path.display()));
        let pem = std::fs::read(path).map_err(|error| failed(format!("cannot be read: {error}")))?;
        let bundle = reqwest::Certificate::from_pem_bundle(&pem).unwrap_or_default();
        if bundle.is_empty() {
            return Err(failed("holds no PEM certificates".to_owned()));
        }
        certificates.extend(bundle);
    }
    let builder = || {
        Client::builder()
            .user_agent(concat!("boltseal/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(20))
            .read_timeout(Duration::from_secs(30))
            .timeout(connection.timeout)
            .redirect(redirect::Policy::custom(follow))
    };
    let asked = !certificates.is_empty();
    match builder().tls_certs_merge(certificates).build() {
        Ok(client) => Ok(client),
        // A machine without certificates can still use services on itself.
        Err(_) if !asked => builder().tls_certs_only([]).build().map_err(|error| ConnectionError(describe(&error))),
        Err(error) => Err(ConnectionError(format!("TLS: {}", describe(&error)))),
    }
}

/// Only within one scheme, host and port: tokens and signatures go nowhere else, and neither does trust.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let same = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
    if attempt.previous().len() > MAX_REDIRECTS {
        return attempt.error("too many redirects");
    }
    if same { attempt.follow() } else { attempt.stop() }
}

/// Nobody on the way can read what is sent.
fn is_private(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let loopback = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    url.scheme() == "https" || loopback
}

/// An answer after which the same request may go through. Where it may have gone through already, only answers that
/// say it did not.
fn may_pass(status: StatusCode, repeatable: bool) -> bool {
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => true,
        StatusCode::REQUEST_TIMEOUT => repeatable,
        status => repeatable && status.is_server_error(),
    }
}

fn is_final(error: &reqwest::Error) -> bool {
    error.is_redirect() || error.is_builder()
}

fn location(headers: &HeaderMap) -> Option<String> {
    headers.get(LOCATION)?.to_str().ok().map(str::to_owned)
}

/// Seconds only; a date is rare here and falls back to the usual wait.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_WAIT))
}

/// A quarter of a second, doubled each time, plus up to as much again, so that many clients do not come back at once.
fn back_off(attempt: u32) -> Duration {
    let base = 250u64 << attempt.min(6);
    let jitter = RandomState::new().hash_one(attempt) % base;
    Duration::from_millis(base + jitter)
}

/// The end of the sentence that begins with the service and its address.
fn describe(error: &reqwest::Error) -> String {
    let text = match error {
        error if error.is_connect() => {
            "cannot be reached: check the address, the proxy, and that this machine may use the network"
        }
        error if error.is_timeout() => "did not answer in time: try again later",
        error if error.is_redirect() => "sends in circles",
        error if error.is_body() || error.is_decode() => "broke off its answer: try again",
        _ => "could not be asked",
    };
    let mut source = std::error::Error::source(error);
    let mut last = String::new();
    while let Some(cause) = source {
        last = cause.to_string();
        source = cause.source();
    }
    // The innermost cause says most; an address in it may hold a password.
    if last.is_empty() || last.contains("://") { text.to_owned() } else { format!("{text} ({last})") }
}

/// A path below an address, whether that ends in a slash or not.
pub(crate) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}
