//! A public library of Rego checks, unchanged: how many load, run, and agree with our rules of the same name.
//!
//! `BOLTSEAL_TRIVY_CHECKS` names the folder of `github.com/aquasecurity/trivy-checks`; without it this is skipped.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking and says why it was skipped"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use boltseal_check::{Options, check_text, load_custom};
use boltseal_posture::yaml::{Limits, Node, parse};
use boltseal_posture::{Source, called};

/// Checks that the engine cannot run: it takes a variable that one query declares twice for a mistake, and bounds how
/// large a regular expression may be.
const NOT_RUN: &[&str] =
    &["update_instruction_alone.rego", "yum_clean_all_missing.rego", "configmap_with_sensitive.rego"];

/// How many checks may fail to run on some of our examples, for these reasons or since the engine breaks down.
const MOST_NOT_RUN: usize = 12;

/// The least number of examples on which a check says what our rule of the same name says. The others differ in what
/// they cover: ours know ephemeral containers, Windows pods and bases, theirs ask for more in places.
const ALIKE: usize = 220;

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("BOLTSEAL_TRIVY_CHECKS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: BOLTSEAL_TRIVY_CHECKS names no folder");
    }
    folder
}

fn options(folder: &Path) -> Options {
    let paths = ["lib", "checks/docker", "checks/kubernetes"].map(|path| folder.join(path));
    let (library, problems) = load_custom(&paths).unwrap();
    println!("{} checks, {} problems", library.rules().len(), problems.len());
    assert!(problems.is_empty(), "{problems:#?}");
    Options { custom: Some(Arc::new(library)), ..Options::default() }
}

/// The ids of the library's checks that deny a text.
fn denials(path: &str, text: &str, options: &Options, unasked: &mut BTreeMap<String, usize>) -> Vec<String> {
    let check = check_text(path, text.as_bytes(), options).unwrap();
    for gap in check.report.not_assessed.iter().filter(|gap| gap.what.ends_with(".rego")) {
        *unasked.entry(gap.what.clone()).or_default() += 1;
    }
    check.report.findings.into_iter().filter(|finding| !finding.rule.starts_with("BS-")).map(|each| each.rule).collect()
}

#[test]
fn docker_checks_agree_with_their_own_examples() {
    let Some(folder) = folder() else { return };
    let options = options(&folder);
    let mut unasked = BTreeMap::new();
    let (mut right, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(folder.join("checks/docker")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let rego = std::fs::read_to_string(path.with_extension("rego")).unwrap();
        if rego.contains("#   deprecated: true")
            || NOT_RUN.iter().any(|name| path.with_extension("rego").ends_with(name))
        {
            continue;
        }
        let id = rego.lines().find_map(|line| line.strip_prefix("#   id: ")).unwrap().trim().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let parsed = parse(&Source::from_text("", &text), Limits::default());
        for (sort, denied) in [("good", false), ("bad", true)] {
            for example in parsed.documents[0].at(&["dockerfile", sort]).map_or(&[][..], Node::items) {
                let text = example.as_str().unwrap();
                let found = denials("Dockerfile", text, &options, &mut unasked);
                if found.contains(&id) == denied { right += 1 } else { wrong.push(format!("{id} {sort}:\n{text}")) }
            }
        }
    }
    println!("{right} right, {} wrong\n{}\n{unasked:#?}", wrong.len(), wrong.join("\n"));
    assert!(wrong.is_empty());
}

#[test]
fn checks_agree_with_our_rules_of_the_same_name_on_our_examples() {
    let Some(folder) = folder() else { return };
    let options = options(&folder);
    let library = options.custom.as_ref().unwrap();
    let mut unasked = BTreeMap::new();
    let (mut compared, mut right, mut all, mut wrong) = (0, 0, 0, Vec::new());
    for info in library.rules() {
        let names = info.aliases.iter().chain([&info.id]);
        let Some(rule) = names.flat_map(|name| called(name)).next() else { continue };
        compared += 1;
        let examples = rule.good.iter().map(|text| (text, false)).chain(rule.bad.iter().map(|text| (text, true)));
        for (text, denied) in examples.filter(|(text, _)| !text.contains("=== ")) {
            let found = denials(rule.check.example_path(), text, &options, &mut unasked);
            all += 1;
            if found.contains(&info.id) == denied {
                right += 1;
            } else {
                wrong.push(format!("{} {} {}:\n{text}", info.id, rule.id, if denied { "bad" } else { "good" }));
            }
        }
    }
    println!("{compared} checks with a rule of ours, {right} of {all} examples alike\n{unasked:#?}");
    if std::env::var_os("BOLTSEAL_SHOW").is_some() {
        println!("{}", wrong.join("\n"));
    }
    assert!(unasked.len() <= MOST_NOT_RUN && right >= ALIKE);
}
