//! The tables hold together, and nothing passes that was not looked at.

use std::collections::{BTreeMap, BTreeSet};

use boltseal_evidence::{
    CheckReport, CheckedFile, ControlResult, ControlStatus, Misconfiguration, NotAssessed, NotAssessedReason, Severity,
    Suppression, Tool,
};

use super::*;

fn file(path: &str, kind: &str, subjects: &[(&str, u32)]) -> CheckedFile {
    let subjects = subjects.iter().map(|(sort, count)| ((*sort).to_owned(), *count)).collect();
    CheckedFile { path: path.to_owned(), kind: kind.to_owned(), subjects }
}

fn finding(rule: &str) -> Misconfiguration {
    Misconfiguration {
        rule: rule.to_owned(),
        severity: Severity::High,
        message: "it is wrong".to_owned(),
        path: "compose.yaml".to_owned(),
        region: None,
        subject: "service web".to_owned(),
        notes: Vec::new(),
        fix: None,
        suppression: None,
    }
}

fn report(files: Vec<CheckedFile>, findings: Vec<Misconfiguration>) -> CheckReport {
    CheckReport {
        schema: 1,
        tool: Tool { name: "boltseal".to_owned(), version: "0.1.0".to_owned() },
        files,
        findings,
        rules: Vec::new(),
        not_assessed: Vec::new(),
        problems: Vec::new(),
    }
}

fn control(framework: &str, id: &str, report: &CheckReport) -> ControlResult {
    let assessment = assess(super::framework(framework).unwrap(), report);
    assessment.controls.into_iter().find(|control| control.id == id).unwrap()
}

#[test]
fn every_name_of_a_rule_means_one() {
    let mut wrong = Vec::new();
    for framework in frameworks() {
        let Sections::Listed(sections) = framework.sections else { continue };
        for entry in sections.iter().flat_map(|section| section.entries) {
            let unknown = entry.rules.iter().filter(|name| called(name).is_empty());
            wrong.extend(unknown.map(|name| format!("{} {}: `{name}` is no rule", framework.id, entry.id)));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_number_that_a_rule_claims_is_a_control() {
    let mut wrong = Vec::new();
    for framework in frameworks().iter().filter(|framework| !framework.prefix.is_empty()) {
        let ids: BTreeSet<&str> = framework.controls().iter().map(|control| control.id).collect();
        for rule in rules::rules() {
            let claimed = rule.aliases.iter().filter_map(|alias| {
                let start = alias.get(..framework.prefix.len())?;
                start.eq_ignore_ascii_case(framework.prefix).then(|| alias.get(framework.prefix.len()..))?
            });
            let unknown = claimed.filter(|id| !ids.contains(id));
            wrong.extend(unknown.map(|id| format!("{}: {} has no control {id}", rule.id, framework.id)));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_control_that_is_set_aside_has_no_rule_and_every_other_has_a_title_and_a_number_of_its_own() {
    for framework in frameworks() {
        let mut ids = BTreeSet::new();
        for control in framework.controls() {
            assert!(ids.insert(control.id), "{} {} stands twice", framework.id, control.id);
            assert!(!control.title.is_empty() && !control.title.ends_with('.'), "{} {}", framework.id, control.id);
            assert!(control.aside.is_empty() || control.rules.is_empty(), "{} {}", framework.id, control.id);
            let host = control.rules.iter().any(|rule| matches!(rule.check, Check::Host(_)));
            assert!(
                !host || !control.sorts.is_empty(),
                "{} {}: no component is named for it",
                framework.id,
                control.id
            );
        }
    }
}

#[test]
fn frameworks_are_found_by_name_and_alias_in_any_case() {
    let mut names = BTreeMap::new();
    for framework in frameworks() {
        for name in std::iter::once(&framework.id).chain(framework.aliases) {
            assert_eq!(names.insert(name.to_ascii_lowercase(), framework.id), None, "{name}");
            assert_eq!(super::framework(&name.to_uppercase()).map(|found| found.id), Some(framework.id));
        }
    }
    assert!(super::framework("iso-27001").is_none());
}

#[test]
fn a_control_passes_only_if_something_of_its_sort_was_looked_at() {
    let compose = || vec![file("compose.yaml", "compose", &[("compose", 1)])];
    assert_eq!(control("cis-docker", "5.5", &report(vec![], vec![])).status, ControlStatus::NotAssessed);
    let elsewhere = report(vec![file("Dockerfile", "dockerfile", &[("dockerfile", 1)])], vec![]);
    let result = control("cis-docker", "5.5", &elsewhere);
    assert_eq!(result.status, ControlStatus::NotAssessed);
    assert_eq!(result.reason, "nothing to judge was there (no Compose file)");

    let result = control("cis-docker", "5.5", &report(compose(), vec![]));
    assert_eq!((result.status, result.reason.as_str()), (ControlStatus::Pass, "no finding in 1 Compose file"));
    let result = control("cis-docker", "5.5", &report(compose(), vec![finding("BS-C001")]));
    assert_eq!((result.status, result.reason.as_str()), (ControlStatus::Fail, "1 finding"));
    assert_eq!(result.findings[0].finding, 0);
    let two = report(vec![file("compose.yaml", "compose", &[("compose", 2)])], vec![]);
    assert_eq!(control("cis-docker", "5.5", &two).reason, "no finding in 2 Compose files");
    // A finding of another control's rule is none of this one's.
    assert_eq!(control("cis-docker", "5.5", &report(compose(), vec![finding("BS-C020")])).status, ControlStatus::Pass);
}

#[test]
fn what_a_person_accepted_passes_and_is_told_apart() {
    let mut accepted = finding("BS-C001");
    accepted.suppression = Some(Suppression {
        reason: "it manages the host".to_owned(),
        owner: None,
        until: None,
        source: "compose.yaml:3".to_owned(),
    });
    let files = vec![file("compose.yaml", "compose", &[("compose", 1)])];
    let result = control("cis-docker", "5.5", &report(files, vec![accepted]));
    assert_eq!((result.status, result.accepted()), (ControlStatus::Pass, 1));
    assert_eq!(result.reason, "1 finding accepted with a reason, none else in 1 Compose file");
    assert_eq!(result.findings[0].accepted.as_deref(), Some("it manages the host"));
}

#[test]
fn a_file_that_could_not_be_read_is_named_where_nothing_else_was_there() {
    let mut unread = report(vec![file("b.yaml", "compose", &[])], vec![]);
    unread.not_assessed.push(NotAssessed {
        reason: NotAssessedReason::Unreadable,
        what: "b.yaml".to_owned(),
        detail: "line 1: a tab".to_owned(),
        packages: 0,
    });
    let result = control("cis-docker", "5.5", &unread);
    assert_eq!(result.status, ControlStatus::NotAssessed);
    assert_eq!(result.reason, "nothing to judge was there (no Compose file); 1 file could not be judged: b.yaml");
}

#[test]
fn pods_that_were_never_held_to_a_level_do_not_pass_it() {
    let pods = |subjects: &[(&str, u32)]| report(vec![file("a.yaml", "kubernetes", subjects)], vec![]);
    let held = pods(&[("workload", 1), ("pod-security-baseline", 1)]);
    assert_eq!(control("pss-baseline", "privileged", &held).status, ControlStatus::Pass);
    assert_eq!(control("pss-restricted", "runAsNonRoot", &held).status, ControlStatus::NotAssessed);
    assert_eq!(control("pss-baseline", "privileged", &pods(&[("workload", 1)])).status, ControlStatus::NotAssessed);

    let options = crate::Options { pod_security: super::framework("pss-baseline").unwrap().pod_security() };
    let pod = b"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostNetwork: true\n  containers: [{name: a, image: a}]\n";
    let checked = crate::check("a.yaml", pod, &options);
    let subjects = checked.subjects.iter().map(|(sort, count)| (sort.as_str(), *count)).collect::<Vec<_>>();
    let mut real = pods(&subjects);
    real.findings = checked.findings;
    assert_eq!(control("pss-baseline", "hostNamespaces", &real).status, ControlStatus::Fail);
    assert_eq!(control("pss-baseline", "sysctls", &real).status, ControlStatus::Pass);
}

#[test]
fn what_rules_see_only_in_part_fails_but_never_passes() {
    let files = || vec![file("compose.yaml", "compose", &[("compose", 1)])];
    let result = control("cis-docker", "5.28", &report(files(), vec![]));
    assert_eq!(result.status, ControlStatus::NotAssessed);
    assert_eq!(result.reason, "no finding in 1 Compose file, but whether an image is current is seen in its registry");
    assert_eq!(control("cis-docker", "5.28", &report(files(), vec![finding("BS-C041")])).status, ControlStatus::Fail);
    // A Compose file shows nothing of the daemon, but it may speak against it.
    assert_eq!(control("cis-docker", "2.7", &report(files(), vec![])).status, ControlStatus::NotAssessed);
    assert_eq!(control("cis-docker", "2.7", &report(files(), vec![finding("BS-C030")])).status, ControlStatus::Fail);
}

#[test]
fn the_configuration_of_one_component_shows_nothing_of_another() {
    let kubelet = b"apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 0\n";
    let server = b"apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  \
        containers:\n  - name: kube-apiserver\n    image: registry.k8s.io/kube-apiserver:v1.34.0\n    command: \
        [kube-apiserver, --anonymous-auth=false, '--authorization-mode=Node,RBAC']\n";
    let looked_at = |path: &str, text: &[u8]| {
        let checked = crate::check(path, text, &crate::Options::default());
        let subjects: Vec<_> = checked.subjects.iter().map(|(sort, count)| (sort.as_str(), *count)).collect();
        let files = vec![file(path, checked.kind.unwrap().name(), &subjects)];
        report(files, checked.findings)
    };
    let kubelet = looked_at("kubelet.yaml", kubelet);
    assert_eq!(control("cis-k8s", "4.2.4", &kubelet).status, ControlStatus::Pass);
    for id in ["1.2.1", "1.2.28", "1.3.2", "1.4.1", "2.1", "3.2.1", "4.3.1"] {
        assert_eq!(control("cis-k8s", id, &kubelet).status, ControlStatus::NotAssessed, "{id}");
    }
    let server = looked_at("kube-apiserver.yaml", server);
    assert_eq!(control("cis-k8s", "1.2.6", &server).status, ControlStatus::Pass);
    assert_eq!(control("cis-k8s", "1.2.16", &server).status, ControlStatus::Fail);
    for id in ["1.2.28", "1.3.2", "2.1", "4.2.4"] {
        assert_eq!(control("cis-k8s", id, &server).status, ControlStatus::NotAssessed, "{id}");
    }
}
