//! Requests to one registry: authentication, retries, bounded bodies.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use serde::Deserialize;

use super::RegistryError;
use super::challenge::Challenge;
use super::credentials::{self, Secret};
use crate::{Credentials, Options};

/// Bytes of an error document or a token that are looked at.
const MAX_MESSAGE: u64 = 1 << 20;
const MAX_REDIRECTS: usize = 5;
const MAX_WAIT: Duration = Duration::from_secs(60);

/// A connection to one repository of a registry.
pub(super) struct Http {
    pub(super) client: Client,
    /// For what takes long to send, made when it is needed.
    uploader: OnceLock<Client>,
    options: Options,
    /// `https://HOST/v2/`.
    pub(super) base: String,
    registry: String,
    repository: String,
    pub(super) plain: bool,
    retries: u32,
    credentials: Option<Credentials>,
    pub(super) authorization: Mutex<Option<HeaderValue>>,
    /// Tokens are asked for that allow to write, whatever the registry asks for first: some answer a write by a token
    /// for reading with a denial that says nothing of tokens.
    to_write: AtomicBool,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct ErrorDocument {
    #[serde(default)]
    errors: Vec<ErrorItem>,
}

#[derive(Deserialize)]
struct ErrorItem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl Http {
    pub(super) fn new(registry: &str, repository: &str, options: &Options) -> Result<Self, RegistryError> {
        let host = if registry == "docker.io" { "registry-1.docker.io" } else { registry };
        let plain = options.plain_http || is_loopback(host);
        let scheme = if plain { "http" } else { "https" };
        let error = |message: String| RegistryError { registry: registry.to_owned(), message };
        Ok(Self {
            client: client(options, plain, true).map_err(error)?,
            uploader: OnceLock::new(),
            options: options.clone(),
            base: format!("{scheme}://{host}/v2/"),
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            plain,
            retries: options.retries,
            credentials: options.credentials.clone(),
            authorization: Mutex::new(None),
            to_write: AtomicBool::new(false),
        })
    }

    /// A client that waits as long as a body takes to send: for the other one, a registry that is being sent something
    /// says nothing, and is given up.
    pub(super) fn uploader(&self) -> Result<&Client, RegistryError> {
        if let Some(client) = self.uploader.get() {
            return Ok(client);
        }
        let client = client(&self.options, self.plain, false).map_err(|message| self.error(message))?;
        Ok(self.uploader.get_or_init(|| client))
    }

    /// Asks for tokens that allow to write from now on.
    pub(super) fn will_write(&self) {
        self.to_write.store(true, Ordering::Relaxed);
    }

    pub(super) fn retries(&self) -> u32 {
        self.retries
    }

    pub(super) fn error(&self, message: impl Into<String>) -> RegistryError {
        RegistryError { registry: self.registry.clone(), message: message.into() }
    }

    /// Gets what the registry asks for before it gives `actions` (`pull`, `pull,push`).
    pub(super) async fn authenticate(&self, headers: &HeaderMap, actions: &str) -> Result<(), RegistryError> {
        let values = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
        let challenges: Vec<Challenge> = values.filter_map(Challenge::parse).collect();
        // A token serves where both are offered.
        let bearer = challenges.iter().find(|challenge| matches!(challenge, Challenge::Bearer { .. }));
        let challenge = bearer.or(challenges.first());
        let challenge = challenge.ok_or_else(|| self.error("it asks for an authentication that is not known"))?;
        let (secret, note) = self.secret().await;
        let header = match challenge {
            Challenge::Basic => match secret {
                Some(Secret::Password(credentials)) => basic(&credentials),
                _ => return Err(self.error(no_access("it wants a user name and a password", note))),
            },
            Challenge::Bearer { realm, service, scope } => {
                let mut scope = scope.clone().unwrap_or_else(|| format!("repository:{}:{actions}", self.repository));
                if self.to_write.load(Ordering::Relaxed) && scope.ends_with(":pull") {
                    scope.push_str(",push");
                }
                let token = self.token(realm, service.as_deref(), &scope, secret, note).await?;
                format!("Bearer {token}")
            }
        };
        let mut value =
            HeaderValue::from_str(&header).map_err(|_| self.error("the token it gave is not well-formed"))?;
        value.set_sensitive(true);
        *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        Ok(())
    }

    async fn secret(&self) -> (Option<Secret>, Option<String>) {
        if let Some(credentials) = &self.credentials {
            return (Some(Secret::Password(credentials.clone())), None);
        }
        let (registry, repository) = (self.registry.clone(), self.repository.clone());
        // Helpers are programs that may wait for a person.
        let lookup = tokio::task::spawn_blocking(move || credentials::find(&registry, &repository)).await;
        let lookup = lookup.unwrap_or_default();
        (lookup.secret, lookup.note)
    }

    /// The token protocol: GET with user name and password or anonymously, POST with a refresh token.
    async fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        scope: &str,
        secret: Option<Secret>,
        note: Option<String>,
    ) -> Result<String, RegistryError> {
        let mut url: Url = realm.parse().map_err(|_| self.error("the address of its token service is not valid"))?;
        if url.scheme() != "https" && !(self.plain && url.scheme() == "http") {
            return Err(self.error("its token service would be reached without TLS"));
        }
        let mut attempt = 0;
        let response = loop {
            let mut parameters = vec![("scope", scope)];
            parameters.extend(service.map(|service| ("service", service)));
            let request = match &secret {
                Some(Secret::IdentityToken(token)) => {
                    parameters.extend([
                        ("grant_type", "refresh_token"),
                        ("refresh_token", token),
                        ("client_id", "boltseal"),
                    ]);
                    let body = form(&parameters);
                    self.client.post(url.clone()).header("content-type", "application/x-www-form-urlencoded").body(body)
                }
                secret => {
                    if attempt == 0 {
                        url.query_pairs_mut().extend_pairs(&parameters);
                    }
                    let request = self.client.get(url.clone());
                    match secret {
                        Some(Secret::Password(credentials)) => {
                            request.basic_auth(&credentials.username, Some(&credentials.password))
                        }
                        _ => request,
                    }
                }
            };
            let pause = match request.send().await {
                Ok(response) if attempt < self.retries && is_transient(response.status()) => {
                    retry_after(response.headers()).unwrap_or_else(|| back_off(attempt))
                }
                Ok(response) => break response,
                Err(error) if attempt < self.retries && !error.is_redirect() => back_off(attempt),
                Err(error) => return Err(self.error(format!("its token service: {}", describe(&error)))),
            };
            tokio::time::sleep(pause).await;
            attempt += 1;
        };
        if !response.status().is_success() {
            let what = format!("its token service answers {}", response.status());
            return Err(self.error(no_access(&what, note)));
        }
        let body = self.body(response, MAX_MESSAGE, "the token").await?;
        let token: Option<Token> = serde_json::from_slice(&body).ok();
        let token = token.and_then(|token| token.token.or(token.access_token)).filter(|token| !token.is_empty());
        token.ok_or_else(|| self.error("its token service gave no token"))
    }

    /// The whole body, which must not be larger than `limit` bytes.
    pub(super) async fn body(&self, mut response: Response, limit: u64, what: &str) -> Result<Vec<u8>, RegistryError> {
        let too_large = || self.error(format!("{what} is beyond the limit of {limit} bytes"));
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| self.error(describe(&error)))? {
            if body.len() as u64 + piece.len() as u64 > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// What an answer that is no success means to the reader.
    pub(super) async fn refusal(&self, response: Response) -> RegistryError {
        let status = response.status();
        let body = self.body(response, MAX_MESSAGE, "the error").await.unwrap_or_default();
        let document: Option<ErrorDocument> = serde_json::from_slice(&body).ok();
        let told = document.and_then(|document| document.errors.into_iter().next()).map(|item| {
            let text = if item.message.is_empty() { item.code } else { item.message };
            text.chars().filter(|character| !character.is_control()).take(200).collect::<String>()
        });
        let told = told.map(|told| format!(" ({told})")).unwrap_or_default();
        let repository = &self.repository;
        self.error(match status {
            StatusCode::NOT_FOUND => format!("`{repository}` has no such image or blob{told}"),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                no_access(&format!("access to `{repository}` is denied, or there is no such repository{told}"), None)
            }
            StatusCode::TOO_MANY_REQUESTS => {
                format!("too many requests{told}: wait, or log in for a higher limit")
            }
            _ => format!("it answers {status}{told}"),
        })
    }
}

fn client(options: &Options, plain: bool, impatient: bool) -> Result<Client, String> {
    let mut certificates = Vec::new();
    for path in &options.certificate_authorities {
        let pem = std::fs::read(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
        let bundle = reqwest::Certificate::from_pem_bundle(&pem)
            .map_err(|_| format!("`{}` holds no PEM certificates", path.display()))?;
        certificates.extend(bundle);
    }
    let builder = || {
        let builder = Client::builder()
            .user_agent(concat!("boltseal/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(20))
            .redirect(redirect::Policy::custom(follow));
        if impatient { builder.read_timeout(Duration::from_secs(60)) } else { builder }
    };
    match builder().tls_certs_merge(certificates).build() {
        Ok(client) => Ok(client),
        // Without TLS nobody misses the system's certificates.
        Err(_) if plain => builder().tls_certs_only([]).build().map_err(|error| describe(&error)),
        Err(error) => Err(format!("cannot set up TLS: {}", describe(&error))),
    }
}

/// Redirects lead to storage services. The client drops the authorization where the host changes.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let from_tls = attempt.previous().last().is_some_and(|url| url.scheme() == "https");
    if attempt.previous().len() > MAX_REDIRECTS {
        return attempt.error("too many redirects");
    }
    if from_tls && attempt.url().scheme() != "https" {
        return attempt.error("a redirect leads away from TLS");
    }
    attempt.follow()
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, _)) => name,
        None => host.split(':').next().unwrap_or(host),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

pub(super) fn is_transient(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT || status.is_server_error()
}

/// Seconds only; a date is rare here and falls back to the usual wait.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_WAIT))
}

/// A quarter of a second, doubled each time, plus up to as much again, so that many clients do not come back at once.
pub(super) fn back_off(attempt: u32) -> Duration {
    let base = 250u64 << attempt.min(6);
    let jitter = RandomState::new().hash_one(attempt) % base;
    Duration::from_millis(base + jitter)
}

fn basic(credentials: &Credentials) -> String {
    let pair = format!("{}:{}", credentials.username, credentials.password);
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

fn form(parameters: &[(&str, &str)]) -> String {
    let mut url = match Url::parse("http://localhost/") {
        Ok(url) => url,
        Err(_) => return String::new(),
    };
    url.query_pairs_mut().extend_pairs(parameters);
    url.query().unwrap_or_default().to_owned()
}

fn no_access(what: &str, note: Option<String>) -> String {
    let note = note.map(|note| format!("; {note}")).unwrap_or_default();
    format!(
        "{what}: log in with `docker login`, or set BOLTSEAL_REGISTRY_USERNAME and BOLTSEAL_REGISTRY_PASSWORD{note}"
    )
}

/// The error and its causes, without the address: a signed one is a secret.
pub(super) fn describe(error: &reqwest::Error) -> String {
    let mut text = match error {
        error if error.is_timeout() => "the request timed out".to_owned(),
        error if error.is_connect() => "cannot connect".to_owned(),
        error if error.is_redirect() => "a redirect is refused".to_owned(),
        error if error.is_body() || error.is_decode() => "the transfer broke off".to_owned(),
        _ => "the request failed".to_owned(),
    };
    let mut source = std::error::Error::source(error);
    let mut last = String::new();
    while let Some(cause) = source {
        last = cause.to_string();
        source = cause.source();
    }
    if !last.is_empty() && !last.contains("://") {
        text = format!("{text}: {last}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts_are_told_from_others() {
        for host in ["localhost", "localhost:5000", "127.0.0.1:5000", "127.3.2.1", "[::1]:80"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example.com", "docker.io", "10.0.0.1:5000", "[fe80::1]:80"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn waiting_grows_and_stays_bounded() {
        for attempt in 0..40 {
            let wait = back_off(attempt);
            assert!(wait >= Duration::from_millis(250) && wait < Duration::from_secs(33), "{attempt}: {wait:?}");
        }
    }
}
