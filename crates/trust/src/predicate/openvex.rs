//! OpenVEX (<https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>): read from a file, or made of decisions.

use std::collections::{BTreeMap, BTreeSet};

use boltseal_evidence::{Digest, Report, Status};
use serde_json::{Value, json};

const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";

/// What a document is made with.
#[derive(Debug, Clone)]
pub struct Openvex<'a> {
    /// Who states it.
    pub author: &'a str,
    /// When, RFC 3339.
    pub timestamp: &'a str,
    /// The image that it is about.
    pub image: &'a Digest,
    /// Registry and repository, where there are.
    pub repository: Option<&'a str>,
    /// What the decisions mean.
    pub status: OpenvexStatus,
}

/// What a decision not to act on a finding means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenvexStatus {
    /// The vulnerability does no harm in this image: the reason is the `impact_statement`.
    NotAffected,
    /// It does, and is put up with: the reason is the `action_statement`.
    Affected,
}

/// Why there is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenvexError {
    /// A document states at least one thing.
    #[error("no finding of the image is covered by the ignore file: there is nothing to state")]
    Nothing,
    /// A file that is none.
    #[error("it is no OpenVEX document: {0}")]
    Malformed(String),
}

/// What a decision covers.
#[derive(Default)]
struct Covered<'a> {
    /// The vulnerability's other names.
    aliases: BTreeSet<&'a str>,
    /// Package URLs.
    packages: BTreeSet<&'a str>,
}

impl Openvex<'_> {
    /// The document on every finding that a decision covers. Which packages are meant is in `subcomponents`.
    pub fn document(&self, report: &Report) -> Result<Value, OpenvexError> {
        // One statement for a vulnerability and a reason, with all the packages it is about.
        let mut decisions: BTreeMap<(&str, &str), Covered<'_>> = BTreeMap::new();
        for finding in &report.findings {
            if let Status::Suppressed(suppression) = &finding.status {
                let covered = decisions.entry((finding.id.as_str(), suppression.reason.as_str())).or_default();
                covered.aliases.extend(finding.aliases.iter().map(String::as_str));
                covered.packages.insert(&finding.package.purl);
            }
        }
        if decisions.is_empty() {
            return Err(OpenvexError::Nothing);
        }
        let statements: Vec<Value> =
            decisions.iter().map(|((id, reason), covered)| self.statement(id, reason, covered)).collect();
        let mut document = json!({
            "@context": CONTEXT,
            "author": self.author,
            "timestamp": self.timestamp,
            "version": 1,
            "tooling": "boltseal",
            "statements": statements,
        });
        // The same decisions at the same time have the same name.
        let name = format!("urn:boltseal:vex:{}", Digest::sha256_of(document.to_string().as_bytes()));
        if let Some(fields) = document.as_object_mut() {
            fields.insert("@id".to_owned(), name.into());
        }
        Ok(document)
    }

    fn statement(&self, id: &str, reason: &str, covered: &Covered<'_>) -> Value {
        let Covered { aliases, packages } = covered;
        let (status, why) = match self.status {
            OpenvexStatus::NotAffected => ("not_affected", "impact_statement"),
            OpenvexStatus::Affected => ("affected", "action_statement"),
        };
        let subcomponents: Vec<Value> =
            packages.iter().map(|purl| json!({ "@id": purl, "identifiers": { "purl": purl } })).collect();
        let text = self.image.to_string();
        let (algorithm, value) = text.split_once(':').unwrap_or(("sha256", &text));
        // The schema knows `sha-256`.
        let algorithm = algorithm.replacen("sha", "sha-", 1);
        let mut product = json!({ "hashes": { algorithm: value }, "subcomponents": subcomponents });
        if let (Some(repository), Some(fields)) = (self.repository, product.as_object_mut()) {
            let name = repository.rsplit('/').next().unwrap_or(repository);
            let purl = format!("pkg:oci/{name}@{}?repository_url={repository}", text.replace(':', "%3A"));
            fields.insert("@id".to_owned(), purl.clone().into());
            fields.insert("identifiers".to_owned(), json!({ "purl": purl }));
        }
        let mut statement = json!({
            "vulnerability": { "name": id, "aliases": aliases },
            "products": [product],
            "status": status,
        });
        if let Some(fields) = statement.as_object_mut() {
            fields.insert(why.to_owned(), reason.into());
        }
        statement
    }
}

/// Whether JSON is an OpenVEX document: what the specification requires, and that statuses carry their reasons.
pub fn check_openvex(document: &Value) -> Result<(), OpenvexError> {
    let malformed = |reason: String| OpenvexError::Malformed(reason);
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let context = text(document, "@context").unwrap_or_default();
    if !context.starts_with("https://openvex.dev/ns") {
        return Err(malformed("its `@context` is not https://openvex.dev/ns/v0.2.0".to_owned()));
    }
    for key in ["@id", "author", "timestamp"] {
        text(document, key).ok_or_else(|| malformed(format!("`{key}` is missing")))?;
    }
    let statements = document.get("statements").and_then(Value::as_array).filter(|statements| !statements.is_empty());
    for (index, statement) in statements.ok_or_else(|| malformed("it states nothing".to_owned()))?.iter().enumerate() {
        let at = |reason: &str| malformed(format!("statement {}: {reason}", index + 1));
        let has = |key: &str| statement.get(key).is_some();
        if !has("vulnerability") {
            return Err(at("`vulnerability` is missing"));
        }
        match text(statement, "status").as_deref() {
            Some("not_affected") if !has("justification") && !has("impact_statement") => {
                return Err(at("`not_affected` needs a `justification` or an `impact_statement`"));
            }
            Some("affected") if !has("action_statement") => {
                return Err(at("`affected` needs an `action_statement`"));
            }
            Some("not_affected" | "affected" | "fixed" | "under_investigation") => {}
            _ => return Err(at("its `status` is none that OpenVEX knows")),
        }
    }
    Ok(())
}
