//! Random pods get the same failing controls here and from the admission controller of Kubernetes itself.
//!
//! `oracle/` is a small Go program around `k8s.io/pod-security-admission`. Where there is no Go, or its modules cannot be
//! had, the test says so and passes, unless `BOLTSEAL_VALIDATORS=required`. `BOLTSEAL_PODS` is how many pods are tried,
//! `BOLTSEAL_SEED` the first seed; each pod counts for every version and both levels.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock};

use boltseal_posture::kubernetes::pod_security::{CONTROLS, NEWEST, Policy, evaluate};
use boltseal_posture::kubernetes::{Workload, objects};
use boltseal_posture::yaml::{Limits, parse};
use boltseal_posture::{Options, Source, check};

#[path = "pod_security_oracle/pods.rs"]
mod pods;

/// The oracle; `None` if it cannot be built here.
fn oracle() -> Option<PathBuf> {
    static ORACLE: LazyLock<Option<PathBuf>> = LazyLock::new(build);
    ORACLE.clone()
}

fn build() -> Option<PathBuf> {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pod-security-oracle");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle");
    let built =
        Command::new("go").args(["build", "-mod=readonly", "-o"]).arg(&program).arg(".").current_dir(folder).output();
    let why = match built {
        Ok(output) if output.status.success() => return Some(program),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => format!("`go` cannot run: {error}"),
    };
    assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "{why}");
    println!("skipped: {why}");
    None
}

/// Every version up to one that nobody knows yet, at both levels.
fn policies() -> Vec<String> {
    let versions: Vec<String> =
        (0..=NEWEST + 1).map(|minor| format!("v1.{minor}")).chain(["latest".to_owned()]).collect();
    let of = |level: &'static str| versions.iter().map(move |version| format!("{level}:{version}"));
    of("baseline").chain(of("restricted")).collect()
}

/// What we find, in the words of the oracle.
fn answer(text: &str, policies: &[Policy]) -> String {
    let parsed = parse(&Source::from_text("pod.yaml", text), Limits::default());
    assert!(parsed.error.is_none(), "{:?}\n{text}", parsed.error);
    let object = parsed.documents.iter().flat_map(objects).next().expect("an object");
    let workload = Workload::new(object);
    let ids = |policy: &Policy| {
        let mut ids: Vec<&str> = match &workload {
            Some(workload) => evaluate(policy, workload).iter().map(|violation| violation.check).collect(),
            None => Vec::new(),
        };
        ids.sort_unstable();
        ids.dedup();
        ids.join(",")
    };
    policies.iter().map(ids).collect::<Vec<_>>().join(";")
}

/// A JSON string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => write!(quoted, "\\u{:04x}", u32::from(control)).unwrap(),
            character => quoted.push(character),
        }
    }
    quoted + "\"\n"
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// What the oracle says of each manifest, and how often.
#[derive(Debug, Default)]
struct Compared {
    refused: usize,
    verdicts: usize,
    forbidden: usize,
    controls: BTreeMap<String, usize>,
}

/// Compares our verdict on every manifest, under every policy, with the oracle's.
fn compare(program: &Path, texts: &Arc<Vec<String>>) -> Compared {
    let names = policies();
    let parsed: Vec<Policy> = names.iter().map(|name| name.parse().unwrap()).collect();
    let mut child = Command::new(program)
        .args(&names)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle was just built");
    let (mut input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let written = Arc::clone(texts);
    let writer = std::thread::spawn(move || {
        for text in written.iter() {
            input.write_all(quoted(text).as_bytes()).unwrap();
        }
    });
    let mut compared = Compared::default();
    let mut answers = 0;
    for (text, theirs) in texts.iter().zip(BufReader::new(output).lines()) {
        let theirs = theirs.unwrap();
        let ours = answer(text, &parsed);
        answers += 1;
        if theirs.starts_with("refused: ") {
            compared.refused += 1;
            continue;
        }
        assert_eq!(theirs.split(';').count(), names.len(), "{theirs}");
        for (policy, (ours, theirs)) in names.iter().zip(ours.split(';').zip(theirs.split(';'))) {
            assert_eq!(ours, theirs, "here and there, under {policy}:\n{text}");
            compared.verdicts += 1;
            compared.forbidden += usize::from(!ours.is_empty());
            for id in ours.split(',').filter(|id| !id.is_empty()) {
                *compared.controls.entry(id.to_owned()).or_default() += 1;
            }
        }
    }
    writer.join().unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(answers, texts.len(), "the oracle stopped early");
    compared
}

#[test]
fn random_pods_fail_the_controls_that_kubernetes_says() {
    let Some(program) = oracle() else { return };
    let (count, seed) = (number("BOLTSEAL_PODS", 1500), number("BOLTSEAL_SEED", 1));
    let texts: Vec<String> = (seed..seed + count).map(pods::manifest).collect();
    let compared = compare(&program, &Arc::new(texts));
    println!("{count} pods: {compared:#?}");
    assert!(compared.refused as u64 * 5 < count, "the generator is no good: {compared:?}");
    assert!(count < 500 || CONTROLS.iter().all(|control| compared.controls.contains_key(control.id)), "{compared:?}");
}

#[test]
fn public_fixtures_fail_exactly_the_controls_that_kubernetes_says_at_any_version() {
    let Some(program) = oracle() else { return };
    let root = std::env::var_os("BOLTSEAL_VECTORS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors")), PathBuf::from)
        .join("pod-security");
    let mut texts = BTreeSet::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                texts.insert(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    if texts.is_empty() {
        println!("skipped: {} holds no fixtures", root.display());
        return;
    }
    let compared = compare(&program, &Arc::new(texts.into_iter().collect()));
    println!("fixtures: {compared:#?}");
    assert_eq!(compared.refused, 0);
}

#[test]
fn damaged_manifests_are_judged_without_a_panic() {
    let options =
        |at: u64| Options { pod_security: policies()[usize::try_from(at).unwrap() % policies().len()].parse().ok() };
    for seed in 0..2000 {
        let mut bytes = pods::manifest(seed).into_bytes();
        let at = usize::try_from(seed * 7919).unwrap() % bytes.len();
        match seed % 4 {
            0 => bytes.truncate(at),
            1 => bytes[at] = b"{}[]:,'* &#|-\t\xff"[at % 15],
            2 => drop(bytes.drain(at..(at + 9).min(bytes.len()))),
            _ => bytes.splice(at..at, *b": [{").for_each(drop),
        }
        let checked = check("pod.yaml", &bytes, &options(seed));
        for finding in checked.findings {
            let region = finding.region.expect("a place");
            assert!(region.start <= region.end && region.end <= bytes.len(), "seed {seed}: {finding:?}");
        }
    }
}
