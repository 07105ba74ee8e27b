use boltseal_evidence::Severity;
use proptest::prelude::*;

use super::*;

fn parse(feed: &str, json: &str) -> Parsed {
    let mut records = Records::new(feed);
    records.add("record.json", json.as_bytes());
    records.finish()
}

fn ranges(events: &str) -> Vec<Interval> {
    let json = format!(
        r#"{{"id":"PYSEC-1","affected":[{{"package":{{"ecosystem":"PyPI","name":"a"}},
           "ranges":[{{"type":"ECOSYSTEM","events":[{events}]}}]}}]}}"#
    );
    let parsed = parse("osv/PyPI", &json);
    assert_eq!(parsed.skipped.broken, 0, "{:?}", parsed.problems);
    parsed.advisories.into_iter().flat_map(|a| a.affected).flat_map(|a| a.ranges).collect()
}

fn interval(introduced: &str, end: End) -> Interval {
    Interval { introduced: (!introduced.is_empty()).then(|| introduced.to_owned()), end }
}

#[test]
fn events_enclose_runs_of_versions_in_any_order() {
    assert_eq!(
        ranges(r#"{"introduced":"3.0"},{"fixed":"3.2.4"},{"introduced":"0"},{"fixed":"2.2.24"}"#),
        [interval("", End::Fixed("2.2.24".into())), interval("3.0", End::Fixed("3.2.4".into()))]
    );
    assert_eq!(
        ranges(r#"{"introduced":"1.5"},{"last_affected":"1.5"}"#),
        [interval("1.5", End::LastAffected("1.5".into()))]
    );
    assert_eq!(
        ranges(r#"{"introduced":"0"},{"fixed":"1.1"},{"fixed":"1.2"}"#),
        [interval("", End::Fixed("1.1".into()))]
    );
    assert_eq!(ranges(r#"{"introduced":"2.0"}"#), [interval("2.0", End::Never)]);
}

#[test]
fn an_erratum_covers_several_cves_and_names_its_module_stream() {
    let parsed = parse(
        "osv/AlmaLinux",
        r#"{"id":"ALSA-2023:1","summary":"Important: nodejs:18 security update","related":["CVE-2023-2","CVE-2023-1"],
           "affected":[{"package":{"ecosystem":"AlmaLinux:8","name":"nodejs"},"ranges":[{"type":"ECOSYSTEM",
           "events":[{"introduced":"0"},{"fixed":"1:18.14.2-2.module_el8.7.0+3490+1d3e9a5f"}]}]}]}"#,
    );
    let advisory = &parsed.advisories[0];
    assert_eq!(advisory.covers, ["CVE-2023-1", "CVE-2023-2"]);
    assert_eq!(advisory.affected[0].modules, ["nodejs:18"]);
    assert!(advisory.affected[0].modular);
    assert_eq!(advisory.ratings[0].severity, Severity::High);
    assert!(parsed.ecosystems.contains("AlmaLinux:8"));
}

#[test]
fn records_that_tell_of_no_vulnerability_are_left_out_and_counted() {
    let with = |fields: &str, specific: &str| {
        format!(
            r#"{{{fields},"affected":[{{"package":{{"ecosystem":"crates.io","name":"a"}},
               "database_specific":{{"informational":{specific}}},
               "ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}}]}}]}}]}}"#
        )
    };
    let skipped = |json: &str| parse("osv/crates.io", json).skipped;
    assert_eq!(skipped(&with(r#""id":"R-1","withdrawn":"2024-01-01T00:00:00Z""#, "null")).withdrawn, 1);
    assert_eq!(skipped(&with(r#""id":"R-1""#, r#""unmaintained""#)).informational, 1);
    assert_eq!(parse("osv/crates.io", &with(r#""id":"R-1""#, r#""unsound""#)).advisories.len(), 1);
}

#[test]
fn ranges_of_git_commits_are_counted_and_imports_are_ignored() {
    let parsed = parse(
        "osv/Go",
        r#"{"id":"GO-1","database_specific":{"severity":["odd"],"review_status":"REVIEWED"},
           "affected":[{"package":{"ecosystem":"Go","name":"golang.org/x/text"},
           "ecosystem_specific":{"imports":[{"path":"golang.org/x/text/language","symbols":["Parse"]}]},
           "ranges":[{"type":"GIT","repo":"r","events":[{"introduced":"0"}]},
                     {"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"0.3.7"}]}]}]}"#,
    );
    assert_eq!(parsed.skipped.git_ranges, 1);
    assert_eq!(parsed.advisories[0].affected[0].ranges, [Interval::below("0.3.7")]);
}

#[test]
fn gos_custom_ranges_narrow_a_statement_about_every_version() {
    let json = |custom: &str| {
        format!(
            r#"{{"id":"GO-1","affected":[{{"package":{{"ecosystem":"Go","name":"example.org/a"}},
               "ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}}]}}],
               "ecosystem_specific":{{"custom_ranges":[{{"type":"ECOSYSTEM","events":[{custom}]}}]}}}}]}}"#
        )
    };
    let ranges = |custom: &str| parse("osv/Go", &json(custom)).advisories[0].affected[0].ranges.clone();
    assert_eq!(ranges(r#"{"introduced":"0"},{"fixed":"1.9.0"}"#), [Interval::below("1.9.0")]);
    assert_eq!(
        ranges(r#"{"introduced":"2.5.0"},{"fixed":"2.6.0"}"#),
        [interval("", End::LastAffected("0.0.0".into())), interval("2.5.0", End::Fixed("2.6.0".into()))]
    );
    assert_eq!(ranges(r#"{"introduced":"release 5"}"#), [Interval::everything()]);
}

#[test]
fn a_run_that_its_own_version_ends_is_empty_and_runs_that_meet_are_kept() {
    let runs = |events: &str| {
        let json = format!(
            r#"{{"id":"GHSA-1","affected":[{{"package":{{"ecosystem":"RubyGems","name":"a"}},
            "ranges":[{{"type":"ECOSYSTEM","events":[{events}]}}]}}]}}"#
        );
        let parsed = parse("osv/RubyGems", &json);
        let ranges = parsed.advisories.first().map(|advisory| advisory.affected[0].ranges.clone()).unwrap_or_default();
        ranges
            .iter()
            .map(|run| format!("{} {:?}", run.introduced.as_deref().unwrap_or("0"), run.end))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        runs(r#"{"introduced":"0"},{"fixed":"1.9"},{"introduced":"2.1"},{"fixed":"2.1.0"}"#),
        [r#"0 Fixed("1.9")"#]
    );
    let meeting = [r#"0 Fixed("1.0")"#, r#"1 Fixed("2.0")"#];
    assert_eq!(runs(r#"{"introduced":"0"},{"fixed":"1.0"},{"introduced":"1"},{"fixed":"2.0"}"#), meeting);
    assert_eq!(runs(r#"{"introduced":"0"},{"introduced":"1"},{"fixed":"1.0"},{"fixed":"2.0"}"#), meeting);
}

#[test]
fn the_title_is_the_summary_or_the_first_sentence_of_the_details() {
    let title = |fields: &str| {
        let json = format!(
            r#"{{"id":"GHSA-1",{fields},"affected":[{{"package":{{"ecosystem":"PyPI","name":"a"}},"versions":["1"]}}]}}"#
        );
        parse("osv/PyPI", &json).advisories[0].title.clone()
    };
    assert_eq!(title(r#""summary":"Short","details":"Long. More.""#), "Short");
    assert_eq!(
        title(r#""summary":" ","details":"It fails in e.g. Foo 1.2. A later one does not.""#),
        "It fails in e.g. Foo 1.2. A later one does not."
    );
    assert_eq!(title(r#""details":"= Impact\n\nThe parser\nloops. Update it.""#), "The parser loops.");
}

#[test]
fn a_broken_record_costs_that_record_and_is_named() {
    let mut records = Records::new("osv/PyPI");
    for (name, json) in [
        ("cut.json", r#"{"id":"PYSEC-2","aff"#),
        ("typed.json", r#"{"id":"PYSEC-3","affected":"all"}"#),
        ("nameless.json", r#"{"affected":[]}"#),
        (
            "version.json",
            r#"{"id":"A","affected":[{"package":{"ecosystem":"PyPI","name":"a"},
            "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":""}]}]}]}"#,
        ),
    ] {
        records.add(name, json.as_bytes());
    }
    let parsed = records.finish();
    assert_eq!((parsed.skipped.broken, parsed.advisories.len()), (4, 0));
    assert_eq!(parsed.problems[0].path.as_deref(), Some("cut.json"));
    assert!(parsed.ecosystems.contains("PyPI"), "an empty feed still speaks for its ecosystem");
}

#[test]
fn a_malicious_package_is_critical() {
    let json = r#"{"id":"MAL-2025-1","affected":[{"package":{"ecosystem":"npm","name":"a"},"versions":["1.0.0"]}]}"#;
    assert_eq!(parse("osv/npm", json).advisories[0].ratings[0].severity, Severity::Critical);
}

#[test]
fn every_way_to_write_a_severity_is_read() {
    let rated = |fields: &str| {
        let json = format!(
            r#"{{"id":"GHSA-1",{fields},"affected":[{{"package":{{"ecosystem":"PyPI","name":"a"}},"versions":["1"]}}]}}"#
        );
        parse("osv/PyPI", &json).advisories[0].ratings.clone()
    };
    let vector = rated(r#""severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]"#);
    assert_eq!((vector[0].source.as_str(), vector[0].score), ("ghsa", Some(9.8)));
    assert_eq!(rated(r#""database_specific":{"severity":"MODERATE"}"#)[0].severity, Severity::Medium);
    assert_eq!(rated(r#""database_specific":{"cvss_v3_score":7.5}"#)[0].severity, Severity::High);
    assert_eq!(rated(r#""database_specific":{"cvss_v3_score":"7.5"}"#)[0].score, Some(7.5));
    assert!(rated(r#""database_specific":{"cvss_v3_score":"seven"}"#).is_empty());
    assert!(rated(r#""severity":[{"type":"CVSS_V3","score":"nonsense"}]"#).is_empty());
}

proptest! {
    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        Records::new("osv/x").add("x", &bytes);
    }

    #[test]
    fn any_events_never_panic(events in proptest::collection::vec(("(introduced|fixed|last_affected|limit)", "\\PC{0,6}"), 0..8)) {
        let events: Vec<_> = events.into_iter().map(|(k, v)| serde_json::json!({ k: v })).collect();
        let json = serde_json::json!({"id": "X", "affected": [{"package": {"ecosystem": "Debian:11", "name": "x"},
            "ranges": [{"type": "ECOSYSTEM", "events": events}]}]});
        Records::new("osv/Debian").add("x", json.to_string().as_bytes());
    }
}
