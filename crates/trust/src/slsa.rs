//! SLSA predicates, read: who says that it built something, from what and how; and what a verifier sums up.
//!
//! [`Provenance`] reads v1 (<https://slsa.dev/spec/v1.1/provenance>) and v0.2 (<https://slsa.dev/spec/v0.2/provenance>),
//! [`Summary`] reads <https://slsa.dev/spec/v1.1/verification_summary>. What is read is what a payload *says*: it is as
//! true as its signer, and who that is stands in the certificate.

mod location;
mod summary;

use serde::Deserialize;
use serde_json::{Map, Value};

pub use location::{ImageName, SourceLocation};
pub use summary::Summary;

/// The predicate type of provenance v1.
pub const PROVENANCE_V1: &str = "https://slsa.dev/provenance/v1";
/// The predicate type of provenance v0.2.
pub const PROVENANCE_V02: &str = "https://slsa.dev/provenance/v0.2";
/// The predicate type of a verification summary.
pub const SUMMARY_V1: &str = "https://slsa.dev/verification_summary/v1";

/// What is read of dependencies and sources; a payload that lists more is not believed to be complete.
const MOST_DEPENDENCIES: usize = 20_000;

/// A predicate that does not have the form that its type asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the predicate is no `{predicate_type}`: {reason}")]
pub struct PredicateError {
    /// The type it says it has.
    pub predicate_type: String,
    /// What is wrong with it.
    pub reason: String,
}

/// How something was built, as its builder says.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// Who built it (`runDetails.builder.id`, v0.2 `builder.id`).
    pub builder_id: Option<String>,
    /// What the parameters mean.
    pub build_type: Option<String>,
    /// Where it was built from: more than one where the payload names several, which need not agree.
    pub sources: Vec<Source>,
    /// The path of the workflow or build file in the source.
    pub workflow: Option<String>,
    /// What whoever started the build could choose: `externalParameters`, v0.2 `invocation.parameters`.
    pub parameters: Value,
    /// JSON pointers into `parameters` of what was read as source or workflow.
    pub understood: Vec<String>,
    /// What went into the build: `resolvedDependencies`, v0.2 `materials`.
    pub dependencies: Vec<Dependency>,
    /// When it began, as the payload says.
    pub started_on: Option<String>,
    /// When it ended, as the payload says.
    pub finished_on: Option<String>,
}

/// A source that a payload names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As it is written.
    pub uri: String,
    /// Repository and reference, where the URI names them.
    pub location: Option<SourceLocation>,
    /// The commits that the payload gives for this repository, lower-case hexadecimal.
    pub commits: Vec<String>,
}

/// Something that went into a build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Dependency {
    /// What it is.
    pub uri: Option<String>,
    /// Its digests by algorithm: `sha256`, `gitCommit`.
    pub digest: std::collections::BTreeMap<String, String>,
    /// Its name.
    pub name: Option<String>,
}

impl Dependency {
    /// The image that this is, where it is one.
    pub fn image(&self) -> Option<ImageName> {
        ImageName::read(self.uri.as_deref()?)
    }

    fn commit(&self) -> Option<String> {
        let commit = ["gitCommit", "sha1"].iter().find_map(|algorithm| self.digest.get(*algorithm))?;
        Some(commit.to_ascii_lowercase())
    }
}

/// A descriptor of a source: `{uri, digest}`, with the other names that builders use.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SourceParts {
    uri: Option<String>,
    repository: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    path: Option<String>,
    #[serde(rename = "entryPoint")]
    entry_point: Option<String>,
    digest: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct V1 {
    build_definition: BuildDefinition,
    run_details: RunDetails,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BuildDefinition {
    build_type: Option<String>,
    external_parameters: Map<String, Value>,
    resolved_dependencies: Vec<Dependency>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RunDetails {
    builder: Builder,
    metadata: Metadata,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Builder {
    id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    started_on: Option<String>,
    finished_on: Option<String>,
    build_started_on: Option<String>,
    build_finished_on: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct V02 {
    builder: Builder,
    build_type: Option<String>,
    invocation: Invocation,
    metadata: Option<Metadata>,
    materials: Vec<Dependency>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Invocation {
    config_source: Option<SourceParts>,
    parameters: Value,
    environment: Value,
}

impl Provenance {
    /// It is provenance of a version that is read here.
    pub fn is_type(predicate_type: &str) -> bool {
        matches!(predicate_type, PROVENANCE_V1 | PROVENANCE_V02)
    }

    /// Reads a predicate.
    ///
    /// # Errors
    /// It is of another type, or a part that is read has another form.
    pub fn read(predicate_type: &str, predicate: &Value) -> Result<Self, PredicateError> {
        let refused = |reason: String| PredicateError { predicate_type: predicate_type.to_owned(), reason };
        objects(predicate, &OBJECTS).map_err(&refused)?;
        let form = |error: serde_json::Error| refused(error.to_string());
        let provenance = match predicate_type {
            PROVENANCE_V1 => V1::deserialize(predicate).map_err(form)?.read(),
            PROVENANCE_V02 => V02::deserialize(predicate).map_err(form)?.read(),
            _ => Err("it is of another type".to_owned()),
        }
        .map_err(refused)?;
        if provenance.dependencies.len() > MOST_DEPENDENCIES {
            return Err(refused(format!("it lists more than {MOST_DEPENDENCIES} dependencies")));
        }
        Ok(provenance)
    }
}

/// The parts of both versions that are objects, where they are there at all.
const OBJECTS: [&str; 8] = [
    "",
    "/buildDefinition",
    "/runDetails",
    "/runDetails/builder",
    "/runDetails/metadata",
    "/builder",
    "/invocation",
    "/invocation/configSource",
];

/// Refuses lists in place of objects: a reader that takes their items for fields sees what no other does.
fn objects(predicate: &Value, pointers: &[&str]) -> Result<(), String> {
    let is_list = |pointer: &&&str| predicate.pointer(pointer).is_some_and(Value::is_array);
    if let Some(pointer) = pointers.iter().find(is_list) {
        return Err(format!("`{pointer}` is a list, not an object"));
    }
    let lists = ["/buildDefinition/resolvedDependencies", "/materials"];
    let mut items = lists.iter().filter_map(|pointer| predicate.pointer(pointer)?.as_array()).flatten();
    if items.any(Value::is_array) { Err("a dependency is a list, not an object".to_owned()) } else { Ok(()) }
}

impl V1 {
    fn read(self) -> Result<Provenance, String> {
        let BuildDefinition { build_type, external_parameters, resolved_dependencies } = self.build_definition;
        let mut sources = Vec::new();
        let mut understood = Vec::new();
        let mut workflow = None;
        // The names that GitHub's, SLSA's, Google's, GitLab's and BuildKit's build types have for it.
        for name in ["workflow", "source", "sourceToBuild", "configSource"] {
            let parts = match external_parameters.get(name) {
                None | Some(Value::Null) => continue,
                Some(Value::String(uri)) => {
                    understood.push(format!("/{name}"));
                    SourceParts { uri: Some(uri.clone()), ..SourceParts::default() }
                }
                Some(Value::Array(_)) => return Err(format!("`externalParameters.{name}` is a list")),
                Some(object) => {
                    let read = ["uri", "repository", "ref", "path", "entryPoint", "digest"];
                    understood.extend(read.iter().map(|part| format!("/{name}/{part}")));
                    SourceParts::deserialize(object)
                        .map_err(|error| format!("`externalParameters.{name}` cannot be read: {error}"))?
                }
            };
            workflow = workflow.or_else(|| parts.path.clone().or_else(|| parts.entry_point.clone()));
            sources.extend(parts.source(&resolved_dependencies)?);
        }
        let metadata = self.run_details.metadata;
        Ok(Provenance {
            builder_id: self.run_details.builder.id.filter(|id| !id.is_empty()),
            build_type,
            sources,
            workflow,
            parameters: Value::Object(external_parameters),
            understood,
            dependencies: resolved_dependencies,
            started_on: metadata.started_on,
            finished_on: metadata.finished_on,
        })
    }
}

impl V02 {
    fn read(self) -> Result<Provenance, String> {
        let Invocation { config_source, mut parameters, environment } = self.invocation;
        // GitHub's generators keep what a person typed into the form of a workflow in the event.
        let typed = environment.pointer("/github_event_payload/inputs").filter(|inputs| inputs.is_object());
        if let Some(inputs) = typed {
            if parameters.is_null() {
                parameters = Value::Object(Map::new());
            }
            if let Value::Object(parameters) = &mut parameters {
                parameters.entry("event_inputs").or_insert_with(|| inputs.clone());
            }
        }
        let workflow = config_source.as_ref().and_then(|source| source.entry_point.clone().or(source.path.clone()));
        let source = config_source.map(|source| source.source(&self.materials)).transpose()?.flatten();
        let metadata = self.metadata.unwrap_or_default();
        Ok(Provenance {
            builder_id: self.builder.id.filter(|id| !id.is_empty()),
            build_type: self.build_type,
            sources: source.into_iter().collect(),
            workflow,
            parameters,
            understood: Vec::new(),
            dependencies: self.materials,
            started_on: metadata.build_started_on,
            finished_on: metadata.build_finished_on,
        })
    }
}

impl SourceParts {
    /// The source, with its own commit and those that dependencies give for the same repository.
    fn source(&self, dependencies: &[Dependency]) -> Result<Option<Source>, String> {
        let uri = self.uri.clone().or_else(|| self.repository.clone()).filter(|uri| !uri.is_empty());
        let Some(uri) = uri else { return Ok(None) };
        let mut location = SourceLocation::read(&uri);
        if let (Some(location), Some(reference)) = (&mut location, &self.reference) {
            // Builders write it in one place or the other.
            if location.reference.get_or_insert_with(|| reference.clone()) != reference {
                return Err(format!("the source `{uri}` is given another reference, `{reference}`"));
            }
        }
        let own = Dependency { uri: None, digest: self.digest.clone(), name: None };
        let mut commits: Vec<String> = own.commit().into_iter().collect();
        if let Some(location) = &location {
            let same = dependencies.iter().filter(|dependency| {
                let other = dependency.uri.as_deref().and_then(SourceLocation::read);
                other.is_some_and(|other| {
                    other.repository == location.repository
                        // A reusable workflow of the same repository may be there at another reference.
                        && (other.reference.is_none() || other.reference == location.reference)
                })
            });
            commits.extend(same.filter_map(Dependency::commit));
        }
        commits.sort();
        commits.dedup();
        Ok(Some(Source { uri, location, commits }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn v1(parameters: Value, dependencies: Value) -> Result<Provenance, PredicateError> {
        let predicate = json!({
            "buildDefinition": {
                "buildType": "https://builder.example/type",
                "externalParameters": parameters,
                "resolvedDependencies": dependencies
            },
            "runDetails": {"builder": {"id": "https://builder.example"}, "metadata": {"finishedOn": "2026-11-20T12:00:00Z"}}
        });
        Provenance::read(PROVENANCE_V1, &predicate)
    }

    #[test]
    fn sources_have_the_names_that_builders_give_them() {
        let main = "refs/heads/main";
        for parameters in [
            json!({"workflow": {"repository": "https://github.com/example/app", "ref": main, "path": "x.yml"}}),
            json!({"source": "git+https://github.com/example/app@refs/heads/main"}),
            json!({"source": {"uri": "git+https://github.com/example/app@refs/heads/main", "digest": {"sha1": "AB"}}}),
            json!({"sourceToBuild": {"repository": "https://github.com/example/app", "ref": main}}),
            json!({"configSource": {"uri": "https://github.com/example/app.git#refs/heads/main", "path": "Dockerfile"}}),
        ] {
            let dependency = json!([
                {"uri": "git+https://github.com/example/app@refs/heads/main", "digest": {"gitCommit": "ab"}},
                {"uri": "git+https://github.com/example/app@refs/heads/other", "digest": {"gitCommit": "cd"}},
                {"uri": "git+https://github.com/example/lib@refs/heads/main", "digest": {"gitCommit": "ef"}}
            ]);
            let provenance = v1(parameters.clone(), dependency).unwrap();
            let [source] = provenance.sources.as_slice() else { panic!("{parameters}: {:?}", provenance.sources) };
            let location = source.location.as_ref().unwrap();
            assert_eq!(location.repository, "https://github.com/example/app", "{parameters}");
            assert_eq!(location.reference.as_deref(), Some(main), "{parameters}");
            assert_eq!(source.commits, ["ab"], "{parameters}");
        }
        assert_eq!(v1(json!({"inputs": {}}), json!([])).unwrap().sources, []);
    }

    #[test]
    fn what_has_another_form_is_refused() {
        for (parameters, dependencies) in [
            (json!([]), json!([])),
            (json!({"source": 7}), json!([])),
            (json!({"source": ["https://github.com/example/app"]}), json!([])),
            (json!({}), json!({})),
            (json!({}), json!([["https://github.com/example/app"]])),
            (json!({}), json!([{"uri": 1}])),
            (json!({"workflow": {"repository": "git+https://github.com/a/b@x", "ref": "y"}}), json!([])),
        ] {
            assert!(v1(parameters.clone(), dependencies.clone()).is_err(), "{parameters} {dependencies}");
        }
        let many: Vec<Value> = (0..=MOST_DEPENDENCIES).map(|_| json!({})).collect();
        assert!(v1(json!({}), json!(many)).is_err());
        assert!(Provenance::read("https://slsa.dev/provenance/v2", &json!({})).is_err());
        assert!(Provenance::read(PROVENANCE_V1, &json!("text")).is_err());
        assert!(Provenance::read(PROVENANCE_V1, &json!([])).is_err());
    }

    #[test]
    fn the_older_form_is_read_into_the_same() {
        let predicate = json!({
            "builder": {"id": "https://builder.example"},
            "buildType": "https://mobyproject.org/buildkit@v1",
            "invocation": {
                "configSource": {"uri": "https://github.com/example/app.git#main", "entryPoint": "Dockerfile"},
                "parameters": {"frontend": "dockerfile.v0"}
            },
            "metadata": {"buildFinishedOn": "2026-11-20T12:00:00Z"},
            "materials": [{"uri": "pkg:docker/debian@13", "digest": {"sha256": "00"}}]
        });
        let provenance = Provenance::read(PROVENANCE_V02, &predicate).unwrap();
        assert_eq!(provenance.workflow.as_deref(), Some("Dockerfile"));
        assert_eq!(provenance.finished_on.as_deref(), Some("2026-11-20T12:00:00Z"));
        assert_eq!(provenance.dependencies.iter().filter_map(Dependency::image).count(), 1);
        assert_eq!(provenance.parameters, json!({"frontend": "dockerfile.v0"}));
        // Where nothing is said, nothing is read.
        let empty = Provenance::read(PROVENANCE_V02, &json!({"builder": {"id": ""}})).unwrap();
        assert_eq!((empty.builder_id, empty.sources.len()), (None, 0));
    }

    #[test]
    fn a_summary_says_only_what_it_says() {
        let summary = |levels: Value, result: &str| {
            let predicate = json!({
                "verifier": {"id": "v"}, "resourceUri": "r", "verificationResult": result, "verifiedLevels": levels
            });
            Summary::read(SUMMARY_V1, &predicate)
        };
        assert_eq!(
            summary(json!(["SLSA_BUILD_LEVEL_1", "SLSA_BUILD_LEVEL_3"]), "PASSED").unwrap().build_level(),
            Some(3)
        );
        assert_eq!(
            summary(json!(["SLSA_SOURCE_LEVEL_3", "SLSA_BUILD_LEVEL_33"]), "PASSED").unwrap().build_level(),
            None
        );
        assert!(summary(json!([]), "PASSED").unwrap().passed());
        for result in ["FAILED", "passed", "PASSED ", ""] {
            assert!(!summary(json!([]), result).unwrap().passed(), "{result}");
        }
        assert!(summary(json!("SLSA_BUILD_LEVEL_3"), "PASSED").is_err());
        assert!(Summary::read(SUMMARY_V1, &json!({"verifier": ["v"]})).is_err());
        assert!(Summary::read(PROVENANCE_V1, &json!({})).is_err());
    }
}
