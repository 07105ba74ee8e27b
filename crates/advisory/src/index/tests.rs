//! What is built is read back, and a damaged file is an error and never a wrong answer.

use boltseal_evidence::DatabaseKind;
use proptest::prelude::*;

use super::*;
use crate::record::{Advisory, Affected, Interval, Parsed, Statement};
use crate::{epss, kev, osv, secdb};

fn feed(name: &str, records: &[&str]) -> Parsed {
    let mut all = osv::Records::new(name);
    for record in records {
        all.add("x.json", record.as_bytes());
    }
    let parsed = all.finish();
    assert_eq!(parsed.problems, []);
    parsed
}

const PYSEC: &str = r#"{"id":"PYSEC-1","aliases":["GHSA-1"],"affected":[{"package":{"ecosystem":"PyPI","name":"PyYAML"},
    "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"5.4"}]}],"versions":["5.3","5.3.1","0.9-odd"]}]}"#;
const GHSA: &str = r#"{"id":"GHSA-1","aliases":["CVE-2020-14343"],"summary":"code execution",
    "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected":[{"package":{"ecosystem":"PyPI","name":"pyyaml"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"5.4"}]}]}]}"#;

fn small() -> Vec<u8> {
    let mut builder = Builder::new(DatabaseKind::Full, Some("2026-11-23T00:00:00Z".into()));
    builder.add(
        "osv/PyPI",
        "https://example.org",
        Some("2026-11-23T00:00:00Z".into()),
        feed("osv/PyPI", &[PYSEC, GHSA]),
    );
    let wolfi = br#"{"packages":[{"pkg":{"name":"py3-yaml","secfixes":{"0":["CVE-2020-14343"]}}}]}"#;
    builder.add("wolfi", "here", None, secdb::parse(wolfi, "Wolfi").unwrap());
    let known = br#"{"vulnerabilities":[{"cveID":"CVE-2020-14343","dateAdded":"2022-01-01","dueDate":"2022-02-01"}]}"#;
    builder.exploited("cisa", None, kev::parse(known).unwrap());
    builder.epss("first", None, epss::parse(b"cve,epss,percentile\nCVE-2020-14343,0.5,0.75\n").unwrap());
    builder.finish().bytes
}

/// Everything that can be asked of the small index.
fn answers(index: &Index) -> Result<String, IndexError> {
    let mut all = format!("{:?} {:?} {:?}", index.database(), index.len(), index.ecosystems().collect::<Vec<_>>());
    for (ecosystem, package) in [("PyPI", "PyYAML"), ("Wolfi", "py3-yaml"), ("PyPI", "absent"), ("A", ""), ("~", "z")] {
        all += &format!("{:?}", index.statements(ecosystem, package)?);
    }
    for number in 0..index.len() as u32 {
        all += &format!("{:?}", index.record(number)?);
    }
    for id in ["CVE-2020-14343", "PYSEC-1", "CVE-0"] {
        all += &format!("{:?}", index.find(id)?);
    }
    index.for_each_package(|key, number, affected| {
        all += &format!("{key:?}{number}{affected:?}");
        Ok(())
    })?;
    index.verify()?;
    Ok(all)
}

#[test]
fn ids_of_one_vulnerability_are_united_and_share_what_is_known() {
    let index = Index::open(small()).unwrap();
    let records = index.find("PYSEC-1").unwrap();
    assert_eq!(records.len(), 3, "{records:?}");
    let pysec = records.iter().find(|record| record.id == "PYSEC-1").unwrap();
    assert_eq!(pysec.aliases, ["CVE-2020-14343", "GHSA-1"]);
    assert_eq!(pysec.title, "code execution");
    assert_eq!(pysec.ratings[0].score, Some(9.8));
    assert_eq!(pysec.known_exploited.as_ref().unwrap().date_added, "2022-01-01");
    assert_eq!(pysec.epss.unwrap().percentile, 0.75);
}

#[test]
fn names_are_found_normalised_and_listed_versions_that_a_range_holds_are_left_out() {
    let index = Index::open(small()).unwrap();
    let statements = index.statements("PyPI", "py.yaml").unwrap();
    assert!(statements.is_empty());
    let statements = index.statements("PyPI", "PYYAML").unwrap();
    assert_eq!(statements.len(), 2);
    assert!(statements.iter().all(|(_, affected)| !affected.versions.contains(&"5.3".to_owned())));
    let never = index.statements("Wolfi", "py3-yaml").unwrap();
    assert_eq!(never[0].1.statement, Statement::NotAffected);
}

#[test]
fn a_record_of_two_cves_does_not_make_them_one() {
    let advisory = |id: &str, aliases: &[&str]| Advisory {
        id: id.into(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        affected: vec![Affected {
            ecosystem: "PyPI".into(),
            package: "a".into(),
            ranges: vec![Interval::below("2")],
            ..Affected::default()
        }],
        ..Advisory::default()
    };
    let advisories = vec![
        advisory("PYSEC-1", &["CVE-1-1", "CVE-1-2"]),
        advisory("GHSA-a", &["CVE-1-1"]),
        advisory("GHSA-b", &["GHSA-a", "CVE-1-2"]),
    ];
    let mut builder = Builder::new(DatabaseKind::Full, None);
    builder.add("osv/PyPI", "", None, Parsed { advisories, ..Parsed::default() });
    let index = Index::open(builder.finish().bytes).unwrap();
    let of = |id: &str| index.find(id).unwrap().into_iter().find(|record| record.id == id).unwrap();
    assert_eq!(of("PYSEC-1").covers, ["CVE-1-1", "CVE-1-2"]);
    assert_eq!(of("GHSA-a").aliases.iter().filter(|id| id.starts_with("CVE")).count(), 1);
}

#[test]
fn an_erratum_of_one_cve_is_not_another_name_for_it() {
    let erratum = r#"{"id":"DSA-1-1","upstream":["CVE-2020-14343"],"affected":[{"package":{"ecosystem":"Debian:11","name":"pyyaml"},
        "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"5.3-1+deb11u1"}]}]}]}"#;
    let mut builder = Builder::new(DatabaseKind::Full, None);
    builder.add("osv/PyPI", "", None, feed("osv/PyPI", &[GHSA]));
    builder.add("osv/Debian", "", None, feed("osv/Debian", &[erratum]));
    let index = Index::open(builder.finish().bytes).unwrap();
    let of = |id: &str| index.find(id).unwrap().into_iter().find(|record| record.id == id).unwrap();
    assert_eq!(of("GHSA-1").aliases, ["CVE-2020-14343"]);
    let erratum = of("DSA-1-1");
    assert_eq!((erratum.vulnerability(), &erratum.aliases[..]), (Some("CVE-2020-14343"), &["GHSA-1".to_owned()][..]));
    assert_eq!(erratum.ratings[0].score, Some(9.8), "the vulnerability's score is shared");
    assert_eq!(index.find("CVE-2020-14343").unwrap().len(), 2);
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_order_of_feeds() {
    let build = |reverse: bool| {
        let mut builder = Builder::new(DatabaseKind::Full, None);
        let mut feeds = vec![("osv/a", feed("osv/a", &[PYSEC])), ("osv/b", feed("osv/b", &[GHSA]))];
        if reverse {
            feeds.reverse();
        }
        for (name, parsed) in feeds {
            builder.add(name, "", None, parsed);
        }
        builder.finish().bytes
    };
    assert_eq!(build(false), build(true));
    assert_eq!(small(), small());
}

#[test]
fn other_files_and_other_formats_are_told_apart_from_damage() {
    assert_eq!(Index::open(b"PK\x03\x04".to_vec()).unwrap_err(), IndexError::NotAnIndex);
    let mut newer = small();
    newer[8] = 9;
    assert_eq!(Index::open(newer).unwrap_err(), IndexError::OtherFormat { found: 9 });
    let whole = small();
    for length in 0..whole.len() {
        let error = Index::open(whole[..length].to_vec()).unwrap_err();
        assert!(error.to_string().contains("boltseal db update"), "{error}");
    }
}

#[test]
fn every_flipped_bit_is_an_error_or_changes_nothing() {
    let whole = small();
    let truth = answers(&Index::open(whole.clone()).unwrap()).unwrap();
    for place in 0..whole.len() {
        for bit in [0, 3, 7] {
            let mut damaged = whole.clone();
            damaged[place] ^= 1 << bit;
            if let Ok(told) = Index::open(damaged).and_then(|index| answers(&index)) {
                assert_eq!(told, truth, "byte {place}, bit {bit}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut file = b"BSADVIDX\x01\0\0\0".to_vec();
        file.extend(crc32fast::hash(&bytes).to_le_bytes());
        file.extend(&bytes);
        let _ = Index::open(file).map(|index| answers(&index));
        let _ = encode_any(&bytes);
    }
}

/// Entries with a right checksum and a wrong content.
fn encode_any(bytes: &[u8]) -> (bool, bool) {
    (super::encode::read_record(bytes).is_ok(), super::encode::read_statements(bytes).is_ok())
}
