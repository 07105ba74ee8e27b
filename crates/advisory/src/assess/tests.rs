//! What matching finds, leaves out and says, one small index a test.

use boltseal_evidence::{
    DatabaseKind, FixState, Inventory, Location, NotAssessedReason, OperatingSystem, Package, PackageType, Severity,
    SourcePackage, Status, Subject, SubjectKind,
};

use super::*;
use crate::{Builder, debian, osv, secdb, starter};

struct World {
    builder: Builder,
    os: Option<OperatingSystem>,
    packages: Vec<Package>,
}

impl World {
    fn new() -> Self {
        Self { builder: Builder::new(DatabaseKind::Full, None), os: None, packages: Vec::new() }
    }

    fn osv(mut self, feed: &str, records: &[String]) -> Self {
        let mut all = osv::Records::new(feed);
        for record in records {
            all.add("record.json", record.as_bytes());
        }
        let parsed = all.finish();
        assert_eq!(parsed.problems, []);
        self.builder.add(feed, "test", None, parsed);
        self
    }

    fn secdb(mut self, ecosystem: &str, json: &str) -> Self {
        self.builder.add(ecosystem, "test", None, secdb::parse(json.as_bytes(), ecosystem).unwrap());
        self
    }

    fn tracker(mut self, json: &str) -> Self {
        self.builder.add("debian", "test", None, debian::parse(json.as_bytes()).unwrap());
        self
    }

    fn os(mut self, id: &str, version: &str) -> Self {
        let version = (!version.is_empty()).then(|| version.to_owned());
        self.os = Some(OperatingSystem { id: id.to_owned(), version, ..OperatingSystem::default() });
        self
    }

    fn package(mut self, package: Package) -> Self {
        self.packages.push(package);
        self
    }

    fn has(self, kind: PackageType, name: &str, version: &str) -> Self {
        let package = package(kind, name, version);
        self.package(package)
    }

    fn assess(self) -> Assessment {
        let index = Index::open(self.builder.finish().bytes).unwrap();
        super::assess(&inventory(self.os, self.packages), &index).unwrap()
    }
}

fn inventory(os: Option<OperatingSystem>, packages: Vec<Package>) -> Inventory {
    let subject = Subject { kind: SubjectKind::Image, id: None, platform: None, created: None };
    Inventory { subject, os, layers: vec![], packages, not_assessed: vec![], problems: vec![] }
}

fn package(kind: PackageType, name: &str, version: &str) -> Package {
    let mut package = Package::new(kind, name);
    package.version = (!version.is_empty()).then(|| version.to_owned());
    package.locations = vec![Location::at(format!("at/{name}"))];
    package
}

fn record(id: &str, more: &str, ecosystem: &str, name: &str, events: &str) -> String {
    format!(
        r#"{{"id":"{id}"{more},"affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"{name}"}},
           "ranges":[{{"type":"ECOSYSTEM","events":[{events}]}}]}}]}}"#
    )
}

fn ids(assessment: &Assessment) -> Vec<&str> {
    assessment.findings.iter().map(|finding| finding.id.as_str()).collect()
}

fn fixes(finding: &Finding) -> Vec<&str> {
    match &finding.fix {
        FixState::Fixed { versions } => versions.iter().map(String::as_str).collect(),
        _ => vec![],
    }
}

#[test]
fn the_fix_is_the_one_of_the_range_that_holds_the_version_never_the_highest() {
    let events = r#"{"introduced":"0"},{"fixed":"2.2.24"},{"introduced":"3.0"},{"fixed":"3.2.4"}"#;
    let django = |version: &str| {
        World::new()
            .osv("osv/PyPI", &[record("PYSEC-1", r#","aliases":["CVE-2021-1"]"#, "PyPI", "django", events)])
            .has(PackageType::PyPi, "Django", version)
            .assess()
    };
    for (version, expected) in
        [("3.2.1", Some("3.2.4")), ("2.2.1", Some("2.2.24")), ("2.2.24", None), ("3.2.4", None), ("4.0", None)]
    {
        let found = django(version);
        assert_eq!(found.findings.first().map(|finding| fixes(finding)[0]), expected, "{version}");
    }
    let finding = &django("3.2.1").findings[0];
    assert_eq!((finding.id.as_str(), &finding.aliases[..]), ("CVE-2021-1", &["PYSEC-1".to_owned()][..]));
    assert_eq!(finding.why[0].range, ">= 3.0, < 3.2.4");
}

#[test]
fn records_of_one_vulnerability_fold_into_one_finding_with_all_reasons_and_ratings() {
    let upto = |version: &str| format!(r#"{{"introduced":"0"}},{{"fixed":"{version}"}}"#);
    let found = World::new()
        .osv(
            "osv/PyPI",
            &[
                record("PYSEC-1", r#","aliases":["GHSA-1"]"#, "PyPI", "a", &upto("1.3")),
                record(
                    "GHSA-1",
                    r#","aliases":["CVE-2020-5"],"database_specific":{"severity":"HIGH"}"#,
                    "PyPI",
                    "a",
                    &upto("1.2"),
                ),
                record(
                    "GHSA-2",
                    r#","aliases":["CVE-2020-6"],"withdrawn":"2024-01-01T00:00:00Z""#,
                    "PyPI",
                    "a",
                    &upto("9"),
                ),
            ],
        )
        .has(PackageType::PyPi, "a", "1.1")
        .assess();
    let [finding] = &found.findings[..] else { panic!("{found:#?}") };
    assert_eq!(finding.id, "CVE-2020-5");
    assert_eq!(finding.aliases, ["GHSA-1", "PYSEC-1"]);
    assert_eq!(finding.why.len(), 2);
    assert_eq!(fixes(finding), ["1.2", "1.3"]);
    assert_eq!(finding.severity, Severity::High);
}

#[test]
fn a_version_that_is_listed_alone_matches() {
    let json = r#"{"id":"GHSA-1","affected":[{"package":{"ecosystem":"npm","name":"@a/b"},"versions":["1.0.7"]}]}"#;
    let mut scoped = package(PackageType::Npm, "b", "1.0.7");
    scoped.namespace = Some("@a".into());
    let found = World::new().osv("osv/npm", &[json.into()]).package(scoped).assess();
    assert_eq!(found.findings[0].why[0].range, "= 1.0.7");
    assert_eq!(found.findings[0].fix, FixState::NotFixed);
}

#[test]
fn debian_matches_the_source_package_and_an_erratum_of_several_cves_is_one_finding() {
    let erratum = record(
        "DSA-1-1",
        r#","upstream":["CVE-2022-1","CVE-2022-2"]"#,
        "Debian:11",
        "openssl",
        r#"{"introduced":"0"},{"fixed":"1.1.1n-0+deb11u4"}"#,
    );
    let mut libssl = package(PackageType::Deb, "libssl1.1", "1.1.1n-0+deb11u3");
    libssl.source = Some(SourcePackage { name: "openssl".into(), version: None });
    let found = World::new().osv("osv/Debian", &[erratum]).os("debian", "11").package(libssl).assess();
    let finding = &found.findings[0];
    assert_eq!(finding.id, "DSA-1-1");
    assert_eq!(finding.aliases, ["CVE-2022-1", "CVE-2022-2"]);
    assert_eq!(finding.why[0].matched_name, "openssl");
    assert_eq!(found.not_assessed[0].what, "unfixed vulnerabilities of Debian 11");
}

#[test]
fn the_tracker_tells_of_what_is_not_fixed_and_its_urgency_is_the_severity() {
    let tracker = r#"{"openssl":{
        "CVE-2022-1":{"releases":{"bullseye":{"status":"resolved","fixed_version":"1.1.1n-0+deb11u4","urgency":"not yet assigned"}}},
        "CVE-2022-2":{"releases":{"bullseye":{"status":"open","urgency":"unimportant","nodsa_reason":"ignored"}}},
        "CVE-2022-3":{"releases":{"bullseye":{"status":"resolved","fixed_version":"0"}}},
        "CVE-2022-4":{"releases":{"bullseye":{"status":"undetermined"}}},
        "CVE-2022-5":{"releases":{"bullseye":{"status":"open","urgency":"end-of-life"}}},
        "CVE-2022-6":{"releases":{"bookworm":{"status":"open"}}}}}"#;
    let erratum = record(
        "DSA-1-1",
        r#","upstream":["CVE-2022-1","CVE-2022-2","CVE-2022-3"]"#,
        "Debian:11",
        "openssl",
        r#"{"introduced":"0"},{"fixed":"1.1.1n-0+deb11u4"}"#,
    );
    let found = World::new()
        .tracker(tracker)
        .osv("osv/Debian", &[erratum])
        .os("debian", "11")
        .has(PackageType::Deb, "openssl", "1.1.1n-0+deb11u3")
        .assess();
    assert_eq!(ids(&found), ["CVE-2022-1", "CVE-2022-2"]);
    assert_eq!(found.findings[0].why.len(), 2, "the erratum adds its reason");
    assert_eq!(found.findings[1].severity, Severity::Negligible);
    assert_eq!(found.not_assessed, []);
}

#[test]
fn alpine_matches_the_origin_in_the_release_of_the_repositories() {
    let fixes =
        r#"{"packages":[{"pkg":{"name":"openssl","secfixes":{"1.1.1d-r2":["CVE-2019-1"],"0":["CVE-2019-2"]}}}]}"#;
    let mut libssl = package(PackageType::Apk, "libssl1.1", "1.1.1c-r0");
    libssl.source = Some(SourcePackage { name: "openssl".into(), version: None });
    let mut world = World::new().secdb("Alpine:v3.10", fixes).os("alpine", "3.19.1").package(libssl);
    world.os.as_mut().unwrap().repository_release = Some("v3.10".into());
    let found = world.assess();
    assert_eq!(ids(&found), ["CVE-2019-1"]);
    assert_eq!(super::tests::fixes(&found.findings[0]), ["1.1.1d-r2"]);
}

#[test]
fn a_module_package_matches_only_its_stream_and_others_only_outside_of_modules() {
    let erratum = |id: &str, title: &str, fixed: &str| {
        record(
            id,
            &format!(r#","summary":"Important: {title} security update","related":["CVE-2023-{}"]"#, id.len()),
            "AlmaLinux:8",
            "nodejs",
            &format!(r#"{{"introduced":"0"}},{{"fixed":"{fixed}"}}"#),
        )
    };
    let errata = [
        erratum("ALSA-18", "nodejs:18", "1:18.14.2-2.module_el8.7.0+3490+1d3e9a5f"),
        erratum("ALSA-160", "nodejs:16", "1:16.19.1-1.module_el8.7.0+3482+1d3e9a5f"),
        erratum("ALSA-plain", "nodejs", "1:99.0-1.el8"),
    ];
    let found = |version: &str, module: Option<&str>| {
        let mut nodejs = package(PackageType::Rpm, "nodejs", version);
        nodejs.module = module.map(str::to_owned);
        let found = World::new().osv("osv/AlmaLinux", &errata).os("almalinux", "8.7").package(nodejs).assess();
        found.findings.iter().map(|finding| finding.why[0].advisory.clone()).collect::<Vec<_>>()
    };
    let version = "1:16.18.1-3.module_el8.7.0+3366+6dfb954c";
    assert_eq!(found(version, Some("nodejs:16:8070020230112:bd1311ed")), ["ALSA-160"]);
    assert_eq!(found(version, None), ["ALSA-160"], "told by the upstream version");
    assert_eq!(found("1:10.0-1.el8", None), ["ALSA-plain"]);
    assert_eq!(found("1:18.14.2-2.module_el8.7.0+3490+1d3e9a5f", Some("nodejs:18:1:2")), [""; 0]);
}

#[test]
fn the_vendor_answers_for_a_language_package_that_it_owns() {
    let upto = r#"{"introduced":"0"},{"fixed":"9"}"#;
    let records: Vec<String> = (1..=4)
        .map(|n| record(&format!("PYSEC-{n}"), &format!(r#","aliases":["CVE-2020-{n}"]"#), "PyPI", "a", upto))
        .collect();
    let wolfi = r#"{"packages":[{"pkg":{"name":"py3-a","secfixes":
        {"0":["CVE-2020-1"],"1.0-r1":["CVE-2020-2"],"1.0-r9":["CVE-2020-3"]}}}]}"#;
    let owned = |world: World| {
        let apk = package(PackageType::Apk, "py3-a", "1.0-r2");
        let mut language = package(PackageType::PyPi, "a", "1.0");
        language.owner = Some(apk.purl());
        world.osv("osv/PyPI", &records).os("wolfi", "").package(apk).package(language).assess()
    };
    let found = owned(World::new().secdb("Wolfi", wolfi));
    let said: Vec<_> = found
        .findings
        .iter()
        .filter_map(|finding| match &finding.status {
            Status::VendorAnswers { detail, .. } => Some(detail.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(
        said,
        [
            "Wolfi says that py3-a was never affected",
            "Wolfi fixed it in py3-a 1.0-r1; 1.0-r2 is installed",
            "Wolfi says that py3-a 1.0-r2 is affected, fixed in 1.0-r9",
            "Wolfi has no entry on it for py3-a; 1.0-r2 is installed",
        ]
    );
    let alone = owned(World::new());
    assert!(alone.findings.iter().all(|finding| finding.status == Status::Affected), "no feed, no answer");
}

#[test]
fn what_cannot_be_judged_is_told() {
    let found = World::new()
        .osv("osv/Go", &[])
        .os("fedora", "40")
        .has(PackageType::Golang, "a", "(devel)")
        .has(PackageType::Golang, "b", "")
        .has(PackageType::Golang, "c", "not a version")
        .has(PackageType::Rpm, "bash", "5-1")
        .has(PackageType::Rpm, "zlib", "1-1")
        .has(PackageType::Gem, "rack", "1")
        .assess();
    let told: Vec<_> = found.not_assessed.iter().map(|n| (n.reason, n.what.as_str(), n.packages)).collect();
    assert_eq!(
        told,
        [
            (NotAssessedReason::NoFeed, "gem packages", 1),
            (NotAssessedReason::NoFeed, "rpm packages of fedora 40", 2),
            (NotAssessedReason::NoVersion, "pkg:golang/a@(devel)", 1),
            (NotAssessedReason::NoVersion, "pkg:golang/b", 1),
            (NotAssessedReason::InvalidVersion, "pkg:golang/c@not%20a%20version", 1),
        ]
    );
}

#[test]
fn an_unknown_operating_system_is_told() {
    let found = World::new().has(PackageType::Deb, "bash", "5-1").assess();
    assert_eq!(found.not_assessed[0].reason, NotAssessedReason::UnknownOs);
}

#[test]
fn go_is_matched_by_module_path_and_its_own_library_by_stdlib() {
    let upto = |version: &str| format!(r#"{{"introduced":"0"}},{{"fixed":"{version}"}}"#);
    let mut text = package(PackageType::Golang, "text", "v0.3.2");
    text.namespace = Some("golang.org/x".into());
    let found = World::new()
        .osv(
            "osv/Go",
            &[
                record("GO-1", "", "Go", "golang.org/x/text", &upto("0.3.3")),
                record("GO-2", "", "Go", "stdlib", &upto("1.20.4")),
            ],
        )
        .package(text)
        .has(PackageType::Golang, "stdlib", "go1.20.3")
        .assess();
    assert_eq!(ids(&found), ["GO-1", "GO-2"]);
}

#[test]
fn the_starter_set_says_that_it_is_only_that() {
    let mut log4j = package(PackageType::Maven, "log4j-core", "2.14.1");
    log4j.namespace = Some("org.apache.logging.log4j".into());
    let found = super::assess(&inventory(None, vec![log4j]), &starter::index().unwrap()).unwrap();
    assert_eq!(found.findings[0].id, "CVE-2021-44228");
    assert_eq!(found.not_assessed.len(), 1);
    assert_eq!(found.not_assessed[0].reason, NotAssessedReason::Database);
}
