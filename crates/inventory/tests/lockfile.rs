//! Lock files that real tools wrote, compared with the tools' own listings.
//!
//! `BOLTSEAL_LOCKFILES` names a folder of folders, each with a source tree's lock files and an `expected.txt` of lines
//! `name version`, as the tool itself lists them (`npm ls --all`, `uv export`, `cargo metadata`, …), and for some an
//! `expected-runtime.txt` of what it lists without development dependencies.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic, in its helpers too")]

use std::collections::BTreeSet;
use std::path::Path;

use boltseal_evidence::Scope;
use boltseal_inventory::{Catalogers, File, FileMeta};

#[test]
fn real_lock_files_list_what_their_tools_list() {
    let Ok(folder) = std::env::var("BOLTSEAL_LOCKFILES") else {
        println!("skipped: BOLTSEAL_LOCKFILES is not set");
        return;
    };
    let mut folders: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let (mut compared, mut different) = (0, Vec::new());
    for tree in folders {
        let Ok(expected) = std::fs::read_to_string(tree.join("expected.txt")) else { continue };
        let expected: BTreeSet<String> = expected.lines().map(str::to_owned).collect();
        let (found, runtime, problems) = catalog(&tree);
        let name = tree.file_name().unwrap().to_string_lossy().into_owned();
        println!("{name}: {} listed by the tool, {} found, {} problems", expected.len(), found.len(), problems.len());
        let missing: Vec<_> = expected.difference(&found).collect();
        let extra: Vec<_> = found.difference(&expected).collect();
        if !(missing.is_empty() && extra.is_empty() && problems.is_empty()) {
            different.push(format!("{name}: missing {missing:?}, extra {extra:?}, problems {problems:?}"));
        }
        if let Ok(expected) = std::fs::read_to_string(tree.join("expected-runtime.txt")) {
            let expected: BTreeSet<String> = expected.lines().map(str::to_owned).collect();
            println!("{name}: {} without development by the tool, {} found", expected.len(), runtime.len());
            let missing: Vec<_> = expected.difference(&runtime).collect();
            let extra: Vec<_> = runtime.difference(&expected).collect();
            if !(missing.is_empty() && extra.is_empty()) {
                different.push(format!("{name}: without development: missing {missing:?}, extra {extra:?}"));
            }
        }
        compared += 1;
    }
    assert!(compared > 0, "`{folder}` holds no folder with an `expected.txt`");
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// What the lock files directly in a folder list, as `name version`, all and without development; and what was wrong.
fn catalog(tree: &Path) -> (BTreeSet<String>, BTreeSet<String>, Vec<String>) {
    let catalogers = Catalogers::for_directories();
    let (mut found, mut runtime, mut problems) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for entry in std::fs::read_dir(tree).unwrap().map(Result::unwrap) {
        let path = entry.file_name().to_string_lossy().into_owned();
        let size = entry.metadata().unwrap().len();
        if !entry.file_type().unwrap().is_file() || path == "package.json" {
            continue;
        }
        for number in catalogers.wanting(&FileMeta { path: &path, size, executable: false }) {
            let content = std::fs::read(entry.path()).unwrap();
            let text = String::from_utf8_lossy(&content);
            let records = catalogers.catalog(number, &File { path: &path, content: &content });
            for package in &records.packages {
                let line = package.locations[0].line.unwrap() as usize;
                let near: String = text.lines().skip(line - 1).take(3).collect();
                if !near.to_lowercase().contains(&package.name.to_lowercase()) {
                    problems.push(format!("{} is not at line {line}", package.purl()));
                }
                let version = package.version.as_deref().unwrap_or("-");
                let entry = format!("{} {version}", package.full_name());
                if package.scope != Some(Scope::Development) {
                    runtime.insert(entry.clone());
                }
                found.insert(entry);
            }
            problems.extend(records.problems.into_iter().map(|problem| problem.message));
            problems.extend(records.unreadable);
        }
    }
    (found, runtime, problems)
}
