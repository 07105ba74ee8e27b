//! Debian's security tracker (<https://security-tracker.debian.org/tracker/data/json>): source package, then CVE, then
//! release, then status. Unlike the lists of advisories it tells of what is *not* fixed too.

use std::collections::{BTreeMap, BTreeSet};

use boltseal_evidence::Severity;
use boltseal_version::{Scheme, compare};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ecosystem::debian_release;
use crate::record::{Advisory, Affected, Interval, Parsed, Statement, is_plain, shorten};

#[derive(Deserialize)]
struct Issue {
    description: Option<String>,
    releases: BTreeMap<String, Release>,
}

#[derive(Deserialize)]
struct Release {
    status: String,
    fixed_version: Option<String>,
    urgency: Option<String>,
    nodsa_reason: Option<String>,
}

/// A file that is not the tracker's.
#[derive(Debug, thiserror::Error)]
#[error("not the data of Debian's security tracker: {0}")]
pub struct TrackerError(#[from] serde_json::Error);

/// Reads the tracker's JSON.
///
/// # Errors
/// The file is not JSON of this format. One broken entry costs that entry.
pub fn parse(json: &[u8]) -> Result<Parsed, TrackerError> {
    let packages: BTreeMap<String, &RawValue> = serde_json::from_slice(json)?;
    let mut parsed = Parsed::default();
    let mut by_id: BTreeMap<String, Advisory> = BTreeMap::new();
    for (package, issues) in packages {
        let issues: BTreeMap<String, &RawValue> = match serde_json::from_str(issues.get()) {
            Ok(issues) if is_plain(&package) => issues,
            Ok(_) => {
                parsed.broken(&package, "its name is empty or not a plain text");
                continue;
            }
            Err(error) => {
                parsed.broken(&package, error);
                continue;
            }
        };
        for (id, issue) in issues {
            let read = serde_json::from_str::<Issue>(issue.get()).map_err(|error| error.to_string());
            if let Err(reason) = read.and_then(|issue| add(&package, &id, &issue, &mut by_id, &mut parsed.ecosystems)) {
                parsed.broken(&format!("{package} {id}"), reason);
            }
        }
    }
    parsed.advisories = by_id.into_values().collect();
    Ok(parsed)
}

fn add(
    package: &str,
    id: &str,
    issue: &Issue,
    by_id: &mut BTreeMap<String, Advisory>,
    ecosystems: &mut BTreeSet<String>,
) -> Result<(), String> {
    if !is_plain(id) || id.len() > 128 {
        return Err("the id is empty or not a plain text".to_owned());
    }
    let mut affected = Vec::new();
    for (codename, release) in &issue.releases {
        let Some(number) = debian_release(codename) else { continue };
        let (statement, ranges) = judge(release)?;
        let urgency = release.urgency.as_deref().unwrap_or_default().trim_end_matches('*');
        affected.push(Affected {
            ecosystem: format!("Debian:{number}"),
            package: package.to_owned(),
            statement,
            severity: urgency.parse().ok().filter(|severity| *severity != Severity::Unknown),
            ranges,
            ..Affected::default()
        });
    }
    ecosystems.extend(affected.iter().map(|affected| affected.ecosystem.clone()));
    let advisory = by_id.entry(id.to_owned()).or_insert_with(|| Advisory {
        id: id.to_owned(),
        title: shorten(issue.description.as_deref().unwrap_or_default(), 160),
        references: vec![format!("https://security-tracker.debian.org/tracker/{id}")],
        ..Advisory::default()
    });
    advisory.affected.extend(affected);
    Ok(())
}

/// What the tracker says of one release. An issue whose urgency is `end-of-life` is one that Debian no longer looks
/// into, and `undetermined` one that it has not looked into yet: neither says that the package is affected.
fn judge(release: &Release) -> Result<(Statement, Vec<Interval>), String> {
    if release.urgency.as_deref() == Some("end-of-life") {
        return Ok((Statement::Unknown, Vec::new()));
    }
    Ok(match (release.status.as_str(), release.fixed_version.as_deref()) {
        ("resolved", Some("0")) => (Statement::NotAffected, Vec::new()),
        ("resolved", Some(version)) if is_plain(version) && compare(Scheme::Deb, version, version).is_ok() => {
            (Statement::Affected, vec![Interval::below(version)])
        }
        ("resolved", version) => {
            return Err(format!("`{}` is not a version of dpkg", shorten(version.unwrap_or_default(), 80)));
        }
        ("open", _) if release.nodsa_reason.as_deref() == Some("ignored") => {
            (Statement::WontFix, vec![Interval::everything()])
        }
        ("open", _) => (Statement::Affected, vec![Interval::everything()]),
        ("undetermined", _) => (Statement::Unknown, Vec::new()),
        (status, _) => return Err(format!("`{}` is not a status", shorten(status, 80))),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TRACKER: &[u8] = br#"{
      "openssl": {
        "CVE-2022-0778": {"scope":"remote","description":"The BN_mod_sqrt() function may loop forever",
          "releases":{
            "bullseye":{"status":"resolved","repositories":{"bullseye":"1.1.1w-0+deb11u1"},"fixed_version":"1.1.1k-1+deb11u2","urgency":"not yet assigned"},
            "bookworm":{"status":"resolved","fixed_version":"0","urgency":"unimportant"},
            "buster":{"status":"open","urgency":"end-of-life"},
            "trixie":{"status":"open","urgency":"low**","nodsa":"Minor issue","nodsa_reason":"ignored"},
            "sid":{"status":"undetermined","urgency":"not yet assigned"},
            "experimental":{"status":"open"}}},
        "CVE-2022-0001": {"releases":"none"}},
      "broken": 7
    }"#;

    #[test]
    fn each_release_has_its_own_status() {
        let parsed = parse(TRACKER).unwrap();
        let said: Vec<_> = parsed.advisories[0]
            .affected
            .iter()
            .map(|affected| (affected.ecosystem.as_str(), affected.statement, affected.ranges.len(), affected.severity))
            .collect();
        assert_eq!(
            said,
            [
                ("Debian:12", Statement::NotAffected, 0, Some(Severity::Negligible)),
                ("Debian:11", Statement::Affected, 1, None),
                ("Debian:10", Statement::Unknown, 0, None),
                ("Debian:sid", Statement::Unknown, 0, None),
                ("Debian:13", Statement::WontFix, 1, Some(Severity::Low)),
            ]
        );
        assert_eq!(parsed.skipped.broken, 2);
    }

    proptest! {
        #[test]
        fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
