//! `docs/rules/` says what the rules say.

use std::collections::BTreeMap;
use std::path::Path;

use boltseal_posture::rules;

#[test]
fn the_pages_of_the_rules_are_written_from_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules");
    let mut pages: BTreeMap<String, String> =
        rules().map(|rule| (format!("{}.md", rule.id), boltseal_report::rules::page(rule))).collect();
    pages.insert("README.md".to_owned(), boltseal_report::rules::index());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for entry in std::fs::read_dir(&folder).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
        for (name, page) in &pages {
            std::fs::write(folder.join(name), page).unwrap();
        }
    }
    let mut there = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        there.insert(entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap());
    }
    let stale: Vec<&String> =
        pages.keys().chain(there.keys()).filter(|name| pages.get(*name) != there.get(*name)).collect();
    assert!(
        stale.is_empty(),
        "not as the rules say: {stale:?}; UPDATE_DOCS=1 cargo test -p boltseal-report --test rules"
    );
}
