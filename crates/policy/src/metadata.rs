//! What a Rego package says of itself: OPA's `# METADATA` comment, or Trivy's older `__rego_metadata__`.

use boltseal_evidence::{RuleInfo, Severity};
use serde::Deserialize;
use serde_json::Value;

use crate::input::{Form, Subject};

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
    deprecated: bool,
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
    subtypes: Vec<Subtype>,
}

/// A sort of Kubernetes object; for other things there are other fields.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Subtype {
    group: String,
    version: String,
    kind: String,
}

impl Subtype {
    fn fits(&self, document: &Value) -> bool {
        let text = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default();
        let (group, version) = text("apiVersion").split_once('/').unwrap_or(("", text("apiVersion")));
        [(&self.kind, text("kind")), (&self.group, group), (&self.version, version)]
            .iter()
            .all(|(wanted, actual)| wanted.is_empty() || wanted.eq_ignore_ascii_case(actual))
            && !(self.kind.is_empty() && self.group.is_empty() && self.version.is_empty())
    }
}

impl Metadata {
    /// Reads the `# METADATA` comment that stands right above `package`; none if there is none.
    ///
    /// # Errors
    /// What is wrong with its YAML, where the whole would else be taken for a check of anything.
    pub(crate) fn of_comment(text: &str) -> Result<Option<Self>, String> {
        let above: Vec<&str> = text.lines().take_while(|line| !line.trim_start().starts_with("package ")).collect();
        let Some(start) = above.iter().rposition(|line| line.trim() == "# METADATA") else { return Ok(None) };
        let yaml: String = above
            .iter()
            .skip(start + 1)
            .map_while(|line| line.trim_start().strip_prefix('#'))
            .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
            .collect();
        serde_saphyr::from_str(&yaml).map(Some).map_err(|error| {
            let line = error.location().map_or(0, |at| usize::try_from(at.line()).unwrap_or_default());
            let message = error.without_snippet().render();
            format!(
                "line {}: the METADATA cannot be read: {}",
                start + 1 + line,
                message.lines().next().unwrap_or_default()
            )
        })
    }

    /// Reads `__rego_metadata__` and `__rego_input__`.
    pub(crate) fn of_values(metadata: &Value, input: &Value) -> Option<Self> {
        let text = |key: &str| metadata.get(key).and_then(Value::as_str).map(str::to_owned);
        metadata.as_object()?;
        let selector = input
            .get("selector")
            .and_then(Value::as_array)
            .map(|all| all.iter().filter_map(|each| serde_json::from_value(each.clone()).ok()).collect());
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
                deprecated: metadata.get("deprecated").and_then(Value::as_bool).unwrap_or_default(),
                input: Input { selector: selector.unwrap_or_default() },
                ..Custom::default()
            },
        })
    }

    /// It is meant for such a subject: any of its selectors is.
    pub(crate) fn selects(&self, subject: &Subject) -> bool {
        let selectors = &self.custom.input.selector;
        selectors.is_empty()
            || selectors.iter().any(|selector| {
                let fits = |subtype: &Subtype| subject.form != Form::Kubernetes || subtype.fits(&subject.document);
                subject.form.is_called(&selector.kind)
                    && (selector.subtypes.is_empty() || selector.subtypes.iter().any(fits))
            })
    }

    /// Its authors want it asked no more.
    pub(crate) fn is_deprecated(&self) -> bool {
        self.custom.deprecated
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
        let metadata = Metadata::of_comment(text).unwrap().unwrap();
        assert_eq!(metadata.custom.input.selector[0].kind, "dockerfile");
        let info = metadata.info("x", Severity::Medium);
        assert_eq!((info.id.as_str(), info.title.as_str(), info.severity), ("X1", "no root", Severity::High));
        assert!(Metadata::of_comment("package a\n").unwrap().is_none());
        let error = Metadata::of_comment("# x\n# METADATA\n# title: [\npackage a\n").unwrap_err();
        assert!(error.starts_with("line ") && error.contains("METADATA cannot be read"), "{error}");
    }

    #[test]
    fn subtypes_name_kinds_in_any_case() {
        let text = "# METADATA\n# custom:\n#   input:\n#     selector:\n#     - type: kubernetes\n#       subtypes:\n#         - kind: deployment\n#         - kind: cronjob\n#           group: batch\npackage x\n";
        let metadata = Metadata::of_comment(text).unwrap().unwrap();
        let of = |version: &str, kind: &str| {
            let document = serde_json::json!({ "apiVersion": version, "kind": kind });
            let lined = document.clone();
            let path = String::new();
            metadata.selects(&Subject {
                form: Form::Kubernetes,
                path,
                document,
                document_with_lines: lined,
                commands: Vec::new(),
            })
        };
        assert!(of("apps/v1", "Deployment") && of("batch/v1", "CronJob"));
        assert!(!of("example.com/v1", "CronJob") && !of("v1", "Pod"));
    }
}
