//! Known vulnerabilities, by severity, exploitation, fix and age.

use boltseal_evidence::{DatabaseKind, Finding, FixState, NotAssessedReason, Reason, Report, Severity, Status};
use serde::Deserialize;

use super::tally::{Broken, Tally};
use super::{Case, Judge};
use crate::Answer;
use crate::policy::{Age, Scope, seconds};

/// No vulnerability may be found for which every condition here holds. Without a condition: none at all.
///
/// What a condition asks about and nobody knows (a severity that nobody gave, a score that is missing) makes the rule
/// unknown, never passed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Vulnerabilities {
    /// It is at least this severe.
    severity: Option<Severity>,
    /// What a vulnerability counts as that nobody rated. Without it, whether it is as severe is not known.
    unrated: Option<Severity>,
    /// Its probability of being exploited within 30 days (FIRST's EPSS) is at least this, 0 to 1.
    epss: Option<f64>,
    /// What a vulnerability counts as that has no EPSS score, 0 to 1. Without it, whether it is as likely is not known.
    unscored: Option<f64>,
    /// It is (`true`) or is not (`false`) in CISA's catalogue of known exploited vulnerabilities.
    kev: Option<bool>,
    /// There is (`true`) or is not (`false`) a version that fixes it.
    fixable: Option<bool>,
    /// It has a fix, and was published longer ago than this. Advisories do not say since when there is a fix, so the time
    /// is counted from the publication of the vulnerability.
    fixed_for: Option<Age>,
    /// It was published longer ago than this.
    published_for: Option<Age>,
    /// Its package is in use when the image runs. Only a sensor tells; without one the rule is unknown wherever the
    /// other conditions hold.
    in_use: Option<bool>,
    /// As many such vulnerabilities are let pass.
    max: usize,
    /// Findings count that the distribution answers for, since its package owns the files.
    count_vendor_answered: bool,
    /// Findings count that an ignore file suppresses. `false` trusts whoever wrote that file.
    count_suppressed: bool,
    /// What the scan could not assess does not make the rule unknown.
    allow_not_assessed: bool,
}

impl Default for Vulnerabilities {
    fn default() -> Self {
        Self {
            severity: None,
            unrated: None,
            epss: None,
            unscored: None,
            kev: None,
            fixable: None,
            fixed_for: None,
            published_for: None,
            in_use: None,
            max: 0,
            count_vendor_answered: false,
            count_suppressed: true,
            allow_not_assessed: false,
        }
    }
}

/// What rules ask of a finding, small and without texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Brief {
    severity: Severity,
    suppressed: bool,
    answered: bool,
    exploited: bool,
    fixed: bool,
    /// It is of the list of malicious packages.
    pub(super) malicious: bool,
    epss: Option<f64>,
    /// Seconds since 1970.
    published: Option<i64>,
    /// When CISA took it in.
    listed: Option<i64>,
}

impl Brief {
    pub(super) fn of(finding: &Finding) -> Self {
        Self {
            severity: finding.severity,
            suppressed: matches!(finding.status, Status::Suppressed(_)),
            answered: matches!(finding.status, Status::VendorAnswers { .. }),
            exploited: finding.known_exploited.is_some(),
            fixed: finding.fix.is_fixed(),
            malicious: super::malware::is_malicious(finding),
            epss: finding.epss.map(|epss| epss.probability).filter(|probability| !probability.is_nan()),
            published: finding.published.as_deref().and_then(seconds),
            listed: finding.known_exploited.as_ref().and_then(|listed| seconds(&listed.date_added)),
        }
    }
}

impl Brief {
    /// It was published longer ago than `age`. Where no advisory says when, it was at the latest when CISA took it in.
    fn older(&self, age: Age, now: i64) -> Broken {
        let is_older = |since: i64| now.saturating_sub(since) > age.seconds();
        match (self.published, self.listed) {
            (Some(published), _) => Broken::known(Some(is_older(published))),
            (None, Some(listed)) if is_older(listed) => Broken::Yes,
            (None, _) => Broken::Maybe,
        }
    }
}

/// Which catalogues the database held: a vulnerability that is in none is not known to be in none.
#[derive(Clone, Copy)]
struct Catalogues {
    exploited: bool,
}

impl Judge for Vulnerabilities {
    fn prepare(&mut self, scope: &mut Scope<'_>) {
        for (key, value) in [("epss", self.epss), ("unscored", self.unscored)] {
            if value.is_some_and(|value| !(0.0..=1.0).contains(&value)) {
                scope.mistake(key, format!("`{key}` is a probability: write a number from 0 to 1"));
            }
        }
        if self.unrated.is_some() && self.severity.is_none() {
            scope.mistake("unrated", "`unrated` says nothing without `severity`: add that, or remove it");
        }
        if self.unscored.is_some() && self.epss.is_none() {
            scope.mistake("unscored", "`unscored` says nothing without `epss`: add that, or remove it");
        }
        if self.severity == Some(Severity::Unknown) {
            scope.mistake("severity", "every vulnerability is at least `unknown`: leave `severity` out to mean all");
        }
        if self.fixable == Some(false) && self.fixed_for.is_some() {
            scope.mistake("fixed-for", "nothing without a fix has had one for a while: remove `fixable: false`");
        }
    }

    fn asks(&self) -> String {
        let mut conditions = Vec::new();
        if let Some(severity) = self.severity {
            conditions.push(match severity {
                Severity::Critical => "critical".to_owned(),
                severity => format!("{severity} or worse"),
            });
        }
        match self.kev {
            Some(true) => conditions.push("known to be exploited".to_owned()),
            Some(false) => conditions.push("not known to be exploited".to_owned()),
            None => {}
        }
        if let Some(epss) = self.epss {
            conditions.push(format!("with an EPSS of {epss} or more"));
        }
        match self.fixable {
            Some(true) => conditions.push("with a fix".to_owned()),
            Some(false) => conditions.push("without a fix".to_owned()),
            None => {}
        }
        if let Some(age) = self.fixed_for {
            conditions.push(format!("with a fix and published more than {age} ago"));
        }
        if let Some(age) = self.published_for {
            conditions.push(format!("published more than {age} ago"));
        }
        match self.in_use {
            Some(true) => conditions.push("in a package that is in use".to_owned()),
            Some(false) => conditions.push("in a package that is not in use".to_owned()),
            None => {}
        }
        let which = if conditions.is_empty() { String::new() } else { format!(" that is {}", conditions.join(", ")) };
        match self.max {
            0 => format!("no vulnerability{which}"),
            most => format!("at most {most} of any vulnerability{which}"),
        }
    }

    fn judge(&self, case: &Case<'_>, answer: &mut Answer) {
        let report = match case.report() {
            Ok(report) => report,
            Err(why) => {
                answer.unknown(format!("vulnerabilities are not known: {why}"));
                answer.advise("scan the image with `boltseal scan`, or let `boltseal gate` do so");
                return;
            }
        };
        not_assessed(report, self.allow_not_assessed, answer);
        let held = |name: &str| report.database.feeds.iter().any(|feed| feed.name == name);
        let catalogues = Catalogues { exploited: held("cisa-kev") };
        let briefs = case.briefs(&report.findings);
        let mut tally = Tally::new();
        for (place, brief) in briefs.iter().enumerate() {
            let broken = self.broken(brief, catalogues, case.now);
            if broken == Broken::No {
                tally.skip();
            } else if let Some(finding) = report.findings.get(place) {
                let ids = || std::iter::once(finding.id.as_str()).chain(finding.aliases.iter().map(String::as_str));
                tally.add(place, broken, answer, ids);
            }
        }
        let seen = tally.seen();
        tally.tell(
            self.max,
            answer,
            // Reports are sorted by package and id; comparing places is quick.
            |place| {
                let weight = briefs.get(place).map(|brief| (brief.exploited, brief.severity));
                (std::cmp::Reverse(weight), place)
            },
            |place, broken| match report.findings.get(place).zip(briefs.get(place)) {
                Some((finding, brief)) => self.reason(finding, brief, broken, catalogues),
                // Places come from the list itself.
                None => Reason { message: String::new(), about: None, evidence: None, exception: None },
            },
            |found| match found {
                0 => format!("none of {seen} vulnerabilities is such"),
                found => format!("{found} of {seen} vulnerabilities are such, and {} may be", self.max),
            },
        );
        answer
            .advise("update the packages to the versions that fix them, or add an exception with an owner and a date");
    }
}

/// What was not looked at could hold anything. The starter set is never enough, also where gaps are allowed.
pub(super) fn not_assessed(report: &Report, allowed: bool, answer: &mut Answer) {
    if report.database.kind == DatabaseKind::Starter {
        let reason = answer.unknown("the database is the starter set, which says nothing of most vulnerabilities");
        reason.evidence = Some(report.database.digest.to_string());
        answer.advise_missing("run `boltseal db update`, and ask again");
    }
    if allowed {
        return;
    }
    if report.database.kind != DatabaseKind::Starter && !report.inventory.not_assessed.is_empty() {
        answer.advise_missing("look at what could not be assessed, or accept it with `allow-not-assessed: true`");
    }
    for entry in &report.inventory.not_assessed {
        // Told above in better words.
        if report.database.kind == DatabaseKind::Starter && entry.reason == NotAssessedReason::Database {
            continue;
        }
        let reason = answer.unknown(format!("not assessed: {}: {}", entry.what, entry.detail));
        reason.about = Some(entry.what.clone());
    }
}

impl Vulnerabilities {
    fn broken(&self, brief: &Brief, catalogues: Catalogues, now: i64) -> Broken {
        if (brief.suppressed && !self.count_suppressed) || (brief.answered && !self.count_vendor_answered) {
            return Broken::No;
        }
        // The quick ones first: most findings are decided by their severity.
        let mut broken = Broken::Yes;
        if let Some(severity) = self.severity {
            broken = broken.and(self.severe(brief, severity));
            if broken == Broken::No {
                return broken;
            }
        }
        if let Some(fixable) = self.fixable {
            broken = broken.and(Broken::known(Some(brief.fixed == fixable)));
        }
        if let Some(wanted) = self.kev {
            let known = brief.exploited || catalogues.exploited;
            broken = broken.and(Broken::known(known.then_some(brief.exploited == wanted)));
        }
        if let Some(least) = self.epss {
            broken = broken.and(Broken::known(brief.epss.or(self.unscored).map(|score| score >= least)));
        }
        if let Some(age) = self.fixed_for {
            broken = broken.and(if brief.fixed { brief.older(age, now) } else { Broken::No });
        }
        if let Some(age) = self.published_for {
            broken = broken.and(brief.older(age, now));
        }
        if self.in_use.is_some() {
            broken = broken.and(Broken::Maybe);
        }
        broken
    }

    fn severe(&self, brief: &Brief, least: Severity) -> Broken {
        let severity = match brief.severity {
            Severity::Unknown => self.unrated.filter(|unrated| *unrated != Severity::Unknown),
            severity => Some(severity),
        };
        Broken::known(severity.map(|severity| severity >= least))
    }

    fn reason(&self, finding: &Finding, brief: &Brief, broken: Broken, catalogues: Catalogues) -> Reason {
        let package = &finding.package;
        let mut message = format!("{} in {} {}", finding.severity, package.name, package.version);
        if finding.severity == Severity::Unknown {
            message = format!("unrated, in {} {}", package.name, package.version);
        }
        match &finding.fix {
            FixState::Fixed { versions } => {
                if let Some(version) = versions.first() {
                    message.push_str(&format!(", fixed in {version}"));
                }
            }
            FixState::NotFixed => message.push_str(", no fix known"),
            FixState::WontFix => message.push_str(", the vendor will not fix it"),
        }
        if let Some(listed) = &finding.known_exploited {
            message.push_str(&format!(", known to be exploited since {}", listed.date_added));
        }
        if let Some(epss) = brief.epss.filter(|_| self.epss.is_some()) {
            message.push_str(&format!(", EPSS {epss:.3}"));
        }
        if let Some(published) = finding.published.as_deref().filter(|_| self.ages()) {
            message.push_str(&format!(", published {}", published.get(..10).unwrap_or(published)));
        }
        if broken == Broken::Maybe {
            message.push_str(&format!("; {}", self.doubts(brief, catalogues).join(", ")));
        }
        Reason { message, about: Some(finding.id.clone()), evidence: Some(package.purl.clone()), exception: None }
    }

    fn ages(&self) -> bool {
        self.fixed_for.is_some() || self.published_for.is_some()
    }

    /// What is not known of a finding that may break the rule.
    fn doubts(&self, brief: &Brief, catalogues: Catalogues) -> Vec<&'static str> {
        let mut doubts = Vec::new();
        if self.severity.is_some_and(|least| self.severe(brief, least) == Broken::Maybe) {
            doubts.push("nobody rated it (`unrated` says what that counts as)");
        }
        if self.kev.is_some() && !brief.exploited && !catalogues.exploited {
            doubts.push("the database holds no catalogue of exploited vulnerabilities");
        }
        if self.epss.is_some() && brief.epss.is_none() && self.unscored.is_none() {
            doubts.push("it has no EPSS score (`unscored` says what that counts as)");
        }
        if self.ages() && brief.published.is_none() {
            doubts.push("no advisory says when it was published");
        }
        if self.in_use.is_some() {
            doubts.push("nothing watched whether it is in use");
        }
        doubts
    }
}
