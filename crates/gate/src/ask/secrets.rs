//! Secrets in the image's configuration, history and files.

use boltseal_evidence::Severity;
use serde::Deserialize;

use super::posture::{not_assessed, tell};
use super::tally::Broken;
use super::{Case, Judge};
use crate::Answer;
use crate::policy::Scope;

/// The checks that find secrets which somebody wrote down: in an image, a Dockerfile, a Compose file or a manifest.
const CHECKS: [&str; 31] = [
    "BS-C031", "BS-C032", "BS-C033", "BS-C034", "BS-D065", "BS-D080", "BS-D081", "BS-D082", "BS-D083", "BS-D084",
    "BS-D085", "BS-D086", "BS-D087", "BS-D088", "BS-D089", "BS-D090", "BS-D092", "BS-D093", "BS-H025", "BS-I004",
    "BS-I005", "BS-I016", "BS-I024", "BS-K085", "BS-K260", "BS-K261", "BS-K264", "BS-K267", "BS-K268", "BS-K269",
    "BS-K270",
];

/// No secret may be found that somebody wrote down.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Secrets {
    /// Findings of these checks do not count.
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

impl Default for Secrets {
    fn default() -> Self {
        Self { except_checks: Vec::new(), severity: None, max: 0, count_suppressed: true, allow_not_assessed: false }
    }
}

impl Judge for Secrets {
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        for (number, id) in self.except_checks.iter().enumerate() {
            if !CHECKS.contains(&id.as_str()) {
                scope.mistake(
                    &format!("except-checks/{number}"),
                    format!("`{id}` is none of the checks for secrets, as `BS-I004` is"),
                );
            }
        }
    }

    fn asks(&self) -> String {
        match self.max {
            0 => "no secret in the image's configuration, history or files".to_owned(),
            most => format!("at most {most} secrets in the image's configuration, history or files"),
        }
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let report = match case.evidence.check.as_result() {
            Ok(report) => report,
            Err(why) => {
                answer.unknown(format!("whether there are secrets is not known: {why}"));
                answer.advise("let `boltseal gate` check the image's configuration");
                return;
            }
        };
        if !self.allow_not_assessed {
            not_assessed(report, answer);
        }
        tell(report, answer, self.max, self.count_suppressed, "findings of the check", |finding, _| {
            let id = finding.rule.as_str();
            if !CHECKS.contains(&id) || self.except_checks.iter().any(|except| except == id) {
                return Broken::No;
            }
            match (self.severity, finding.severity) {
                (None, _) => Broken::Yes,
                (Some(_), Severity::Unknown) => Broken::Maybe,
                (Some(least), severity) => Broken::known(Some(severity >= least)),
            }
        });
        answer.advise("whoever has the image has the secret: replace it, and hand it over when the image runs or by a build secret");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checks_are_there_and_about_secrets() {
        for id in CHECKS {
            let rule = boltseal_posture::rule(id).unwrap_or_else(|| panic!("{id}"));
            let words = ["secret", "password", "credential", "key", "token"];
            assert!(words.iter().any(|word| rule.title.contains(word)), "{id}: {}", rule.title);
        }
    }

    #[test]
    fn no_check_of_an_image_about_secrets_is_left_out() {
        for rule in
            boltseal_posture::rules().filter(|rule| rule.id.starts_with("BS-I") && rule.title.contains("secret"))
        {
            assert!(CHECKS.contains(&rule.id), "{}: {}", rule.id, rule.title);
        }
    }
}
