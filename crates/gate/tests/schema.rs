//! The published JSON Schema describes what is read.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::sync::LazyLock;

use boltseal_gate::{NoFiles, Policy, Profile, policy_schema};
use boltseal_posture::Source;
use boltseal_posture::yaml::{Limits, Node, Value, parse};
use serde_json::Value as Json;

const NAME: &str = "gate-policy.json";

fn path() -> String {
    format!("{}/../../docs/schema/{NAME}", env!("CARGO_MANIFEST_DIR"))
}

/// The schema of the types.
fn generated() -> String {
    let mut schema = policy_schema();
    schema.insert("$id".to_owned(), format!("https://github.com/boltseal/boltseal/docs/schema/{NAME}").into());
    serde_json::to_string_pretty(&schema).unwrap() + "\n"
}

/// The published one; written anew before anybody reads it, where that is asked for.
static PUBLISHED: LazyLock<String> = LazyLock::new(|| {
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path(), generated()).unwrap();
    }
    std::fs::read_to_string(path()).unwrap_or_default()
});

#[test]
fn the_published_schema_is_that_of_the_types() {
    assert!(
        *PUBLISHED == generated(),
        "docs/schema/{NAME} is not the schema of the types; if the change of the format is meant, write it anew with \
         `UPDATE_SCHEMA=1 cargo test -p boltseal-gate --test schema`"
    );
}

/// YAML as JSON, as an editor reads it.
fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Sequence(items) => items.iter().map(json).collect(),
        Value::Mapping(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (key.as_str().unwrap().to_owned(), json(value))).collect())
        }
        Value::Scalar(text) => {
            let number = text.parse::<f64>().ok().filter(|_| node.style == boltseal_posture::yaml::Style::Plain);
            match (node.as_bool(), node.as_int(), number) {
                (Some(truth), ..) => truth.into(),
                (_, Some(number), _) => number.into(),
                (.., Some(number)) => number.into(),
                _ => text.to_string().into(),
            }
        }
    }
}

/// What the published schema finds wrong with a policy.
fn errors(text: &str) -> Vec<String> {
    let schema = serde_json::from_str(&PUBLISHED).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let source = Source::from_text("policy.yaml", text);
    let parsed = parse(&source, Limits::default());
    validator.iter_errors(&json(&parsed.documents[0])).map(|error| error.to_string()).collect()
}

#[test]
fn starters_and_profiles_are_policies_and_valid_by_the_schema() {
    for profile in Profile::ALL {
        for text in [profile.starter(), profile.text().to_owned()] {
            let policy = Policy::parse("policy.yaml", text.as_bytes(), &NoFiles)
                .unwrap_or_else(|errors| panic!("{}: {}", profile.name(), errors[0]));
            assert!(policy.rules.len() > 5);
            assert_eq!(errors(&text), [""; 0], "{}", profile.name());
            assert!(!text.contains('@') || !text.contains("@PROFILE@"));
        }
    }
}

#[test]
fn the_policies_of_the_examples_are_valid_by_the_schema() {
    for kind in boltseal_gate::kinds() {
        let text = format!("{}/tests/examples/{kind}.policy.yaml", env!("CARGO_MANIFEST_DIR"));
        assert_eq!(errors(&std::fs::read_to_string(text).unwrap()), [""; 0], "{kind}");
    }
}

#[test]
fn mistakes_are_not_valid_by_the_schema() {
    for text in [
        "rules: []",
        "version: 2",
        "version: 1\nrule: []",
        "version: 1\nrules: [{id: a, malware: {}, secrets: {}}]",
        "version: 1\nrules: [{id: a, vulnerabilities: {severity: bad}}]",
        "version: 1\nrules: [{id: a, vulnerabilities: {fixed-for: 14}}]",
        "version: 1\nexceptions: [{rule: a, subjects: [\"**\"], covers: [x], reason: y, owner: z}]",
    ] {
        assert!(!errors(text).is_empty(), "{text}");
        assert!(Policy::parse("policy.yaml", text.as_bytes(), &NoFiles).is_err(), "{text}");
    }
}
