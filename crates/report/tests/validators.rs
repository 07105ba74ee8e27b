//! The documents pass the validators that others wrote, where these are installed.
//!
//! `pip install 'cyclonedx-python-lib[json-validation]' spdx-tools` and `npm install -g @microsoft/sarif-multitool`
//! bring them. A validator that is missing is named and skipped, unless `BOLTSEAL_VALIDATORS=required`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "sample/debian.rs"]
mod debian;

#[path = "sample/check.rs"]
mod sample;

use std::path::Path;
use std::process::{Command, Output};

use boltseal_report::check::{self, CheckFormat, CheckOptions};
use boltseal_report::{Format, RenderOptions, render, sbom};

/// Runs `program`; `None` where it is not installed.
fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some(output),
        Err(error) => missing(program, &error.to_string()),
    }
}

fn missing(program: &str, why: &str) -> Option<Output> {
    assert_ne!(std::env::var("BOLTSEAL_VALIDATORS").as_deref(), Ok("required"), "`{program}` cannot run: {why}");
    println!("skipped: `{program}` cannot run: {why}");
    None
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A package for each identifier that is taken for one of the SPDX list, alone and in an expression.
fn packages_of_every_licence() -> Vec<boltseal_evidence::Package> {
    let identifiers = spdx::identifiers::LICENSES.iter().map(|license| license.name);
    let licensed = |name: &str, license: String| {
        let path = format!("usr/lib/python3/dist-packages/{name}/METADATA");
        let mut package = debian::package(boltseal_evidence::PackageType::PyPi, name, "1.0", &path, 0);
        package.licenses = vec![license];
        package
    };
    identifiers
        .flat_map(|id| [licensed(id, id.to_owned()), licensed(&format!("{id}-or-mit"), format!("{id} or MIT"))])
        .collect()
}

/// The report's and the inventory's documents of one format, and those of an empty report, as files.
fn documents(folder: &Path, format: Format, name: &str) -> Vec<String> {
    let options = RenderOptions { today: debian::TODAY.to_owned(), ..RenderOptions::default() };
    let report = debian::report();
    let mut empty = report.clone();
    empty.findings.clear();
    empty.inventory.packages.clear();
    empty.inventory.os = None;
    empty.inventory.subject.created = None;
    let mut licensed = empty.clone();
    licensed.inventory.packages = packages_of_every_licence();
    let mut texts = vec![render(&report, format, &options).unwrap(), render(&empty, format, &options).unwrap()];
    texts.extend(sbom(&report.inventory, format, &options).ok());
    // SPDX's own tools bring a list of identifiers that lags years behind the published one.
    if format == Format::CycloneDx {
        texts.extend(sbom(&licensed.inventory, format, &options).ok());
    }
    let write = |(index, text): (usize, String)| {
        let path = folder.join(format!("{index}-{name}"));
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    texts.into_iter().enumerate().map(write).collect()
}

#[test]
fn cyclonedx_documents_pass_the_strict_schema_of_the_cyclonedx_project() {
    const SCRIPT: &str = "\
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1], encoding='utf-8').read())
sys.exit(f'{sys.argv[1]}: {error}' if error else 0)
";
    if !run("python3", &["-c", "import cyclonedx.validation.json, jsonschema"]).is_some_and(|o| o.status.success()) {
        missing("python3", "cyclonedx-python-lib[json-validation] is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for path in documents(folder.path(), Format::CycloneDx, "bom.cdx.json") {
        let Some(output) = run("python3", &["-c", SCRIPT, &path]) else { return };
        assert!(output.status.success(), "{}", said(&output));
    }
}

#[test]
fn spdx_documents_pass_the_tools_of_the_spdx_project() {
    let folder = tempfile::tempdir().unwrap();
    for path in documents(folder.path(), Format::Spdx, "bom.spdx.json") {
        let Some(output) = run("pyspdxtools", &["--infile", &path, "--version", "SPDX-2.3"]) else { return };
        assert!(output.status.success(), "{}", said(&output));
    }
}

/// A check with findings and one without.
fn checks(folder: &Path) -> Vec<String> {
    let mut clean = sample::report();
    clean.findings.clear();
    clean.rules.clear();
    let write = |(index, report)| {
        let path = folder.join(format!("{index}-check.sarif"));
        std::fs::write(&path, check::render(&report, CheckFormat::Sarif, &CheckOptions::default()).unwrap()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    [sample::report(), clean].into_iter().enumerate().map(write).collect()
}

#[test]
fn sarif_documents_pass_the_multitool_with_the_rules_of_github_code_scanning() {
    let folder = tempfile::tempdir().unwrap();
    for path in documents(folder.path(), Format::Sarif, "results.sarif").into_iter().chain(checks(folder.path())) {
        // One kind a run: the program's wrapper hands a list to a shell, which takes `;` as its own.
        for kind in ["Sarif", "Ghas"] {
            let out = format!("{path}.{kind}.json");
            let arguments = ["validate", &path, "--output", &out, "--rule-kind", kind, "--log", "ForceOverwrite"];
            let Some(output) = run("sarif-multitool", &arguments) else { return };
            let Ok(text) = std::fs::read_to_string(&out) else { panic!("{}", said(&output)) };
            let log: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
            let results = log["runs"][0]["results"].as_array().cloned().unwrap_or_default();
            let place = |result: &serde_json::Value| format!("{} {}", result["ruleId"], result["locations"]);
            let bad: Vec<_> = results.iter().filter(|result| result["level"] != "note").map(place).collect();
            assert!(bad.is_empty(), "{kind}: {}", bad.join("\n"));
            assert!(output.status.success(), "{}", said(&output));
        }
    }
}
