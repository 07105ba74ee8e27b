//! GitHub Actions, as <https://actions.github.io/buildtypes/workflow/v1> says.

use serde_json::{Map, Value, json};

use super::{Environment, Given, Parts, ProvenanceError};

const BUILD_TYPE: &str = "https://actions.github.io/buildtypes/workflow/v1";

pub(super) fn parts(environment: &Environment<'_>, given: &Given) -> Result<Parts, ProvenanceError> {
    let server = environment.url("GITHUB_SERVER_URL")?;
    let name = environment.needed("GITHUB_REPOSITORY")?;
    let repository = format!("{server}/{name}");
    let commit = environment.commit("GITHUB_SHA")?;
    let reference = environment.needed("GITHUB_REF")?;
    // `octo-org/app/.github/workflows/build.yml@refs/heads/main`: the workflow may be another repository's.
    let workflow = environment.needed("GITHUB_WORKFLOW_REF")?;
    let malformed = || ProvenanceError::Value {
        name: "GITHUB_WORKFLOW_REF",
        value: workflow.chars().take(200).collect(),
        wanted: "OWNER/REPOSITORY/PATH@REF",
    };
    let (place, workflow_reference) = workflow.split_once('@').ok_or_else(malformed)?;
    let mut segments = place.splitn(3, '/');
    let (Some(owner), Some(project), Some(path)) = (segments.next(), segments.next(), segments.next()) else {
        return Err(malformed());
    };
    let mut external = Map::from_iter([(
        "workflow".to_owned(),
        json!({ "ref": workflow_reference, "repository": format!("{server}/{owner}/{project}"), "path": path }),
    )]);
    if !given.parameters.is_empty() {
        external.insert("inputs".to_owned(), json!(given.parameters));
    }
    let about = [
        ("event_name", "GITHUB_EVENT_NAME"),
        ("repository_id", "GITHUB_REPOSITORY_ID"),
        ("repository_owner_id", "GITHUB_REPOSITORY_OWNER_ID"),
        ("runner_environment", "RUNNER_ENVIRONMENT"),
    ];
    let about: Map<String, Value> = about
        .into_iter()
        .filter_map(|(key, variable)| environment.get(variable).map(|value| (key.to_owned(), value.into())))
        .collect();
    let attempt = environment.get("GITHUB_RUN_ATTEMPT").unwrap_or("1");
    let run = environment.needed("GITHUB_RUN_ID")?;
    Ok(Parts {
        build_type: BUILD_TYPE.to_owned(),
        external,
        internal: Map::from_iter([("github".to_owned(), about.into())]),
        source: Some((format!("git+{repository}@{reference}"), Some(commit))),
        builder_id: format!("{server}/{workflow}"),
        builder_version: Map::new(),
        invocation_id: Some(format!("{repository}/actions/runs/{run}/attempts/{attempt}")),
        started_on: None,
    })
}
