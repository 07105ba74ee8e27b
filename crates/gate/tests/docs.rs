//! The page `docs/gate.md` tells everything that a policy can say.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use boltseal_gate::examples::Examples;
use boltseal_gate::{NoFiles, Policy, Profile, kinds};
use serde_json::Value as Json;

/// What every file that a policy on the page names holds.
const KEY: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhIhjEeIfVUnag1PwUfZ+u6dNMnY8
D2IQHymTXy8NEmfiloCBG4PCsSTU3ZH0FvkYOWknA3vm7hifHuR8cAYMzg==
-----END PUBLIC KEY-----
";

fn read(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../../docs/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The blocks of a language that a page fences.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// What stands in backticks outside of blocks, word by word, and the keys in blocks of YAML.
fn named(page: &str) -> BTreeSet<String> {
    let mut prose = String::new();
    for (number, part) in page.split("```").enumerate() {
        if number % 2 == 0 {
            prose.push_str(part);
        }
    }
    let quoted = prose.split('`').skip(1).step_by(2).map(str::to_owned);
    let yaml = blocks(page, "yaml").into_iter().map(str::to_owned);
    let is_apart = |each: char| !(each.is_ascii_alphanumeric() || each == '-' || each == '_');
    quoted.chain(yaml).flat_map(|text| text.split(is_apart).map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Every name that some object of a schema has.
fn properties(schema: &Json, into: &mut BTreeSet<String>) {
    match schema {
        Json::Object(object) => {
            into.extend(
                object.get("properties").and_then(Json::as_object).into_iter().flatten().map(|(key, _)| key.clone()),
            );
            object.values().for_each(|value| properties(value, into));
        }
        Json::Array(items) => items.iter().for_each(|item| properties(item, into)),
        _ => {}
    }
}

#[test]
fn every_kind_of_ask_has_its_part_of_the_page() {
    let page = read("gate.md");
    for kind in kinds() {
        assert!(page.contains(&format!("\n### `{kind}`\n")), "docs/gate.md has no part on `{kind}`");
    }
}

#[test]
fn every_field_of_the_schema_is_named() {
    let mut fields = BTreeSet::new();
    properties(&serde_json::from_str(&read("schema/gate-policy.json")).unwrap(), &mut fields);
    assert!(fields.len() > 80, "{fields:?}");
    let named = named(&read("gate.md"));
    let missing: Vec<_> = fields.difference(&named).collect();
    assert!(missing.is_empty(), "docs/gate.md does not name {missing:?}");
}

/// Where the part on an ask has a field, it is that ask's, not another's.
#[test]
fn the_part_on_an_ask_names_each_of_its_fields() {
    let page = read("gate.md");
    let schema: Json = serde_json::from_str(&read("schema/gate-policy.json")).unwrap();
    for kind in kinds() {
        let rule = &schema["properties"]["rules"]["items"]["properties"][kind];
        let reference = rule["$ref"].as_str().unwrap().trim_start_matches('#');
        let mut fields = BTreeSet::new();
        properties(schema.pointer(reference).unwrap(), &mut fields);
        let start = page.find(&format!("\n### `{kind}`\n")).unwrap() + 1;
        let part = &page[start..];
        let end = part[3..].find("\n### ").or_else(|| part[3..].find("\n## ")).map_or(part.len(), |end| end + 3);
        let named = named(&part[..end]);
        let missing: Vec<_> = fields.difference(&named).collect();
        assert!(missing.is_empty(), "the part on `{kind}` does not name {missing:?}");
    }
}

#[test]
fn every_policy_on_the_page_can_be_used() {
    let page = read("gate.md");
    let policies: Vec<_> = blocks(&page, "yaml").into_iter().filter(|block| block.starts_with("version:")).collect();
    let policies: Vec<_> = policies.into_iter().filter(|block| !block.contains("\ncases:")).collect();
    assert!(policies.len() >= 3, "{}", policies.len());
    for text in policies {
        if let Err(errors) = Policy::parse("docs/gate.md", text.as_bytes(), &|_: &str| Ok(KEY.as_bytes().to_vec())) {
            panic!("{}\n{text}", errors[0]);
        }
    }
}

#[test]
fn every_rule_of_a_profile_is_in_the_table() {
    let page = read("gate.md");
    for profile in Profile::ALL {
        let policy = Policy::parse("profile", profile.text().as_bytes(), &NoFiles).unwrap_or_else(|_| panic!());
        for rule in &policy.rules {
            assert!(page.contains(&format!("| `{}` |", rule.id)), "{}: {}", profile.name(), rule.id);
        }
    }
}

#[test]
fn every_table_of_examples_on_the_page_can_be_read() {
    let page = read("gate.md");
    let recorded = std::fs::read(format!("{}/tests/examples/recorded.json", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let tables: Vec<_> = blocks(&page, "yaml").into_iter().filter(|block| block.contains("\ncases:")).collect();
    assert!(!tables.is_empty());
    for text in tables {
        let read = Examples::parse("docs/gate.md", text.as_bytes(), &|_: &str| Ok(recorded.clone()));
        assert!(read.unwrap_or_else(|errors| panic!("{}", errors[0])).cases().len() > 1);
    }
}
