//! The judgement of one file, and of all together.

use std::collections::BTreeMap;

use boltseal_evidence::{Misconfiguration, NotAssessed, Problem};

use crate::finding::{Found, SetFound};
use crate::ignore::Decisions;
use crate::image::Files;
use crate::kind::{Kind, recognise};
use crate::rule::{Check, Rule};
use crate::set::{Facts, Set};
use crate::source::Source;
use crate::{dockerfile, kubernetes, rules};

mod structured;

/// What to judge by.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The Pod Security Standards to hold pods to, besides the rules.
    pub pod_security: Option<crate::kubernetes::pod_security::Policy>,
}

/// What one file gave.
#[derive(Debug, Default)]
pub struct Checked {
    /// What it was recognised as; `None` if no rule reads it.
    pub kind: Option<Kind>,
    /// What is wrong, by place and rule; those that a comment speaks of are marked.
    pub findings: Vec<Misconfiguration>,
    /// How many things of each sort were judged, as in [`boltseal_evidence::CheckedFile::subjects`].
    pub subjects: BTreeMap<String, u32>,
    /// What was seen but not judged.
    pub not_assessed: Vec<NotAssessed>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What rules on all files need.
    pub facts: Facts,
    /// What its comments decide, for findings of rules on all files.
    pub decisions: Decisions,
}

impl Checked {
    /// Counts a thing that is judged.
    fn count(&mut self, subject: &str) {
        *self.subjects.entry(subject.to_owned()).or_default() += 1;
    }
}

/// Judges one file. Pure: the same path, bytes and options give the same result.
pub fn check(path: &str, bytes: &[u8], options: &Options) -> Checked {
    let mut checked = Checked { facts: Facts { path: path.to_owned(), ..Facts::default() }, ..Checked::default() };
    let source = match Source::new(path, bytes) {
        Ok(source) => source,
        Err(message) => {
            checked.problems.push(Problem::at(path, message));
            return checked;
        }
    };
    checked.kind = recognise(path, source.text);
    match checked.kind {
        None => {}
        Some(Kind::Dockerfile) => check_dockerfile(&source, &mut checked),
        Some(kind) => structured::check(&source, kind, None, options, &mut checked),
    }
    finish(&mut checked.findings, &checked.decisions);
    checked
}

/// Judges an image by its configuration, JSON as the OCI image specification has it, and by what stands out in its files.
/// `path` is how findings call the image.
pub fn check_image(path: &str, config: &[u8], files: Option<&Files>, options: &Options) -> Checked {
    let mut checked = Checked { facts: Facts { path: path.to_owned(), ..Facts::default() }, ..Checked::default() };
    match Source::new(path, config) {
        Ok(source) => {
            checked.kind = Some(Kind::Image);
            structured::check(&source, Kind::Image, files, options, &mut checked);
        }
        Err(message) => checked.problems.push(Problem::at(path, message)),
    }
    finish(&mut checked.findings, &checked.decisions);
    checked
}

/// Judges all files together; the decisions of each are by path.
pub fn check_together(set: &Set<'_>, decisions: &BTreeMap<String, Decisions>) -> Vec<Misconfiguration> {
    let Some(first) = rules::rules().next() else { return Vec::new() };
    let mut found = SetFound::new(first);
    for rule in rules::rules() {
        if let Check::Set(judge) = rule.check
            && (set.whole || !kubernetes::OF_ABSENCE.contains(&rule.id))
        {
            found.begin(rule);
            judge(set, &mut found);
        }
    }
    let mut findings = found.into_findings();
    // By file, since what its comments decide is looked up once for all its findings.
    findings.sort_by(|one, other| one.path.cmp(&other.path));
    for of_file in findings.chunk_by_mut(|one, other| one.path == other.path) {
        if let Some(decisions) = of_file.first().and_then(|finding| decisions.get(&finding.path)) {
            decisions.apply(of_file, rules::rule);
        }
    }
    findings
}

/// Judges the pods of one file by the Pod Security Standards that the namespaces they live in enforce, given by name:
/// the labels `pod-security.kubernetes.io/enforce` of Namespaces may stand in any file of a set, see
/// [`crate::kubernetes::Facts::policies`]. `decisions` are those that [`check`] read.
pub fn check_namespaces(
    path: &str,
    bytes: &[u8],
    policies: &BTreeMap<String, crate::kubernetes::pod_security::Policy>,
    decisions: &Decisions,
) -> Vec<Misconfiguration> {
    // What is no text was told when the file was judged.
    let Ok(source) = Source::new(path, bytes) else { return Vec::new() };
    let mut findings = structured::check_namespaces(&source, policies);
    finish(&mut findings, decisions);
    findings
}

fn finish(findings: &mut Vec<Misconfiguration>, decisions: &Decisions) {
    findings.sort_by(|one, other| {
        (one.region, &one.rule, &one.subject, &one.message).cmp(&(
            other.region,
            &other.rule,
            &other.subject,
            &other.message,
        ))
    });
    findings.dedup();
    decisions.apply(findings, rules::rule);
}

/// Runs the rules of some groups that `judge` takes.
fn run<'a>(found: &mut Found<'a>, groups: &[&'static [Rule]], mut judge: impl FnMut(&'static Rule, &mut Found<'a>)) {
    for rule in groups.iter().flat_map(|group| group.iter()) {
        found.begin(rule);
        judge(rule, found);
    }
}

fn check_dockerfile(source: &Source<'_>, checked: &mut Checked) {
    let file = dockerfile::parse(source);
    let extents: Vec<_> = file.instructions.iter().map(|instruction| instruction.span).collect();
    checked.decisions = Decisions::read(source, &file.comments, &extents, &mut checked.problems);
    checked.facts.is_dockerfile = true;
    checked.count("dockerfile");
    let Some(first) = rules::rules().next() else { return };
    let mut found = Found::new(source, first);
    run(&mut found, dockerfile::RULES, |rule, found| {
        if let Check::Dockerfile(judge) = rule.check {
            judge(&file, found);
        }
    });
    checked.facts.context_copies = dockerfile::context_copies(&file);
    checked.findings = found.into_findings();
}
