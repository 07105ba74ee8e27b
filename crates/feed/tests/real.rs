//! The real advisories of `../shared/feeds`, built once: counts and named facts. Skipped where they are absent.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "all of this file is a test, and clippy knows only the functions marked so"
)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use boltseal_advisory::{Assessment, Index, assess};
use boltseal_evidence::{
    Finding, FixState, Inventory, OperatingSystem, Package, PackageType, SourcePackage, Subject, SubjectKind,
};
use boltseal_feed::{Origin, Silent, UpdateOptions, open, update};
use boltseal_store::Database;

fn feeds() -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/feeds");
    let path = std::env::var_os("BOLTSEAL_FEEDS").map_or_else(|| PathBuf::from(default), PathBuf::from);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: no advisories in `{}`; set `BOLTSEAL_FEEDS`", path.display());
    None
}

fn package(kind: PackageType, name: &str, version: &str) -> Package {
    let mut package = Package::new(kind, name);
    if let Some((namespace, name)) = name.rsplit_once('/') {
        package.namespace = Some(namespace.to_owned());
        package.name = name.to_owned();
    }
    package.version = Some(version.to_owned());
    package
}

struct Real {
    index: Index,
}

impl Real {
    fn build(feeds: &Path, home: &Path) -> Self {
        let database = Database::at(home);
        let begun = Instant::now();
        let options = UpdateOptions::new(database.clone(), Origin::Directory(feeds.to_owned()));
        let report = update(&options, &Silent).unwrap();
        println!(
            "built in {:?}: {} records, {} packages, {} bytes",
            begun.elapsed(),
            report.records,
            report.packages,
            report.size
        );
        for feed in report.feeds.iter().filter(|feed| feed.advisories > 0 && !feed.name.starts_with("alpine")) {
            println!("{}: {} {:?}", feed.name, feed.advisories, feed.skipped);
        }
        for feed in &report.feeds {
            for problem in feed.problems.iter().take(3) {
                println!("{}: {problem:?}", feed.name);
            }
        }
        assert_eq!(report.failed().count(), 0);
        let count = |name: &str| report.feeds.iter().find(|feed| feed.name == name).unwrap();
        for (name, whole) in [
            ("osv/AlmaLinux", 5637),
            ("osv/Bitnami", 7444),
            ("osv/Debian", 6832),
            ("osv/Go", 4291),
            ("osv/PyPI", 2661),
            ("osv/RubyGems", 1015),
            ("osv/crates.io", 1206),
        ] {
            let feed = count(name);
            let (taken, left) = (feed.advisories, feed.skipped);
            assert!(taken + left.withdrawn + left.informational + left.broken <= whole, "{name}");
            // Records that affect no package of an ecosystem are neither.
            assert!(taken + left.withdrawn + left.informational + left.broken + 3 >= whole, "{name}: {taken} {left:?}");
            assert!(left.broken * 200 < whole, "{name}: {:?}", feed.problems);
        }
        assert_eq!(count("osv/Go").skipped.withdrawn, 17);
        assert_eq!(count("cisa-kev").advisories, 1404);
        Self { index: open(&database).unwrap().unwrap() }
    }

    fn assess(&self, os: Option<(&str, &str)>, packages: Vec<Package>) -> Assessment {
        let os = os.map(|(id, version)| OperatingSystem {
            id: id.into(),
            version: Some(version.into()),
            ..OperatingSystem::default()
        });
        let subject = Subject { kind: SubjectKind::Image, id: None, platform: None, created: None };
        let inventory = Inventory { subject, os, layers: vec![], packages, not_assessed: vec![], problems: vec![] };
        assess(&inventory, &self.index).unwrap()
    }

    fn found(&self, os: Option<(&str, &str)>, package: Package) -> Vec<Finding> {
        self.assess(os, vec![package]).findings
    }
}

/// The fixes of the finding that has this id.
fn fixes(findings: &[Finding], id: &str) -> Vec<String> {
    let has = |finding: &&Finding| finding.id == id || finding.aliases.iter().any(|alias| alias == id);
    match findings.iter().find(has).map(|finding| &finding.fix) {
        Some(FixState::Fixed { versions }) => versions.clone(),
        Some(other) => vec![format!("{other:?}")],
        None => vec![],
    }
}

#[test]
fn real_advisories_give_the_known_answers() {
    let Some(feeds) = feeds() else { return };
    let home = tempfile::tempdir().unwrap();
    let real = Real::build(&feeds, home.path());
    assert!(real.index.len() > 28_000, "{}", real.index.len());
    real.index.verify().unwrap();

    languages(&real);
    distributions(&real);
}

fn languages(real: &Real) {
    let pypi = |name: &str, version: &str| real.found(None, package(PackageType::PyPi, name, version));
    let django = pypi("Django", "3.2.1");
    assert_eq!(fixes(&django, "CVE-2021-35042"), ["3.2.5"]);
    assert_eq!(fixes(&django, "CVE-2022-28346"), ["3.2.13"]);
    assert_eq!(fixes(&django, "PYSEC-2021-98"), ["3.2.4"]);
    let yaml = pypi("PyYAML", "5.3");
    assert_eq!(fixes(&yaml, "CVE-2020-14343"), ["5.4"]);
    assert_eq!(fixes(&yaml, "CVE-2020-1747"), ["5.3.1"]);
    assert_eq!(fixes(&yaml, "CVE-2017-18342"), [""; 0], "fixed in 5.1");
    assert_eq!(yaml.len(), 2);
    assert_eq!(pypi("pyyaml", "5.4"), [], "the fixed version itself");

    let go = |version: &str| real.found(None, package(PackageType::Golang, "golang.org/x/text", version));
    assert_eq!(fixes(&go("v0.3.2"), "CVE-2020-14040"), ["0.3.3"]);
    assert_eq!(fixes(&go("v0.3.7"), "CVE-2022-32149"), ["0.3.8"]);
    assert_eq!(fixes(&go("v0.3.8"), "CVE-2022-32149"), [""; 0], "the fixed version itself");
    assert_eq!(go("v0.39.0"), []);
    assert!(real.found(None, package(PackageType::Golang, "stdlib", "go1.20.3")).len() > 20);
    let time = |version: &str| real.found(None, package(PackageType::Cargo, "time", version));
    assert_eq!(fixes(&time("0.2.9"), "CVE-2020-26235"), ["0.2.23"]);
    assert_eq!(fixes(&time("0.2.3"), "CVE-2020-26235"), [""; 0], "between two affected runs");
    let gem = |version: &str| real.found(None, package(PackageType::Gem, "nokogiri", version));
    assert_eq!(fixes(&gem("1.13.5"), "CVE-2022-29181"), ["1.13.6"]);
    assert_eq!(fixes(&gem("1.13.6"), "CVE-2022-29181"), [""; 0]);
    let log4j = real.assess(None, vec![package(PackageType::Maven, "org.apache.logging.log4j/log4j-core", "2.14.1")]);
    assert_eq!(log4j.not_assessed[0].what, "maven packages", "there is no feed for it");
}

fn distributions(real: &Real) {
    let mut libssl = package(PackageType::Deb, "libssl1.1", "1.1.1n-0+deb11u3");
    libssl.source = Some(SourcePackage { name: "openssl".into(), version: None });
    let debian = real.assess(Some(("debian", "11")), vec![libssl.clone()]);
    assert_eq!(fixes(&debian.findings, "CVE-2023-0286"), ["1.1.1n-0+deb11u4"]);
    assert_eq!(debian.findings.len(), 1, "what deb11u3 fixed is not reported: {debian:#?}");
    assert_eq!(debian.not_assessed.len(), 1, "DSA lists tell nothing of what is not fixed");
    libssl.version = Some("1.1.1n-0+deb11u4".into());
    assert_eq!(real.found(Some(("debian", "11")), libssl.clone()), []);
    let later = real.assess(Some(("debian", "13")), vec![libssl]);
    assert_eq!((later.findings.len(), later.not_assessed.len()), (0, 1), "no feed for that release");

    let mut libcrypto = package(PackageType::Apk, "libcrypto1.1", "1.1.1b-r1");
    libcrypto.source = Some(SourcePackage { name: "openssl".into(), version: None });
    let alpine = real.found(Some(("alpine", "3.10.0")), libcrypto);
    assert_eq!(fixes(&alpine, "CVE-2019-1547"), ["1.1.1d-r0"], "{alpine:#?}");

    alma(real);

    let wolfi = real.found(Some(("wolfi", "20230201")), package(PackageType::Apk, "aactl", "0.4.12-r11"));
    assert_eq!(fixes(&wolfi, "CVE-2024-24788"), ["0.4.12-r12"]);
    assert_eq!(fixes(&wolfi, "CVE-2023-45283"), [""; 0], "never affected");
    let owner = package(PackageType::Apk, "py3-breezy", "3.3.4-r0");
    assert!(real.found(Some(("wolfi", "20230201")), owner).iter().all(|finding| finding.id != "CVE-2012-5811"));
}

fn alma(real: &Real) {
    let node = |version: &str, module: &str| {
        let mut nodejs = package(PackageType::Rpm, "nodejs", version);
        nodejs.module = (!module.is_empty()).then(|| module.to_owned());
        real.found(Some(("almalinux", "8.9")), nodejs)
    };
    let version = "1:18.17.1-1.module_el8.8.0+3618+2ac23a24";
    let eighteen = node(version, "nodejs:18:8080020230901:63b34585");
    assert!(!eighteen.is_empty());
    for finding in &eighteen {
        let FixState::Fixed { versions } = &finding.fix else { panic!("{finding:#?}") };
        assert!(versions.iter().all(|fixed| fixed.starts_with("1:18.")), "only its own stream: {versions:?}");
    }
    assert_eq!(node("1:18.99.0-1.module_el8.9.0+1+1", "nodejs:18:1:1"), []);
    assert_eq!(node("1:18.17.1-1.el8", ""), [], "no advisory for it outside of modules");
}
