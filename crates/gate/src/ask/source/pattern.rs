//! Patterns of registries and repositories. Which host it is decides whom is trusted, so nothing about it is lenient.

use serde::{Deserialize, Deserializer};

use crate::policy::{all_match, normal_registry};

/// The longest reference that is looked at, in bytes: 255 is what registries take.
const LONGEST: usize = 512;

/// A repository in the one way that it is compared: `docker.io/library/debian`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repository {
    /// Host and port, lower case.
    host: String,
    /// The names after it.
    path: Vec<String>,
}

/// A pattern of repositories: a host and names, in which `*` stands for any text within one name and `**` for any
/// number of names, at the end for one at least.
///
/// | pattern | means |
/// |---|---|
/// | `ghcr.io/example/app` | this repository |
/// | `ghcr.io/example/*` | one name after `example` |
/// | `ghcr.io/example/**` | everything below `example` |
/// | `registry.example:5000/**` | this registry on this port |
/// | `*.registry.example/**` | every host below this domain, not the domain itself |
/// | `debian`, `example/app` | `docker.io/library/debian`, `docker.io/example/app` |
/// | `**` | every repository of every registry |
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RepositoryPattern {
    written: String,
    host: Host,
    path: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Any,
    /// Hosts that end so: `.registry.example`.
    Below(String),
    This(String),
}

impl std::fmt::Display for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.host, self.path.join("/"))
    }
}

impl Repository {
    /// Reads registry and repository, without tag or digest. Err: why it is none.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let (host, rest) = split_host(text)?;
        let path: Vec<String> = rest.split('/').map(str::to_owned).collect();
        if let Some(name) = path.iter().find(|name| !is_name(name)) {
            return Err(format!("`{}` is not a name in a repository", shown(name)));
        }
        let host = read_host(&host)?;
        Ok(Self { path: with_library(&host, path), host })
    }
}

impl RepositoryPattern {
    /// The repository is meant.
    pub(crate) fn matches(&self, repository: &Repository) -> bool {
        let host = match &self.host {
            Host::Any => true,
            Host::Below(domain) => repository.host.len() > domain.len() && repository.host.ends_with(domain.as_str()),
            Host::This(host) => *host == repository.host,
        };
        let path: Vec<&str> = repository.path.iter().map(String::as_str).collect();
        host && all_match(&self.path, &path)
    }
}

impl std::fmt::Display for RepositoryPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.written)
    }
}

impl std::str::FromStr for RepositoryPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let written = text.to_owned();
        if text == "**" {
            return Ok(Self { written, host: Host::Any, path: vec!["**".to_owned()] });
        }
        if let Some(at) = text.find('@') {
            let (repository, digest) = text.split_at(at);
            return Err(format!(
                "`{}` names a digest: patterns are of repositories, write `{}` alone",
                shown(digest),
                shown(repository)
            ));
        }
        let wild = text.split_once('/').filter(|(host, _)| host.starts_with('*'));
        let (host, path) = match wild {
            Some(("*" | "**", path)) => (Host::Any, path.to_owned()),
            Some((host, path)) => match host.strip_prefix('*') {
                Some(domain) if domain.starts_with('.') && !domain.contains('*') => {
                    let domain = domain.get(1..).unwrap_or_default();
                    (Host::Below(format!(".{}", read_host(domain)?)), path.to_owned())
                }
                _ => {
                    return Err(format!(
                        "`{}` is no pattern of a host: write the host, `*.` and a domain, or `*` alone",
                        shown(host)
                    ));
                }
            },
            None => {
                let (host, path) = split_host(text)?;
                (Host::This(read_host(&host)?), path)
            }
        };
        let path: Vec<String> = path.split('/').map(str::to_owned).collect();
        for name in &path {
            if name.contains("**") && name != "**" {
                return Err(format!("`{}`: `**` stands alone between slashes", shown(name)));
            }
            // A pattern that no repository can match is a mistake, such as an upper-case letter or a tag.
            if *name != "**" && !is_name(&name.replace('*', "a")) {
                return Err(format!(
                    "`{}` can be no name in a repository: lower-case letters, digits, `.`, `_`, `-`, and `*`; \
                     tags are not part of it",
                    shown(name)
                ));
            }
        }
        let path = match &host {
            Host::This(host) => with_library(host, path),
            _ => path,
        };
        Ok(Self { written, host, path })
    }
}

impl<'de> Deserialize<'de> for RepositoryPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for RepositoryPattern {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RepositoryPattern".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Registry and repository: `*` within one name, `**` for one or more names, \
                            `*.` before a domain for the hosts below it."
        })
    }
}

/// Splits as `docker pull` does: the first part is a host if it has a dot or a port, or is `localhost`.
fn split_host(text: &str) -> Result<(String, String), String> {
    if text.len() > LONGEST {
        return Err(format!("`{}…` is too long for a repository", shown(text)));
    }
    match text.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':', '[']) || first.eq_ignore_ascii_case("localhost") => {
            Ok((first.to_owned(), rest.to_owned()))
        }
        _ => Ok(("docker.io".to_owned(), text.to_owned())),
    }
}

fn read_host(host: &str) -> Result<String, String> {
    let refused = |why: &str| Err(format!("`{}` is no host of a registry: {why}", shown(host)));
    if !host.is_ascii() {
        return refused("it has letters that look like others; write such a domain as `xn--…`");
    }
    let host = host.to_ascii_lowercase();
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, "")) => (address, None),
            Some((address, port)) => (address, port.strip_prefix(':').or(Some(""))),
            None => return refused("a bracket is not closed"),
        },
        None => host.split_once(':').map_or((host.as_str(), None), |(name, port)| (name, Some(port))),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err() || port.starts_with('+')) {
        return refused("the port is none");
    }
    let is_address = host.starts_with('[');
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let well_formed = if is_address {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
    } else {
        name.split('.').all(label)
    };
    if !well_formed {
        return refused("letters, digits and `-` between dots are one");
    }
    Ok(normal_registry(&host))
}

/// `debian` of Docker Hub is `library/debian`.
fn with_library(host: &str, mut path: Vec<String>) -> Vec<String> {
    if host == "docker.io" && path.len() == 1 && path.first().is_some_and(|name| name != "**") {
        path.insert(0, "library".to_owned());
    }
    path
}

/// A path component of the OCI distribution specification.
fn is_name(name: &str) -> bool {
    let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    edge(name.bytes().next())
        && edge(name.bytes().last())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte))
}

/// The beginning of a text that may be hostile and long.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(120).collect()
}
