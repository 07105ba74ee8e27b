//! `${…}` in a `pom.xml`, resolved from the same file.

use std::collections::HashMap;

use super::xml::Project;

/// Expressions within expressions.
const DEPTH: usize = 16;
/// Expressions resolved for one text; properties that multiply each other reach it soon.
const STEPS: usize = 256;
/// Bytes of a resolved text.
const LENGTH: usize = 4096;

/// What can be known of `${…}` without other files.
pub(super) struct Properties<'a>(HashMap<&'a str, &'a str>);

impl<'a> Properties<'a> {
    pub(super) fn of(project: &'a Project) -> Self {
        let own_or_parents = |own: &'a str, parents: &'a str| if own.is_empty() { parents } else { own };
        let group = own_or_parents(&project.group, &project.parent_group);
        let version = own_or_parents(&project.version, &project.parent_version);
        let mut known = HashMap::new();
        for (name, value) in &project.properties {
            known.entry(name.as_str()).or_insert(value.as_str());
        }
        for (name, value) in [
            ("project.groupId", group),
            ("project.version", version),
            ("project.artifactId", project.artifact.as_str()),
            ("project.parent.groupId", project.parent_group.as_str()),
            ("project.parent.version", project.parent_version.as_str()),
            ("pom.groupId", group),
            ("pom.version", version),
            ("groupId", group),
            ("version", version),
            ("parent.version", project.parent_version.as_str()),
            ("parent.groupId", project.parent_group.as_str()),
        ] {
            if !value.is_empty() {
                known.entry(name).or_insert(value);
            }
        }
        Self(known)
    }

    /// The text with every expression replaced; `None` if it is empty or one is not known here.
    pub(super) fn resolve(&self, text: &str) -> Option<String> {
        let mut resolved = String::new();
        let mut steps = 0;
        self.append(text, 0, &mut steps, &mut resolved)?;
        let resolved = resolved.trim();
        (!resolved.is_empty()).then(|| resolved.to_owned())
    }

    fn append(&self, text: &str, depth: usize, steps: &mut usize, resolved: &mut String) -> Option<()> {
        *steps += 1;
        if depth > DEPTH || *steps > STEPS {
            return None;
        }
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            resolved.push_str(before);
            let (name, after) = after.split_once('}')?;
            self.append(self.0.get(name)?, depth + 1, steps, resolved)?;
            rest = after;
        }
        resolved.push_str(rest);
        (resolved.len() <= LENGTH).then_some(())
    }
}
