//! How rules report: a place, a sentence, and if there is one a fix.

use boltseal_evidence::{Edit, Fix, Misconfiguration, Note, Region, Severity};

use crate::rule::Rule;
use crate::source::{Source, Span};

/// Where the rules of one file put what they find.
#[derive(Debug)]
pub struct Found<'a> {
    source: &'a Source<'a>,
    rule: &'static Rule,
    subject: String,
    findings: Vec<Misconfiguration>,
}

impl<'a> Found<'a> {
    /// For a file; [`Found::begin`] comes before any rule.
    pub(crate) fn new(source: &'a Source<'a>, rule: &'static Rule) -> Self {
        Self { source, rule, subject: String::new(), findings: Vec::new() }
    }

    /// The rule that reports from now on.
    pub(crate) fn begin(&mut self, rule: &'static Rule) {
        self.rule = rule;
    }

    /// What is judged from now on, as in [`Misconfiguration::subject`].
    pub(crate) fn about(&mut self, subject: impl Into<String>) {
        self.subject = subject.into();
    }

    pub(crate) fn into_findings(self) -> Vec<Misconfiguration> {
        self.findings
    }

    /// The file.
    pub fn source(&self) -> &'a Source<'a> {
        self.source
    }

    /// Reports the current rule at `span`: what is wrong *here*, a lower-case sentence without a period, that names
    /// the value in backticks.
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> Report<'_, 'a> {
        self.findings.push(Misconfiguration {
            rule: self.rule.id.to_owned(),
            severity: self.rule.severity,
            message: message.into(),
            path: self.source.path.to_owned(),
            region: Some(self.source.region(span)),
            subject: self.subject.clone(),
            notes: Vec::new(),
            fix: None,
            suppression: None,
        });
        Report { source: self.source, finding: self.findings.last_mut() }
    }
}

/// A finding that was just reported, to say more about it.
#[derive(Debug)]
pub struct Report<'f, 'a> {
    source: &'a Source<'a>,
    finding: Option<&'f mut Misconfiguration>,
}

impl Report<'_, '_> {
    /// Worse or less bad than usual.
    pub fn severity(mut self, severity: Severity) -> Self {
        if let Some(finding) = &mut self.finding {
            finding.severity = severity;
        }
        self
    }

    /// What it is about, where the rule knows better than the file: `container app`. It is added to what is known.
    pub fn within(mut self, part: &str) -> Self {
        if let Some(finding) = &mut self.finding {
            if !finding.subject.is_empty() && !part.is_empty() {
                finding.subject.push_str(", ");
            }
            finding.subject.push_str(part);
        }
        self
    }

    /// Another place to look at.
    pub fn note(mut self, span: Span, message: impl Into<String>) -> Self {
        let region = self.source.region(span);
        if let Some(finding) = &mut self.finding {
            finding.notes.push(Note { region, message: message.into() });
        }
        self
    }

    /// A safe change: after it the finding is gone, and the file does what it did. Edits that would overlap are no
    /// fix and are dropped as a whole.
    pub fn fix(mut self, title: impl Into<String>, edits: impl IntoIterator<Item = (Span, String)>) -> Self {
        let mut edits: Vec<Edit> =
            edits.into_iter().map(|(span, text)| Edit { region: self.source.region(span), text }).collect();
        edits.sort();
        let apart = edits.iter().zip(edits.iter().skip(1)).all(|(one, next)| one.region.end <= next.region.start);
        if let Some(finding) = &mut self.finding
            && apart
            && !edits.is_empty()
        {
            finding.fix = Some(Fix { title: title.into(), edits });
        }
        self
    }
}

/// Where rules on all files together put what they find.
#[derive(Debug)]
pub struct SetFound<'a> {
    rule: &'a Rule,
    findings: Vec<Misconfiguration>,
}

impl<'a> SetFound<'a> {
    pub(crate) fn new(rule: &'a Rule) -> Self {
        Self { rule, findings: Vec::new() }
    }

    pub(crate) fn begin(&mut self, rule: &'a Rule) {
        self.rule = rule;
    }

    pub(crate) fn into_findings(self) -> Vec<Misconfiguration> {
        self.findings
    }

    /// Reports the current rule in a file; [`crate::Facts`] carry the regions.
    pub fn report(&mut self, path: &str, region: Option<Region>, subject: &str, message: impl Into<String>) {
        self.findings.push(Misconfiguration {
            rule: self.rule.id.to_owned(),
            severity: self.rule.severity,
            message: message.into(),
            path: path.to_owned(),
            region,
            subject: subject.to_owned(),
            notes: Vec::new(),
            fix: None,
            suppression: None,
        });
    }
}
