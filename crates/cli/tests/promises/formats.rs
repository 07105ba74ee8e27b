//! Every format, with the same bytes for the same input.

use crate::program::Program;

#[test]
fn every_format_is_what_it_says_and_the_same_each_time() {
    let program = Program::new();
    let render = |format: &str| program.run(&["demo", "--quiet", "--format", format]).expect_status(0);
    for format in ["table", "json", "sarif", "cyclonedx", "spdx"] {
        assert_eq!(render(format).stdout, render(format).stdout, "{format}");
    }
    assert_eq!(render("json").json()["schema"], 1);
    assert_eq!(render("sarif").json()["version"], "2.1.0");
    let cyclonedx = render("cyclonedx").json();
    assert_eq!(cyclonedx["specVersion"], "1.6");
    assert!(!cyclonedx["vulnerabilities"].as_array().unwrap().is_empty());
    assert_eq!(render("spdx").json()["spdxVersion"], "SPDX-2.3");
}

#[test]
fn a_bill_of_materials_lists_every_package_and_no_finding() {
    let program = Program::new();
    program.run(&["demo", "--keep", "lab"]).expect_status(0);
    let report = program.run(&["scan", "oci:lab:lab", "--format", "json"]).expect_status(0).json();
    let sbom = program.run(&["sbom", "oci:lab:lab"]).expect_status(0).json();
    assert_eq!(sbom["bomFormat"], "CycloneDX");
    assert!(sbom.get("vulnerabilities").is_none());
    let listed: std::collections::BTreeSet<&str> =
        sbom["components"].as_array().unwrap().iter().filter_map(|component| component["purl"].as_str()).collect();
    assert_eq!(listed.len(), report["packages"].as_array().unwrap().len());
    let spdx = program.run(&["sbom", "oci:lab:lab", "--format", "spdx"]).expect_status(0).json();
    assert_eq!(spdx["spdxVersion"], "SPDX-2.3");
}
