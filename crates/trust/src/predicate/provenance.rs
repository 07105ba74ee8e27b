//! SLSA provenance v1 (<https://slsa.dev/spec/v1.1/provenance>) of the build that runs this program.
//!
//! It says what the build's environment says, so it is worth as much as who signs it: a token of the CI that says the
//! same, or a key that only the build has. Read are only the variables in [`VARIABLES`], none of which is a secret.

mod generic;
mod github;
mod gitlab;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

pub use crate::slsa::PROVENANCE_V1 as TYPE;

/// The variables that are read. Nothing else of an environment may be handed over.
pub const VARIABLES: [&str; 28] = [
    "CI_COMMIT_REF_NAME",
    "CI_COMMIT_SHA",
    "CI_COMMIT_TAG",
    "CI_CONFIG_PATH",
    "CI_JOB_ID",
    "CI_JOB_NAME",
    "CI_JOB_STARTED_AT",
    "CI_JOB_URL",
    "CI_MERGE_REQUEST_REF_PATH",
    "CI_PIPELINE_ID",
    "CI_PIPELINE_SOURCE",
    "CI_PROJECT_ID",
    "CI_PROJECT_URL",
    "CI_RUNNER_ID",
    "CI_RUNNER_VERSION",
    "GITHUB_ACTIONS",
    "GITHUB_EVENT_NAME",
    "GITHUB_REF",
    "GITHUB_REPOSITORY",
    "GITHUB_REPOSITORY_ID",
    "GITHUB_REPOSITORY_OWNER_ID",
    "GITHUB_RUN_ATTEMPT",
    "GITHUB_RUN_ID",
    "GITHUB_SERVER_URL",
    "GITHUB_SHA",
    "GITHUB_WORKFLOW_REF",
    "GITLAB_CI",
    "RUNNER_ENVIRONMENT",
];

/// What a user adds to what the environment says, or says instead where there is no CI.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Who builds: a URI that stands for the platform.
    pub builder_id: Option<String>,
    /// What the parameters mean: a URI.
    pub build_type: Option<String>,
    /// The source's repository: `https://git.example/app`.
    pub source_uri: Option<String>,
    /// Its branch or tag: `refs/heads/main`.
    pub source_ref: Option<String>,
    /// Its commit.
    pub source_commit: Option<String>,
    /// What whoever started the build chose.
    pub parameters: BTreeMap<String, String>,
    /// The page or number of this build.
    pub invocation_id: Option<String>,
    /// When it began, RFC 3339.
    pub started_on: Option<String>,
    /// When the provenance is made, RFC 3339.
    pub finished_on: Option<String>,
}

/// The environment does not say what a provenance has to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProvenanceError {
    /// A CI leaves a variable out that it always sets.
    #[error("`{0}` is not set, which this CI always sets: run this in a job")]
    Variable(&'static str),
    /// A variable says something that it never does.
    #[error("`{name}` is `{value}`, which is not {wanted}")]
    Value {
        /// The variable or option.
        name: &'static str,
        /// What it says.
        value: String,
        /// What it should.
        wanted: &'static str,
    },
    /// No CI is known here, and the user did not say.
    #[error("this is neither a job of GitHub Actions nor of GitLab CI: say who builds with {0}")]
    Wanted(&'static str),
}

/// The parts of a provenance.
struct Parts {
    build_type: String,
    external: Map<String, Value>,
    internal: Map<String, Value>,
    /// The source's URI, with its reference, and its commit.
    source: Option<(String, Option<String>)>,
    builder_id: String,
    builder_version: Map<String, Value>,
    invocation_id: Option<String>,
    started_on: Option<String>,
}

/// The predicate for the build in whose environment this is; `variables` holds of it what [`VARIABLES`] names.
pub fn provenance(variables: &BTreeMap<String, String>, given: &Given) -> Result<Value, ProvenanceError> {
    let environment = Environment(variables);
    if let Some(commit) = &given.source_commit {
        commit_of("--source-commit", commit)?;
    }
    let mut parts = if environment.get("GITHUB_ACTIONS") == Some("true") {
        github::parts(&environment, given)?
    } else if environment.get("GITLAB_CI") == Some("true") {
        gitlab::parts(&environment, given)?
    } else {
        generic::parts(given)?
    };
    if let Some(builder) = &given.builder_id {
        parts.builder_id.clone_from(builder);
    }
    if let Some(build_type) = &given.build_type {
        parts.build_type.clone_from(build_type);
    }
    Ok(write(parts, given))
}

fn write(parts: Parts, given: &Given) -> Value {
    let mut definition = json!({ "buildType": parts.build_type, "externalParameters": parts.external });
    if !parts.internal.is_empty() {
        set(&mut definition, "internalParameters", parts.internal.into());
    }
    if let Some((uri, commit)) = parts.source {
        let mut dependency = json!({ "uri": uri });
        if let Some(commit) = commit {
            set(&mut dependency, "digest", json!({ "gitCommit": commit }));
        }
        set(&mut definition, "resolvedDependencies", json!([dependency]));
    }
    let mut builder = json!({ "id": parts.builder_id });
    if !parts.builder_version.is_empty() {
        set(&mut builder, "version", parts.builder_version.into());
    }
    let metadata = [
        ("invocationId", given.invocation_id.clone().or(parts.invocation_id)),
        ("startedOn", given.started_on.clone().or(parts.started_on)),
        ("finishedOn", given.finished_on.clone()),
    ];
    let metadata: Map<String, Value> =
        metadata.into_iter().filter_map(|(key, value)| value.map(|value| (key.to_owned(), value.into()))).collect();
    json!({ "buildDefinition": definition, "runDetails": { "builder": builder, "metadata": metadata } })
}

fn set(object: &mut Value, key: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
}

/// The variables of a build.
struct Environment<'a>(&'a BTreeMap<String, String>);

impl Environment<'_> {
    fn get(&self, name: &'static str) -> Option<&str> {
        // What is not on the list is not looked at, whatever was handed over.
        VARIABLES.binary_search(&name).ok()?;
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn needed(&self, name: &'static str) -> Result<&str, ProvenanceError> {
        self.get(name).ok_or(ProvenanceError::Variable(name))
    }

    fn commit(&self, name: &'static str) -> Result<String, ProvenanceError> {
        commit_of(name, self.needed(name)?)
    }

    fn url(&self, name: &'static str) -> Result<&str, ProvenanceError> {
        let value = self.needed(name)?;
        // A user name in an address may be a token.
        let host = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
        match host.filter(|rest| !rest.is_empty() && !rest.contains('@')) {
            Some(_) => Ok(value.trim_end_matches('/')),
            None => {
                Err(ProvenanceError::Value { name, value: "…".to_owned(), wanted: "an address without a user name" })
            }
        }
    }
}

/// A commit of Git: SHA-1 or SHA-256, hexadecimal.
fn commit_of(name: &'static str, text: &str) -> Result<String, ProvenanceError> {
    let is_commit = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit {
        return Ok(text.to_ascii_lowercase());
    }
    Err(ProvenanceError::Value { name, value: text.chars().take(80).collect(), wanted: "a commit" })
}

#[cfg(test)]
mod tests;
