//! The judgement: what a check's findings make of each control.

use std::collections::{BTreeMap, BTreeSet};

use boltseal_evidence::{Assessment, CheckReport, Citation, ControlResult, ControlStatus, NotAssessedReason};

use super::{Control, Framework};

/// Files that are named in a reason.
const NAMED: usize = 3;

/// What the findings of `report` make of each control of `framework`.
pub fn assess(framework: &Framework, report: &CheckReport) -> Assessment {
    let seen = seen(report);
    let unread = unread(report);
    let mut by_rule: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, finding) in report.findings.iter().enumerate() {
        by_rule.entry(&finding.rule).or_default().push(number);
    }
    let controls = framework.controls();
    let results = controls.iter().map(|control| result(control, report, &seen, &unread, &by_rule)).collect();
    let mut files: BTreeMap<String, u32> = BTreeMap::new();
    for file in &report.files {
        *files.entry(file.kind.clone()).or_default() += 1;
    }
    Assessment {
        schema: 1,
        tool: report.tool.clone(),
        framework: framework.info(),
        controls: results,
        files,
        not_assessed: report.not_assessed.clone(),
        problems: report.problems.clone(),
    }
}

/// How many things of each sort were looked at. Files count by their kind too, which is how the configuration of one
/// component is told from that of another.
fn seen(report: &CheckReport) -> BTreeMap<&str, u32> {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for file in &report.files {
        for (sort, count) in &file.subjects {
            let sum = seen.entry(sort).or_default();
            *sum = sum.saturating_add(*count);
        }
        // A file of this kind in which nothing was judged shows nothing.
        let judged = file.subjects.values().any(|count| *count > 0);
        if judged && !file.subjects.contains_key(&file.kind) {
            *seen.entry(&file.kind).or_default() += 1;
        }
    }
    seen
}

/// Files that were there and could not be read.
fn unread(report: &CheckReport) -> BTreeSet<&str> {
    let gaps = report.not_assessed.iter().filter(|gap| {
        matches!(gap.reason, NotAssessedReason::Unreadable | NotAssessedReason::Limit | NotAssessedReason::Template)
    });
    let problems = report.problems.iter().filter_map(|problem| problem.path.as_deref());
    let looked_at: BTreeSet<&str> = report.files.iter().map(|file| file.path.as_str()).collect();
    gaps.map(|gap| gap.what.as_str()).chain(problems.filter(|path| !looked_at.contains(path))).collect()
}

fn result(
    control: &Control,
    report: &CheckReport,
    seen: &BTreeMap<&str, u32>,
    unread: &BTreeSet<&str>,
    by_rule: &BTreeMap<&str, Vec<usize>>,
) -> ControlResult {
    let looked_at: BTreeMap<String, u32> = control
        .sorts
        .iter()
        .filter_map(|sort| Some((sort.clone(), *seen.get(sort.as_str())?)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let findings = findings(control, report, by_rule);
    let (status, reason) = judge(control, &looked_at, &findings, unread);
    ControlResult {
        id: control.id.to_owned(),
        title: control.title.to_owned(),
        section: control.section.to_owned(),
        status,
        reason,
        rules: control.rules.iter().map(|rule| rule.id.to_owned()).collect(),
        looked_at,
        findings,
    }
}

fn findings(control: &Control, report: &CheckReport, by_rule: &BTreeMap<&str, Vec<usize>>) -> Vec<Citation> {
    let numbers: BTreeSet<usize> =
        control.rules.iter().filter_map(|rule| by_rule.get(rule.id)).flatten().copied().collect();
    let cited = numbers.into_iter().filter_map(|number| Some((number, report.findings.get(number)?)));
    cited
        .map(|(number, finding)| Citation {
            finding: number,
            rule: finding.rule.clone(),
            severity: finding.severity,
            path: finding.path.clone(),
            line: finding.region.map(|region| region.line),
            subject: finding.subject.clone(),
            message: finding.message.clone(),
            accepted: finding.suppression.as_ref().map(|suppression| suppression.reason.clone()),
        })
        .collect()
}

fn judge(
    control: &Control,
    looked_at: &BTreeMap<String, u32>,
    findings: &[Citation],
    unread: &BTreeSet<&str>,
) -> (ControlStatus, String) {
    let accepted = findings.iter().filter(|finding| finding.accepted.is_some()).count();
    let counting = findings.len() - accepted;
    if counting > 0 {
        let more = if accepted > 0 { format!(", {accepted} more accepted with a reason") } else { String::new() };
        return (ControlStatus::Fail, format!("{}{more}", counted(counting, "finding")));
    }
    if control.rules.is_empty() {
        let reason = if control.aside.is_empty() { "no rule judges it yet" } else { control.aside };
        return (ControlStatus::NotAssessed, reason.to_owned());
    }
    // A finding shows that something was there, whatever was counted.
    if looked_at.is_empty() && accepted == 0 {
        if control.sorts.is_empty() {
            return (ControlStatus::NotAssessed, "no rule judges it yet where it is decided".to_owned());
        }
        let mut reason = format!("nothing to judge was there ({})", words(&control.sorts));
        if !unread.is_empty() {
            reason.push_str(&format!("; {} could not be judged: {}", counted(unread.len(), "file"), named(unread)));
        }
        return (ControlStatus::NotAssessed, reason);
    }
    let of = looked_at.iter().map(|(sort, count)| amount(*count, sort)).collect::<Vec<_>>().join(", ");
    let mut reason = if accepted > 0 {
        format!("{} accepted with a reason, none else", counted(accepted, "finding"))
    } else {
        "no finding".to_owned()
    };
    if !of.is_empty() {
        reason.push_str(&format!(" in {of}"));
    }
    if !unread.is_empty() {
        reason.push_str(&format!("; {} could not be judged", counted(unread.len(), "file")));
    }
    if control.rest.is_empty() {
        (ControlStatus::Pass, reason)
    } else {
        (ControlStatus::NotAssessed, format!("{reason}, but {}", control.rest))
    }
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn named(paths: &BTreeSet<&str>) -> String {
    let mut named = paths.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    if paths.len() > NAMED {
        named.push_str(", …");
    }
    named
}

/// `2 Dockerfiles`, `1 configuration of etcd`.
fn amount(count: u32, sort: &str) -> String {
    let word = word(sort);
    match (count, word.split_once(' ')) {
        (1, _) => format!("1 {word}"),
        // What follows `of` and `held` stays as it is.
        (_, Some((noun, rest))) if rest.starts_with("of ") || rest.starts_with("held ") => {
            format!("{count} {noun}s {rest}")
        }
        _ if word.ends_with("olicy") => format!("{count} {}ies", word.trim_end_matches('y')),
        _ if word.ends_with('s') => format!("{count} {word}es"),
        _ => format!("{count} {word}s"),
    }
}

/// A sort as it reads in a sentence.
fn word(sort: &str) -> String {
    match sort {
        "dockerfile" => "Dockerfile".to_owned(),
        "compose" => "Compose file".to_owned(),
        "image" => "image configuration".to_owned(),
        "docker-daemon" => "daemon.json".to_owned(),
        "pod-security-baseline" => "workload held to the baseline".to_owned(),
        "pod-security-restricted" => "workload held to the restricted level".to_owned(),
        "workload-among-all" => "workload seen with its whole folder".to_owned(),
        "api-server" | "controller-manager" => format!("configuration of kube-{sort}"),
        "encryption" => "configuration of encryption".to_owned(),
        "serviceaccount" => "service account".to_owned(),
        "rolebinding" => "role binding".to_owned(),
        "clusterrole" => "cluster role".to_owned(),
        "clusterrolebinding" => "cluster role binding".to_owned(),
        "configmap" => "ConfigMap".to_owned(),
        "networkpolicy" => "NetworkPolicy".to_owned(),
        "secret" => "Secret".to_owned(),
        "scheduler" => "configuration of kube-scheduler".to_owned(),
        "kubelet" | "etcd" | "containerd" | "kube-proxy" => format!("configuration of {sort}"),
        sort => sort.to_owned(),
    }
}

fn words(sorts: &[String]) -> String {
    sorts.iter().map(|sort| format!("no {}", word(sort))).collect::<Vec<_>>().join(", ")
}
