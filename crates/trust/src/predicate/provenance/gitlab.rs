//! GitLab CI. The parameters are described in `docs/provenance.md`.

use serde_json::{Map, Value, json};

use super::{Environment, Given, Parts, ProvenanceError};

const BUILD_TYPE: &str = "https://boltseal.dev/buildtypes/gitlab-ci/v1";

pub(super) fn parts(environment: &Environment<'_>, given: &Given) -> Result<Parts, ProvenanceError> {
    let project = environment.url("CI_PROJECT_URL")?;
    let commit = environment.commit("CI_COMMIT_SHA")?;
    let reference = match (environment.get("CI_COMMIT_TAG"), environment.get("CI_MERGE_REQUEST_REF_PATH")) {
        (Some(tag), _) => format!("refs/tags/{tag}"),
        (None, Some(request)) => request.to_owned(),
        (None, None) => format!("refs/heads/{}", environment.needed("CI_COMMIT_REF_NAME")?),
    };
    let path = environment.get("CI_CONFIG_PATH").unwrap_or(".gitlab-ci.yml");
    let mut external =
        Map::from_iter([("source".to_owned(), json!({ "uri": project, "ref": reference, "path": path }))]);
    if !given.parameters.is_empty() {
        external.insert("inputs".to_owned(), json!(given.parameters));
    }
    let about = [
        ("job", "CI_JOB_NAME"),
        ("jobId", "CI_JOB_ID"),
        ("pipelineId", "CI_PIPELINE_ID"),
        ("pipelineSource", "CI_PIPELINE_SOURCE"),
        ("projectId", "CI_PROJECT_ID"),
    ];
    let about: Map<String, Value> = about
        .into_iter()
        .filter_map(|(key, variable)| environment.get(variable).map(|value| (key.to_owned(), value.into())))
        .collect();
    let version = environment.get("CI_RUNNER_VERSION").map(|version| ("gitlab-runner".to_owned(), version.into()));
    Ok(Parts {
        build_type: BUILD_TYPE.to_owned(),
        external,
        internal: Map::from_iter([("gitlab".to_owned(), about.into())]),
        source: Some((format!("git+{project}@{reference}"), Some(commit))),
        // As GitLab's runner names itself in the provenance that it makes.
        builder_id: format!("{project}/-/runners/{}", environment.needed("CI_RUNNER_ID")?),
        builder_version: version.into_iter().collect(),
        invocation_id: environment.get("CI_JOB_URL").map(str::to_owned),
        started_on: environment.get("CI_JOB_STARTED_AT").map(str::to_owned),
    })
}
