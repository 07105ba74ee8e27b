//! Benchmarks and standards as tables: which rules judge each control, and what a check's findings make of it.
//!
//! A [`Framework`] is data: its controls with their numbers, what they ask for in our words, and the rules that judge
//! them. [`assess`] turns a [`boltseal_evidence::CheckReport`] into an [`boltseal_evidence::Assessment`]. A control
//! *passes* only if something that one of its rules judges was looked at and no finding counts; without that it is *not
//! assessed*, with the reason.
//!
//! ```
//! use boltseal_posture::compliance::{assess, framework};
//! # use boltseal_evidence::{CheckReport, ControlStatus, Tool};
//! # let tool = Tool { name: "boltseal".to_owned(), version: "0".to_owned() };
//! # let report = CheckReport { schema: 1, tool, files: vec![], findings: vec![], rules: vec![], not_assessed: vec![],
//! #     problems: vec![] };
//! let assessment = assess(framework("cis-docker").expect("known"), &report);
//! // Nothing was looked at, so nothing passes.
//! assert_eq!(assessment.count(ControlStatus::Pass), 0);
//! ```

mod assess;
mod cis_docker;
mod cis_kubernetes;
mod nist;
mod nsa;
mod pod_security;

use boltseal_evidence::FrameworkInfo;

use crate::kubernetes::pod_security::{Level, Policy};
use crate::kubernetes::{AMONG_ALL, OF_ABSENCE};
use crate::rule::{Check, Rule};
use crate::rules;
pub use assess::assess;

/// A benchmark or standard.
#[derive(Debug)]
pub struct Framework {
    /// The name on the command line.
    pub id: &'static str,
    /// Other names in use.
    pub aliases: &'static [&'static str],
    /// Its title.
    pub title: &'static str,
    /// The version whose numbers the controls carry.
    pub version: &'static str,
    /// Where it is published.
    pub reference: &'static str,
    /// What a rule's alias begins with if the rest is a control's number: `CIS-Docker-`.
    prefix: &'static str,
    sections: Sections,
}

/// Where the controls come from.
#[derive(Debug)]
enum Sections {
    Listed(&'static [Section]),
    /// Those of the Pod Security Standards at a level.
    PodSecurity(Level),
}

/// A section of a framework.
#[derive(Debug)]
struct Section {
    /// Its number and title: `5.2 Pod security`.
    title: &'static str,
    /// The components whose configuration it is about: `api-server`; none where it is about containers. A host rule
    /// without a number of CIS has looked at something only if one of them was there.
    components: &'static [&'static str],
    entries: &'static [Entry],
}

/// A control as it is written down.
#[derive(Debug)]
struct Entry {
    id: &'static str,
    title: &'static str,
    /// Ids of ours, or aliases, of rules that judge it, besides those that carry its number.
    rules: &'static [&'static str],
    /// Why it cannot be judged from files; empty where it can.
    aside: &'static str,
    /// What its rules cannot see; findings fail it, but their absence is no pass. Empty where they see it all.
    rest: &'static str,
}

/// A control that rules judge: those named, and those whose aliases hold its number.
const fn by(id: &'static str, title: &'static str, rules: &'static [&'static str]) -> Entry {
    Entry { id, title, rules, aside: "", rest: "" }
}

/// A control of which rules see a part: findings fail it, but without any it is not assessed, because of `rest`.
const fn part(id: &'static str, title: &'static str, rules: &'static [&'static str], rest: &'static str) -> Entry {
    Entry { id, title, rules, aside: "", rest }
}

/// A control that no file can show.
const fn aside(id: &'static str, title: &'static str, aside: &'static str) -> Entry {
    Entry { id, title, rules: &[], aside, rest: "" }
}

/// A control, ready to be assessed.
#[derive(Debug)]
pub struct Control {
    /// Its number or name.
    pub id: &'static str,
    /// What it asks for.
    pub title: &'static str,
    /// The section that it is in.
    pub section: &'static str,
    /// The rules that judge it, by id.
    pub rules: Vec<&'static Rule>,
    /// Why files cannot show it; empty where rules judge it.
    pub aside: &'static str,
    /// What its rules cannot see, so that it never passes; empty where they see it all.
    pub rest: &'static str,
    /// The sorts of subjects that its rules judge.
    sorts: Vec<String>,
}

static FRAMEWORKS: &[Framework] = &[
    cis_docker::FRAMEWORK,
    cis_kubernetes::FRAMEWORK,
    nsa::FRAMEWORK,
    pod_security::BASELINE,
    pod_security::RESTRICTED,
    nist::FRAMEWORK,
];

/// Every framework.
pub fn frameworks() -> &'static [Framework] {
    FRAMEWORKS
}

/// The framework with this name or alias, in any case.
pub fn framework(name: &str) -> Option<&'static Framework> {
    let called = |framework: &&Framework| {
        std::iter::once(&framework.id).chain(framework.aliases).any(|known| known.eq_ignore_ascii_case(name))
    };
    FRAMEWORKS.iter().find(called)
}

impl Framework {
    /// The policy that pods must have been held to ([`crate::Options::pod_security`]) for its controls to be assessed.
    pub fn pod_security(&self) -> Option<Policy> {
        match self.sections {
            Sections::PodSecurity(level) => Some(Policy { level, minor: None }),
            Sections::Listed(_) => None,
        }
    }

    /// Its controls, in its order.
    pub fn controls(&self) -> Vec<Control> {
        match self.sections {
            Sections::PodSecurity(level) => pod_security::controls(level),
            Sections::Listed(sections) => sections
                .iter()
                .flat_map(|section| section.entries.iter().map(|entry| self.control(section, entry)))
                .collect(),
        }
    }

    fn control(&self, section: &'static Section, entry: &'static Entry) -> Control {
        let numbered =
            if self.prefix.is_empty() { Vec::new() } else { called(&format!("{}{}", self.prefix, entry.id)) };
        let mut rules: Vec<&'static Rule> = entry.rules.iter().flat_map(|name| called(name)).chain(numbered).collect();
        rules.sort_by_key(|rule| rule.id);
        rules.dedup_by_key(|rule| rule.id);
        // A rule on a component cannot show that a control on containers is met, nor the other way round: it can only
        // speak against it, unless it was named for it.
        let shows = |rule: &&&'static Rule| {
            matches!(rule.check, Check::Host(_)) != section.components.is_empty()
                || entry.rules.iter().any(|name| rule.is_called(name))
        };
        let mut sorts: Vec<String> = rules.iter().filter(shows).flat_map(|rule| sorts(rule, section)).collect();
        sorts.sort();
        sorts.dedup();
        Control {
            id: entry.id,
            title: entry.title,
            section: section.title,
            rules,
            aside: entry.aside,
            rest: entry.rest,
            sorts,
        }
    }

    /// What it is called in reports.
    pub fn info(&self) -> FrameworkInfo {
        FrameworkInfo {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            version: self.version.to_owned(),
            reference: self.reference.to_owned(),
        }
    }
}

/// The rules that a name means. Those of the Pod Security Standards only run when asked for, so they judge no control
/// but their own.
fn called(name: &str) -> Vec<&'static Rule> {
    rules::called(name).into_iter().filter(|rule| !matches!(rule.check, Check::PodSecurity)).collect()
}

/// The sorts of things of which one must have been looked at for a rule to have judged anything.
fn sorts(rule: &Rule, section: &Section) -> Vec<String> {
    match rule.check {
        Check::Host(_) => match rule.aliases.iter().find_map(|alias| component(alias)) {
            Some(component) => vec![component.to_owned()],
            None => section.components.iter().map(|component| (*component).to_owned()).collect(),
        },
        // All files together: what these rules are about is told by their letter.
        Check::Set(_) if rule.id.starts_with("BS-D") => vec!["dockerfile".to_owned()],
        Check::Set(_) if OF_ABSENCE.contains(&rule.id) => vec![AMONG_ALL.to_owned()],
        Check::Set(_) => vec!["workload".to_owned()],
        _ => rule.check.subjects(),
    }
}

/// The component whose configuration a control of CIS is about, by its number.
fn component(alias: &str) -> Option<&'static str> {
    const NUMBERS: [(&str, &str); 9] = [
        ("CIS-K8S-1.2.28", "encryption"),
        ("CIS-K8S-1.2.", "api-server"),
        ("CIS-K8S-1.3.", "controller-manager"),
        ("CIS-K8S-1.4.", "scheduler"),
        ("CIS-K8S-2.", "etcd"),
        ("CIS-K8S-3.", "api-server"),
        ("CIS-K8S-4.2.", "kubelet"),
        ("CIS-K8S-4.3.", "kube-proxy"),
        ("CIS-Docker-", "docker-daemon"),
    ];
    NUMBERS.iter().find(|(start, _)| alias.starts_with(start)).map(|(_, component)| *component)
}

#[cfg(test)]
mod tests;
