//! What a scan found, as an in-toto predicate, v0.2
//! (<https://github.com/in-toto/attestation/blob/main/spec/predicates/vulns_02.md>).

use boltseal_evidence::{DatabaseKind, Finding, FixState, Report, Status};
use serde_json::{Value, json};

/// When a scan was made, RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanTimes {
    /// When it began.
    pub started: String,
    /// When it ended.
    pub finished: String,
}

/// A report that is no ground for a statement on vulnerabilities.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VulnerabilitiesError {
    /// The starter set says nothing of what it does not list, and a predicate has no place to say so.
    #[error("the advisories are the starter set, which knows some 300 vulnerabilities alone: run `boltseal db update`")]
    Starter,
    /// The predicate must say how old the advisories are.
    #[error("the advisory database does not say when it was built: run `boltseal db update`")]
    Undated,
}

/// The predicate for a report. Findings that the distribution answers for are left out; suppressed ones are there and
/// say so. What could not be assessed is listed in `metadata.notAssessed`, beyond what the specification asks.
pub fn vulnerabilities(report: &Report, times: &ScanTimes) -> Result<Value, VulnerabilitiesError> {
    let database = &report.database;
    if database.kind == DatabaseKind::Starter {
        return Err(VulnerabilitiesError::Starter);
    }
    let fetched = database.feeds.iter().filter_map(|feed| feed.fetched.as_deref()).min();
    let updated = database.built.as_deref().or(fetched).ok_or(VulnerabilitiesError::Undated)?;
    let result: Vec<Value> = report.findings.iter().filter_map(result).collect();
    Ok(json!({
        "scanner": {
            "uri": format!("pkg:github/boltseal/boltseal@{}", report.tool.version),
            "version": report.tool.version,
            "db": {
                "uri": format!("urn:boltseal:database:{}", database.digest),
                "version": database.digest.to_string(),
                "lastUpdate": updated,
            },
            "result": result,
        },
        "metadata": {
            "scanStartedOn": times.started,
            "scanFinishedOn": times.finished,
            "notAssessed": report.inventory.not_assessed,
        },
    }))
}

fn result(finding: &Finding) -> Option<Value> {
    let mut annotations = json!({ "package": finding.package.purl, "status": "affected" });
    match &finding.status {
        Status::Affected => {}
        Status::Suppressed(suppression) => {
            annotations = json!({
                "package": finding.package.purl, "status": "suppressed", "reason": suppression.reason
            });
        }
        Status::VendorAnswers { .. } => return None,
    }
    if let (FixState::Fixed { versions }, Some(fields)) = (&finding.fix, annotations.as_object_mut()) {
        fields.insert("fixedIn".to_owned(), json!(versions));
    }
    let mut severity = vec![json!({ "method": "boltseal", "score": finding.severity.name() })];
    severity.extend(finding.ratings.iter().map(|rating| {
        let score = rating.score.map_or_else(|| rating.severity.name().to_owned(), |score| score.to_string());
        json!({ "method": rating.source, "score": score })
    }));
    Some(json!({ "id": finding.id, "severity": severity, "annotations": [annotations] }))
}
