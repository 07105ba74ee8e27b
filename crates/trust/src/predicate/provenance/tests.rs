//! Provenance of each kind of environment, and that nothing secret gets in.

use super::*;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn variables(all: &[(&str, &str)]) -> BTreeMap<String, String> {
    all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn github() -> BTreeMap<String, String> {
    variables(&[
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "example/app"),
        ("GITHUB_SHA", COMMIT),
        ("GITHUB_REF", "refs/tags/v1"),
        ("GITHUB_WORKFLOW_REF", "example/flows/.github/workflows/build.yml@refs/heads/main"),
        ("GITHUB_RUN_ID", "42"),
        ("GITHUB_EVENT_NAME", "push"),
        ("GITHUB_TOKEN", "s3cr3t"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "s3cr3t"),
    ])
}

fn gitlab() -> BTreeMap<String, String> {
    variables(&[
        ("GITLAB_CI", "true"),
        ("CI_PROJECT_URL", "https://gitlab.example/group/app"),
        ("CI_COMMIT_SHA", COMMIT),
        ("CI_COMMIT_REF_NAME", "main"),
        ("CI_RUNNER_ID", "7"),
        ("CI_JOB_NAME", "build"),
        ("CI_JOB_URL", "https://gitlab.example/group/app/-/jobs/9"),
        ("CI_JOB_STARTED_AT", "2026-01-02T03:04:05Z"),
        ("CI_JOB_TOKEN", "s3cr3t"),
        ("CI_REGISTRY_PASSWORD", "s3cr3t"),
        ("CI_REPOSITORY_URL", "https://gitlab-ci-token:s3cr3t@gitlab.example/group/app.git"),
    ])
}

#[test]
fn a_job_of_github_says_its_workflow_source_and_run() {
    let made = provenance(&github(), &Given::default()).unwrap();
    assert_eq!(
        made,
        json!({
            "buildDefinition": {
                "buildType": "https://actions.github.io/buildtypes/workflow/v1",
                "externalParameters": { "workflow": {
                    "ref": "refs/heads/main",
                    "repository": "https://github.com/example/flows",
                    "path": ".github/workflows/build.yml",
                } },
                "internalParameters": { "github": { "event_name": "push" } },
                "resolvedDependencies": [{
                    "uri": "git+https://github.com/example/app@refs/tags/v1", "digest": { "gitCommit": COMMIT },
                }],
            },
            "runDetails": {
                "builder": { "id": "https://github.com/example/flows/.github/workflows/build.yml@refs/heads/main" },
                "metadata": { "invocationId": "https://github.com/example/app/actions/runs/42/attempts/1" },
            },
        })
    );
}

#[test]
fn a_job_of_gitlab_says_its_project_and_runner() {
    let made = provenance(&gitlab(), &Given::default()).unwrap();
    let at = |place: &str| made.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned();
    assert_eq!(at("/buildDefinition/externalParameters/source/uri"), "https://gitlab.example/group/app");
    assert_eq!(at("/buildDefinition/externalParameters/source/ref"), "refs/heads/main");
    assert_eq!(at("/buildDefinition/resolvedDependencies/0/digest/gitCommit"), COMMIT);
    assert_eq!(at("/runDetails/builder/id"), "https://gitlab.example/group/app/-/runners/7");
    assert_eq!(at("/runDetails/metadata/startedOn"), "2026-01-02T03:04:05Z");
}

#[test]
fn nothing_secret_gets_in_even_when_it_is_handed_over() {
    for variables in [github(), gitlab()] {
        let made = provenance(&variables, &Given::default()).unwrap().to_string();
        assert!(!made.contains("s3cr3t"), "{made}");
    }
    assert!(VARIABLES.is_sorted());
    for name in VARIABLES {
        for word in ["TOKEN", "PASSWORD", "SECRET", "KEY", "AUTH", "JWT", "CREDENTIAL", "REPOSITORY_URL"] {
            assert!(!name.contains(word), "{name}");
        }
    }
    // An address with a password in it is refused, and not repeated.
    let mut variables = gitlab();
    variables.insert("CI_PROJECT_URL".to_owned(), "https://u:s3cr3t@gitlab.example/a".to_owned());
    let error = provenance(&variables, &Given::default()).unwrap_err().to_string();
    assert!(!error.contains("s3cr3t"), "{error}");
}

#[test]
fn what_this_program_reads_is_what_it_writes() {
    let given = Given {
        builder_id: Some("https://ci.example/builder".to_owned()),
        source_uri: Some("https://git.example/app".to_owned()),
        source_ref: Some("refs/heads/main".to_owned()),
        source_commit: Some(COMMIT.to_owned()),
        parameters: BTreeMap::from([("version".to_owned(), "1".to_owned())]),
        ..Given::default()
    };
    for (variables, given, repository) in [
        (github(), Given::default(), "https://github.com/example/flows"),
        (gitlab(), Given::default(), "https://gitlab.example/group/app"),
        (BTreeMap::new(), given, "https://git.example/app"),
    ] {
        let made = provenance(&variables, &given).unwrap();
        let read = crate::slsa::Provenance::read(TYPE, &made).unwrap();
        assert!(read.builder_id.is_some() && read.build_type.is_some());
        let sources: Vec<_> = read.sources.iter().map(|source| format!("{source:?}")).collect();
        assert!(sources.iter().any(|source| source.contains(repository)), "{sources:?}");
    }
}

#[test]
fn an_environment_that_says_too_little_or_nonsense_makes_none() {
    for variable in ["GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_REF", "GITHUB_WORKFLOW_REF", "GITHUB_RUN_ID"] {
        let mut variables = github();
        variables.remove(variable);
        assert_eq!(provenance(&variables, &Given::default()), Err(ProvenanceError::Variable(variable)));
    }
    let mut variables = github();
    variables.insert("GITHUB_SHA".to_owned(), "main".to_owned());
    assert!(matches!(provenance(&variables, &Given::default()), Err(ProvenanceError::Value { .. })));
    assert!(matches!(provenance(&BTreeMap::new(), &Given::default()), Err(ProvenanceError::Wanted(_))));
}
