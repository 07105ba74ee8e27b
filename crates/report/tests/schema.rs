//! The published JSON Schema describes what is written.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "sample/debian.rs"]
mod debian;

use boltseal_evidence::Report;
use boltseal_report::{Format, RenderOptions, render};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/report-1.json");

fn generated() -> String {
    let mut schema = schemars::schema_for!(Report);
    schema.insert("$id".to_owned(), "https://github.com/boltseal/boltseal/docs/schema/report-1.json".into());
    serde_json::to_string_pretty(&schema).unwrap() + "\n"
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::create_dir_all(std::path::Path::new(PATH).parent().unwrap()).unwrap();
        std::fs::write(PATH, generated()).unwrap();
    }
    let published = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        published == generated(),
        "docs/schema/report-1.json is not the schema of the types; if the change of the format is meant, write it anew \
         with `UPDATE_SCHEMA=1 cargo test -p boltseal-report --test schema`"
    );
}

#[test]
fn a_rendered_report_is_valid_by_the_published_schema_and_reads_back_the_same() {
    let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(PATH).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report = debian::report();
    let text = render(&report, Format::Json, &RenderOptions::default()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);

    let mut wrong = value;
    wrong["findings"][0]["severity"] = "terrible".into();
    assert!(!validator.is_valid(&wrong));
}
