//! The flow: walk, render, judge in parallel, judge together, report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use boltseal_evidence::{CheckReport, CheckedFile, Misconfiguration, NotAssessed, NotAssessedReason, RuleInfo, Tool};
use boltseal_posture::kubernetes::AMONG_ALL;
use boltseal_posture::kubernetes::pod_security::Policy;
use boltseal_posture::{Kind, Rule, Set, called, check_namespaces, check_together, rule, rules};

use crate::file::Judged;
use crate::parallel::in_parallel;
use crate::render::Rendered;
use crate::walk::{Walked, walk};
use crate::{Error, Options, Subject, file, image, render};

/// The answer, and the texts that are on no disk.
#[derive(Debug)]
pub struct Check {
    /// The answer.
    pub report: CheckReport,
    /// Texts that findings point into and that are no files: an image's configuration, what a chart rendered to.
    pub texts: BTreeMap<String, String>,
    /// Where the files are, by the path in the report.
    pub files: BTreeMap<String, std::path::PathBuf>,
    /// Some check of people's own could not be asked about something, so that its silence is no consent.
    pub unasked: bool,
}

impl Check {
    /// The text that a finding's path names, for excerpts.
    pub fn text(&self, path: &str) -> Option<String> {
        if let Some(text) = self.texts.get(path) {
            return Some(text.clone());
        }
        let bytes = std::fs::read(self.files.get(path)?).ok()?;
        String::from_utf8(bytes).ok()
    }
}

/// Checks everything below the subjects.
///
/// # Errors
/// [`Error`] where a path that was named is not there, an image cannot be read, or a rule that was named is none. What
/// is wrong with a file is told in the report.
pub fn check(subjects: &[Subject], options: &Options) -> Result<Check, Error> {
    let selection = Selection::new(options)?;
    let paths: Vec<&Path> = subjects
        .iter()
        .filter_map(|subject| match subject {
            Subject::Path(path) => Some(path.as_path()),
            Subject::Image { .. } => None,
        })
        .collect();
    let walked = walk(&paths)?;
    let rendered = render::render(&walked, options);
    let candidates: Vec<(&String, &std::path::PathBuf)> = walked
        .files
        .iter()
        .filter(|(shown, _)| walked.named.contains(*shown) || file::is_candidate(shown))
        .filter(|(shown, _)| !rendered.left_out.contains(*shown))
        .collect();
    let mut judged = in_parallel(options.jobs, candidates.len(), 16, |at| {
        let (shown, path) = candidates.get(at)?;
        Some(file::judge(shown, path, walked.named.contains(*shown), options))
    });
    judged.extend(render::judge(&rendered, &walked, options));
    let mut texts = BTreeMap::new();
    for subject in subjects {
        if let Subject::Image { shown, target } = subject {
            let (checked, text) = image::judge(shown, target, options)?;
            texts.insert(checked.facts.path.clone(), text);
            judged.push(checked.into());
        }
    }
    let held = by_namespace(&judged, options, |path| render::bytes_of(&rendered, &walked, path));
    let unasked = judged.iter().any(|judged| !judged.unasked.is_empty());
    let report = assemble(judged, held, &walked, &rendered, &selection);
    Ok(Check { report, texts, files: walked.files, unasked })
}

/// Checks one text that is called `path`: what an editor or a pipe holds.
///
/// # Errors
/// As [`check`].
pub fn check_text(path: &str, bytes: &[u8], options: &Options) -> Result<Check, Error> {
    let selection = Selection::new(options)?;
    let template = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| format!("/{path}").contains("/templates/") && render::is_template(text));
    let mut judged: Judged = match template {
        Some(text) => render::judge_template(path, text, &options.posture).into(),
        None => file::judge_bytes(path, bytes, options),
    };
    let mut walked = Walked::default();
    walked.files.insert(path.to_owned(), path.into());
    // What lies beside it is not looked at, so nothing that depends on it is said.
    let held = by_namespace(std::slice::from_ref(&judged), options, |_| Some(bytes.to_vec()));
    judged.checked.facts = file::nothing(path).facts;
    let unasked = !judged.unasked.is_empty();
    let report = assemble(vec![judged], held, &walked, &Rendered::default(), &selection);
    let texts = std::iter::once((path.to_owned(), String::from_utf8_lossy(bytes).into_owned())).collect();
    Ok(Check { report, texts, files: BTreeMap::new(), unasked })
}

/// Which rules count.
pub(crate) struct Selection {
    skip: BTreeSet<String>,
    only: Option<BTreeSet<String>>,
    /// The texts of checks of people's own.
    own: Vec<RuleInfo>,
}

impl Selection {
    pub(crate) fn new(options: &Options) -> Result<Self, Error> {
        let own = options.custom.as_ref().map(|library| library.rules()).unwrap_or_default();
        let ids = |names: &[String]| -> Result<BTreeSet<String>, Error> {
            let mut ids = BTreeSet::new();
            for name in names {
                let rules = called(name);
                let own = own.iter().filter(|rule| rule.id == *name || rule.aliases.contains(name));
                let before = ids.len();
                ids.extend(own.map(|rule| rule.id.clone()));
                if rules.is_empty() && ids.len() == before {
                    return Err(Error::UnknownRule(name.clone()));
                }
                ids.extend(rules.iter().map(|rule| rule.id.to_owned()));
            }
            Ok(ids)
        };
        let only = match (&options.posture.pod_security, options.only.as_slice()) {
            (None, []) => None,
            // The standards are a profile of their own.
            (Some(_), []) => Some(rules().map(|rule| rule.id.to_owned()).filter(|id| id.starts_with("BS-P")).collect()),
            (_, only) => Some(ids(only)?),
        };
        Ok(Self { skip: ids(&options.skip)?, only, own })
    }

    pub(crate) fn takes(&self, finding: &Misconfiguration) -> bool {
        !self.skip.contains(finding.rule.as_str())
            && self.only.as_ref().is_none_or(|only| only.contains(finding.rule.as_str()))
    }
}

/// What pods do that the namespace forbids into which they are put, as far as the same files say.
fn by_namespace(
    judged: &[Judged],
    options: &Options,
    bytes: impl Fn(&str) -> Option<Vec<u8>>,
) -> Vec<Misconfiguration> {
    // Who names a level asks for that one.
    if options.posture.pod_security.is_some() {
        return Vec::new();
    }
    let mut policies: BTreeMap<String, Policy> = BTreeMap::new();
    for (name, policy) in judged.iter().flat_map(|judged| judged.checked.facts.kubernetes.policies()) {
        // Of several overlays nobody knows which one comes: the one that forbids less is sure.
        let known = policies.entry(name.to_owned()).or_insert(policy);
        if policy.level < known.level {
            *known = policy;
        }
    }
    if policies.is_empty() {
        return Vec::new();
    }
    let concerned =
        |judged: &&Judged| judged.checked.facts.kubernetes.pod_namespaces().any(|name| policies.contains_key(name));
    let judge = |judged: &Judged| {
        let path = judged.checked.facts.path.as_str();
        let bytes = bytes(path)?;
        Some(check_namespaces(path, &bytes, &policies, &judged.checked.decisions))
    };
    judged.iter().filter(concerned).filter_map(judge).flatten().collect()
}

/// One note for each kind that no rule reads, however many objects of it there are.
fn one_for_each_kind(all: &mut Vec<NotAssessed>) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    all.retain(|each| {
        let is_kind = each.reason == NotAssessedReason::UnknownKind;
        if is_kind {
            *counts.entry(each.what.clone()).or_default() += each.packages;
        }
        !is_kind
    });
    all.extend(counts.into_iter().map(|(what, packages)| {
        let objects = if packages == 1 { "1 object".to_owned() } else { format!("{packages} objects") };
        let detail = format!("{objects} of a kind that no rule reads");
        NotAssessed { reason: NotAssessedReason::UnknownKind, what, detail, packages }
    }));
}

fn assemble(
    judged: Vec<Judged>,
    held: Vec<Misconfiguration>,
    walked: &Walked,
    rendered: &Rendered,
    selection: &Selection,
) -> CheckReport {
    let mut report = CheckReport {
        schema: 1,
        tool: Tool { name: "boltseal".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        files: Vec::new(),
        findings: held,
        rules: Vec::new(),
        not_assessed: walked.not_assessed.iter().chain(&rendered.not_assessed).cloned().collect(),
        problems: walked.problems.iter().chain(&rendered.problems).cloned().collect(),
    };
    let mut facts = Vec::new();
    let mut decisions = BTreeMap::new();
    for Judged { checked, unasked } in judged {
        let path = checked.facts.path.clone();
        // Checks of people's own read files of any kind.
        let kind = checked.kind.map(Kind::name).or((!checked.subjects.is_empty()).then_some("document"));
        if let Some(kind) = kind {
            report.files.push(CheckedFile { path: path.clone(), kind: kind.to_owned(), subjects: checked.subjects });
        }
        report.not_assessed.extend(unasked);
        report.findings.extend(checked.findings);
        report.not_assessed.extend(checked.not_assessed);
        report.problems.extend(checked.problems);
        facts.push(checked.facts);
        decisions.insert(path, checked.decisions);
    }
    facts.sort_by(|one, other| one.path.cmp(&other.path));
    let mut paths: BTreeSet<String> = walked.files.keys().cloned().collect();
    for shown in &walked.named {
        paths.extend(walked.files.get(shown).into_iter().flat_map(|path| ignore_files(shown, path)));
    }
    let whole = !walked.roots.is_empty();
    if whole {
        for file in &mut report.files {
            if let Some(&workloads) = file.subjects.get("workload") {
                file.subjects.insert(AMONG_ALL.to_owned(), workloads);
            }
        }
    }
    report.findings.extend(check_together(&Set { facts: &facts, paths: &paths, whole }, &decisions));
    render::relocate(rendered, walked, &mut report.findings);
    report.findings.retain(|finding| selection.takes(finding));
    report.files.sort();
    report.findings.sort_by(|one, other| key(one).cmp(&key(other)));
    report.findings.dedup();
    one_for_each_kind(&mut report.not_assessed);
    report.not_assessed.sort();
    report.not_assessed.dedup();
    report.problems.sort();
    report.problems.dedup();
    report.rules = used_rules(&report.findings, &selection.own);
    report
}

/// Files beside and above a file that was named alone, which say what is left out of an image: without them a rule would
/// miss what is there.
fn ignore_files(shown: &str, path: &Path) -> Vec<String> {
    let own = [(format!("{shown}.dockerignore"), path.with_added_extension("dockerignore"))];
    let folders = Path::new(shown).ancestors().zip(path.ancestors()).skip(1);
    let above = folders.flat_map(|(shown, path)| {
        [".dockerignore", ".containerignore"]
            .map(|name| (shown.join(name).to_string_lossy().into_owned(), path.join(name)))
    });
    own.into_iter().chain(above).filter(|(_, path)| path.is_file()).map(|(shown, _)| shown).collect()
}

fn key(finding: &Misconfiguration) -> (&str, Option<boltseal_evidence::Region>, &str, &str, &str) {
    (&finding.path, finding.region, &finding.rule, &finding.subject, &finding.message)
}

/// The texts of the rules that findings name.
fn used_rules(findings: &[Misconfiguration], own: &[RuleInfo]) -> Vec<RuleInfo> {
    let ids: BTreeSet<&str> = findings.iter().map(|finding| finding.rule.as_str()).collect();
    let info = |id: &str| rule(id).map(Rule::info).or_else(|| own.iter().find(|own| own.id == id).cloned());
    ids.into_iter().filter_map(info).collect()
}
