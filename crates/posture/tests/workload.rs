//! Manifests as people write them, and what the rules on workloads say of them.

#![expect(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use boltseal_posture::{Options, check, fix, rules};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/workload")
}

fn manifests() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml" || end == "json"))
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The rules on workloads have the numbers below 200.
fn is_on_workloads(id: &str) -> bool {
    id.strip_prefix("BS-K").and_then(|number| number.parse::<u32>().ok()).is_some_and(|number| number < 200)
}

#[test]
fn manifests_have_the_findings_that_were_looked_at() {
    let mut report = String::new();
    for (path, bytes) in manifests() {
        let checked = check(&path, &bytes, &Options::default());
        assert!(checked.problems.is_empty(), "{path}: {:?}", checked.problems);
        let mut rules: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for finding in checked.findings.iter().filter(|finding| is_on_workloads(&finding.rule)) {
            let line = finding.region.unwrap().line;
            rules.entry(&finding.rule).or_default().push(line.to_string());
        }
        writeln!(report, "{path}").unwrap();
        for (rule, lines) in rules {
            writeln!(report, "  {rule} {}", lines.join(" ")).unwrap();
        }
    }
    let expected = folder().join("findings.txt");
    if std::env::var_os("BOLTSEAL_BLESS").is_some() {
        fs::write(&expected, &report).unwrap();
    }
    let expected = fs::read_to_string(expected).unwrap();
    assert_eq!(report, expected, "look at each difference, then write the file anew with BOLTSEAL_BLESS=1");
}

/// Every fix of the examples and manifests holds what it promises; those that cannot are listed with their reason.
#[test]
fn fixes_hold_what_they_promise() {
    let mut files = manifests();
    for rule in rules().filter(|rule| is_on_workloads(rule.id)) {
        for (at, example) in rule.bad.iter().chain(rule.good).enumerate() {
            files.push((format!("{}-{at}.yaml", rule.id), example.as_bytes().to_vec()));
        }
    }
    let options = Options::default();
    let mut wrong = String::new();
    let mut applied = 0;
    for (path, bytes) in files {
        let before = check(&path, &bytes, &options);
        let fixable = before.findings.iter().filter(|finding| finding.fix.is_some() && is_on_workloads(&finding.rule));
        let fixable = fixable.count();
        let fixed = fix(&path, &bytes, &options, |finding| is_on_workloads(&finding.rule));
        for (finding, reason) in &fixed.rejected {
            writeln!(wrong, "{path}: {} {}: {reason}", finding.rule, finding.message).unwrap();
        }
        let after = check(&path, &fixed.bytes, &options);
        assert!(after.problems.len() <= before.problems.len(), "{path}: {:?}", after.problems);
        for finding in after.findings.iter().filter(|finding| is_on_workloads(&finding.rule)) {
            if finding.fix.is_some() && !fixed.rejected.iter().any(|(other, _)| other.rule == finding.rule) {
                writeln!(wrong, "{path}: {} {}: stays", finding.rule, finding.message).unwrap();
            }
        }
        assert!(fixable == 0 || !fixed.applied.is_empty(), "{path}: no fix was applied");
        applied += fixed.applied.len();
        let again = fix(&path, &fixed.bytes, &options, |finding| is_on_workloads(&finding.rule));
        assert_eq!(again.bytes, fixed.bytes, "{path}: a second time changes more");
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(applied > 100, "{applied}");
}

/// A line is lost, or holds something that nobody would write there.
#[test]
fn damaged_manifests_do_no_harm() {
    let odd = ["", " []", " {}", " ~", " -1", " é", " 99999999999999999999", " [{}, [], ~]", " {a: {b: []}}", " \"\""];
    let options = Options::default();
    for (path, bytes) in manifests() {
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for at in 0..lines.len() {
            let mut fewer = lines.clone();
            let line = fewer.remove(at);
            check(&path, fewer.join("\n").as_bytes(), &options);
            if let Some((key, _)) = line.split_once(':') {
                let damaged = format!("{key}:{}", odd[at % odd.len()]);
                let mut other = lines.clone();
                other[at] = &damaged;
                let text = other.join("\n");
                let checked = check(&path, text.as_bytes(), &options);
                for region in checked.findings.iter().filter_map(|finding| finding.region) {
                    assert!(text.get(region.start..region.end).is_some(), "{path}: line {at}: {region:?}");
                }
            }
        }
    }
}
