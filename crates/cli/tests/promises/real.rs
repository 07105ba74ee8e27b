//! A real Debian image with real packages of every ecosystem, by every way, against what the ecosystems' own tools say.
//!
//! The image is built by `tests/real/build-image.sh` into the folder that `BOLTSEAL_REAL_DIR` names (CI sets it; it takes
//! minutes and the package registries). Without the variable these tests say so and skip.

pub(crate) mod registry;
mod truth;

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use boltseal_version::Scheme;
use serde_json::Value;

use crate::program::{Program, public_data};

/// The built image, or a printed reason to skip.
pub(crate) fn image() -> Option<&'static Path> {
    static IMAGE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let built = IMAGE.get_or_init(|| {
        let folder = PathBuf::from(std::env::var_os("BOLTSEAL_REAL_DIR")?);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real/build-image.sh");
        // `GIT_…` and `CARGO_…` of the test run are not for the tools that the script calls.
        let output = Command::new("bash").arg(script).arg(&folder).env_remove("CARGO_TARGET_DIR").output().unwrap();
        assert!(output.status.success(), "the real image was not built:\n{}", String::from_utf8_lossy(&output.stderr));
        Some(folder)
    });
    if built.is_none() {
        println!("skipped: BOLTSEAL_REAL_DIR does not name a folder to build the real image in");
    }
    built.as_deref()
}

/// A program with the database made from the public feeds, or a printed reason to skip.
pub(crate) fn program_with_database() -> Option<Program> {
    let feeds = public_data("BOLTSEAL_FEEDS", "../shared/feeds")?;
    let program = Program::new();
    program.run(&["db", "update", "--mirror", &feeds.display().to_string()]).expect_status(0);
    Some(program)
}

fn scan(program: &Program, target: &str) -> String {
    program.run(&["scan", "--format", "json", target]).expect_status(0).stdout
}

#[test]
fn the_report_is_the_same_by_every_way_and_lists_what_the_tools_list() {
    let Some(image) = image() else { return };
    let program = Program::new();
    let layout = scan(&program, &format!("oci:{}:real", image.join("oci").display()));
    assert_eq!(scan(&program, &format!("docker-archive:{}", image.join("docker.tar").display())), layout);
    match registry::Debian::serve(&image.join("oci"), "real") {
        Some(registry) => {
            let pulled = Program::new();
            assert_eq!(scan(&pulled, &registry.reference), layout);
            // From the cache, which the registry's layers filled.
            assert_eq!(scan(&pulled, &registry.reference), layout);
        }
        None => println!("skipped: docker-registry or skopeo is not installed"),
    }
    let report: Value = serde_json::from_str(&layout).unwrap();
    truth::compare(&report, &image.join("expected"));
}

#[test]
fn known_vulnerabilities_of_the_real_image_are_found_with_the_right_fix() {
    let Some(image) = image() else { return };
    let Some(program) = program_with_database() else { return };
    let layout = format!("oci:{}:real", image.join("oci").display());
    let report = program.run(&["scan", "--format", "json", &layout]).expect_status(0).json();
    let findings = report["findings"].as_array().unwrap();
    let fix = |id: &str, package: &str| -> Option<String> {
        let finding = findings.iter().find(|finding| {
            let has_id = finding["id"] == id
                || finding["aliases"].as_array().is_some_and(|all| all.iter().any(|alias| alias == id));
            has_id && finding["package"]["name"] == package && finding["status"]["state"] == "affected"
        })?;
        Some(finding["fix"]["versions"][0].as_str().unwrap_or("not fixed").to_owned())
    };
    for (id, package, expected) in [
        ("CVE-2021-35042", "Django", "3.2.5"),
        ("CVE-2022-28346", "Django", "3.2.13"),
        ("CVE-2020-14343", "PyYAML", "5.4"),
        ("CVE-2018-18074", "requests", "2.20.0"),
        ("CVE-2019-11324", "urllib3", "1.24.2"),
        ("CVE-2020-14040", "golang.org/x/text", "0.3.3"),
        ("CVE-2022-32149", "golang.org/x/text", "0.3.8"),
        ("CVE-2022-24713", "regex", "1.5.5"),
        ("CVE-2021-25900", "smallvec", "1.6.1"),
        // No feed at hand speaks for Maven: the starter set does.
        ("CVE-2021-44228", "org.apache.logging.log4j:log4j-core", "2.15.0"),
    ] {
        assert_eq!(
            fix(id, package).map(|fix| fix.trim_start_matches('v').to_owned()).as_deref(),
            Some(expected),
            "{id} in {package}"
        );
    }
    // Removed or replaced by the last layer.
    for gone in ["Jinja2", "hello", "left-pad"] {
        assert!(findings.iter().all(|finding| finding["package"]["name"] != gone), "{gone} is gone");
    }
    // No feed at hand speaks for Debian 12, and that is said.
    let gaps = report["not_assessed"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["reason"] == "no-feed" && gap["packages"].as_u64() == Some(529)), "{gaps:?}");
    nothing_fixed_is_reported(findings);
}

/// No installed version is at or above a version in which its finding is said to be fixed.
fn nothing_fixed_is_reported(findings: &[Value]) {
    let scheme = |kind: &str| match kind {
        "pypi" => Scheme::Pep440,
        "golang" => Scheme::Go,
        "cargo" => Scheme::SemVer,
        "gem" => Scheme::RubyGems,
        "npm" => Scheme::Npm,
        "maven" => Scheme::Maven,
        other => panic!("no feed at hand has {other} packages of this image"),
    };
    let mut compared = 0;
    for finding in findings {
        let package = &finding["package"];
        for fixed in finding["fix"]["versions"].as_array().into_iter().flatten() {
            let scheme = scheme(package["type"].as_str().unwrap());
            let order =
                boltseal_version::compare(scheme, package["version"].as_str().unwrap(), fixed.as_str().unwrap());
            assert_eq!(order.unwrap(), Ordering::Less, "{finding}");
            compared += 1;
        }
    }
    assert!(compared > 50, "only {compared} fixes were compared");
}
