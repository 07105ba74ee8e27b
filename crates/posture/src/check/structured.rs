//! The judgement of YAML and JSON.

use std::collections::BTreeMap;

use boltseal_evidence::{NotAssessed, NotAssessedReason, Problem};

use super::{Checked, Options, run};
use crate::compose::{self, Compose};
use crate::finding::Found;
use crate::host::{self, Component, Host};
use crate::ignore::Decisions;
use crate::image::{self, Image};
use crate::kind::Kind;
use crate::kubernetes::pod_security::Policy;
use crate::kubernetes::{self, Object, Workload, objects};
use crate::rule::{Check, Rule};
use crate::rules;
use crate::source::{Source, Span};
use crate::yaml::{Limits, Node, Style, parse};

pub(super) fn check(
    source: &Source<'_>,
    kind: Kind,
    files: Option<&image::Files>,
    options: &Options,
    checked: &mut Checked,
) {
    if let Kind::Host(component) = kind
        && check_settings(source, component, checked)
    {
        return;
    }
    let parsed = parse(source, Limits::default());
    if let Some((span, message)) = &parsed.error {
        let at = source.region(*span);
        let message = format!("line {}, column {}: {message}", at.line, at.column);
        checked.problems.push(Problem::at(source.path, &message));
        checked.not_assessed.push(NotAssessed {
            reason: NotAssessedReason::Unreadable,
            what: source.path.to_owned(),
            detail: format!("from line {} on: {message}", at.line),
            packages: 0,
        });
    }
    for duplicate in &parsed.duplicates {
        let at = source.region(*duplicate);
        checked.problems.push(Problem::at(
            source.path,
            format!(
                "line {}, column {}: key `{}` stands twice: this one counts for nothing",
                at.line,
                at.column,
                source.slice(*duplicate)
            ),
        ));
    }
    checked.decisions = Decisions::read(source, &parsed.comments, &[], &mut checked.problems);
    let Some(first) = rules::rules().next() else { return };
    let mut found = Found::new(source, first);
    for document in &parsed.documents {
        match kind {
            // A file of a component may hold other objects beside its configuration.
            Kind::Kubernetes | Kind::Host(Component::Kubelet) => {
                for object in objects(document) {
                    match host::of_object(source, &object) {
                        Some(hosts) => hosts.iter().for_each(|host| check_host(host, checked, &mut found)),
                        None => check_object(source, &object, options, checked, &mut found),
                    }
                    found.about("");
                }
            }
            Kind::Compose => check_compose(source, document, options, checked, &mut found),
            Kind::Image => {
                for config in image::images(document) {
                    check_image(source, config, files, checked, &mut found);
                }
            }
            Kind::Host(component) => {
                let host = Host {
                    source,
                    component,
                    root: document,
                    flags: Vec::new(),
                    is_complete: true,
                    heading: Span::new(document.span.start, document.span.start.saturating_add(1)),
                    subject: String::new(),
                    list: None,
                };
                check_host(&host, checked, &mut found);
            }
            Kind::Dockerfile => {}
        }
    }
    checked.findings.extend(found.into_findings());
}

fn check_object<'a>(
    source: &'a Source<'a>,
    object: &Object<'a>,
    options: &Options,
    checked: &mut Checked,
    found: &mut Found<'a>,
) {
    for (key, value) in object.node.at(&["metadata", "annotations"]).map_or(&[][..], Node::entries) {
        if let (Some(name), Some(text)) = (key.as_str(), value.as_str()) {
            checked.decisions.add_annotation(source, object.node.span, name, text, key.span);
        }
    }
    checked.facts.kubernetes.add(source, object);
    found.about(object.title());
    let workloads = Workload::all(*object);
    let has_rule = |rule: &Rule| matches!(rule.check, Check::Object(kinds, _) if kinds.contains(&object.kind));
    let is_judged = !workloads.is_empty()
        || kubernetes::is_known(object.group(), object.kind)
        || kubernetes::RULES.iter().flat_map(|group| group.iter()).any(has_rule);
    if is_judged {
        checked.count(&object.kind.to_ascii_lowercase());
    } else {
        checked.not_assessed.push(NotAssessed {
            reason: NotAssessedReason::UnknownKind,
            what: format!("{} of {}", object.kind, object.api_version),
            detail: "no rule reads objects of this kind".to_owned(),
            packages: 1,
        });
    }
    workloads.iter().for_each(|_| checked.count("workload"));
    run(found, kubernetes::RULES, |rule, found| match rule.check {
        Check::Workload(judge) => workloads.iter().for_each(|workload| judge(workload, found)),
        Check::Object(kinds, judge) if kinds.contains(&object.kind) => judge(object, found),
        _ => {}
    });
    // A static pod of the control plane is judged by its flags as well.
    for container in workloads.iter().flat_map(|workload| &workload.containers) {
        if let Some(host) = host::of_container(source, container) {
            check_host(&host, checked, found);
        }
    }
    if let Some(policy) = &options.pod_security {
        for workload in &workloads {
            // Without it nobody could tell a pod that the standards admit from one that was never held to them.
            checked.count(&format!("pod-security-{}", policy.level.name()));
            kubernetes::pod_security::judge(policy, workload, found);
        }
    }
}

fn check_compose<'a>(
    source: &'a Source<'a>,
    root: &Node,
    options: &Options,
    checked: &mut Checked,
    found: &mut Found<'a>,
) {
    checked.count("compose");
    let compose = Compose::new(source, root);
    run(found, compose::RULES, |rule, found| {
        if let Check::Compose(judge) = rule.check {
            judge(&compose, found);
        }
    });
    for service in &compose.services {
        if let Some(node) = service.at(&["build", "dockerfile_inline"]).filter(|node| service.owns(node)) {
            check_inline(source, node, &format!("service {}", service.name), options, checked);
        }
    }
}

/// Judges a Dockerfile that is written inside of another file.
fn check_inline(source: &Source<'_>, node: &Node, subject: &str, options: &Options, checked: &mut Checked) {
    let Some(text) = node.as_str() else { return };
    let inner = super::check("Dockerfile", text.as_bytes(), options);
    // A literal block keeps its lines; in any other form only the whole is known.
    let header = source.line_of(node.span.start);
    let is_literal = node.style == Style::Block && source.slice(source.line(header)).contains('|');
    let place = |line: u32| {
        let line = header + usize::try_from(line).unwrap_or_default();
        let span = source.line(line);
        let blanks = source.slice(span).len() - source.slice(span).trim_start().len();
        source.region(if is_literal { Span::new(span.start + blanks, span.end) } else { node.span })
    };
    for mut finding in inner.findings {
        finding.path = source.path.to_owned();
        finding.region = finding.region.map(|region| place(region.line));
        for note in &mut finding.notes {
            note.region = place(note.region.line);
        }
        finding.fix = None;
        let part = if finding.subject.is_empty() { String::new() } else { format!(", {}", finding.subject) };
        finding.subject = format!("{subject}{part}");
        checked.findings.push(finding);
    }
    for problem in inner.problems {
        checked.problems.push(Problem::at(source.path, format!("{subject}, inline Dockerfile: {}", problem.message)));
    }
    checked.count("dockerfile");
}

fn check_image<'a>(
    source: &'a Source<'a>,
    config: &Node,
    files: Option<&image::Files>,
    checked: &mut Checked,
    found: &mut Found<'a>,
) {
    checked.count("image");
    let image = Image { source, config, files };
    run(found, image::RULES, |rule, found| {
        if let Check::Image(judge) = rule.check {
            judge(&image, found);
        }
    });
}

fn check_host(host: &Host<'_>, checked: &mut Checked, found: &mut Found<'_>) {
    checked.count("host");
    // Where other files may say the rest, having looked at this one shows nothing about what it leaves out.
    if host.is_complete {
        checked.count(Kind::Host(host.component).name());
    }
    run(found, host::RULES, |rule, found| {
        if let Check::Host(judge) = rule.check {
            judge(host, found);
        }
    });
}

/// Judges settings that are neither YAML nor JSON; `false` if they are.
fn check_settings(source: &Source<'_>, component: Component, checked: &mut Checked) -> bool {
    let Some(first) = rules::rules().next() else { return true };
    let mut found = Found::new(source, first);
    if component == Component::Containerd {
        let (root, comments) = match host::parse_toml(source) {
            Ok(parsed) => parsed,
            Err((span, message)) => {
                let at = source.region(span);
                let message = format!("line {}, column {}: {message}", at.line, at.column);
                checked.problems.push(Problem::at(source.path, message));
                return true;
            }
        };
        checked.decisions = Decisions::read(source, &comments, &[], &mut checked.problems);
        let host = Host {
            source,
            component,
            root: &root,
            flags: Vec::new(),
            is_complete: true,
            heading: Span::empty(0),
            subject: String::new(),
            list: None,
        };
        check_host(&host, checked, &mut found);
    } else if host::text_component(source.path, source.text) == Some(component) {
        let lines = (1..=source.line_count()).map(|line| source.line(line));
        let comments: Vec<Span> = lines.filter(|line| source.slice(*line).starts_with('#')).collect();
        checked.decisions = Decisions::read(source, &comments, &[], &mut checked.problems);
        check_host(&host::of_text(source, component), checked, &mut found);
    } else {
        return false;
    }
    checked.findings.extend(found.into_findings());
    true
}

/// Judges the pods of a file by what the namespaces that they say they live in hold them to.
pub(super) fn check_namespaces(
    source: &Source<'_>,
    policies: &BTreeMap<String, Policy>,
) -> Vec<boltseal_evidence::Misconfiguration> {
    let parsed = parse(source, Limits::default());
    let Some(first) = rules::rules().next() else { return Vec::new() };
    let mut all = Vec::new();
    for object in parsed.documents.iter().flat_map(objects) {
        let Some((name, policy)) = object.namespace().and_then(|name| policies.get_key_value(name)) else { continue };
        let mut found = Found::new(source, first);
        found.about(object.title());
        for workload in Workload::all(object) {
            kubernetes::pod_security::judge(policy, &workload, &mut found);
        }
        all.extend(found.into_findings().into_iter().map(|mut finding| {
            finding.message.push_str(&format!(", and namespace `{name}` enforces `{policy}`"));
            finding
        }));
    }
    all
}
