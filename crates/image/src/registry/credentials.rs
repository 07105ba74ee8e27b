//! Where user names and passwords come from: the caller, the environment, Docker's and Podman's configuration, and the
//! credential helpers that these name.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde::Deserialize;

use crate::Credentials;

/// Bytes of a configuration file.
const MAX_CONFIG: u64 = 4 << 20;
/// Bytes of a helper's answer.
const MAX_ANSWER: u64 = 64 << 10;
const HELPER_TIMEOUT: Duration = Duration::from_secs(15);

/// What is sent to a registry or to its token service.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Secret {
    Password(Credentials),
    /// A refresh token (OAuth 2), which goes to the token service only.
    IdentityToken(String),
}

/// What was found, and why something that should have told more did not.
#[derive(Default)]
pub(super) struct Lookup {
    pub(super) secret: Option<Secret>,
    pub(super) note: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ConfigFile {
    auths: BTreeMap<String, Auth>,
    creds_store: Option<String>,
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Auth {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HelperAnswer {
    #[serde(default)]
    username: String,
    secret: String,
}

/// Looks for what is configured for a repository of a registry.
pub(super) fn find(registry: &str, repository: &str) -> Lookup {
    if let (Ok(username), Ok(password)) =
        (std::env::var("BOLTSEAL_REGISTRY_USERNAME"), std::env::var("BOLTSEAL_REGISTRY_PASSWORD"))
    {
        return Lookup { secret: Some(Secret::Password(Credentials { username, password })), note: None };
    }
    let mut lookup = Lookup::default();
    for path in files() {
        let found = find_in_file(&path, registry, repository);
        lookup.note = lookup.note.or(found.note);
        if found.secret.is_some() {
            lookup.secret = found.secret;
            break;
        }
    }
    lookup
}

/// The configuration files, those that are named first.
fn files() -> Vec<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let docker = variable("DOCKER_CONFIG").or_else(|| variable("HOME").map(|home| home.join(".docker")));
    [
        variable("REGISTRY_AUTH_FILE"),
        docker.map(|directory| directory.join("config.json")),
        variable("XDG_RUNTIME_DIR").map(|directory| directory.join("containers/auth.json")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn find_in_file(path: &Path, registry: &str, repository: &str) -> Lookup {
    let note = |message: String| Lookup { secret: None, note: Some(format!("`{}`: {message}", path.display())) };
    let Ok(file) = std::fs::File::open(path) else { return Lookup::default() };
    let mut bytes = Vec::new();
    if let Err(error) = file.take(MAX_CONFIG).read_to_end(&mut bytes) {
        return note(error.to_string());
    }
    // The error of the parser would repeat a piece of the file, and with it maybe a secret.
    let Ok(config) = serde_json::from_slice::<ConfigFile>(&bytes) else {
        return note("it is not a valid Docker configuration".to_owned());
    };
    let keys = keys(registry, repository);
    let helper = keys.iter().find_map(|key| config.cred_helpers.get(key));
    if let Some(helper) = helper {
        return ask_any(helper, &keys).map_or_else(note, |secret| Lookup { secret, note: None });
    }
    if let Some(secret) = keys.iter().find_map(|key| config.auths.get(key)).and_then(read_auth) {
        return Lookup { secret: Some(secret), note: None };
    }
    match &config.creds_store {
        Some(helper) => ask_any(helper, &keys).map_or_else(note, |secret| Lookup { secret, note: None }),
        None => Lookup::default(),
    }
}

/// The keys under which configurations hold a registry, the most particular first.
fn keys(registry: &str, repository: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut path = format!("{registry}/{repository}");
    while path.len() > registry.len() {
        keys.push(path.clone());
        path.truncate(path.rfind('/').unwrap_or(0));
    }
    if registry == "docker.io" {
        keys.push("https://index.docker.io/v1/".to_owned());
        keys.push("index.docker.io".to_owned());
        keys.push("registry-1.docker.io".to_owned());
    }
    for form in [
        registry.to_owned(),
        format!("https://{registry}"),
        format!("https://{registry}/v1/"),
        format!("https://{registry}/v2/"),
    ] {
        keys.push(form);
    }
    keys
}

fn read_auth(auth: &Auth) -> Option<Secret> {
    if let Some(token) = auth.identitytoken.as_ref().filter(|token| !token.is_empty()) {
        return Some(Secret::IdentityToken(token.clone()));
    }
    if let (Some(username), Some(password)) = (&auth.username, &auth.password) {
        return Some(Secret::Password(Credentials { username: username.clone(), password: password.clone() }));
    }
    let decoded = base64::engine::general_purpose::STANDARD.decode(auth.auth.as_ref()?.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (username, password) = text.split_once(':')?;
    let password = password.trim_end_matches('\0').to_owned();
    Some(Secret::Password(Credentials { username: username.to_owned(), password }))
}

/// Helpers hold a registry under one form of its name: hosts without a path are asked for, each once.
fn ask_any(helper: &str, keys: &[String]) -> Result<Option<Secret>, String> {
    let hosts = keys.iter().filter(|key| !key.contains('/') || key.starts_with("https://index.docker.io"));
    for key in hosts.take(3) {
        if let Some(secret) = ask(helper, key)? {
            return Ok(Some(secret));
        }
    }
    Ok(None)
}

/// Runs `docker-credential-HELPER get` (the protocol of docker-credential-helpers).
fn ask(helper: &str, server: &str) -> Result<Option<Secret>, String> {
    if helper.is_empty()
        || !helper.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    {
        return Err("the name of the credential helper is not a program name".to_owned());
    }
    let program = format!("docker-credential-{helper}");
    let mut child = Command::new(&program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot run `{program}`: {error}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that does not read is one that fails below.
        let _ = stdin.write_all(server.as_bytes());
    }
    let stdout = child.stdout.take();
    let reader = thread::spawn(move || {
        let mut answer = Vec::new();
        stdout.map(|stdout| stdout.take(MAX_ANSWER).read_to_end(&mut answer));
        answer
    });
    let succeeded = wait(&mut child).map_err(|message| format!("`{program}` {message}"))?;
    let answer = reader.join().unwrap_or_default();
    if !succeeded {
        let not_found = String::from_utf8_lossy(&answer).contains("credentials not found");
        return if not_found { Ok(None) } else { Err(format!("`{program}` failed")) };
    }
    let answer: HelperAnswer =
        serde_json::from_slice(&answer).map_err(|_| format!("`{program}` gave an answer that is not understood"))?;
    Ok(Some(match answer.username.as_str() {
        "<token>" => Secret::IdentityToken(answer.secret),
        _ => Secret::Password(Credentials { username: answer.username, password: answer.secret }),
    }))
}

fn wait(child: &mut Child) -> Result<bool, String> {
    let end = Instant::now() + HELPER_TIMEOUT;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(10)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("gave no answer within {} s", HELPER_TIMEOUT.as_secs()));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(config: &str, registry: &str, expect: Option<(&str, &str)>) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), config).unwrap();
        let secret = find_in_file(file.path(), registry, "team/app").secret;
        let got = secret.map(|secret| match secret {
            Secret::Password(credentials) => (credentials.username, credentials.password),
            Secret::IdentityToken(token) => ("<token>".to_owned(), token),
        });
        let expect = expect.map(|(username, password)| (username.to_owned(), password.to_owned()));
        assert!(got == expect, "{config}");
    }

    #[test]
    fn docker_and_podman_configurations_are_read() {
        let auth = r#"{"auths":{"https://index.docker.io/v1/":{"auth":"dXNlcjpwYTpzcw=="}}}"#;
        check(auth, "docker.io", Some(("user", "pa:ss")));
        check(auth, "ghcr.io", None);
        check(r#"{"auths":{"ghcr.io":{"auth":"YTpi"},"ghcr.io/team":{"auth":"Yzpk"}}}"#, "ghcr.io", Some(("c", "d")));
        check(r#"{"auths":{"r.example":{"identitytoken":"t"}}}"#, "r.example", Some(("<token>", "t")));
        check(r#"{"auths":{"r.example":{}},"credsStore":"none-such"}"#, "r.example", None);
        check("{", "r.example", None);
    }

    #[test]
    fn a_helper_with_a_path_for_a_name_is_not_run() {
        assert!(ask("../../bin/true", "r.example").is_err());
    }
}
