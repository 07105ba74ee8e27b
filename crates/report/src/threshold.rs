//! Which findings fail a threshold.

use boltseal_evidence::{Finding, Report, Severity};

/// The findings that fail the threshold `fail_on`: at least that severe and not answered by a vendor or suppressed by
/// a person ([`boltseal_evidence::Status::counts`]).
///
/// A finding that nobody rated is not harmless: it is weighed as [`Severity::Medium`], so that it fails at `medium`
/// and every stricter threshold.
///
/// With `only_fixed`, findings without a version to upgrade to do not fail; they are still in the report.
pub fn fails(report: &Report, fail_on: Severity, only_fixed: bool) -> Vec<&Finding> {
    let weight = |severity| if severity == Severity::Unknown { Severity::Medium } else { severity };
    report
        .findings
        .iter()
        .filter(|finding| finding.status.counts())
        .filter(|finding| weight(finding.severity) >= fail_on)
        .filter(|finding| !only_fixed || finding.fix.is_fixed())
        .collect()
}
