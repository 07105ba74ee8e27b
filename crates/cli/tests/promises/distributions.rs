//! One small system per distribution against a small mirror: what each distribution's own rules say, from the package
//! database to the finding.

use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;

use boltseal_fixture::packages::{self, System};
use serde_json::{Value, json};

use crate::program::Program;

/// A system's files below `root`, and a mirror of feeds that is already taken in.
struct Lab {
    program: Program,
}

impl Lab {
    fn new(feeds: &[(&str, Vec<u8>)], files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let lab = Self { program: Program::new() };
        for (path, bytes) in feeds {
            lab.put(&format!("mirror/{path}"), bytes);
        }
        for (path, bytes) in files {
            lab.put(&format!("root/{path}"), &bytes);
        }
        lab.program.run(&["db", "update", "--mirror", "mirror"]).expect_status(0);
        lab
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.program.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn report(&self) -> Value {
        self.program.run(&["scan", "--format", "json", "rootfs:root"]).expect_status(0).json()
    }

    fn status(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let outcome = self.program.run(&[&["scan", "rootfs:root"], arguments].concat());
        (outcome.status, outcome.stderr)
    }
}

/// A feed of OSV records as it is published.
fn osv(records: &[Value]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for record in records {
        let name = format!("{}.json", record["id"].as_str().unwrap());
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(record.to_string().as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A record that says that a package is fixed in a version; `more` replaces or adds members.
fn record(id: &str, ecosystem: &str, package: &str, fixed: &str, more: Value) -> Value {
    let mut record = json!({
        "schema_version": "1.7.0", "id": id, "modified": "2024-01-01T00:00:00Z", "affected": [{
            "package": { "ecosystem": ecosystem, "name": package },
            "ranges": [{ "type": "ECOSYSTEM", "events": [{ "introduced": "0" }, { "fixed": fixed }] }]
        }]
    });
    for (key, value) in more.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

fn secdb(release: &str, packages: &Value) -> Vec<u8> {
    json!({ "distroversion": release, "reponame": "main", "archs": ["x86_64"], "packages": packages })
        .to_string()
        .into_bytes()
}

/// `package id state fix` of each finding, sorted.
fn findings(report: &Value) -> Vec<String> {
    let mut all: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            let package = format!("{} {}", text(&finding["package"]["name"]), text(&finding["package"]["version"]));
            let fix = text(&finding["fix"]["versions"][0]);
            format!("{package}: {} {} {fix}", text(&finding["id"]), text(&finding["status"]["state"]))
        })
        .collect();
    all.sort();
    all
}

fn gaps(report: &Value) -> Vec<String> {
    let gaps = report["not_assessed"].as_array().into_iter().flatten();
    gaps.map(|gap| format!("{} {} {}", gap["reason"].as_str().unwrap(), gap["packages"], gap["what"].as_str().unwrap()))
        .collect()
}

fn text(path: &str, text: &str) -> (String, Vec<u8>) {
    (path.to_owned(), text.as_bytes().to_vec())
}

const SITE_PACKAGES: &str = "usr/lib/python3/dist-packages";

/// A Python package whose files are those of the Debian package `python3-lab`.
fn debian_system() -> packages::Files {
    let wheel = packages::dist_info(SITE_PACKAGES, "lab", "1.0");
    let owned: Vec<&str> = wheel.iter().map(|(path, _)| path.as_str()).collect();
    let list = packages::dpkg_list("python3-lab", &owned);
    let mut files = vec![
        packages::os_release("debian", "13"),
        packages::dpkg_status(&[
            System::new("libssl3", "3.0.11-1").from_source("openssl"),
            System::new("libc6", "2.31-13+b1").from_source("glibc (2.31-13)"),
            System::new("vim", "2:8.2.2434-3+b2"),
            System::new("openssl-tool", "1.0-1"),
            System::new("python3-lab", "1.0-1+deb13u1").from_source("python-lab"),
        ]),
        list,
    ];
    files.extend(wheel);
    files
}

#[test]
fn debian_is_judged_by_source_package_and_answers_for_what_it_owns() {
    let debian = |id: &str, package: &str, fixed: &str, cve: &str| {
        record(id, "Debian:13", package, fixed, json!({ "upstream": [cve] }))
    };
    let feeds = [
        (
            "osv/Debian/all.zip",
            osv(&[
                debian("DSA-1-1", "openssl", "3.0.11-1+deb13u1", "CVE-2024-0001"),
                debian("DSA-2-1", "glibc", "2.31-13", "CVE-2024-0002"),
                debian("DSA-3-1", "glibc", "2.31-13+deb13u1", "CVE-2024-0003"),
                debian("DSA-4-1", "vim", "2:8.2.2434-3", "CVE-2024-0004"),
                debian("DSA-5-1", "vim", "2:8.2.2434-3+deb13u1", "CVE-2024-0005"),
                // A binary package's name is not asked for, nor another release.
                debian("DSA-6-1", "libssl3", "99", "CVE-2024-0006"),
                record("DSA-7-1", "Debian:11", "openssl", "99", json!({ "upstream": ["CVE-2024-0007"] })),
                debian("DSA-8-1", "python-lab", "1.0-1+deb13u1", "CVE-2024-0008"),
            ]),
        ),
        ("osv/PyPI/all.zip", osv(&[record("PYSEC-1", "PyPI", "lab", "1.1", json!({ "aliases": ["CVE-2024-0008"] }))])),
    ];
    let lab = Lab::new(&feeds, debian_system());
    let report = lab.report();
    assert_eq!(
        findings(&report),
        [
            "lab 1.0: CVE-2024-0008 vendor-answers 1.1",
            "libc6 2.31-13+b1: CVE-2024-0003 affected 2.31-13+deb13u1",
            "libssl3 3.0.11-1: CVE-2024-0001 affected 3.0.11-1+deb13u1",
            "vim 2:8.2.2434-3+b2: CVE-2024-0005 affected 2:8.2.2434-3+deb13u1",
        ]
    );
    let answer = report["findings"].as_array().unwrap().iter().find(|f| f["package"]["name"] == "lab").unwrap();
    assert!(answer["status"]["detail"].as_str().unwrap().contains("fixed it in python-lab 1.0-1+deb13u1"), "{answer}");
    // The advisories tell of fixes alone.
    assert_eq!(gaps(&report), ["database 5 unfixed vulnerabilities of Debian 13"]);
}

#[test]
fn alpine_is_judged_by_origin_in_the_release_of_its_repositories() {
    let feeds = [
        (
            "alpine/v3.22/main.json",
            secdb(
                "v3.22",
                &json!([{ "pkg": { "name": "openssl", "secfixes": {
                    "3.0.8-r0": ["CVE-2024-0001"], "0": ["CVE-2024-0002"], "3.0.7-r2": ["CVE-2024-0003"]
                }}}]),
            ),
        ),
        (
            "alpine/v3.21/main.json",
            secdb("v3.21", &json!([{ "pkg": { "name": "openssl", "secfixes": { "9-r0": ["CVE-2024-0009"] } } }])),
        ),
    ];
    let mut files = vec![
        packages::os_release("alpine", "3.21.2"),
        packages::apk_installed(&[System::new("libcrypto3", "3.0.7-r2").from_source("openssl")]),
    ];
    let lab = Lab::new(&feeds, files.clone());
    assert_eq!(findings(&lab.report()), ["libcrypto3 3.0.7-r2: CVE-2024-0009 affected 9-r0"]);
    files.push(text("etc/apk/repositories", "https://dl-cdn.alpinelinux.org/alpine/v3.22/main\n"));
    let lab = Lab::new(&feeds, files);
    assert_eq!(findings(&lab.report()), ["libcrypto3 3.0.7-r2: CVE-2024-0001 affected 3.0.8-r0"]);
}

#[test]
fn wolfis_word_that_it_was_never_affected_holds_for_the_python_package_that_it_owns() {
    let wolfi = json!({ "reponame": "os", "packages": [
        { "pkg": { "name": "py3-lab", "secfixes": { "0": ["CVE-2024-0001"], "1.0-r3": ["CVE-2024-0002"] } } }
    ]});
    let pypi = |id: &str, cve: &str| record(id, "PyPI", "lab", "1.1", json!({ "aliases": [cve] }));
    let feeds = [
        ("wolfi/os/security.json", wolfi.to_string().into_bytes()),
        ("osv/PyPI/all.zip", osv(&[pypi("PYSEC-1", "CVE-2024-0001"), pypi("PYSEC-2", "CVE-2024-0002")])),
    ];
    let wheel = packages::dist_info("usr/lib/python3.12/site-packages", "lab", "1.0");
    let directory = "usr/lib/python3.12/site-packages/lab-1.0.dist-info";
    let installed =
        format!("P:py3-lab\nV:1.0-r1\nA:x86_64\nL:MIT\no:py3-lab\nF:{directory}\nR:METADATA\nR:RECORD\nR:WHEEL\n\n");
    let mut files = vec![
        text("etc/os-release", "ID=wolfi\nNAME=Wolfi\nVERSION_ID=20230201\n"),
        text("usr/lib/apk/db/installed", &installed),
    ];
    files.extend(wheel);
    let report = Lab::new(&feeds, files).report();
    assert_eq!(
        findings(&report),
        [
            "lab 1.0: CVE-2024-0001 vendor-answers 1.1",
            "lab 1.0: CVE-2024-0002 vendor-answers 1.1",
            "py3-lab 1.0-r1: CVE-2024-0002 affected 1.0-r3",
        ]
    );
    let told = |id: &str| {
        let all = report["findings"].as_array().unwrap();
        let finding = all.iter().find(|f| f["id"] == id && f["package"]["name"] == "lab").unwrap();
        finding["status"]["detail"].as_str().unwrap().to_owned()
    };
    assert!(told("CVE-2024-0001").contains("never affected"), "{}", told("CVE-2024-0001"));
    assert!(told("CVE-2024-0002").contains("is affected, fixed in 1.0-r3"), "{}", told("CVE-2024-0002"));
}

/// A package database that rpm wrote; `None`, with the reason, where rpm is not installed.
fn rpm_database(folder: &Path, specs: &[String]) -> Option<()> {
    let run = |command: &mut Command| match command.output() {
        Ok(output) => {
            assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
            Some(())
        }
        Err(error) => {
            println!("skipped: {command:?} does not run here: {error}");
            None
        }
    };
    let top = format!("_topdir {}", folder.join("top").display());
    for (number, spec) in specs.iter().enumerate() {
        let path = folder.join(format!("{number}.spec"));
        std::fs::write(&path, spec).unwrap();
        run(Command::new("rpmbuild").args(["-bb", "--define", &top]).arg(&path))?;
    }
    let files = std::fs::read_dir(folder.join("top/RPMS/noarch")).unwrap().map(|entry| entry.unwrap().path());
    let mut install = Command::new("rpm");
    install.arg("--root").arg(folder.join("root")).args(["--define", "_db_backend sqlite", "--dbpath", "/var/lib/rpm"]);
    run(install.args(["--nodeps", "--justdb", "-i"]).args(files))
}

#[test]
fn almalinux_is_judged_within_the_module_stream() {
    let spec = |name: &str, version: &str, release: &str, label: &str| {
        let label = if label.is_empty() { String::new() } else { format!("ModularityLabel: {label}\n") };
        format!(
            "Name: {name}\nVersion: {version}\nRelease: {release}\nSummary: a\nLicense: MIT\n{label}BuildArch: noarch\n\
             %description\nx\n%files\n"
        )
    };
    let alma = |id: &str, package: &str, fixed: &str, title: &str, cve: &str| {
        record(id, "AlmaLinux:9", package, fixed, json!({ "summary": title, "related": [cve] }))
    };
    let feed = osv(&[
        alma(
            "ALSA-2024:1",
            "nodejs",
            "1:18.20.2-1.module_el9.4+1+a",
            "Important: nodejs:18 security update",
            "CVE-2024-0001",
        ),
        alma(
            "ALSA-2024:2",
            "nodejs",
            "1:20.12.2-2.module_el9.4+2+b",
            "Important: nodejs:20 security update",
            "CVE-2024-0001",
        ),
        alma("ALSA-2024:3", "nodejs", "1:21.0-1.el9", "Moderate: nodejs security update", "CVE-2024-0003"),
        alma("ALSA-2024:4", "bash", "5.2-1.el9", "Low: bash security update", "CVE-2024-0004"),
    ]);
    let lab = Lab::new(&[("osv/AlmaLinux/all.zip", feed)], [packages::os_release("almalinux", "9.4")]);
    let nodejs = spec("nodejs", "18.19.0", "1.module_el9.3+1+a", "nodejs:18:9030020240101:abc");
    let nodejs = nodejs.replace("Summary", "Epoch: 1\nSummary");
    if rpm_database(lab.program.path(), &[nodejs, spec("bash", "5.1.8", "9.el9", "")]).is_none() {
        return;
    }
    let report = lab.report();
    assert_eq!(
        findings(&report),
        [
            "bash 5.1.8-9.el9: CVE-2024-0004 affected 5.2-1.el9",
            "nodejs 1:18.19.0-1.module_el9.3+1+a: CVE-2024-0001 affected 1:18.20.2-1.module_el9.4+1+a",
        ]
    );
    assert_eq!(report["findings"][1]["why"].as_array().unwrap().len(), 1, "stream 20 is not this one's");
    assert_eq!(
        (&report["findings"][0]["severity"], &report["findings"][1]["severity"]),
        (&json!("low"), &json!("high"))
    );
}

#[test]
fn a_distribution_that_nobody_speaks_for_is_not_assessed_and_never_clean() {
    let feeds = [("osv/Debian/all.zip", osv(&[record("DSA-1-1", "Debian:13", "a", "2", json!({}))]))];
    let dpkg = || packages::dpkg_status(&[System::new("a", "1"), System::new("b", "1")]);
    for (release, gap) in [
        (Some(packages::os_release("debian", "9")), "no-feed 2 deb packages of debian 9"),
        (Some(packages::os_release("devuan", "5")), "no-feed 2 deb packages of devuan 5"),
        (None, "unknown-os 2 deb packages"),
    ] {
        let lab = Lab::new(&feeds, release.into_iter().chain([dpkg()]));
        let report = lab.report();
        assert_eq!((findings(&report).len(), gaps(&report)), (0, vec![gap.to_owned()]));
        let (status, told) = lab.status(&["--fail-on", "low"]);
        assert_eq!(status, Some(3), "{told}");
        assert!(told.contains("deb packages"), "{told}");
        assert_eq!(lab.status(&["--fail-on", "low", "--allow-not-assessed"]).0, Some(0));
    }
}

#[test]
fn a_release_past_its_end_of_life_passes_no_gate_even_where_a_feed_remains() {
    let feeds = [(
        "alpine/v3.10/main.json",
        secdb("v3.10", &json!([{ "pkg": { "name": "zlib", "secfixes": { "1.2.11-r1": ["CVE-2024-0001"] } } }])),
    )];
    let apk = packages::apk_installed(&[System::new("zlib", "1.2.11-r1")]);
    let lab = Lab::new(&feeds, [packages::os_release("alpine", "3.10.9"), apk]);
    assert_eq!(findings(&lab.report()).len(), 0);
    let (status, told) = lab.status(&["--fail-on", "critical"]);
    assert_eq!(status, Some(3), "{told}");
    assert!(told.contains("2021-05-01"), "the day is told: {told}");
    assert_eq!(lab.status(&["--fail-on", "critical", "--allow-not-assessed"]).0, Some(0));
}

#[test]
fn records_of_one_vulnerability_are_one_finding_with_every_rating_and_withdrawn_ones_are_none() {
    let severity = |vector: &str| json!([{ "type": "CVSS_V3", "score": vector }]);
    let low = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N";
    let high = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";
    let feed = osv(&[
        record(
            "PYSEC-1",
            "PyPI",
            "lab",
            "1.1",
            json!({ "aliases": ["CVE-2024-0001"], "severity": severity(low), "details": "A long text. With more." }),
        ),
        record("GHSA-aaaa-bbbb-cccc", "PyPI", "lab", "1.2", json!({ "aliases": ["CVE-2024-0001"] })),
        record(
            "PYSEC-2",
            "PyPI",
            "lab",
            "1.1",
            json!({ "aliases": ["CVE-2024-0002"], "withdrawn": "2024-02-01T00:00:00Z" }),
        ),
    ]);
    // Its package is not installed; its rating is of the same vulnerability.
    let gem = record(
        "GHSA-dddd-eeee-ffff",
        "RubyGems",
        "lab",
        "2.0",
        json!({
            "aliases": ["CVE-2024-0001"], "severity": severity(high), "summary": "Lab stops"
        }),
    );
    let kev = json!({ "catalogVersion": "1", "dateReleased": "2024-01-01T00:00:00Z", "vulnerabilities": [
        { "cveID": "CVE-2024-0001", "dateAdded": "2024-01-02", "dueDate": "2024-01-23", "knownRansomwareCampaignUse": "Unknown" }
    ]});
    let mut epss = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    epss.write_all(
        b"#model_version:v1,score_date:2024-01-01T00:00:00+0000\ncve,epss,percentile\nCVE-2024-0001,0.25,0.9\n",
    )
    .unwrap();
    let feeds = [
        ("osv/PyPI/all.zip", feed),
        ("osv/RubyGems/all.zip", osv(&[gem])),
        ("cisa/known_exploited_vulnerabilities.json", kev.to_string().into_bytes()),
        ("epss/epss_scores-current.csv.gz", epss.finish().unwrap()),
    ];
    let report = Lab::new(&feeds, packages::dist_info("usr/lib/python3/site-packages", "lab", "1.0")).report();
    assert_eq!(findings(&report), ["lab 1.0: CVE-2024-0001 affected 1.1"]);
    let finding = &report["findings"][0];
    assert_eq!(finding["aliases"], json!(["GHSA-aaaa-bbbb-cccc", "GHSA-dddd-eeee-ffff", "PYSEC-1"]));
    let mut vectors: Vec<&str> =
        finding["ratings"].as_array().unwrap().iter().filter_map(|rating| rating["vector"].as_str()).collect();
    vectors.sort();
    assert_eq!(vectors, [low, high]);
    assert_eq!(finding["severity"], "high");
    assert_eq!(finding["fix"]["versions"], json!(["1.1", "1.2"]));
    assert_eq!(finding["known_exploited"]["ransomware"], false);
    assert_eq!(finding["epss"]["probability"], 0.25);
    assert_eq!(finding["why"].as_array().unwrap().len(), 2);
}
