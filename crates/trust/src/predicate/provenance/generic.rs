//! A build that nothing is known of but what the user says. The parameters are described in `docs/provenance.md`.

use serde_json::{Map, json};

use super::{Given, Parts, ProvenanceError};

const BUILD_TYPE: &str = "https://boltseal.dev/buildtypes/generic/v1";

pub(super) fn parts(given: &Given) -> Result<Parts, ProvenanceError> {
    let builder_id = given.builder_id.clone().ok_or(ProvenanceError::Wanted("--builder-id URI"))?;
    let mut external = Map::new();
    let mut source = None;
    if let Some(uri) = &given.source_uri {
        let mut stated = Map::from_iter([("uri".to_owned(), json!(uri))]);
        let mut full = if uri.starts_with("git+") { uri.clone() } else { format!("git+{uri}") };
        if let Some(reference) = &given.source_ref {
            stated.insert("ref".to_owned(), json!(reference));
            full.push_str(&format!("@{reference}"));
        }
        external.insert("source".to_owned(), stated.into());
        source = Some((full, given.source_commit.as_ref().map(|commit| commit.to_ascii_lowercase())));
    } else if given.source_ref.is_some() || given.source_commit.is_some() {
        return Err(ProvenanceError::Wanted(
            "--builder-id URI, and of what source the reference and commit are with --source-uri URI",
        ));
    }
    if !given.parameters.is_empty() {
        external.insert("parameters".to_owned(), json!(given.parameters));
    }
    Ok(Parts {
        build_type: BUILD_TYPE.to_owned(),
        external,
        internal: Map::new(),
        source,
        builder_id,
        builder_version: Map::new(),
        invocation_id: None,
        started_on: None,
    })
}
