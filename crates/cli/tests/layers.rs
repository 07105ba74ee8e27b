//! Arrows between crates run downward only.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// The layers from the ground up. A crate may depend on crates of lower layers, never on its own or a higher one.
const LAYERS: &[(&str, &[&str])] = &[
    ("facts", &["boltseal-evidence", "boltseal-version"]),
    (
        "judgements",
        &["boltseal-inventory", "boltseal-advisory", "boltseal-posture", "boltseal-policy", "boltseal-trust"],
    ),
    ("verdict", &["boltseal-gate"]),
    ("store", &["boltseal-store"]),
    ("adapters", &["boltseal-image", "boltseal-feed", "boltseal-report", "boltseal-sigstore"]),
    ("flows", &["boltseal-scan", "boltseal-check", "boltseal-seal"]),
    ("chain", &["boltseal-chain"]),
    ("services", &["boltseal-lsp"]),
    ("programs", &["boltseal"]),
];

/// Only tests may depend on these, and they on facts alone.
const ASIDE: &[&str] = &["boltseal-fixture", "xtask"];

fn layer_of(name: &str) -> Option<usize> {
    LAYERS.iter().position(|(_, crates)| crates.contains(&name))
}

#[test]
fn dependencies_between_crates_run_downward() {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap();
    let mut arrows: BTreeMap<String, Vec<(String, DependencyKind)>> = BTreeMap::new();
    for package in &metadata.packages {
        let ours = package.dependencies.iter().filter(|dependency| dependency.path.is_some());
        arrows.insert(
            package.name.to_string(),
            ours.map(|dependency| (dependency.name.clone(), dependency.kind)).collect(),
        );
    }
    assert!(arrows.len() >= 10, "the workspace was not read: {arrows:?}");

    let mut wrong = Vec::new();
    for (from, dependencies) in &arrows {
        if ASIDE.contains(&from.as_str()) {
            wrong.extend(
                dependencies
                    .iter()
                    .filter(|(to, _)| layer_of(to) != Some(0))
                    .map(|(to, _)| format!("{from} (aside) → {to}")),
            );
            continue;
        }
        let Some(layer) = layer_of(from) else {
            wrong.push(format!("{from} is in no layer: add it here and to ARCHITECTURE.md"));
            continue;
        };
        for (to, kind) in dependencies {
            let allowed = match (ASIDE.contains(&to.as_str()), kind) {
                (true, kind) => *kind == DependencyKind::Development,
                // A test may look sideways or up at what it checks.
                (false, DependencyKind::Development) => true,
                (false, _) => layer_of(to).is_some_and(|below| below < layer),
            };
            if !allowed {
                wrong.push(format!("{from} → {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that run up or sideways:\n{}", wrong.join("\n"));
}
