//! The part of SARIF 2.1.0 that is written here; names as in the specification's section 3.

use std::collections::BTreeMap;

use serde::Serialize;

#[derive(Debug, Serialize)]
pub(crate) struct Log {
    #[serde(rename = "$schema")]
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    pub(crate) runs: Vec<Run>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    pub(crate) tool: Tool,
    pub(crate) invocations: Vec<Invocation>,
    pub(crate) original_uri_base_ids: BTreeMap<&'static str, BaseLocation>,
    pub(crate) column_kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) properties: Option<RunProperties>,
    pub(crate) results: Vec<SarifResult>,
}

#[derive(Debug, Serialize)]
pub(crate) struct RunProperties {
    pub(crate) subject: String,
    pub(crate) database: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct BaseLocation {
    pub(crate) description: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct Tool {
    pub(crate) driver: Driver,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Driver {
    pub(crate) name: &'static str,
    pub(crate) full_name: String,
    pub(crate) version: String,
    pub(crate) semantic_version: String,
    pub(crate) information_uri: &'static str,
    pub(crate) rules: Vec<Rule>,
    pub(crate) notifications: Vec<Descriptor>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) short_description: Text,
    pub(crate) full_description: Text,
    pub(crate) help: Text,
}

/// A `reportingDescriptor` for a vulnerability or a mistake.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) short_description: Text,
    pub(crate) full_description: Text,
    pub(crate) help_uri: String,
    pub(crate) help: Text,
    pub(crate) default_configuration: Configuration,
    pub(crate) properties: RuleProperties,
}

#[derive(Debug, Serialize)]
pub(crate) struct Configuration {
    pub(crate) level: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct RuleProperties {
    pub(crate) precision: &'static str,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    pub(crate) security_severity: Option<String>,
    pub(crate) tags: Vec<String>,
}

/// A `multiformatMessageString`.
#[derive(Debug, Serialize)]
pub(crate) struct Text {
    pub(crate) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) markdown: Option<String>,
}

impl Text {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), markdown: None }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Message {
    text: String,
}

impl Message {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invocation {
    pub(crate) execution_successful: bool,
    pub(crate) tool_execution_notifications: Vec<Notification>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Notification {
    pub(crate) descriptor: Reference,
    pub(crate) level: &'static str,
    pub(crate) message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) locations: Vec<Location>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Reference {
    pub(crate) id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SarifResult {
    pub(crate) rule_id: String,
    pub(crate) rule_index: usize,
    pub(crate) level: &'static str,
    pub(crate) message: Message,
    pub(crate) locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) related_locations: Vec<Location>,
    pub(crate) partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) suppressions: Option<Vec<Suppression>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) fixes: Vec<Fix>,
    pub(crate) properties: ResultProperties,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ResultProperties {
    Package(PackageProperties),
    Check(CheckProperties),
}

/// Of a mistake in a file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckProperties {
    pub(crate) severity: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) subject: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fix {
    pub(crate) description: Message,
    pub(crate) artifact_changes: Vec<ArtifactChange>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArtifactChange {
    pub(crate) artifact_location: ArtifactLocation,
    pub(crate) replacements: Vec<Replacement>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Replacement {
    pub(crate) deleted_region: Region,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) inserted_content: Option<Message>,
}

/// Of a vulnerable package.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PackageProperties {
    pub(crate) purl: String,
    pub(crate) installed_version: String,
    pub(crate) severity: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) fixed_versions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) layer: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) known_exploited_since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) epss_probability: Option<f64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<usize>,
    pub(crate) physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<Message>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhysicalLocation {
    pub(crate) artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<Region>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArtifactLocation {
    pub(crate) uri: String,
    pub(crate) uri_base_id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Region {
    pub(crate) start_line: u32,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) columns: Option<Columns>,
}

/// The rest of a region that is known to the character; the end is the first position behind it (section 3.30).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Columns {
    pub(crate) start_column: u32,
    pub(crate) end_line: u32,
    pub(crate) end_column: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogicalLocation {
    pub(crate) name: String,
    pub(crate) fully_qualified_name: String,
    pub(crate) kind: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Suppression {
    pub(crate) kind: &'static str,
    pub(crate) status: &'static str,
    pub(crate) justification: String,
}
