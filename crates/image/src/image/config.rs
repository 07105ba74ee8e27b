//! The image configuration (OCI image specification, `config.md`), read leniently: only what layers need must be right.

use boltseal_evidence::{Digest, Platform};
use oci_spec::image::ImageConfiguration;
use serde::Deserialize;

use crate::Error;

/// A verified configuration.
pub(crate) struct Config {
    pub(crate) bytes: Vec<u8>,
    pub(crate) parsed: Option<ImageConfiguration>,
    pub(crate) platform: Platform,
    pub(crate) created: Option<String>,
    pub(crate) diff_ids: Vec<Digest>,
    /// `created_by` of each history entry that made a layer.
    pub(crate) created_by: Vec<Option<String>>,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    os: Option<String>,
    #[serde(default)]
    architecture: Option<String>,
    #[serde(default)]
    variant: Option<String>,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    rootfs: Option<RootFs>,
    #[serde(default)]
    history: Option<Vec<History>>,
}

#[derive(Deserialize)]
struct RootFs {
    #[serde(default)]
    diff_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct History {
    #[serde(default)]
    created_by: Option<String>,
    #[serde(default)]
    empty_layer: Option<bool>,
}

impl Config {
    /// Reads a configuration whose digest is known to be right. `place` is for errors.
    pub(crate) fn parse(bytes: Vec<u8>, place: &str) -> Result<Self, Error> {
        let malformed =
            |message: String| Error::Malformed { what: "the configuration", place: place.to_owned(), message };
        let document: Document = serde_json::from_slice(&bytes).map_err(|error| malformed(error.to_string()))?;
        let diff_ids = document.rootfs.and_then(|rootfs| rootfs.diff_ids).unwrap_or_default();
        let diff_ids: Result<Vec<Digest>, _> = diff_ids.iter().map(|text| text.parse()).collect();
        let history = document.history.unwrap_or_default();
        let made = history.into_iter().filter(|entry| !entry.empty_layer.unwrap_or(false));
        Ok(Self {
            parsed: ImageConfiguration::from_reader(bytes.as_slice()).ok(),
            platform: Platform {
                os: document.os.unwrap_or_default(),
                architecture: document.architecture.unwrap_or_default(),
                variant: document.variant.filter(|variant| !variant.is_empty()),
            },
            created: document.created,
            diff_ids: diff_ids.map_err(|error| malformed(error.to_string()))?,
            created_by: made.map(|entry| entry.created_by.filter(|text| !text.is_empty())).collect(),
            bytes,
        })
    }
}
