//! What a policy expects of a build, and whether it is so.

use std::collections::BTreeMap;

use boltseal_trust::Pattern;
use boltseal_trust::slsa::{Provenance, SourceLocation};
use serde_json::Value;

use super::builder::{Built, is_builder};
use super::origin::Origin;
use crate::ask::signature::wildcards;
use crate::ask::source::shown;

/// The most parameters that are looked at.
const MOST_PARAMETERS: usize = 10_000;

/// What is expected. What is `None` is not asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Expected {
    pub(super) source: Option<Pattern>,
    pub(super) reference: Option<Reference>,
    pub(super) commit: Option<String>,
    pub(super) workflow: Option<Pattern>,
    pub(super) builder: Option<Pattern>,
    pub(super) build_type: Option<Pattern>,
    pub(super) min_level: Option<u8>,
    /// JSON pointers and their values.
    pub(super) inputs: BTreeMap<String, Value>,
    /// JSON pointers.
    pub(super) allowed_inputs: Vec<String>,
}

/// A branch or tag.
#[derive(Debug, Clone)]
pub(super) enum Reference {
    Branch(Pattern),
    Tag(Pattern),
    /// A tag that is a version with these first numbers.
    Versioned(Vec<u64>),
}

/// What came of it: everything that is not as expected, or cannot be told.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Differences {
    pub(super) broken: Vec<String>,
    pub(super) open: Vec<String>,
}

impl Expected {
    pub(super) fn compare(&self, built: &Built, origin: &Origin, provenance: &Provenance) -> Differences {
        let mut differences = Differences::default();
        self.compare_builder(built, provenance, &mut differences);
        self.compare_source(origin, &mut differences);
        if let Some(reference) = &self.reference {
            reference.compare(origin.reference.as_deref(), &mut differences);
        }
        self.compare_parameters(provenance, &mut differences);
        differences
    }

    fn compare_builder(&self, built: &Built, provenance: &Provenance, differences: &mut Differences) {
        let Differences { broken, open } = differences;
        if let Some(wanted) = &self.builder
            && !is_builder(wanted, &built.id)
        {
            broken.push(format!("it was built by `{}`, wanted is `{wanted}`", built.id));
        }
        if let Some(wanted) = self.min_level.filter(|wanted| *wanted > built.level) {
            let seen = format!("`{}` gives SLSA build level {} at most", built.id, built.level);
            match built.perhaps {
                Some((level, missing)) if level >= wanted => open.push(format!("{seen}: {missing}")),
                _ => broken.push(format!("{seen}, wanted is {wanted}")),
            }
        }
        if let Some(wanted) = &self.build_type {
            match &provenance.build_type {
                None => open.push("it names no build type".to_owned()),
                Some(actual) if !wanted.matches(actual) => {
                    broken.push(format!("its build type is `{}`, wanted is `{wanted}`", shown(actual)));
                }
                Some(_) => {}
            }
        }
    }

    fn compare_source(&self, origin: &Origin, differences: &mut Differences) {
        let Differences { broken, open } = differences;
        if let Some(wanted) = &self.source {
            for repository in origin.repositories.iter().filter(|repository| !wanted.matches(repository)) {
                broken.push(format!("it was built from `{repository}`, wanted is `{wanted}`"));
            }
            for uri in &origin.unreadable {
                broken.push(format!("it was built from `{uri}`, which is no repository that can be compared"));
            }
            if origin.repositories.is_empty() && origin.unreadable.is_empty() {
                open.push("nobody who is believed names a source".to_owned());
            }
        }
        if let Some(wanted) = &self.commit {
            match origin.commits.as_slice() {
                [] => open.push("nobody who is believed names a commit".to_owned()),
                commits if !commits.contains(wanted) => {
                    broken.push(format!("it was built from commit `{}`, wanted is `{wanted}`", commits.join(", ")));
                }
                _ => {}
            }
        }
        if let Some(wanted) = &self.workflow {
            match &origin.workflow {
                None => open.push("nobody who is believed names a workflow".to_owned()),
                Some(actual) if !wanted.matches(actual) => {
                    broken.push(format!("it was built by the workflow `{}`, wanted is `{wanted}`", shown(actual)));
                }
                Some(_) => {}
            }
        }
    }

    /// Every parameter is one that was read as the source, that the policy gives a value, or that it allows.
    fn compare_parameters(&self, provenance: &Provenance, differences: &mut Differences) {
        let Differences { broken, open } = differences;
        for (pointer, wanted) in &self.inputs {
            match provenance.parameters.pointer(pointer) {
                None => open.push(format!("it says nothing of the parameter `{pointer}`")),
                Some(actual) if actual != wanted => {
                    // Values may be secrets that somebody typed: only the policy's own is shown.
                    broken.push(format!("the parameter `{pointer}` is not `{wanted}`"));
                }
                Some(_) => {}
            }
        }
        let known = |pointer: &str| {
            let covers =
                |known: &str| pointer.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            let mut all = provenance.understood.iter().chain(self.inputs.keys()).chain(&self.allowed_inputs);
            all.any(|known| covers(known))
        };
        let mut unknown = Vec::new();
        let mut seen = 0;
        leaves(&provenance.parameters, &mut String::new(), &mut |pointer| {
            seen += 1;
            if seen <= MOST_PARAMETERS && unknown.len() < 6 && !known(pointer) {
                unknown.push(format!("`{}`", shown(pointer)));
            }
        });
        if seen > MOST_PARAMETERS {
            broken.push(format!("it has more than {MOST_PARAMETERS} parameters"));
        }
        if !unknown.is_empty() {
            if unknown.len() == 6 {
                unknown.truncate(5);
                unknown.push("more".to_owned());
            }
            broken.push(format!(
                "whoever started the build chose parameters that the policy does not know: {} (`inputs`, \
                 `allow-inputs`)",
                unknown.join(", ")
            ));
        }
    }
}

impl Reference {
    fn compare(&self, actual: Option<&str>, differences: &mut Differences) {
        let Some(actual) = actual else {
            differences.open.push("nobody who is believed names a branch or tag".to_owned());
            return;
        };
        // The whole name decides: a branch may be called `refs/tags/v1`, which is `refs/heads/refs/tags/v1`.
        let (branch, tag) = (actual.strip_prefix("refs/heads/"), actual.strip_prefix("refs/tags/"));
        if branch.is_none() && tag.is_none() && !actual.starts_with("refs/") {
            differences.open.push(format!("`{}` may be a branch, a tag or a commit", shown(actual)));
            return;
        }
        let (holds, wanted) = match self {
            Self::Branch(wanted) => (branch.is_some_and(|name| wanted.matches(name)), format!("branch `{wanted}`")),
            Self::Tag(wanted) => (tag.is_some_and(|name| wanted.matches(name)), format!("tag `{wanted}`")),
            Self::Versioned(wanted) => {
                let told: Vec<String> = wanted.iter().map(u64::to_string).collect();
                (tag.is_some_and(|name| is_version(name, wanted)), format!("a tag of version {}", told.join(".")))
            }
        };
        if !holds {
            differences.broken.push(format!("it was built from `{}`, wanted is {wanted}", shown(actual)));
        }
    }

    /// The first numbers of a version: `v1`, `1.2`, `v1.2.3`.
    pub(super) fn versioned(text: &str) -> Result<Self, String> {
        numbers(text)
            .filter(|numbers| numbers.len() <= 3)
            .map(Self::Versioned)
            .ok_or_else(|| format!("`{}` is no version: write `v1`, `v1.2` or `v1.2.3`", shown(text)))
    }
}

fn numbers(text: &str) -> Option<Vec<u64>> {
    let number = |text: &str| -> Option<u64> {
        let is_plain = text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
        is_plain.then(|| text.parse().ok()).flatten()
    };
    text.strip_prefix('v').unwrap_or(text).split('.').map(number).collect()
}

/// A release (no `-rc.1`) with these first numbers.
fn is_version(tag: &str, wanted: &[u64]) -> bool {
    let tag = tag.split_once('+').map_or(tag, |(version, _)| version);
    numbers(tag).is_some_and(|numbers| numbers.len() == 3 && numbers.starts_with(wanted))
}

/// The JSON pointers of all values that are neither empty nor a container.
fn leaves(value: &Value, pointer: &mut String, each: &mut impl FnMut(&str)) {
    let length = pointer.len();
    match value {
        Value::Null => {}
        Value::Object(object) => {
            for (name, value) in object {
                pointer.push_str(&pointer_of(name));
                leaves(value, pointer, each);
                pointer.truncate(length);
            }
        }
        Value::Array(array) => {
            for (at, value) in array.iter().enumerate() {
                pointer.push_str(&format!("/{at}"));
                leaves(value, pointer, each);
                pointer.truncate(length);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => each(pointer),
    }
}

/// A name as a JSON pointer (RFC 6901).
pub(super) fn pointer_of(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A repository as a policy writes it: a URI, perhaps without scheme, perhaps with `*`.
pub(super) fn repository_pattern(text: &str) -> Result<Pattern, String> {
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let location = SourceLocation::read(&with_scheme)
        .ok_or_else(|| format!("`{}` is no repository: write `https://host/path`", shown(text)))?;
    if location.reference.is_some() {
        return Err(format!("`{}` has a reference: write it as `branch` or `tag`", shown(text)));
    }
    let host = location.repository.split('/').nth(2).unwrap_or_default();
    if host.contains('*') {
        return Err(format!("`{}` leaves the host open: name it", shown(text)));
    }
    wildcards(&location.repository)
}
