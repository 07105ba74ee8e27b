//! The published JSON Schema describes what is written.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "sample/debian.rs"]
mod debian;

#[path = "sample/check.rs"]
mod sample;

use std::sync::LazyLock;

use boltseal_evidence::{Assessment, CheckReport, Report, Verdict, Verification};
use boltseal_report::check::{self, CheckFormat, CheckOptions};
use boltseal_report::compliance::{self, ComplianceFormat, ComplianceOptions};
use boltseal_report::{Format, RenderOptions, render};
use schemars::Schema;
use serde_json::Value;

/// Where the schema of this name is published.
fn path(name: &str) -> String {
    format!("{}/../../docs/schema/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn generated(name: &str, mut schema: Schema) -> String {
    schema.insert("$id".to_owned(), format!("https://github.com/boltseal/boltseal/docs/schema/{name}").into());
    serde_json::to_string_pretty(&schema).unwrap() + "\n"
}

/// The schemas of the types, by name; written anew before anybody reads one, where that is asked for.
static SCHEMAS: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let schemas = [
        ("report-1.json", schemars::schema_for!(Report)),
        ("check-1.json", schemars::schema_for!(CheckReport)),
        ("compliance-1.json", schemars::schema_for!(Assessment)),
        ("verdict-1.json", schemars::schema_for!(Verdict)),
        ("verification-1.json", schemars::schema_for!(Vec<Verification>)),
    ];
    let schemas: Vec<_> = schemas.into_iter().map(|(name, schema)| (name, generated(name, schema))).collect();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        for (name, generated) in &schemas {
            std::fs::create_dir_all(std::path::Path::new(&path(name)).parent().unwrap()).unwrap();
            std::fs::write(path(name), generated).unwrap();
        }
    }
    schemas
});

fn published(name: &str) -> String {
    LazyLock::force(&SCHEMAS);
    std::fs::read_to_string(path(name)).unwrap_or_default()
}

/// What the published schema finds wrong with `text`.
fn errors(name: &str, value: &Value) -> Vec<String> {
    let schema = serde_json::from_str(&published(name)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(value).map(|error| error.to_string()).collect()
}

#[test]
fn the_published_schemas_are_those_of_the_types() {
    for (name, generated) in &*SCHEMAS {
        assert!(
            published(name) == *generated,
            "docs/schema/{name} is not the schema of the types; if the change of the format is meant, write it anew \
             with `UPDATE_SCHEMA=1 cargo test -p boltseal-report --test schema`"
        );
    }
}

#[test]
fn a_rendered_report_is_valid_by_the_published_schema_and_reads_back_the_same() {
    let report = debian::report();
    let text = render(&report, Format::Json, &RenderOptions::default()).unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(errors("report-1.json", &value), [""; 0]);
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);

    value["findings"][0]["severity"] = "terrible".into();
    assert!(!errors("report-1.json", &value).is_empty());
}

#[test]
fn a_rendered_check_is_valid_by_the_published_schema_and_reads_back_the_same() {
    let report = sample::report();
    let text = check::render(&report, CheckFormat::Json, &CheckOptions::default()).unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(errors("check-1.json", &value), [""; 0]);
    assert_eq!(serde_json::from_str::<CheckReport>(&text).unwrap(), report);

    value["findings"][0]["region"]["line"] = "first".into();
    assert!(!errors("check-1.json", &value).is_empty());
}

#[test]
fn a_rendered_assessment_is_valid_by_the_published_schema_and_reads_back_the_same() {
    let assessment = sample::assessment();
    let text = compliance::render(&assessment, ComplianceFormat::Json, &ComplianceOptions::default()).unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(errors("compliance-1.json", &value), [""; 0]);
    assert_eq!(serde_json::from_str::<Assessment>(&text).unwrap(), assessment);

    value["controls"][0]["status"] = "perhaps".into();
    assert!(!errors("compliance-1.json", &value).is_empty());
}
