//! Names of base images, and patterns of them.

use boltseal_evidence::Digest;
use serde::{Deserialize, Deserializer};

use crate::ask::source::{Repository, RepositoryPattern, shown};
use crate::policy::segment_matches;

/// A base image by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BaseName {
    /// No base: the image brings all of its layers.
    Scratch,
    Image {
        repository: Repository,
        tag: Option<String>,
    },
}

/// A pattern of base images: a pattern of repositories, and perhaps one of tags behind a colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BasePattern {
    written: String,
    repository: RepositoryPattern,
    tag: Option<String>,
}

impl BaseName {
    /// Reads `docker.io/library/debian:13`, with a digest behind it or not. Err: why it is none.
    pub(super) fn read(text: &str) -> Result<(Self, Option<Digest>), String> {
        if text == "scratch" {
            return Ok((Self::Scratch, None));
        }
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest.parse::<Digest>().map_err(|error| error.to_string())?)),
            None => (text, None),
        };
        let (name, tag) = split_tag(name);
        if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
            return Err(format!("`{}` is no tag", shown(tag)));
        }
        Ok((Self::Image { repository: Repository::read(name)?, tag: tag.map(str::to_owned) }, digest))
    }
}

impl std::fmt::Display for BaseName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Scratch => f.write_str("scratch"),
            Self::Image { repository, tag: None } => write!(f, "{repository}"),
            Self::Image { repository, tag: Some(tag) } => write!(f, "{repository}:{}", shown(tag)),
        }
    }
}

impl BasePattern {
    /// The base is meant.
    pub(super) fn matches(&self, base: &BaseName) -> bool {
        let BaseName::Image { repository, tag } = base else { return false };
        let tag = match (&self.tag, tag) {
            (None, _) => true,
            (Some(wanted), Some(tag)) => segment_matches(wanted, tag),
            (Some(_), None) => false,
        };
        tag && self.repository.matches(repository)
    }
}

impl std::fmt::Display for BasePattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.written)
    }
}

/// A tag of the OCI distribution specification.
fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(is_word)
        && tag.bytes().all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
}

/// A colon behind the last slash is before a tag, any other before a port.
fn split_tag(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (name, None),
    }
}

impl<'de> Deserialize<'de> for BasePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = String::deserialize(deserializer)?;
        if written == "scratch" {
            return Err(serde::de::Error::custom("`scratch` is no image: write `scratch: true`"));
        }
        let (name, tag) = split_tag(&written);
        if let Some(tag) = tag.filter(|tag| !is_tag(&tag.replace('*', "a"))) {
            return Err(serde::de::Error::custom(format!("`{}` is no pattern of tags", shown(tag))));
        }
        let repository = name.parse().map_err(serde::de::Error::custom)?;
        let tag = tag.map(str::to_owned);
        Ok(Self { repository, tag, written })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for BasePattern {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "BasePattern".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A pattern of repositories, and perhaps one of tags behind a colon: `docker.io/library/debian:13*`."
        })
    }
}
