//! The work of all rules beside `parse`: every file below a folder judged, then all together, on one thread.
//!
//! Usage: `judge FOLDER`. Prints the number of files and of findings.
#![allow(clippy::print_stdout, reason = "a measuring program")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use boltseal_posture::{Options, Set, check, check_together};

fn main() -> std::io::Result<()> {
    let mut open: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let options = Options::default();
    let (mut facts, mut decisions, mut paths, mut findings) = (Vec::new(), BTreeMap::new(), BTreeSet::new(), 0);
    while let Some(path) = open.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                open.push(entry?.path());
            }
            continue;
        }
        let shown = path.display().to_string();
        let checked = check(&shown, &fs::read(&path)?, &options);
        findings += checked.findings.len();
        facts.push(checked.facts);
        decisions.insert(shown.clone(), checked.decisions);
        paths.insert(shown);
    }
    let together = check_together(&Set { facts: &facts, paths: &paths, whole: true }, &decisions);
    println!("{} files, {findings} findings, {} more of all together", paths.len(), together.len());
    Ok(())
}
