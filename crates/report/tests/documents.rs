//! What the documents for other tools say of a report.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "sample/debian.rs"]
mod debian;

use boltseal_evidence::Report;
use boltseal_report::{Format, RenderOptions, render, sbom};
use serde_json::Value;

fn document(report: &Report, format: Format) -> Value {
    serde_json::from_str(&render(report, format, &RenderOptions::default()).unwrap()).unwrap()
}

fn with<'a>(list: &'a Value, key: &str, value: &str) -> &'a Value {
    list.as_array().unwrap().iter().find(|item| item[key] == value).unwrap()
}

#[test]
fn an_upgrade_or_a_moved_line_keeps_sarif_fingerprints() {
    let mut report = debian::report();
    let prints = |report: &Report| -> Vec<String> {
        let log = document(report, Format::Sarif);
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().map(|result| result["partialFingerprints"]["primaryLocationLineHash"].to_string()).collect()
    };
    let before = prints(&report);
    for finding in &mut report.findings {
        finding.package.version.push_str("-1");
        finding.package.purl.push_str("-1");
        finding.package.location.as_mut().unwrap().line = Some(7);
    }
    assert_eq!(before, prints(&report));
    let distinct: std::collections::BTreeSet<_> = before.iter().collect();
    assert_eq!(distinct.len(), before.len());
}

#[test]
fn sarif_gives_lock_file_lines_severities_and_suppressions_to_code_scanning() {
    let log = document(&debian::report(), Format::Sarif);
    let run = &log["runs"][0];
    let lodash = with(&run["results"], "ruleId", "CVE-2020-8203");
    let place = &lodash["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "srv/app/package-lock.json");
    assert_eq!(place["region"]["startLine"], 46);
    assert_eq!(lodash["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "pkg:npm/lodash@4.17.15");
    assert_eq!(lodash["suppressions"], serde_json::json!([]));
    let rule = with(&run["tool"]["driver"]["rules"], "id", "CVE-2019-1010022");
    assert_eq!(rule["properties"]["security-severity"], "0.1");
    let tar = with(&run["results"], "ruleId", "CVE-2005-2541");
    assert_eq!(tar["suppressions"][0]["justification"], "intended behaviour of tar (.boltseal-ignore.toml:3)");
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len(), 3);
}

#[test]
fn the_vendors_severity_outweighs_the_score_for_code_scanning() {
    let mut report = debian::report();
    report.findings.retain(|finding| finding.id == "CVE-2022-1292");
    for finding in &mut report.findings {
        finding.severity = boltseal_evidence::Severity::Low;
    }
    let log = document(&report, Format::Sarif);
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][0]["properties"]["security-severity"], "2.0");
    assert_eq!(log["runs"][0]["results"][0]["level"], "note");
}

#[test]
fn cyclonedx_tells_identifiers_expressions_and_other_licences_apart() {
    let bom = document(&debian::report(), Format::CycloneDx);
    let licenses = |name: &str| with(&bom["components"], "name", name)["licenses"].to_string();
    assert_eq!(licenses("bash"), r#"[{"license":{"acknowledgement":"declared","id":"GPL-3.0-or-later"}}]"#);
    assert_eq!(licenses("libc6"), r#"[{"acknowledgement":"declared","expression":"LGPL-2.1-or-later AND GPL-2.0+"}]"#);
    assert_eq!(licenses("requests"), r#"[{"license":{"acknowledgement":"declared","name":"Apache 2.0"}}]"#);
    assert_eq!(
        licenses("traverse"),
        r#"[{"license":{"acknowledgement":"declared","name":"MIT OR Apache-2.0"}},{"license":{"acknowledgement":"declared","id":"ISC"}}]"#
    );
}

#[test]
fn cyclonedx_folds_a_vulnerability_of_several_components_and_a_component_in_several_places() {
    let bom = document(&debian::report(), Format::CycloneDx);
    assert_eq!(with(&bom["vulnerabilities"], "id", "CVE-2022-1292")["affects"].as_array().unwrap().len(), 2);
    let lodash = with(&bom["components"], "name", "lodash");
    assert_eq!(lodash["evidence"]["occurrences"].as_array().unwrap().len(), 2);
    assert_eq!(bom["compositions"][0]["aggregate"], "incomplete");
    assert_eq!(bom["metadata"]["timestamp"], "2022-06-01T12:00:00.123456789Z");
}

#[test]
fn cyclonedx_does_not_call_a_suppressed_finding_not_affected() {
    let bom = document(&debian::report(), Format::CycloneDx);
    let analysis = &with(&bom["vulnerabilities"], "id", "CVE-2005-2541")["analysis"];
    assert_eq!(analysis["response"], serde_json::json!(["will_not_fix"]));
    assert_eq!(analysis["state"], Value::Null);
    let answered = &with(&bom["vulnerabilities"], "id", "CVE-2023-43804")["analysis"];
    assert_eq!(answered["state"], "not_affected");
}

#[test]
fn identifiers_follow_the_content_and_nothing_else() {
    let report = debian::report();
    let mut other = report.clone();
    other.findings.pop();
    for (format, key) in [(Format::CycloneDx, "serialNumber"), (Format::Spdx, "documentNamespace")] {
        assert_eq!(document(&report, format)[key], document(&report, format)[key]);
        assert_ne!(document(&report, format)[key], document(&other, format)[key]);
    }
}

#[test]
fn spdx_defines_every_licence_reference_and_every_element_that_it_relates() {
    let text = sbom(&debian::report().inventory, Format::Spdx, &RenderOptions::default()).unwrap();
    let spdx: Value = serde_json::from_str(&text).unwrap();
    let infos = spdx["hasExtractedLicensingInfos"].as_array().unwrap();
    let texts: Vec<&str> = infos.iter().map(|info| info["extractedText"].as_str().unwrap()).collect();
    assert!(texts.contains(&"Apache 2.0") && texts.contains(&"GPL-3"), "{texts:?}");
    let ids: Vec<&Value> = spdx["packages"].as_array().unwrap().iter().map(|package| &package["SPDXID"]).collect();
    for relation in spdx["relationships"].as_array().unwrap() {
        assert!(ids.contains(&&relation["relatedSpdxElement"]), "{relation}");
    }
    let urllib3 = with(&spdx["packages"], "name", "urllib3")["SPDXID"].as_str().unwrap();
    let owners = spdx["relationships"].as_array().unwrap().iter().filter(|r| r["relatedSpdxElement"] == urllib3);
    assert_eq!(owners.count(), 2);
    assert_eq!(spdx["creationInfo"]["created"], "2022-06-01T12:00:00Z");
}
