//! Charts and kustomizations: what they render to is judged, not the templates.
//!
//! A chart is rendered by an installed `helm`, a kustomization by `kustomize` or `kubectl`. Without them, templates of a
//! chart are judged as far as they can be read with their actions left out, and the report says so.

mod helm;
mod kustomize;
mod mask;
mod place;
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use boltseal_evidence::{Misconfiguration, NotAssessed, NotAssessedReason, Problem};
use boltseal_posture::Checked;

use crate::walk::Walked;
use crate::{Options, file};

/// What rendering gave.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    /// Files that must not be judged as they are: templates, patches, and what a rendering holds already.
    pub(crate) left_out: BTreeSet<String>,
    /// Rendered manifests by the file that reports name for them.
    texts: BTreeMap<String, String>,
    /// Templates that nothing rendered.
    templates: BTreeSet<String>,
    pub(crate) not_assessed: Vec<NotAssessed>,
    pub(crate) problems: Vec<Problem>,
}

impl Rendered {
    fn add(&mut self, path: &str, text: &str) {
        let all = self.texts.entry(path.to_owned()).or_default();
        if !all.is_empty() {
            all.push_str("---\n");
        }
        all.push_str(text);
        if !text.ends_with('\n') {
            all.push('\n');
        }
    }

    fn not_assessed(&mut self, what: impl Into<String>, detail: impl Into<String>) {
        self.not_assessed.push(NotAssessed {
            reason: NotAssessedReason::Template,
            what: what.into(),
            detail: detail.into(),
            packages: 0,
        });
    }
}

/// Renders every chart and kustomization of a walk.
pub(crate) fn render(walked: &Walked, options: &Options) -> Rendered {
    let mut rendered = Rendered::default();
    helm::render(walked, options, &mut rendered);
    kustomize::render(walked, options, &mut rendered);
    rendered
}

/// Judges what was rendered, and templates that were not.
pub(crate) fn judge(rendered: &Rendered, walked: &Walked, options: &Options) -> Vec<Checked> {
    let texts = rendered.texts.iter().map(|(path, text)| file::judge_bytes(path, text.as_bytes(), options));
    let templates = rendered.templates.iter().filter_map(|shown| {
        let path = walked.files.get(shown)?;
        Some(match std::fs::read_to_string(path) {
            Ok(text) => mask::judge(shown, &text, &options.posture),
            Err(error) => {
                let mut checked = file::nothing(shown);
                checked.problems.push(Problem::at(shown, format!("cannot be read: {error}")));
                checked
            }
        })
    });
    texts.chain(templates).collect()
}

/// Moves findings in rendered texts to the place in the file that they came from, as far as it can be told.
pub(crate) fn relocate(rendered: &Rendered, walked: &Walked, findings: &mut [Misconfiguration]) {
    let mut files: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for finding in findings {
        let Some((path, text)) = rendered.texts.get_key_value(finding.path.as_str()) else { continue };
        let file = files
            .entry(path)
            .or_insert_with(|| walked.files.get(path).and_then(|at: &PathBuf| std::fs::read_to_string(at).ok()));
        finding.fix = None;
        finding.notes.clear();
        finding.region = match (finding.region, file) {
            (Some(region), Some(file)) => place::find(&region, text, file),
            _ => None,
        };
    }
}

/// The folder of a shown path; empty for the working directory.
fn folder(shown: &str) -> &str {
    shown.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path below a shown folder, with `.` and `..` resolved. `None` if it leads out of the root.
fn below(folder: &str, path: &str) -> Option<String> {
    let absolute = folder.starts_with('/');
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&"..") | None if !absolute => parts.push(".."),
                _ => {
                    parts.pop()?;
                }
            },
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    Some(if absolute { format!("/{joined}") } else { joined })
}

/// The folder on disk of a file of the walk.
fn folder_on_disk(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn paths_are_joined_as_file_systems_do() {
        assert_eq!(below("a/b", "../c/./d.yaml").as_deref(), Some("a/c/d.yaml"));
        assert_eq!(below("", "../x").as_deref(), Some("../x"));
        assert_eq!(below("../a", "../../x").as_deref(), Some("../../x"));
        assert_eq!(below("/a", "../b").as_deref(), Some("/b"));
        assert_eq!(below("/", ".."), None);
    }
}
