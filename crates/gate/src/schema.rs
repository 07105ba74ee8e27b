//! The JSON Schema of the policy file, for editors.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json};

use crate::ask::KINDS;
use crate::{KnownBase, OnUnknown, Profile};
use boltseal_evidence::Mode;

/// The schema of a policy file. What it cannot say (that an exception is from a rule that is there) only
/// [`Policy::parse`](crate::Policy::parse) does.
pub fn policy_schema() -> Schema {
    let mut generator = SchemaGenerator::default();
    let rule = rule(&mut generator);
    let profile = generator.subschema_for::<Profile>();
    let bases = generator.subschema_for::<Vec<KnownBase>>();
    let text = text("What it is for.");
    let exception = exception();
    let mut schema = json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy of boltseal gate",
        "type": "object",
        "additionalProperties": false,
        "required": ["version"],
        "properties": {
            "version": {"const": 1, "description": "The version of this form."},
            "name": {"description": "Its name.", "type": "string", "minLength": 1},
            "description": text,
            "profile": profile,
            "keys": {
                "description": "Public keys by the names that rules use.",
                "type": ["object", "null"],
                "additionalProperties": {
                    "anyOf": [
                        {"type": "string", "description": "The key, PEM."},
                        {
                            "type": "object",
                            "additionalProperties": false,
                            "minProperties": 1,
                            "maxProperties": 1,
                            "properties": {
                                "file": {"type": "string", "description": "A file, relative to the policy."},
                                "pem": {"type": "string", "description": "The key, PEM."}
                            }
                        }
                    ]
                }
            },
            "bases": {
                "description": "Images that are known as bases: a list, or a file that holds one.",
                "anyOf": [
                    bases,
                    {
                        "type": "object",
                        "additionalProperties": false,
                        "required": ["file"],
                        "properties": {"file": {"type": "string"}}
                    }
                ]
            },
            "rules": {"description": "What must hold.", "type": ["array", "null"], "items": rule},
            "exceptions": {"description": "What need not.", "type": ["array", "null"], "items": exception}
        }
    });
    schema.insert("$defs".to_owned(), Json::Object(generator.take_definitions(true)));
    schema
}

fn text(description: &str) -> Json {
    json_schema!({"type": "string", "minLength": 1, "description": description}).to_value()
}

fn patterns(description: &str) -> Json {
    json_schema!({
        "type": "array",
        "minItems": 1,
        "items": {"type": "string"},
        "description": description
    })
    .to_value()
}

fn rule(generator: &mut SchemaGenerator) -> Json {
    let mut properties = Map::new();
    properties.insert("id".to_owned(), text("Its id, unique in the policy."));
    properties.insert("description".to_owned(), text("What it is for; reports show it."));
    properties.insert("mode".to_owned(), of::<Mode>(generator));
    properties.insert("unknown".to_owned(), of::<OnUnknown>(generator));
    let meant = "The repositories or digests it is meant for: `ghcr.io/example/**`, `sha256:…`; all without it.";
    properties.insert("subjects".to_owned(), patterns(meant));
    properties.insert("except-subjects".to_owned(), patterns("The repositories or digests it is not meant for."));
    let mut asks = Vec::new();
    for kind in KINDS {
        properties.insert(kind.key.to_owned(), (kind.schema)(generator).to_value());
        asks.push(json_schema!({"required": [kind.key]}).to_value());
    }
    // None, where the rule changes one of the profile's.
    let none = json_schema!({"not": {"anyOf": asks}}).to_value();
    let one_or_none: Vec<Json> = asks.into_iter().chain([none]).collect();
    json_schema!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id"],
        "properties": properties,
        "oneOf": one_or_none
    })
    .to_value()
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Json {
    generator.subschema_for::<T>().to_value()
}

fn exception() -> Json {
    let covers = "The advisories, checks, packages it covers; `*` is whatever the rule says.";
    json_schema!({
        "type": "object",
        "additionalProperties": false,
        "required": ["rule", "subjects", "covers", "reason", "owner", "expires"],
        "properties": {
            "rule": text("The rule's id, or `*`."),
            "subjects": patterns("The repositories or digests it is for."),
            "covers": patterns(covers),
            "reason": text("Why the rule need not hold."),
            "owner": text("Who answers for it."),
            "expires": {
                "type": "string",
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                "description": "The last day it holds."
            }
        }
    })
    .to_value()
}
