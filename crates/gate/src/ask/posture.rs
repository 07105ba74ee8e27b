//! Misconfiguration of the image, by rule and by severity.

use std::collections::HashMap;

use boltseal_evidence::{CheckReport, Misconfiguration, Reason, RuleInfo, Severity};
use serde::Deserialize;

use super::tally::{Broken, Tally};
use super::{Case, Judge};
use crate::Answer;
use crate::policy::Scope;

/// No misconfiguration may be found for which every condition here holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Posture {
    /// It is of one of these checks: `BS-I001`, another tool's name for it (`DL3007`), or the id of a check of your own.
    checks: Vec<String>,
    /// It is of none of these checks.
    except_checks: Vec<String>,
    /// It is at least this severe.
    severity: Option<Severity>,
    /// As many are let pass.
    max: usize,
    /// Findings count that a comment or an ignore file suppresses. `false` trusts whoever wrote that.
    count_suppressed: bool,
    /// What the check could not assess does not make the rule unknown.
    allow_not_assessed: bool,
}

impl Default for Posture {
    fn default() -> Self {
        Self {
            checks: Vec::new(),
            except_checks: Vec::new(),
            severity: None,
            max: 0,
            count_suppressed: true,
            allow_not_assessed: false,
        }
    }
}

impl Judge for Posture {
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        for (key, ids) in [("checks", &self.checks), ("except-checks", &self.except_checks)] {
            for (number, id) in ids.iter().enumerate() {
                // A check of one's own may have any other id.
                if id.starts_with("BS-") && boltseal_posture::rule(id).is_none() {
                    scope.mistake(&format!("{key}/{number}"), format!("`{id}` is no check: docs/rules lists them"));
                }
            }
        }
        if self.severity == Some(Severity::Unknown) {
            scope.mistake("severity", "every finding is at least `unknown`: leave `severity` out to mean all");
        }
    }

    fn asks(&self) -> String {
        let mut which = String::new();
        if let Some(severity) = self.severity {
            which.push_str(&format!(" that is {severity} or worse"));
        }
        if !self.checks.is_empty() {
            which.push_str(&format!(" of {}", self.checks.join(", ")));
        }
        if !self.except_checks.is_empty() {
            which.push_str(&format!(" but of {}", self.except_checks.join(", ")));
        }
        match self.max {
            0 => format!("no misconfiguration{which}"),
            most => format!("at most {most} of any misconfiguration{which}"),
        }
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let report = match case.evidence.check.as_result() {
            Ok(report) => report,
            Err(why) => {
                answer.unknown(format!("misconfiguration is not known: {why}"));
                answer.advise("let `boltseal gate` check the image's configuration");
                return;
            }
        };
        if !self.allow_not_assessed {
            not_assessed(report, answer);
        }
        tell(report, answer, self.max, self.count_suppressed, "misconfigurations", |finding, rule| {
            let chosen = self.checks.is_empty() || named(&self.checks, finding, rule);
            let chosen = chosen && !named(&self.except_checks, finding, rule);
            if !chosen {
                return Broken::No;
            }
            match (self.severity, finding.severity) {
                (None, _) => Broken::Yes,
                (Some(_), Severity::Unknown) => Broken::Maybe,
                (Some(least), severity) => Broken::known(Some(severity >= least)),
            }
        });
        answer
            .advise("mend the Dockerfile as `boltseal rules CHECK` says, or add an exception with an owner and a date");
    }
}

/// What was seen and not judged could hold anything.
pub(super) fn not_assessed(report: &CheckReport, answer: &mut Answer) {
    if report.files.is_empty() {
        answer.unknown("nothing was checked");
    }
    for entry in &report.not_assessed {
        let reason = answer.unknown(format!("not assessed: {}: {}", entry.what, entry.detail));
        reason.about = Some(entry.what.clone());
    }
}

/// The id, or an alias, of a finding's rule is listed.
fn named(ids: &[String], finding: &Misconfiguration, rule: Option<&RuleInfo>) -> bool {
    let aliases = rule.map_or(&[][..], |rule| &rule.aliases);
    ids.iter().any(|id| *id == finding.rule || aliases.contains(id))
}

/// Tells of the findings of a check that break a rule.
pub(super) fn tell(
    report: &CheckReport,
    answer: &mut Answer,
    most: usize,
    count_suppressed: bool,
    what: &str,
    broken: impl Fn(&Misconfiguration, Option<&RuleInfo>) -> Broken,
) {
    let rules: HashMap<&str, &RuleInfo> = report.rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let mut tally = Tally::new();
    for finding in report.findings.iter().filter(|finding| count_suppressed || finding.counts()) {
        let rule = rules.get(finding.rule.as_str()).copied();
        let aliases = rule.map_or(&[][..], |rule| &rule.aliases);
        let ids = || std::iter::once(finding.rule.as_str()).chain(aliases.iter().map(String::as_str));
        tally.add(finding, broken(finding, rule), answer, ids);
    }
    let seen = tally.seen();
    tally.tell(
        most,
        answer,
        |finding| (std::cmp::Reverse(finding.severity), &finding.rule, &finding.path, finding.region),
        |finding, broken| {
            let doubt = if broken == Broken::Maybe { "; nobody rated it" } else { "" };
            let place = finding.region.map_or_else(String::new, |region| format!(":{}", region.line));
            Reason {
                message: format!("{}: {}{doubt}", finding.severity, finding.message),
                about: Some(finding.rule.clone()),
                evidence: Some(format!("{}{place}", finding.path)),
                exception: None,
            }
        },
        |found| match found {
            0 => format!("none of {seen} {what} is such"),
            found => format!("{found} of {seen} {what} are such, and {most} may be"),
        },
    );
}
