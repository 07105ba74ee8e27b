//! What a Rego package says of itself: OPA's `# METADATA` comment, or Trivy's older `__rego_metadata__`.

use boltseal_evidence::{RuleInfo, Severity};
use serde::Deserialize;
use serde_json::Value;

/// What a package says of itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Metadata {
    title: Option<String>,
    description: Option<String>,
    related_resources: Vec<Value>,
    custom: Custom,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Custom {
    id: Option<String>,
    avd_id: Option<String>,
    long_id: Option<String>,
    short_code: Option<String>,
    severity: Option<String>,
    recommended_action: Option<String>,
    recommended_actions: Option<String>,
    url: Option<String>,
    aliases: Vec<String>,
    input: Input,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Input {
    selector: Vec<Selector>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Selector {
    #[serde(rename = "type")]
    kind: String,
}

impl Metadata {
    /// Reads the `# METADATA` comment that stands right above `package`.
    pub(crate) fn of_comment(text: &str) -> Option<Self> {
        let above: Vec<&str> = text.lines().take_while(|line| !line.trim_start().starts_with("package ")).collect();
        let start = above.iter().rposition(|line| line.trim() == "# METADATA")?;
        let yaml: String = above
            .get(start + 1..)?
            .iter()
            .map_while(|line| line.trim_start().strip_prefix('#'))
            .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
            .collect();
        serde_saphyr::from_str(&yaml).ok()
    }

    /// Reads `__rego_metadata__` and `__rego_input__`.
    pub(crate) fn of_values(metadata: &Value, input: &Value) -> Option<Self> {
        let text = |key: &str| metadata.get(key).and_then(Value::as_str).map(str::to_owned);
        metadata.as_object()?;
        let selector = input.get("selector").and_then(Value::as_array).map(|all| {
            let kinds = all.iter().filter_map(|each| each.get("type").and_then(Value::as_str));
            kinds.map(|kind| Selector { kind: kind.to_owned() }).collect()
        });
        Some(Self {
            title: text("title"),
            description: text("description"),
            related_resources: Vec::new(),
            custom: Custom {
                id: text("id"),
                avd_id: text("avd_id"),
                severity: text("severity"),
                recommended_actions: text("recommended_actions").or_else(|| text("recommended_action")),
                url: text("url"),
                input: Input { selector: selector.unwrap_or_default() },
                ..Custom::default()
            },
        })
    }

    /// The names of what the package is meant for; empty for anything.
    pub(crate) fn selectors(&self) -> Vec<&str> {
        self.custom.input.selector.iter().map(|selector| selector.kind.as_str()).collect()
    }

    /// The severity it gives.
    pub(crate) fn severity(&self) -> Option<Severity> {
        self.custom.severity.as_deref()?.to_ascii_lowercase().parse().ok()
    }

    /// Its text for reports; `name` where it has no id.
    pub(crate) fn info(&self, name: &str, severity: Severity) -> RuleInfo {
        let custom = &self.custom;
        let aliases = [&custom.avd_id, &custom.long_id, &custom.short_code].into_iter().flatten().cloned();
        let links = self
            .related_resources
            .iter()
            .filter_map(|link| link.as_str().or_else(|| link.get("ref").and_then(Value::as_str)).map(str::to_owned));
        let advice = custom.recommended_actions.clone().or_else(|| custom.recommended_action.clone());
        RuleInfo {
            id: custom.id.clone().unwrap_or_else(|| name.to_owned()),
            title: self.title.clone().unwrap_or_else(|| name.to_owned()),
            severity: self.severity().unwrap_or(severity),
            aliases: aliases.chain(custom.aliases.iter().cloned()).collect(),
            why: self.description.clone().unwrap_or_default().trim().to_owned(),
            advice: advice.unwrap_or_default().trim().to_owned(),
            references: custom.url.iter().cloned().chain(links).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comment_above_the_package_is_read() {
        let text = "# Copyright\n# METADATA\n# title: no root\n# custom:\n#   id: X1\n#   severity: HIGH\n#   input:\n#     selector:\n#     - type: dockerfile\npackage user.x\n";
        let metadata = Metadata::of_comment(text).unwrap();
        assert_eq!(metadata.selectors(), ["dockerfile"]);
        let info = metadata.info("x", Severity::Medium);
        assert_eq!((info.id.as_str(), info.title.as_str(), info.severity), ("X1", "no root", Severity::High));
        assert!(Metadata::of_comment("package a\n").is_none());
    }
}
