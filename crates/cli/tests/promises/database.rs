//! `boltseal db`: from a mirror to an index, status, export and import, damage, several processes at once.

use std::io::{Cursor, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Outcome, Program, public_data};

/// A mirror with a feed of every kind, each with one advisory that concerns the test's packages.
fn mirror(folder: &Path) {
    let put = |path: &str, bytes: &[u8]| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    let pypi = json!({
        "schema_version": "1.6.0", "id": "PYSEC-2024-1", "modified": "2024-01-01T00:00:00Z", "aliases": ["CVE-2024-0001"],
        "summary": "a mistake in the lab", "affected": [{
            "package": { "ecosystem": "PyPI", "name": "lab-project" },
            "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "0" }, { "fixed": "1.2" }] }]
        }]
    });
    put("osv/PyPI/all.zip", &zip(&[("PYSEC-2024-1.json", pypi.to_string().as_bytes())]));
    let alpine = json!({ "distroversion": "v3.19", "reponame": "main", "archs": ["x86_64"], "packages": [
        { "pkg": { "name": "zlib", "secfixes": { "1.3.1-r1": ["CVE-2024-0002"] } } }
    ]});
    put("alpine/v3.19/main.json", alpine.to_string().as_bytes());
    let wolfi = json!({ "reponame": "os", "packages": [
        { "pkg": { "name": "curl", "secfixes": { "8.9.0-r0": ["CVE-2024-0003"], "0": ["CVE-2024-0004"] } } }
    ]});
    put("wolfi/os/security.json", wolfi.to_string().as_bytes());
    put("chainguard/security.json", wolfi.to_string().as_bytes());
    let tracker = json!({ "openssl": { "CVE-2024-0005": {
        "description": "a mistake", "scope": "remote",
        "releases": { "bookworm": { "status": "resolved", "fixed_version": "3.0.14-1", "urgency": "not yet assigned", "repositories": { "bookworm": "3.0.11-1" } } }
    }}});
    put("debian/tracker.json", tracker.to_string().as_bytes());
    let kev = json!({ "title": "t", "catalogVersion": "2024.01.01", "dateReleased": "2024-01-01T00:00:00Z", "count": 1, "vulnerabilities": [
        { "cveID": "CVE-2024-0001", "vendorProject": "lab", "product": "lab", "vulnerabilityName": "x", "dateAdded": "2024-01-02",
          "shortDescription": "x", "requiredAction": "x", "dueDate": "2024-01-23", "knownRansomwareCampaignUse": "Known", "notes": "" }
    ]});
    put("cisa/known_exploited_vulnerabilities.json", kev.to_string().as_bytes());
    let epss =
        "#model_version:v2025.03.14,score_date:2024-01-01T00:00:00+0000\ncve,epss,percentile\nCVE-2024-0001,0.5,0.97\n";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(epss.as_bytes()).unwrap();
    put("epss/epss_scores-current.csv.gz", &gzip.finish().unwrap());
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn with_mirror() -> Program {
    let program = Program::new();
    mirror(&program.path().join("mirror"));
    std::fs::create_dir(program.path().join("app")).unwrap();
    std::fs::write(program.path().join("app/requirements.txt"), "lab-project==1.1\nother==1\n").unwrap();
    program
}

fn update(program: &Program) -> Outcome {
    program.run(&["db", "update", "--mirror", "mirror"])
}

fn scan(program: &Program) -> Value {
    program.run(&["scan", "--format", "json", "dir:app"]).expect_status(0).json()
}

#[test]
fn an_update_takes_in_every_kind_of_feed_and_status_shows_them() {
    let program = with_mirror();
    update(&program).expect_status(0);
    let status = program.run(&["db", "status", "--json"]).expect_status(0).json();
    let names: Vec<&str> =
        status["feeds"].as_array().unwrap().iter().filter_map(|feed| feed["name"].as_str()).collect();
    for name in ["osv/PyPI", "alpine/v3.19/main", "wolfi", "chainguard", "debian", "cisa", "epss"] {
        assert!(names.iter().any(|found| found.starts_with(name)), "{name} is not in {names:?}");
    }
    let table = program.run(&["db", "status"]).expect_status(0).stdout;
    assert!(table.contains("osv/PyPI"), "{table}");

    let report = scan(&program);
    let finding = &report["findings"][0];
    assert_eq!(finding["id"], "CVE-2024-0001");
    assert_eq!(finding["aliases"][0], "PYSEC-2024-1");
    assert_eq!(finding["fix"]["versions"][0], "1.2");
    assert_eq!(finding["known_exploited"]["ransomware"], true);
    assert_eq!(finding["epss"]["probability"], 0.5);
    assert_eq!(report["database"]["kind"], "full");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn a_broken_feed_costs_that_feed_alone_and_is_told() {
    let program = with_mirror();
    update(&program).expect_status(0);
    std::fs::write(program.path().join("mirror/osv/PyPI/all.zip"), b"PK\x03\x04 no more").unwrap();
    let outcome = update(&program).expect_status(3);
    assert!(outcome.stderr.contains("osv/PyPI"), "{}", outcome.stderr);
    // The last good copy still answers.
    assert_eq!(scan(&program)["findings"][0]["id"], "CVE-2024-0001");
}

#[test]
fn a_mirror_that_is_not_there_is_3_and_leaves_the_database() {
    let program = with_mirror();
    update(&program).expect_status(0);
    let outcome = program.run(&["db", "update", "--mirror", "nowhere"]).expect_status(3);
    assert!(outcome.stderr.contains("nowhere"), "{}", outcome.stderr);
    assert_eq!(scan(&program)["database"]["kind"], "full");
}

#[test]
fn an_exported_database_gives_the_same_report_on_another_machine() {
    let program = with_mirror();
    update(&program).expect_status(0);
    program.run(&["db", "export", "advisories.bin"]).expect_status(0);
    let other = with_mirror();
    let file = program.path().join("advisories.bin").display().to_string();
    other.run(&["db", "import", &file]).expect_status(0);
    assert_eq!(scan(&other), scan(&program));

    let mut damaged = std::fs::read(&file).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    std::fs::write(&file, damaged).unwrap();
    let third = with_mirror();
    third.run(&["db", "import", &file]).expect_status(3);
    assert_eq!(scan(&third)["database"]["kind"], "starter");
}

#[test]
fn a_damaged_database_is_an_error_with_the_way_out_and_never_a_wrong_answer() {
    let program = with_mirror();
    update(&program).expect_status(0);
    let right = scan(&program);
    let database = largest_file(&program.path().join("db"));
    let whole = std::fs::read(&database).unwrap();
    let mut refused = 0;
    for place in (0..whole.len()).step_by((whole.len() / 40).max(1)) {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x10;
        std::fs::write(&database, &damaged).unwrap();
        let outcome = program.run(&["scan", "--format", "json", "dir:app"]);
        if outcome.status == Some(0) {
            assert_eq!(outcome.json(), right, "byte {place}");
        } else {
            refused += 1;
            assert_eq!(outcome.status, Some(3), "byte {place}: {outcome:#?}");
            assert!(outcome.stderr.contains("boltseal db update"), "{}", outcome.stderr);
        }
    }
    assert!(refused > 0, "no damage was met at all");
    std::fs::write(&database, &whole[..whole.len() / 2]).unwrap();
    program.run(&["scan", "dir:app"]).expect_status(3);
    update(&program).expect_status(0);
    assert_eq!(scan(&program)["findings"], right["findings"]);
}

#[test]
fn several_updates_and_scans_at_once_do_not_disturb_each_other() {
    let program = with_mirror();
    update(&program).expect_status(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| update(&program).expect_status(0));
            scope.spawn(|| assert_eq!(scan(&program)["findings"][0]["id"], "CVE-2024-0001"));
        }
    });
}

#[test]
fn the_public_feeds_give_an_index_with_nothing_left_out_silently() {
    let Some(feeds) = public_data("BOLTSEAL_FEEDS", "../shared/feeds") else { return };
    let program = Program::new();
    program.run(&["db", "update", "--mirror", &feeds.display().to_string()]).expect_status(0);
    let status = program.run(&["db", "status", "--json"]).expect_status(0).json();
    let total: u64 = status["feeds"].as_array().unwrap().iter().filter_map(|feed| feed["advisories"].as_u64()).sum();
    assert!(total > 28_000, "{total} advisories");
    std::fs::write(program.path().join("requirements.txt"), "Django==3.2.1\nPyYAML==5.4\n").unwrap();
    let report = program.run(&["scan", "--format", "json", "dir:."]).expect_status(0).json();
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["id"] == "CVE-2021-35042"));
    assert!(findings.iter().all(|finding| finding["package"]["name"] != "PyYAML"), "5.4 is fixed");
}

fn largest_file(folder: &Path) -> std::path::PathBuf {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "bsadv"))
        .max_by_key(|path| std::fs::metadata(path).unwrap().len())
        .unwrap()
}
