//! The parts of an OSV record that are read; anything may be absent or null.

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct Record {
    #[serde(default)]
    pub id: String,
    pub summary: Option<String>,
    pub details: Option<String>,
    pub aliases: Option<Vec<String>>,
    pub upstream: Option<Vec<String>>,
    pub related: Option<Vec<String>>,
    pub published: Option<String>,
    pub modified: Option<String>,
    pub withdrawn: Option<String>,
    pub severity: Option<Vec<Severity>>,
    pub affected: Option<Vec<Affected>>,
    pub references: Option<Vec<Reference>>,
    pub database_specific: Option<DatabaseSpecific>,
}

#[derive(Deserialize)]
pub(super) struct Severity {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub score: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Reference {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub url: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Affected {
    pub package: Option<Package>,
    pub severity: Option<Vec<Severity>>,
    pub ranges: Option<Vec<Range>>,
    pub versions: Option<Vec<String>>,
    pub ecosystem_specific: Option<EcosystemSpecific>,
    pub database_specific: Option<AffectedSpecific>,
}

#[derive(Deserialize)]
pub(super) struct Package {
    pub ecosystem: Option<String>,
    pub name: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Range {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub events: Option<Vec<Event>>,
}

#[derive(Deserialize)]
pub(super) struct Event {
    pub introduced: Option<String>,
    pub fixed: Option<String>,
    pub last_affected: Option<String>,
}

/// Publishers put what they like under these keys, so nothing is assumed of the values' types.
#[derive(Deserialize)]
pub(super) struct DatabaseSpecific {
    pub severity: Option<Value>,
    pub cvss_v3_score: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct AffectedSpecific {
    pub informational: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct EcosystemSpecific {
    pub urgency: Option<Value>,
    pub custom_ranges: Option<Value>,
}
